"""Policies: rules in the policy language."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import msgspec

from counterseal.contract.shapes import Effect
from counterseal.organizations import sizes
from counterseal.organizations.item import Item

if TYPE_CHECKING:
    from counterseal.organizations.fold import Draft

_BYTES = 320  # the object with its numbers and id, and its place in the map of the snapshot


class Policy(Item, frozen=True, kw_only=True, gc=False):
    """A rule in the policy language; an absent part is always true."""

    KIND: ClassVar[str] = "policy"
    HELD_IN: ClassVar[str] = "policies"

    name: str
    effect: Effect
    condition: str | None = None
    consensus: str | None = None
    time: str | None = None
    notes: str
    created_ms: int
    updated_ms: int

    @property
    def bytes_held(self) -> int:
        """See ``Item``."""
        return _BYTES + sizes.texts(self.name, self.condition, self.consensus, self.time, self.notes)


class PolicySet(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True):
    """A new policy, or other content for one."""

    policy: Policy

    def fold(self, draft: Draft) -> None:
        """See ``fold``."""
        draft.put(self.policy)


class PolicyRemoved(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True):
    """A policy is gone."""

    policy_id: str

    def fold(self, draft: Draft) -> None:
        """See ``fold``."""
        draft.remove(Policy, self.policy_id)
