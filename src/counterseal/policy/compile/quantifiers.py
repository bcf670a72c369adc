"""Closures that go through a list: a lambda's body is run for each item, none is skipped."""

from __future__ import annotations

from typing import Any

from counterseal.policy.compile.closures import BUDGET, Closure, Scope
from counterseal.policy.language import values


def _any(target: Closure, place: int, body: Closure, turn: int) -> Closure:
    def some(scope: Scope) -> bool:
        items = values.as_list(target(scope))
        scope[BUDGET].spend(len(items) * turn)
        result = False
        for item in items:
            scope[place] = item
            if body(scope):
                result = True
        return result

    return some


def _all(target: Closure, place: int, body: Closure, turn: int) -> Closure:
    def every(scope: Scope) -> bool:
        items = values.as_list(target(scope))
        scope[BUDGET].spend(len(items) * turn)
        result = True
        for item in items:
            scope[place] = item
            if not body(scope):
                result = False
        return result

    return every


def _filter(target: Closure, place: int, body: Closure, turn: int) -> Closure:
    def those(scope: Scope) -> list[Any]:
        items = values.as_list(target(scope))
        scope[BUDGET].spend(len(items) * turn)
        kept = []
        for item in items:
            scope[place] = item
            if body(scope):
                kept.append(item)
        return kept

    return those


QUANTIFIERS = {"any": _any, "all": _all, "filter": _filter}
