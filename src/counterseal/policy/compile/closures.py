"""The closures that compiled expressions are made of: each takes a scope and gives a value.

A scope is a list: ``scope[BUDGET]`` is the budget that pays, ``scope[FACTS]`` are the facts by keyword, and from
``FIRST_VARIABLE`` on each lambda variable has a place of its own. Because nothing is ever skipped, most of what an
expression costs is known beforehand (``cost.py``) and charged by the caller; closures charge what depends on the facts.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from counterseal.policy.compile.budget import Budget
from counterseal.policy.compile.cost import (
    CHARACTERS_PER_STEP,
    HEX_CHARACTERS_PER_STEP,
    ITEMS_PER_STEP,
    STEPS_PER_MEMBER,
)
from counterseal.policy.language import values
from counterseal.policy.language.values import EvaluationFailure, HexText

BUDGET, FACTS, FIRST_VARIABLE = 0, 1, 2
_VARIABLES = 64  # a lambda inside a lambda is one level of nesting, of which there are at most 64

Scope = list[Any]
Closure = Callable[[Scope], Any]

ORDER: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def new_scope(facts: Mapping[str, Any], budget: Budget) -> Scope:
    """A scope for any number of expressions of one request."""
    return [budget, facts, *([None] * _VARIABLES)]


def spend(scope: Scope, steps: int) -> None:
    """Take from the scope's budget. Raises ``BudgetExhausted``."""
    scope[BUDGET].spend(steps)


def as_bool(closure: Closure) -> Closure:
    """The closure's value, which must be a bool."""

    def truth(scope: Scope) -> bool:
        value = closure(scope)
        if value is True:
            return True
        if value is False:
            return False
        raise EvaluationFailure(f"expected a bool, found {values.type_name(value)}")

    return truth


def constant(value: object) -> Closure:
    """A literal."""
    return lambda scope: value  # noqa: ARG005


def path(names: list[str]) -> Closure:
    """A keyword's field: the commonest read, and so without a loop at the commonest lengths."""
    if len(names) not in (2, 3):
        return lambda scope: _walk(scope[FACTS], names)
    first, second, *rest = names
    third = rest[0] if rest else None

    def read_two(scope: Scope) -> Any:
        try:
            value = scope[FACTS][first][second]
        except (KeyError, TypeError):
            return _walk(scope[FACTS], names)
        return values.usable(value) if value.__class__ is values.Unusable else value

    def read_three(scope: Scope) -> Any:
        try:
            value = scope[FACTS][first][second][third]
        except (KeyError, TypeError):
            return _walk(scope[FACTS], names)
        return values.usable(value) if value.__class__ is values.Unusable else value

    return read_two if third is None else read_three


def _walk(facts: Mapping[str, Any], names: list[str]) -> Any:
    if names[0] not in facts:
        raise EvaluationFailure(f"this activity has no {names[0]}")
    value = values.usable(facts[names[0]])
    for name in names[1:]:
        value = values.field(value, name)
    return value


def variable(place: int, names: list[str]) -> Closure:
    """A lambda variable, or a field below it."""
    if not names:
        return lambda scope: values.usable(scope[place])
    first, *rest = names

    def read_one(scope: Scope) -> Any:
        try:
            value = scope[place][first]
        except (KeyError, TypeError):
            return values.field(scope[place], first)
        return values.usable(value) if value.__class__ is values.Unusable else value

    def read(scope: Scope) -> Any:
        value = read_one(scope)
        for name in rest:
            value = values.field(value, name)
        return value

    return read if rest else read_one


def field(target: Closure, name: str) -> Closure:
    """A field of what ``target`` gives."""
    return lambda scope: values.field(target(scope), name)


