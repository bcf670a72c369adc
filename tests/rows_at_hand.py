"""Rows for a unit that is called without a store: what it says it needs is looked for among some that are at hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from counterseal.activities import Needed, NumberOf, Sealed, Unit
from counterseal.organizations import Row, View
from counterseal.store import RowKey


def supply(unit: Unit, intent: Any, view: View, *rows: Row, secrets: Mapping[str, bytes] | None = None) -> None:
    """Answer the questions of ``unit.needs``, step by step; ``secrets`` are sealed, by the ids of their rows."""
    if unit.needs is not None:
        for wanted in unit.needs(intent, view):
            for each in wanted:
                view.rows[each] = _answer(each, sorted(rows, key=lambda row: row.id), secrets or {})


def _answer(asked: Needed, rows: Sequence[Row], secrets: Mapping[str, bytes]) -> tuple[Any, ...]:
    if isinstance(asked, Sealed):
        return (secrets[asked.id],) if asked.id in secrets else ()
    if isinstance(asked, NumberOf):
        key = RowKey(kind=asked.kind, key=asked.key, value=asked.value)
        return (min(len(_answer(key, rows, secrets)), asked.at_most),)
    return tuple(row for row in rows if asked.fits(row))
