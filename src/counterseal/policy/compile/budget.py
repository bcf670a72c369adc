"""What one request may spend on policies, counted in steps.

A step is what the simplest operation takes: at most about a tenth of a microsecond on the machine of the benchmarks
(``benchmarks/policy_steps.py`` shows it operation by operation). Counted steps, and not a clock, end what takes too
long: so the same request is always decided alike, however busy the machine is.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast

REQUEST_STEPS = 300_000
"""All that one request does with policies: decisions, who may approve what it shows, explanations. At most 30 ms."""

DECISION_STEPS = 100_000
"""One decision, or one question who may approve: so that nothing else that its request does can change the answer."""

Made = TypeVar("Made")


class BudgetExhausted(Exception):
    """The steps are spent; nothing may be allowed by what could not be evaluated."""


class Budget:
    """Steps that are left. What a request has found out, and may use again without paying twice, is kept with them."""

    __slots__ = ("_known", "left")

    def __init__(self, steps: int = REQUEST_STEPS) -> None:
        self.left = steps
        self._known: dict[Hashable, Any] = {}

    def spend(self, steps: int) -> None:
        """Raises ``BudgetExhausted`` where there is not so much left; then nothing is."""
        if steps > self.left:
            self.left = 0
            raise BudgetExhausted
        self.left -= steps

    def lend(self, steps: int) -> Budget:
        """A budget of so many steps, or of those that are left if they are fewer, which are gone from this one."""
        lent = Budget(min(steps, self.left))
        self.left -= lent.left
        return lent

    def take_back(self, lent: Budget) -> None:
        """What was not spent of a lent one."""
        self.left += lent.left

    def once(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """What ``make`` gives, made once in this budget's life."""
        if key not in self._known:
            self._known[key] = make()
        return cast(Made, self._known[key])
