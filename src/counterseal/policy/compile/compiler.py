"""Checked trees to closures. No ``eval``; every part is evaluated every time, so that an error anywhere is an error."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from counterseal.policy.compile import closures
from counterseal.policy.compile.closures import FACTS, FIRST_VARIABLE, Closure
from counterseal.policy.compile.cost import Costs
from counterseal.policy.compile.quantifiers import QUANTIFIERS
from counterseal.policy.language import syntax, values
from counterseal.policy.language.cron_span import parse_cron_span, parse_timestamp
from counterseal.policy.language.syntax import Expr

Observer = Callable[[Expr, Closure], Closure]


def compile_tree(tree: Expr, *, costs: Costs, observe: Observer | None = None) -> Closure:
    """A closure that gives the value of a checked tree as a bool.

    It raises ``EvaluationFailure`` where the expression cannot be evaluated, ``BudgetExhausted`` where it costs too
    much. ``observe`` may wrap the closure of every node, to watch what it gives.
    """
    return _Compiler(costs, observe).truth(tree)


def compile_value(tree: Expr, *, costs: Costs) -> Closure:
    """The same, for a tree of any type."""
    return _Compiler(costs, None).closure(tree)


class _Compiler:
    """``_places`` are where in the scope the variables of the lambdas around the current node are, ``_depth`` deep."""

    def __init__(self, costs: Costs, observe: Observer | None) -> None:
        self._costs = costs
        self._observe = observe
        self._places: dict[str, int] = {}
        self._depth = 0

    def closure(self, node: Expr) -> Closure:
        """What gives the value of ``node``."""
        made = _MADE[type(node)](self, node)
        return made if self._observe is None else self._observe(node, made)

    def truth(self, node: Expr) -> Closure:
        """The same, for a value that must be a bool; most nodes cannot give anything else."""
        closure = self.closure(node)
        return closure if _gives_bool(node) else closures.as_bool(closure)

    def _read(self, node: syntax.Name | syntax.Field) -> Closure:
        names: list[str] = []
        target: Expr = node
        while isinstance(target, syntax.Field):
            names.insert(0, target.name)
            target = target.target
        if isinstance(target, syntax.Name):
            place = self._places.get(target.name)
            return closures.path([target.name, *names]) if place is None else closures.variable(place, names)
        read = self.closure(target)
        for name in names:
            read = closures.field(read, name)
        return read

    def _list(self, node: syntax.ListOf) -> Closure:
        literals = [item.value for item in node.items if isinstance(item, syntax.Number | syntax.Text | syntax.Truth)]
        if len(literals) == len(node.items):
            return closures.constant(literals)
        items = [self.closure(item) for item in node.items]
        return lambda scope: [item(scope) for item in items]

    def _index(self, node: syntax.Index) -> Closure:
        return closures.index(self.closure(node.target), self.closure(node.index))

    def _slice(self, node: syntax.Slice) -> Closure:
        return closures.cut(self.closure(node.target), node.start, node.end)

    def _count(self, node: syntax.Count) -> Closure:
        counted = self.closure(node.target)
        return lambda scope: len(values.as_list(counted(scope)))

    def _contains(self, node: syntax.Contains) -> Closure:
        return closures.membership(self.closure(node.item), self.closure(node.target), list_first=True)

    def _quantifier(self, node: syntax.Quantifier) -> Closure:
        target, around, place = self.closure(node.target), self._places, FIRST_VARIABLE + self._depth
        self._places, self._depth = around | {node.variable: place}, self._depth + 1
        body = self.truth(node.body)
        self._places, self._depth = around, self._depth - 1
        is_charged_before = isinstance(node.target, syntax.ListOf)
        return QUANTIFIERS[node.kind](target, place, body, 0 if is_charged_before else self._costs.turn(node))

    def _not(self, node: syntax.Not) -> Closure:
        operand = self.truth(node.operand)
        return lambda scope: not operand(scope)

    def _compare(self, node: syntax.Compare) -> Closure:
        left = self.closure(node.left)
        if node.op == "in":
            if self._observe is None and isinstance(node.right, syntax.ListOf):
                texts = [item.value for item in node.right.items if isinstance(item, syntax.Text)]
                if len(texts) == len(node.right.items):
                    return closures.one_of_texts(left, texts)
            return closures.membership(left, self.closure(node.right), list_first=False)
        if node.op in closures.ORDER:
            return closures.order(closures.ORDER[node.op], left, self.closure(node.right))
        negated = node.op == "!="
        if isinstance(node.right, syntax.Text):
            return closures.equal_text(left, node.right.value, negated)
        return closures.equal(left, self.closure(node.right), negated)


_MADE: Mapping[type, Callable[[_Compiler, Any], Closure]] = {
    syntax.Number: lambda _, node: closures.constant(node.value),
    syntax.Text: lambda _, node: closures.constant(node.value),
    syntax.Truth: lambda _, node: closures.constant(node.value),
    syntax.Call: lambda _, node: _time_function(node),
    syntax.Name: _Compiler._read,
    syntax.Field: _Compiler._read,
    syntax.ListOf: _Compiler._list,
    syntax.Index: _Compiler._index,
    syntax.Slice: _Compiler._slice,
    syntax.Count: _Compiler._count,
    syntax.Contains: _Compiler._contains,
    syntax.Quantifier: _Compiler._quantifier,
    syntax.Not: _Compiler._not,
    syntax.And: lambda compiler, node: closures.conjunction([compiler.truth(item) for item in node.items]),
    syntax.Or: lambda compiler, node: closures.disjunction([compiler.truth(item) for item in node.items]),
    syntax.Compare: _Compiler._compare,
}

_BOOLS = frozenset(
    (syntax.Not, syntax.And, syntax.Or, syntax.Compare, syntax.Contains, syntax.Truth)
)  # the nodes that give a bool whatever the facts are


def _gives_bool(node: Expr) -> bool:
    return type(node) in _BOOLS or (isinstance(node, syntax.Quantifier) and node.kind != "filter")


def _time_function(node: syntax.Call) -> Closure:
    if node.name == "Timestamp":
        return closures.constant(parse_timestamp(node.arguments[0]))
    span = parse_cron_span(*node.arguments)
    return lambda scope: span.is_open(scope[FACTS]["time"]["now"])
