"""How often Python's cycle collector runs in a server process."""

from __future__ import annotations

import gc

_ALLOCATIONS = 10_000
_YOUNG_RUNS, _MIDDLE_RUNS = 20, 50


def relax_collector() -> None:
    """Call it once a process has made what it keeps: that is not looked at again, the rest less often.

    Reference counts free what a request leaves behind; cycles are left to exceptions and timers, which are few.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_ALLOCATIONS, _YOUNG_RUNS, _MIDDLE_RUNS)
