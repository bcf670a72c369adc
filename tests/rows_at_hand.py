"""Rows for a unit that is called without a store: what it says it needs is looked for among some that are at hand."""

from __future__ import annotations

from typing import Any

from counterseal.activities import Unit
from counterseal.organizations import Row, View


def supply(unit: Unit, intent: Any, view: View, *rows: Row) -> None:
    """Answer the questions of ``unit.needs``, step by step."""
    if unit.needs is not None:
        for wanted in unit.needs(intent, view):
            for each in wanted:
                view.rows[each] = tuple(row for row in sorted(rows, key=lambda row: row.id) if each.fits(row))
