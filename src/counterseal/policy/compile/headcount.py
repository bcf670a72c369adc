"""A consensus as arithmetic on numbers of approvers, so that reachability never tries out sets of users.

Nearly every consensus asks how many approvers (or credentials) satisfy some predicate of their own: ``any(p)`` is
count(p) >= 1, ``all(p)`` is count(not p) == 0, ``filter(p).count()`` is count(p). Given lower and upper bounds of those
counts, the formula says whether the consensus can be true and whether it can be false; with exact counts it is exact.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec

from counterseal.policy.compile.closures import Closure
from counterseal.policy.compile.compiler import compile_value
from counterseal.policy.compile.cost import Costs
from counterseal.policy.language import syntax
from counterseal.policy.language.printer import show
from counterseal.policy.language.syntax import Expr, free_names

CAN_BE_TRUE, CAN_BE_FALSE = 1, 2
_EITHER = CAN_BE_TRUE | CAN_BE_FALSE

Bounds = Sequence[tuple[int, int]]
Formula = Callable[[Bounds], int]
_Term = Callable[[Bounds], tuple[int, int]]


class Tally(msgspec.Struct, frozen=True):
    """One count: of those of ``keyword`` (approvers or credentials) that ``select`` keeps, each judged by itself.

    ``cost`` is that of one selection, besides what each of those it looks at costs.
    """

    keyword: str
    select: Closure
    cost: int


class Headcount(msgspec.Struct, frozen=True):
    """``formula`` takes the bounds of all ``tallies`` in order and says what the consensus can be: two flags.

    It has that many ``terms``, all of which it looks at each time.
    """

    tallies: tuple[Tally, ...]
    formula: Formula
    terms: int


def headcount(tree: Expr, *, costs: Costs) -> Headcount | None:
    """The consensus as a headcount; None if it asks for more: positions, relations between approvers, sums of tags."""
    reader = _Reader(costs)
    try:
        formula = reader.truth(tree)
    except _NotAHeadcount:
        return None
    return Headcount(tuple(reader.tallies), formula, terms=reader.terms)


class _NotAHeadcount(Exception):
    """The expression depends on something else than counts of independent predicates."""


class _Reader:
    """Turns the tree into a formula, collecting the tallies it needs, each once."""

    def __init__(self, costs: Costs) -> None:
        self.tallies: list[Tally] = []
        self.terms = 0
        self._costs = costs
        self._known: dict[str, int] = {}

    def truth(self, node: Expr) -> Formula:
        self.terms += 1
        match node:
            case syntax.Truth():
                known = CAN_BE_TRUE if node.value else CAN_BE_FALSE
                return lambda bounds: known  # noqa: ARG005
            case syntax.Not():
                operand = self.truth(node.operand)
                return lambda bounds: _inverted(operand(bounds))
            case syntax.And():
                items = [self.truth(item) for item in node.items]
                return lambda bounds: _all_of([item(bounds) for item in items])
            case syntax.Or():
                items = [self.truth(item) for item in node.items]
                return lambda bounds: _inverted(_all_of([_inverted(item(bounds)) for item in items]))
            case syntax.Quantifier(kind="any"):
                some = self._tally(node.target, node.variable, node.body)
                return lambda bounds: _more(bounds[some], (0, 0))
            case syntax.Quantifier(kind="all"):
                others = self._tally(node.target, node.variable, syntax.Not(operand=node.body))
                return lambda bounds: _inverted(_more(bounds[others], (0, 0)))
            case syntax.Compare(op="in"):
                return self._one_of(node)
            case syntax.Compare():
                return self._comparison(node)
        raise _NotAHeadcount

    def _comparison(self, node: syntax.Compare) -> Formula:
        if isinstance(node.left, syntax.Number | syntax.Count) and isinstance(node.right, syntax.Number | syntax.Count):
            left, right = self._number(node.left), self._number(node.right)
            compare = _COMPARISONS[node.op]
            return lambda bounds: compare(left(bounds), right(bounds))
        if node.op not in ("==", "!="):
            raise _NotAHeadcount
        one, other = self.truth(node.left), self.truth(node.right)
        if node.op == "==":
            return lambda bounds: _same_truth(one(bounds), other(bounds))
        return lambda bounds: _inverted(_same_truth(one(bounds), other(bounds)))

    def _one_of(self, node: syntax.Compare) -> Formula:
        if not isinstance(node.right, syntax.ListOf) or not isinstance(node.left, syntax.Number | syntax.Count):
            raise _NotAHeadcount
        number = self._number(node.left)
        items = [self._number(item) for item in node.right.items if isinstance(item, syntax.Number | syntax.Count)]
        if len(items) < len(node.right.items):
            raise _NotAHeadcount
        self.terms += len(items)

        def one_of(bounds: Bounds) -> int:
            wanted = number(bounds)
            return _inverted(_all_of([_inverted(_equal(wanted, item(bounds))) for item in items]))

        return one_of

    def _number(self, node: syntax.Number | syntax.Count) -> _Term:
        if isinstance(node, syntax.Number):
            exact = (node.value, node.value)
            return lambda bounds: exact  # noqa: ARG005
        index = self._tally(node.target)
        return lambda bounds: bounds[index]

    def _tally(self, source: Expr, variable: str = "", predicate: Expr | None = None) -> int:
        """The index of the tally of ``source``, of those that satisfy ``predicate``."""
        if predicate is not None:
            source = syntax.Quantifier(kind="filter", target=source, variable=variable, body=predicate)
        text = show(source)
        if text not in self._known:
            keyword, costs = _independent_source(source), self._costs
            tally = Tally(keyword, compile_value(source, costs=costs), cost=costs.of(source))
            self._known[text] = len(self.tallies)
            self.tallies.append(tally)
        return self._known[text]


def _independent_source(source: Expr) -> str:
    """The keyword under a chain of filters whose predicates look at one approver, or one credential, alone."""
    while isinstance(source, syntax.Quantifier) and source.kind == "filter":
        if free_names(source.body) - {source.variable}:
            raise _NotAHeadcount
        source = source.target
    if isinstance(source, syntax.Name) and source.name in ("approvers", "credentials"):
        return source.name
    raise _NotAHeadcount


def _inverted(flags: int) -> int:
    return (flags & CAN_BE_TRUE) << 1 | (flags & CAN_BE_FALSE) >> 1


def _all_of(items: list[int]) -> int:
    can_be_true = all(item & CAN_BE_TRUE for item in items)
    can_be_false = any(item & CAN_BE_FALSE for item in items)
    return (CAN_BE_TRUE if can_be_true else 0) | (CAN_BE_FALSE if can_be_false else 0)


def _same_truth(left: int, right: int) -> int:
    if _EITHER in (left, right):
        return _EITHER
    return CAN_BE_TRUE if left == right else CAN_BE_FALSE


def _more(left: tuple[int, int], right: tuple[int, int]) -> int:
    """left > right, each given as its lowest and highest value."""
    return (CAN_BE_TRUE if left[1] > right[0] else 0) | (CAN_BE_FALSE if left[0] <= right[1] else 0)


def _equal(left: tuple[int, int], right: tuple[int, int]) -> int:
    overlap = left[0] <= right[1] and right[0] <= left[1]
    exact = left[0] == left[1] == right[0] == right[1]
    return (CAN_BE_TRUE if overlap else 0) | (0 if exact else CAN_BE_FALSE)


_COMPARISONS: Mapping[str, Callable[[tuple[int, int], tuple[int, int]], int]] = {
    "==": _equal,
    "!=": lambda left, right: _inverted(_equal(left, right)),
    ">": _more,
    "<": lambda left, right: _more(right, left),
    "<=": lambda left, right: _inverted(_more(left, right)),
    ">=": lambda left, right: _inverted(_more(right, left)),
}
