"""From a submission's JSON to what a unit reads."""

from __future__ import annotations

from typing import Any

from counterseal.activities import Unit, unit_of
from counterseal.contract import Shape, Variant, intent_of, upgrade
from counterseal.contract.errors import NotImplementedHere


def required_unit(submitted_as: Variant) -> Unit:
    """The unit of a kind, or the answer that there is none."""
    unit = unit_of(submitted_as.kind)
    if unit is None:
        raise NotImplementedHere(f"{submitted_as.type} is not implemented")
    return unit


def intents_of(tree: dict[str, Any], submitted_as: Variant) -> tuple[Shape, Shape]:
    """The intent as it was submitted, whose fields policies see, and in the newest form of its kind. Raises Refused."""
    submitted = intent_of(tree, submitted_as)
    return submitted, upgrade(submitted, submitted_as)