def index(target: Closure, place: Closure) -> Closure:
    """``target[place]``."""

    def at_index(scope: Scope) -> Any:
        found, at = target(scope), place(scope)
        if isinstance(at, str) and len(at) >= CHARACTERS_PER_STEP:
            scope[BUDGET].spend(len(at) // CHARACTERS_PER_STEP)
        return values.at_index(found, at)

    return at_index


def cut(target: Closure, start: int, end: int) -> Closure:
    """``target[start..end]``. What is short costs what the node does; what is not there is not paid for."""
    length = end - start
    if length < ITEMS_PER_STEP:
        return lambda scope: values.cut(target(scope), start, end)

    def cut_long(scope: Scope) -> Any:
        value = target(scope)
        if isinstance(value, str | list | tuple) and end <= len(value):
            scope[BUDGET].spend(length // (CHARACTERS_PER_STEP if isinstance(value, str) else ITEMS_PER_STEP))
        return values.cut(value, start, end)

    return cut_long


def conjunction(items: list[Closure]) -> Closure:
    """``&&``: all items, always."""

    def all_of(scope: Scope) -> bool:
        result = True
        for item in items:
            if not item(scope):
                result = False
        return result

    return all_of


def disjunction(items: list[Closure]) -> Closure:
    """``||``: all items, always."""

    def any_of(scope: Scope) -> bool:
        result = False
        for item in items:
            if item(scope):
                result = True
        return result

    return any_of


def equal(left: Closure, right: Closure, negated: bool) -> Closure:
    """``==``, or ``!=`` when negated."""

    def compare(scope: Scope) -> bool:
        value, other = left(scope), right(scope)
        if isinstance(value, str) and len(value) >= HEX_CHARACTERS_PER_STEP:
            scope[BUDGET].spend(len(value) // HEX_CHARACTERS_PER_STEP)
        return values.equal(value, other) is not negated

    return compare


def equal_text(left: Closure, text: str, negated: bool) -> Closure:
    """``==`` or ``!=`` with a string literal on the right: the commonest comparison, charged with the literal."""
    as_hex = text.lower() if text.isascii() else None

    def compare(scope: Scope) -> bool:
        value = left(scope)
        if value.__class__ is str:
            return (value == text) is not negated
        if value.__class__ is HexText:
            return (value == as_hex) is not negated
        return values.equal(value, text) is not negated

    return compare


def order(compare: Callable[[Any, Any], bool], left: Closure, right: Closure) -> Closure:
    """``< <= > >=``."""

    def ordered(scope: Scope) -> bool:
        low, high = left(scope), right(scope)
        if low.__class__ is int and high.__class__ is int:
            return compare(low, high)
        return compare(*values.ordered(low, high))

    return ordered


def one_of_texts(item: Closure, texts: list[str]) -> Closure:
    """``in`` a list of string literals. A text is looked up; any other value is compared with each."""
    known = frozenset(texts)
    as_hex = frozenset(text.lower() for text in texts if text.isascii())
    looked_up = {str: known, HexText: known if known == as_hex else as_hex}
    compared = STEPS_PER_MEMBER * len(texts)

    def one_of(scope: Scope) -> bool:
        value = item(scope)
        where = looked_up.get(value.__class__)
        if where is None:
            scope[BUDGET].spend(compared)
            return values.member(value, texts)
        if len(value) >= CHARACTERS_PER_STEP:
            scope[BUDGET].spend(len(value) // CHARACTERS_PER_STEP)
        return value in where

    return one_of


def membership(item: Closure, items: Closure, *, list_first: bool) -> Closure:
    """``in``, or ``contains`` with ``list_first``: the operands are evaluated as they are written."""

    def is_in(scope: Scope) -> bool:
        value = item(scope)
        return member(scope, value, values.as_list(items(scope)))

    def contains(scope: Scope) -> bool:
        found = values.as_list(items(scope))
        return member(scope, item(scope), found)

    return contains if list_first else is_in


def member(scope: Scope, value: Any, found: Sequence[Any]) -> bool:
    """``value in found``, each comparison paid for."""
    steps = STEPS_PER_MEMBER * len(found)
    if isinstance(value, str) and len(value) >= HEX_CHARACTERS_PER_STEP:
        steps += len(found) * (len(value) // HEX_CHARACTERS_PER_STEP)
    scope[BUDGET].spend(steps)
    return values.member(value, found)
