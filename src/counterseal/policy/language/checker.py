"""The typed check of a policy's three texts when it is created or changed (Turnkey docs, "Policy language").

What cannot be known then is left to evaluation: values in maps, and the parameters of activities.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from counterseal.contract.errors import InvalidRequest
from counterseal.policy.language import syntax
from counterseal.policy.language.cron_span import InvalidCronSpan, parse_cron_span, parse_timestamp
from counterseal.policy.language.lexer import InvalidText, line_and_column
from counterseal.policy.language.parser import METHODS, parse
from counterseal.policy.language.syntax import Expr
from counterseal.policy.language.types import (
    ANY,
    BOOL,
    INT,
    STRING,
    TIMESTAMP,
    Type,
    fields_of,
    is_open,
    join,
    keywords_of,
)

PLACES = ("condition", "consensus", "time")


def check(text: str, *, place: str) -> Expr:
    """The tree of ``text``, which is a sound ``place`` (condition, consensus or time) of a policy.

    Raises ``InvalidRequest`` with ``invalid policy <place>: line 1, column 10: found …, expected …``, from the
    ``InvalidText`` that it tells.
    """
    try:
        tree = parse(text)
        found = _Checker(place).type_of(tree)
        if found not in (BOOL, ANY):
            raise InvalidText(at=tree.at, found=_a(found), expected="an expression that is true or false")
    except InvalidText as problem:
        line, column = line_and_column(text, problem.at)
        raise InvalidRequest(f"invalid policy {place}: line {line}, column {column}: {problem}") from problem
    return tree


class _Checker:
    """Finds the type of each node; the variables of the lambdas around it are in ``_variables``."""

    def __init__(self, place: str) -> None:
        self._place = place
        self._variables: dict[str, Type] = {}

    def type_of(self, node: Expr) -> Type:
        return _RULES[type(node)](self, node)

    def _count(self, node: syntax.Count) -> Type:
        self._item_of(node.target, method="count")
        return INT

    def _contains(self, node: syntax.Contains) -> Type:
        self._same(self._item_of(node.target, method="contains"), node.item)
        return BOOL

    def _not(self, node: syntax.Not) -> Type:
        return self._expect(node.operand, BOOL)

    def _junction(self, node: syntax.And | syntax.Or) -> Type:
        for item in node.items:
            self._expect(item, BOOL)
        return BOOL

    def _name(self, node: syntax.Name) -> Type:
        if node.name in self._variables:
            return self._variables[node.name]
        known = keywords_of(self._place)
        if node.name in known:
            return known[node.name].type
        homes = [place for place in PLACES if node.name in keywords_of(place)]
        found = f"the keyword {node.name} of a policy's {homes[0]}" if homes else f"the name {node.name}"
        names = [*self._variables, *known]
        raise _unknown(node.at, found=found, expected=f"a keyword of a {self._place}", name=node.name, known=names)

    def _list(self, node: syntax.ListOf) -> Type:
        item = ANY
        for index, element in enumerate(node.items):
            found = self.type_of(element)
            joined = join(item, found) if index else found
            if joined is None:
                raise InvalidText(at=element.at, found=_a(found), expected=f"{_a(item)}: a list has one type")
            item = found if item == ANY else joined
        return Type("list", item=item)

    def _call(self, node: syntax.Call) -> Type:
        if self._place != "time":
            raise InvalidText(at=node.at, found=node.name, expected=f"none in a {self._place}: it belongs into a time")
        wanted = {"Timestamp": 1, "CronSpan": 3}[node.name]
        if len(node.arguments) != wanted:
            raise InvalidText(at=node.at, found=f"{len(node.arguments)} arguments", expected=f"{wanted}")
        try:
            if node.name == "Timestamp":
                parse_timestamp(node.arguments[0])
                return TIMESTAMP
            parse_cron_span(*node.arguments)
        except InvalidCronSpan as problem:
            raise InvalidText(at=node.at, found=problem.found, expected=problem.expected) from problem
        return BOOL

    def _field(self, node: syntax.Field) -> Type:
        target = self.type_of(node.target)
        if target == ANY:
            return ANY
        if target.name != "struct":
            hint = f".{node.name}()" if target.name == "list" and node.name in METHODS else None
            hint = f"['{node.name}']" if target.name == "map" else hint
            expected = f"no field: {_a(target)} has none"
            raise InvalidText(at=node.at, found=f"the field {node.name}", expected=expected, nearest=hint)
        known = fields_of(target.struct)
        if node.name in known:
            return known[node.name].type
        if is_open(target.struct):
            return ANY
        found, expected = f"the field {node.name}", f"a field of {target.struct}: field does not exist"
        raise _unknown(node.at, found=found, expected=expected, name=node.name, known=known)

    def _index(self, node: syntax.Index) -> Type:
        target = self.type_of(node.target)
        index = self.type_of(node.index)
        if target == ANY:
            if index.name not in ("string", "int", "any"):
                raise InvalidText(at=node.index.at, found=_a(index), expected="an int or a string")
            return ANY
        wanted = {"map": STRING, "list": INT, "string": INT}.get(target.name)
        if wanted is None:
            raise InvalidText(at=node.at, found=_a(target), expected="a list, a string or a map before [ ]")
        if join(wanted, index) is None:
            raise InvalidText(at=node.index.at, found=_a(index), expected=f"{_a(wanted)} to pick from {_a(target)}")
        return target.item or STRING

    def _slice(self, node: syntax.Slice) -> Type:
        target = self.type_of(node.target)
        if target.name not in ("string", "list", "any"):
            raise InvalidText(at=node.at, found=_a(target), expected="a list or a string before [ .. ]")
        if node.start > node.end:
            raise InvalidText(at=node.at, found=f"[{node.start}..{node.end}]", expected="a start not after the end")
        return Type("string") if target.name == "string" else target

    def _item_of(self, node: Expr, *, method: str) -> Type:
        target = self.type_of(node)
        if target.name not in ("list", "any"):
            raise InvalidText(at=node.at, found=_a(target), expected=f"a list before .{method}")
        return target.item or ANY

    def _quantifier(self, node: syntax.Quantifier) -> Type:
        item, around = self._item_of(node.target, method=node.kind), self._variables
        self._variables = around | {node.variable: item}
        self._expect(node.body, BOOL)
        self._variables = around
        return Type("list", item=item) if node.kind == "filter" else BOOL

    def _compare(self, node: syntax.Compare) -> Type:
        left = self.type_of(node.left)
        if node.op == "in":
            self._comparable(left, node.left, op="in")
            right = self._item_of(node.right, method="in")
            if join(left, right) is None:
                raise InvalidText(at=node.right.at, found=f"a list<{right}>", expected=f"a list<{left}>")
            return BOOL
        if node.op in ("==", "!="):
            self._comparable(left, node.left, op=node.op)
        elif left.name not in ("int", "timestamp", "any"):
            raise InvalidText(at=node.left.at, found=_a(left), expected=f"an int or a timestamp before {node.op}")
        self._same(left, node.right, ordered=node.op not in ("==", "!="))
        return BOOL

    def _comparable(self, kind: Type, node: Expr, *, op: str) -> None:
        if kind.name in ("list", "map", "struct"):
            raise InvalidText(at=node.at, found=_a(kind), expected=f"a string, int, bool or timestamp before {op}")

    def _same(self, kind: Type, node: Expr, *, ordered: bool = False) -> None:
        """``node`` must be of a type that can be compared with a ``kind``."""
        found = self.type_of(node)
        allowed = ("int", "timestamp", "any") if ordered else ("string", "int", "bool", "timestamp", "any")
        if join(kind, found) is None or found.name not in allowed:
            wanted = " or ".join(allowed[:-1]) if kind == ANY else str(kind)
            raise InvalidText(at=node.at, found=_a(found), expected=f"a value of type {wanted}")

    def _expect(self, node: Expr, wanted: Type) -> Type:
        found = self.type_of(node)
        if found not in (wanted, ANY):
            raise InvalidText(at=node.at, found=_a(found), expected=_a(wanted))
        return wanted


_RULES: Mapping[type, Callable[[_Checker, Any], Type]] = {
    syntax.Number: lambda _checker, _node: INT,
    syntax.Text: lambda _checker, _node: STRING,
    syntax.Truth: lambda _checker, _node: BOOL,
    syntax.Name: _Checker._name,
    syntax.ListOf: _Checker._list,
    syntax.Call: _Checker._call,
    syntax.Field: _Checker._field,
    syntax.Index: _Checker._index,
    syntax.Slice: _Checker._slice,
    syntax.Count: _Checker._count,
    syntax.Contains: _Checker._contains,
    syntax.Quantifier: _Checker._quantifier,
    syntax.Not: _Checker._not,
    syntax.And: _Checker._junction,
    syntax.Or: _Checker._junction,
    syntax.Compare: _Checker._compare,
}


def _unknown(at: int, *, found: str, expected: str, name: str, known: Iterable[str]) -> InvalidText:
    """An unknown name: with the known ones that are nearest to it, or all of them when they are few."""
    names = sorted(set(known))
    nearest = next(iter(get_close_matches(name, names, n=1)), None)
    listed = f" ({', '.join(names)})" if len(names) <= 12 else ""
    return InvalidText(at=at, found=found, expected=expected + listed, nearest=nearest)


def _a(kind: Type) -> str:
    """The type with its article."""
    return f"{'an' if str(kind)[0] in 'aeiAEI' else 'a'} {kind}"
