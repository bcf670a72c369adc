"""The one reading of the signed bytes: what an activity says, for whoever asks.

A submission's parameters are decoded, brought into one spelling, turned into the newest form of their kind, and what
they leave to be looked up is looked up: once, when they are submitted. The unit, the policies, explanations,
simulations and replies all take the value that comes of it. Looking up depends on the organization of that moment, so
its findings are kept with the activity; everything else is in the bytes, and can be read again from them at any time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from counterseal import policy
from counterseal.activities import Unit, unit_of
from counterseal.contract import (
    Operation,
    Shape,
    Variant,
    canonical,
    intent_of,
    parse_json,
    upgrade,
    variant,
    variant_of,
)
from counterseal.contract.errors import NotImplementedHere, Refused
from counterseal.organizations import View
from counterseal.store import StoredActivity


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What an activity says. ``submitted`` is in the form of its version, ``intent`` in the newest of its kind;
    ``resolved`` are the members of the latter that had to be looked up."""

    unit: Unit
    submitted_as: Variant
    submitted: Shape
    intent: Shape
    resolved: dict[str, str]

    def params(self) -> dict[str, Any]:
        """``activity.params`` as policies see them: the members of the newest form by their snake_case names, and those
        that only the older version has. What is absent is left out."""
        params: dict[str, Any] = _plain(self.intent)
        if self.submitted is not self.intent:
            params = _plain(self.submitted) | params
        return params | self.resolved

    def facts(self, told: Mapping[str, Any]) -> dict[str, Any]:
        """What conditions see of it; ``told`` is what its unit has found out."""
        submitted_as = self.submitted_as
        return policy.facts(
            {
                "activity": {
                    "type": submitted_as.type,
                    "kind": submitted_as.policy_kind,
                    "resource": submitted_as.resource,
                    "action": submitted_as.action,
                    "params": self.params(),
                },
                **told,
            }
        )


def required_unit(submitted_as: Variant) -> Unit:
    """The unit of a kind, or the answer that there is none."""
    unit = unit_of(submitted_as.kind)
    if unit is None:
        raise NotImplementedHere(f"{submitted_as.type} is not implemented")
    return unit


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What a body says by itself, whatever organization it is for."""

    unit: Unit
    submitted_as: Variant
    submitted: Shape
    upgraded: Shape


def said_as(tree: dict[str, Any], submitted_as: Variant) -> Said:
    """What a body says, where it is known what it is. Raises Refused."""
    unit = required_unit(submitted_as)
    submitted = canonical(intent_of(tree, submitted_as))
    upgraded = upgrade(submitted, submitted_as)
    return Said(unit=unit, submitted_as=submitted_as, submitted=submitted, upgraded=upgraded)


class Words:
    """What the body of a submission says: read by whoever asks first, known to all who ask later."""

    __slots__ = ("_operation", "_said", "_tree")

    def __init__(self, tree: dict[str, Any], operation: Operation) -> None:
        self._tree = tree
        self._operation = operation
        self._said: Said | None = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Words) and (self._tree, self._operation) == (other._tree, other._operation)

    __hash__ = None  # type: ignore[assignment]  # what it knows changes

    def said(self) -> Said:
        """All of it. Raises Refused."""
        if self._said is None:
            self._said = said_as(self._tree, variant_of(self._tree, self._operation))
        return self._said

    def submitted_as(self, type_: str) -> Shape | None:
        """What was submitted, if it has been read, and as an activity of this type."""
        said = self._said
        return said.submitted if said is not None and said.submitted_as.type == type_ else None


def read(what: Said, view: View) -> Reading:
    """A submission as it is read today. Raises Refused."""
    resolved = {} if what.unit.resolve is None else what.unit.resolve(what.submitted, view)
    return _reading(what.unit, what.submitted_as, what.submitted, what.upgraded, resolved)


def read_again(activity: StoredActivity, view: View, *, submitted: Shape | None = None) -> Reading:
    """A stored activity as it was read when it was submitted. Raises Refused only if this release would not take its
    bytes any more; that something it names is gone is no reason. ``submitted`` is what ``submitted_intent`` gives, if
    it has been asked already.
    """
    submitted_as = variant(activity.type)
    unit = required_unit(submitted_as)
    submitted = submitted_intent(activity) if submitted is None else submitted
    upgraded = upgrade(submitted, submitted_as)
    resolved = activity.resolved
    if not resolved and unit.resolve is not None:  # stored before findings were kept
        try:
            resolved = unit.resolve(submitted, view)
        except Refused:
            resolved = {}
    return _reading(unit, submitted_as, submitted, upgraded, resolved)


def submitted_intent(activity: StoredActivity, tree: dict[str, Any] | None = None) -> Shape:
    """What was submitted, in the form of its version: the body of the first vote, of which ``tree`` is the JSON."""
    return canonical(intent_of(tree or parse_json(activity.votes[0].message), variant(activity.type)))


def _reading(unit: Unit, submitted_as: Variant, submitted: Shape, upgraded: Shape, resolved: dict[str, str]) -> Reading:
    found = {name: value for name, value in resolved.items() if name in upgraded.__struct_fields__}
    intent = msgspec.structs.replace(upgraded, **found) if found else upgraded
    return Reading(unit=unit, submitted_as=submitted_as, submitted=submitted, intent=intent, resolved=resolved)


def _plain(value: Any) -> Any:
    """Shapes as dicts, by the members' snake_case names, absent ones left out."""
    if isinstance(value, msgspec.Struct):
        members = ((name, getattr(value, name)) for name in value.__struct_fields__)
        return {name.rstrip("_"): _plain(member) for name, member in members if member is not None}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {name: _plain(member) for name, member in value.items()}
    return value
