"""How Python is set in a server process: its cycle collector, and how threads take turns."""

from __future__ import annotations

import gc
import sys

_ALLOCATIONS = 10_000
_YOUNG_RUNS, _MIDDLE_RUNS = 20, 50

_SWITCH_SECONDS = 0.0005


def set_up_interpreter() -> None:
    """Call it once a process has made what it keeps: that is not looked at again, the rest less often.

    Reference counts free what a request leaves behind; cycles are left to exceptions and timers, which are few.

    The thread that commits gives the interpreter lock up at each step of a statement, and has to win it back from the
    event loop some thirty times a commit. While the loop is busy each would take the five milliseconds that are usual.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_ALLOCATIONS, _YOUNG_RUNS, _MIDDLE_RUNS)
    sys.setswitchinterval(_SWITCH_SECONDS)
