"""The syntax tree of a policy expression (grammar: docs/policy-language.md, "Grammar").

Every node knows ``at``, its offset in characters from the start of the text; two nodes are equal when they say the
same thing, wherever they stand. ``a && b && c`` is one node with three parts, so that a long chain is not a deep tree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

import msgspec


class Node(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """What all nodes share: a place in the text, and equality that ignores it."""

    at: int = 0

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self._said() == other._said()

    def __hash__(self) -> int:
        return hash((type(self), self._said()))

    def _said(self) -> tuple[object, ...]:
        return tuple(getattr(self, name) for name in self.__struct_fields__ if name != "at")


class Number(Node, frozen=True, eq=False, kw_only=True):
    """A decimal integer literal, 0 to 2^256 - 1."""

    value: int


class Text(Node, frozen=True, eq=False, kw_only=True):
    """A string literal, without its quotes. It has no escapes and so holds no apostrophe."""

    value: str


class Truth(Node, frozen=True, eq=False, kw_only=True):
    """``true`` or ``false``."""

    value: bool


class Name(Node, frozen=True, eq=False, kw_only=True):
    """A keyword or a lambda variable."""

    name: str


class ListOf(Node, frozen=True, eq=False, kw_only=True):
    """``[a, b, c]``."""

    items: tuple[Expr, ...]


class Call(Node, frozen=True, eq=False, kw_only=True):
    """``Timestamp('…')`` or ``CronSpan('…', '…', '…')``."""

    name: str
    arguments: tuple[str, ...]


class Field(Node, frozen=True, eq=False, kw_only=True):
    """``target.name``; ``at`` is where the name stands."""

    target: Expr
    name: str


class Index(Node, frozen=True, eq=False, kw_only=True):
    """``target[index]``."""

    target: Expr
    index: Expr


class Slice(Node, frozen=True, eq=False, kw_only=True):
    """``target[start..end]``, the end not included."""

    target: Expr
    start: int
    end: int


class Count(Node, frozen=True, eq=False, kw_only=True):
    """``target.count()``."""

    target: Expr


class Contains(Node, frozen=True, eq=False, kw_only=True):
    """``target.contains(item)``."""

    target: Expr
    item: Expr


class Quantifier(Node, frozen=True, eq=False, kw_only=True):
    """``target.any(variable, body)``, ``.all`` or ``.filter``."""

    kind: Literal["any", "all", "filter"]
    target: Expr
    variable: str
    body: Expr


class Not(Node, frozen=True, eq=False, kw_only=True):
    """``!operand``."""

    operand: Expr


class Compare(Node, frozen=True, eq=False, kw_only=True):
    """``left op right`` with one of ``== != < <= > >= in``."""

    op: str
    left: Expr
    right: Expr


class And(Node, frozen=True, eq=False, kw_only=True):
    """Two or more parts joined by ``&&``; all are always evaluated."""

    items: tuple[Expr, ...]


class Or(Node, frozen=True, eq=False, kw_only=True):
    """Two or more parts joined by ``||``; all are always evaluated."""

    items: tuple[Expr, ...]


Expr = (
    Number
    | Text
    | Truth
    | Name
    | ListOf
    | Call
    | Field
    | Index
    | Slice
    | Count
    | Contains
    | Quantifier
    | Not
    | Compare
    | And
    | Or
)


def children(node: Expr) -> tuple[Expr, ...]:
    """The nodes directly below, in the order in which they are evaluated."""
    below = _CHILDREN.get(type(node))
    return () if below is None else below(node)


_CHILDREN: Mapping[type, Callable[[Any], tuple[Expr, ...]]] = {
    ListOf: lambda node: node.items,
    And: lambda node: node.items,
    Or: lambda node: node.items,
    Field: lambda node: (node.target,),
    Slice: lambda node: (node.target,),
    Count: lambda node: (node.target,),
    Index: lambda node: (node.target, node.index),
    Contains: lambda node: (node.target, node.item),
    Quantifier: lambda node: (node.target, node.body),
    Not: lambda node: (node.operand,),
    Compare: lambda node: (node.left, node.right),
}


def conjuncts(node: Expr | None) -> tuple[Expr, ...]:
    """The parts that must all be true: an ``&&`` taken apart, however it is nested; nothing for no expression."""
    if node is None:
        return ()
    if isinstance(node, And):
        return tuple(part for item in node.items for part in conjuncts(item))
    return (node,)


def nodes(tree: Expr) -> Iterator[Expr]:
    """All nodes of the tree, in no order."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += children(node)


def paths_always_read(node: Expr) -> frozenset[tuple[str, ...]]:
    """The keywords' fields, such as ``("eth", "tx", "to")``, that are read whatever the facts are.

    Nothing is ever skipped, except the body of a lambda over no items; so no variable of a lambda is among them.
    """
    found: set[tuple[str, ...]] = set()
    _add_paths(node, found)
    return frozenset(found)


def _add_paths(node: Expr, found: set[tuple[str, ...]]) -> None:
    names: tuple[str, ...] = ()
    target = node
    while isinstance(target, Field):
        names = (target.name, *names)
        target = target.target
    if isinstance(target, Name):
        found.add((target.name, *names))
    elif isinstance(target, Quantifier):
        _add_paths(target.target, found)
    else:
        for child in children(target):
            _add_paths(child, found)


def free_names(node: Expr) -> frozenset[str]:
    """The names that are not bound by a lambda inside ``node``."""
    found: set[str] = set()
    _add_free_names(node, frozenset(), found)
    return frozenset(found)


def _add_free_names(node: Expr, bound: frozenset[str], found: set[str]) -> None:
    if isinstance(node, Name):
        if node.name not in bound:
            found.add(node.name)
    elif isinstance(node, Quantifier):
        _add_free_names(node.target, bound, found)
        _add_free_names(node.body, bound | {node.variable}, found)
    else:
        for child in children(node):
            _add_free_names(child, bound, found)
