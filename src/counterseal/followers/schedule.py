"""When an event is tried again that did not arrive. Source: docs/divergences.md, webhooks."""

from __future__ import annotations

from counterseal.world import Random

WAITS_SECONDS = (5, 30, 120, 600, 3_600, 3 * 3_600, 6 * 3_600, 12 * 3_600)
"""After the first failure, the second and so on. Who has failed once more than there are waits is given up."""

JITTER = 0.2
"""A wait is longer or shorter by so much of itself at most: what failed together is not tried together again."""


def next_wait_ms(failures: int, random: Random) -> int | None:
    """How long to wait after so many failures, at least one; None if there is to be no other try."""
    if failures > len(WAITS_SECONDS):
        return None
    fraction = int.from_bytes(random.bytes(4)) / 0xFFFFFFFF
    return round(WAITS_SECONDS[failures - 1] * 1000 * (1 - JITTER + 2 * JITTER * fraction))
