"""Which unit carries out which kind.

A pure unit is ``apply(intent, view, world)``: it says what would change and touches nothing, so the same code serves
a submit, an approval hours later and a dry run. A unit that makes or uses a secret is given the key store too; it
brings a ``check`` that runs before the decision, and its ``apply`` runs only once the activity is allowed.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from functools import cache
from typing import Any

import msgspec

from counterseal.contract import Shape
from counterseal.contract.rights import ROOT_QUORUM_ONLY_KINDS, owner_of
from counterseal.keystore import Keystore
from counterseal.organizations import Change, View
from counterseal.world import World


class NewOrganization(msgspec.Struct, frozen=True, kw_only=True):
    """An organization that an activity of its parent brings to life."""

    id: str
    changes: tuple[Change, ...]


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What an activity would do: its result, what changes in its organization, and a new organization, if any."""

    result: Shape
    changes: tuple[Change, ...] = ()
    new_organization: NewOrganization | None = None


class Unit(msgspec.Struct, frozen=True, kw_only=True):
    """One kind's behaviour and what the engine must know of it."""

    kind: str
    apply: Callable[..., Outcome]
    check: Callable[[Any, View, World], None] | None
    resolve: Callable[[Any, View], dict[str, str]] | None
    may_name_parent: bool
    show: Callable[..., Any] | None

    @property
    def is_root_only(self) -> bool:
        """Whether only the root quorum may do it, whatever policies say."""
        return self.kind in ROOT_QUORUM_ONLY_KINDS

    def owner_id(self, intent: Any, *, initiator_id: str) -> str | None:
        """Whose credentials or sessions it touches, where users may manage their own; be that user there or not."""
        return owner_of(self.kind, initiator_id=initiator_id, user_id=getattr(intent, "user_id", None))

    def try_out(self, intent: msgspec.Struct, view: View, world: World) -> Outcome | None:
        """Raise what is wrong with the request before anything is decided; a pure unit's outcome comes for free."""
        if self.check is None:
            return self.apply(intent, view, world)
        self.check(intent, view, world)
        return None

    def carry_out(self, intent: msgspec.Struct, view: View, world: World, keystore: Keystore) -> Outcome:
        """Do it: the activity is allowed."""
        if self.check is None:
            return self.apply(intent, view, world)
        return self.apply(intent, view, world, keystore)


_units: dict[str, Unit] = {}


def activity(
    kind: str,
    *,
    check: Callable[[Any, View, World], None] | None = None,
    resolve: Callable[[Any, View], dict[str, str]] | None = None,
    may_name_parent: bool = False,
    show: Callable[..., Any] | None = None,
) -> Callable[[Callable[..., Outcome]], Callable[..., Outcome]]:
    """Register the behaviour of a kind, such as ``CREATE_API_KEYS``; a second owner is refused.

    * ``check``: what runs before the decision, for a unit whose ``apply`` uses secrets.
    * ``resolve``: ``resolve(submitted, view)``, for an intent that leaves something to be looked up: the members of the
      newest form that it stands for. It runs once, at the submission, and what it gives is kept with the activity.
    * ``may_name_parent``: a sub-organization's user may send it under the parent's id (reverse look-up).
    * ``show``: ``show(result, keystore, to_owner=…)``, for a result that is not the same to every reader.
    """

    def register(apply: Callable[..., Outcome]) -> Callable[..., Outcome]:
        if kind in _units:
            raise ValueError(f"{kind} has an owner already: {_units[kind].apply.__module__}")
        _units[kind] = Unit(
            kind=kind,
            apply=apply,
            check=check,
            resolve=resolve,
            may_name_parent=may_name_parent,
            show=show,
        )
        return apply

    return register


def unit_of(kind: str) -> Unit | None:
    """The unit of a kind, or None for one without behaviour."""
    return _all_units().get(kind)


def implemented_kinds() -> frozenset[str]:
    """The kinds that have behaviour."""
    return frozenset(_all_units())


@cache
def _all_units() -> dict[str, Unit]:
    package = importlib.import_module("counterseal.activities")
    for module in pkgutil.walk_packages(package.__path__, "counterseal.activities."):
        importlib.import_module(module.name)
    return _units
