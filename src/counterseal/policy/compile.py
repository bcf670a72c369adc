"""Checked trees to closures. No ``eval``; every part is evaluated every time, so that an error anywhere is an error."""

from __future__ import annotations

from collections.abc import Callable

from counterseal.policy import closures, syntax, values
from counterseal.policy.closures import FACTS, FIRST_VARIABLE, Closure
from counterseal.policy.cron_span import parse_cron_span, parse_timestamp
from counterseal.policy.syntax import Expr

Observer = Callable[[Expr, Closure], Closure]


def compile_tree(tree: Expr, *, observe: Observer | None = None) -> Closure:
    """A closure that gives the value of a checked tree as a bool.

    It raises ``EvaluationFailure`` where the expression cannot be evaluated, ``BudgetExhausted`` where it costs too
    much. ``observe`` may wrap the closure of every node, to watch what it gives.
    """
    return _Compiler(observe).truth(tree)


def compile_value(tree: Expr) -> Closure:
    """The same, for a tree of any type."""
    return _Compiler(None).closure(tree)


class _Compiler:
    """``_places`` are the places in the scope of the variables of the lambdas around the current node."""

    def __init__(self, observe: Observer | None) -> None:
        self._observe = observe
        self._places: list[tuple[str, int]] = []

    def closure(self, node: Expr) -> Closure:
        """What gives the value of ``node``."""
        made = self._made(node)
        return made if self._observe is None else self._observe(node, made)

    def truth(self, node: Expr) -> Closure:
        """The same, for a value that must be a bool; most nodes cannot give anything else."""
        closure = self.closure(node)
        return closure if _gives_bool(node) else closures.as_bool(closure)

    def _made(self, node: Expr) -> Closure:
        match node:
            case syntax.Number() | syntax.Text() | syntax.Truth():
                return closures.constant(node.value)
            case syntax.Call():
                return _time_function(node)
            case syntax.Name() | syntax.Field():
                return self._read(node)
            case syntax.ListOf():
                items = [self.closure(item) for item in node.items]
                return lambda scope: [item(scope) for item in items]
            case syntax.Index():
                target, index = self.closure(node.target), self.closure(node.index)
                return lambda scope: values.at_index(target(scope), index(scope))
            case syntax.Slice():
                return closures.cut(self.closure(node.target), node.start, node.end)
            case syntax.Count():
                counted = self.closure(node.target)
                return lambda scope: len(values.as_list(counted(scope)))
            case syntax.Contains():
                return closures.membership(self.closure(node.item), self.closure(node.target), list_first=True)
            case syntax.Quantifier():
                return self._quantifier(node)
            case syntax.Not():
                operand = self.truth(node.operand)
                return lambda scope: not operand(scope)
            case syntax.And():
                return closures.conjunction([self.truth(item) for item in node.items])
            case syntax.Or():
                return closures.disjunction([self.truth(item) for item in node.items])
            case syntax.Compare():
                return self._compare(node)

    def _read(self, node: syntax.Name | syntax.Field) -> Closure:
        names: list[str] = []
        target: Expr = node
        while isinstance(target, syntax.Field):
            names.insert(0, target.name)
            target = target.target
        if isinstance(target, syntax.Name):
            place = self._place(target.name)
            return closures.path([target.name, *names]) if place is None else closures.variable(place, names)
        read = self.closure(target)
        for name in names:
            read = closures.field(read, name)
        return read

    def _place(self, name: str) -> int | None:
        return next((place for variable, place in reversed(self._places) if variable == name), None)

    def _quantifier(self, node: syntax.Quantifier) -> Closure:
        target = self.closure(node.target)
        place = FIRST_VARIABLE + len(self._places)
        self._places.append((node.variable, place))
        body = self.truth(node.body)
        self._places.pop()
        return closures.QUANTIFIERS[node.kind](target, place, body, syntax.size(node.body))

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


def _gives_bool(node: Expr) -> bool:
    match node:
        case syntax.Quantifier():
            return node.kind != "filter"
        case syntax.Not() | syntax.And() | syntax.Or() | syntax.Compare() | syntax.Contains() | syntax.Truth():
            return True
    return False


def _time_function(node: syntax.Call) -> Closure:
    if node.name == "Timestamp":
        return closures.constant(parse_timestamp(node.arguments[0]))
    span = parse_cron_span(*node.arguments)
    return lambda scope: span.is_open(scope[FACTS]["time"]["now"])
