"""What an expression costs, in steps of a request's budget (``budget.py``).

Nothing is ever skipped, so most of it is known from the tree: that is charged before an evaluation begins. What depends
on the facts (how long a list or a text is) is charged by the closures, before they do it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from counterseal.policy.language import syntax
from counterseal.policy.language.syntax import Expr

CHARACTERS_PER_STEP = 512
"""Characters of a text that are compared, copied or hashed in one step."""

HEX_CHARACTERS_PER_STEP = 128
"""The same, where case does not count."""

ITEMS_PER_STEP = 64
"""Items of a list that are copied in one step."""

STEPS_PER_MEMBER = 4
"""For one comparison of ``in`` and ``contains``, besides the characters."""

STEPS_PER_ITEM = 2
"""For one turn of a lambda, besides its body."""

CRON_SPAN_STEPS = 120
"""To find the last fire of a span. An answer that is remembered costs the same: a request is always decided alike."""

FAILURE_STEPS = 20
"""For an evaluation that fails, where its caller has not paid for that."""

POLICY_STEPS = 25
"""For one policy besides its expressions, its failure included."""


def characters(count: int) -> int:
    """What it costs to look at so many characters, whatever their case."""
    return count // HEX_CHARACTERS_PER_STEP


class Costs:
    """The costs of the nodes of one tree. What a lambda repeats is computed once, however deep it lies."""

    def __init__(self) -> None:
        self._turns: dict[int, tuple[Expr, int]] = {}  # by the identity of a node that is kept alive with its cost

    def of(self, node: Expr) -> int:
        """What is charged before an evaluation begins: all nodes, those of a lambda's body once.

        So it bounds the number of nodes too, and with it what the expression holds and how long it takes to read.
        """
        return _COSTS[type(node)](self, node)

    def turn(self, node: syntax.Quantifier) -> int:
        """What one turn of a lambda costs."""
        known = self._turns.get(id(node))
        if known is None:
            known = self._turns[id(node)] = node, STEPS_PER_ITEM + self.of(node.body)
        return known[1]

    def _items(self, node: syntax.ListOf | syntax.And | syntax.Or) -> int:
        return 1 + sum([self.of(item) for item in node.items])

    def _quantifier(self, node: syntax.Quantifier) -> int:
        """A list that is written out has a known length; the closure does not charge for it again."""
        known = len(node.target.items) if isinstance(node.target, syntax.ListOf) else 1
        return 2 + self.of(node.target) + max(known, 1) * self.turn(node)

    def _compare(self, node: syntax.Compare) -> int:
        """With a text that is written out it is the commonest comparison, and made for that."""
        own = 2 if isinstance(node.right, syntax.Text) else 3
        return own + self.of(node.left) + self.of(node.right)


_COSTS: Mapping[type, Callable[[Costs, Any], int]] = {
    syntax.Number: lambda _, __: 1,
    syntax.Text: lambda _, node: 1 + characters(len(node.value)),
    syntax.Truth: lambda _, __: 1,
    syntax.Name: lambda _, __: 1,
    syntax.Call: lambda _, node: CRON_SPAN_STEPS if node.name == "CronSpan" else 1,
    syntax.Field: lambda costs, node: 1 + costs.of(node.target),
    syntax.ListOf: Costs._items,
    syntax.Index: lambda costs, node: 5 + costs.of(node.target) + costs.of(node.index),
    syntax.Slice: lambda costs, node: 5 + costs.of(node.target),
    syntax.Count: lambda costs, node: 2 + costs.of(node.target),
    syntax.Contains: lambda costs, node: 3 + costs.of(node.target) + costs.of(node.item),
    syntax.Quantifier: Costs._quantifier,
    syntax.Not: lambda costs, node: 1 + costs.of(node.operand),
    syntax.And: Costs._items,
    syntax.Or: Costs._items,
    syntax.Compare: Costs._compare,
}
