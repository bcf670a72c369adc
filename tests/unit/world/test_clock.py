"""Clocks."""

from __future__ import annotations

import time

from hypothesis import example, given
from hypothesis import strategies as st

from counterseal.world import ManualClock, SystemClock


def test_the_system_clock_tells_unix_milliseconds() -> None:
    before, now, after = time.time(), SystemClock().now_ms(), time.time()
    assert int(before * 1000) <= now <= int(after * 1000) + 1


@example(1001)  # 1.001 * 1000 is 1000.9999999999999
@given(milliseconds=st.integers(-(10**9), 10**9))
def test_a_manual_clock_moves_by_exactly_what_it_is_told(milliseconds: int) -> None:
    clock = ManualClock(5)
    clock.advance(seconds=milliseconds / 1000)
    assert clock.now_ms() == 5 + milliseconds
