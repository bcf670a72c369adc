"""What each kind of activity does: one small file a kind, found by its name under its noun."""

from counterseal.activities.needs import AllOf, Needed, Reading
from counterseal.activities.registry import NewOrganization, Outcome, Unit, implemented_kinds, unit_of

__all__ = ["AllOf", "Needed", "NewOrganization", "Outcome", "Reading", "Unit", "implemented_kinds", "unit_of"]
