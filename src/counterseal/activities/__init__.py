"""What each kind of activity does: one small file a kind, found by its name under its noun."""

from counterseal.activities.looking_ahead import look_ahead
from counterseal.activities.needs import AllOf, Needed, NumberOf, Reading, Sealed
from counterseal.activities.registry import (
    Checked,
    NewOrganization,
    Outcome,
    RefusedButCounted,
    Unit,
    implemented_kinds,
    unit_of,
)

__all__ = [
    "AllOf",
    "Checked",
    "Needed",
    "NewOrganization",
    "NumberOf",
    "Outcome",
    "Reading",
    "RefusedButCounted",
    "Sealed",
    "Unit",
    "implemented_kinds",
    "look_ahead",
    "unit_of",
]
