"""Which unit carries out which kind.

A unit has two steps. ``check(intent, view, world)`` runs before the decision: it says what is wrong with the request,
what policies may know of it beside the intent, and what it found out on the way. ``carry_out(found, view, world,
keys)`` runs once the activity is allowed, with the key store. A unit without secrets is one function, ``(intent, view,
world)``, which says what would change and touches nothing: it is both steps. Submissions, approvals hours later, dry
runs and tests drive the same functions.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import msgspec

from counterseal.activities.needs import Needs
from counterseal.contract import Shape
from counterseal.contract.errors import Refused
from counterseal.contract.rights import ROOT_QUORUM_ONLY_KINDS, owner_of
from counterseal.keystore import Keystore
from counterseal.organizations import Change, Put, Removed, RowChange, View
from counterseal.store import NewEvent, SealedRow
from counterseal.world import World


class NewOrganization(msgspec.Struct, frozen=True, kw_only=True):
    """An organization that an activity of its parent brings to life, and the rows that it has from the beginning."""

    id: str
    changes: tuple[Change, ...]
    rows: tuple[Put, ...] = ()


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What an activity would do: its result, what changes in its organization, and a new organization, if any.

    All becomes durable together or not at all: ``rows`` of resources, sealed ``secrets``, ``events`` for followers.
    """

    result: Shape
    changes: tuple[Change, ...] = ()
    new_organization: NewOrganization | None = None
    rows: tuple[RowChange, ...] = ()
    secrets: tuple[SealedRow, ...] = ()
    events: tuple[NewEvent, ...] = ()


class Checked(msgspec.Struct, frozen=True):
    """A request that is in order: ``found`` is for the unit's second step, ``facts`` are for policies, by keyword, and
    ``calls`` what each of several calls, payloads or secrets adds to them, from ``policy.facts``. Only a unit that
    ``tells_policies`` is asked for facts later on. ``work`` is what a unit's ``make`` is given; None is nothing to be
    made. ``in_words`` says what it does, for people who are to approve it.
    """

    found: Any
    facts: Mapping[str, Any] = {}
    calls: tuple[Mapping[str, Any], ...] = ()
    work: Any = None
    in_words: Callable[[], str] | None = None


class RefusedButCounted(Exception):
    """A refusal of a unit's second step that leaves something behind: an attempt is lost, a token is spent.

    It is the only exception to "a refusal stores nothing", and nobody whom policies deny gets so far.
    Source: spec/logins.md 1.3.
    """

    def __init__(self, reason: Refused, *, rows: tuple[Put | Removed, ...]) -> None:
        super().__init__(reason.message)
        self.reason = reason
        self.rows = rows


class Unit(msgspec.Struct, frozen=True, kw_only=True):
    """One kind's behaviour and what the engine must know of it. ``second`` is there if there are two steps."""

    kind: str
    first: Callable[[Any, View, World], Any]
    second: Callable[..., Outcome] | None
    needs: Needs | None
    reads_parent: Callable[[Any], bool] | None = None
    resolve: Callable[[Any, View], dict[str, str]] | None
    may_name_parent: bool
    tells_policies: bool = False
    opens: Callable[[Any, View, Keystore], Any] | None = None
    make: Callable[[Any, Keystore], Any] | None = None
    show: Callable[..., Any] | None

    @property
    def is_root_only(self) -> bool:
        """Whether only the root quorum may do it, whatever policies say."""
        return self.kind in ROOT_QUORUM_ONLY_KINDS

    def owner_id(self, intent: Any, *, initiator_id: str) -> str | None:
        """Whose credentials or sessions it touches, where users may manage their own; be that user there or not."""
        return owner_of(self.kind, initiator_id=initiator_id, user_id=getattr(intent, "user_id", None))

    def check(self, intent: msgspec.Struct, view: View, world: World) -> Checked:
        """Raise what is wrong with the request, before anything is decided."""
        found = self.first(intent, view, world)
        return found if isinstance(found, Checked) else Checked(found)

    def open(self, checked: Checked, view: View, keystore: Keystore) -> Checked:
        """Raise what is wrong with what the client has sealed, if it has: after ``check``, before the decision."""
        if self.opens is None:
            return checked
        opened = self.opens(checked.found, view, keystore)
        if isinstance(opened, Checked):
            return msgspec.structs.replace(checked, found=opened.found, work=opened.work)
        return msgspec.structs.replace(checked, found=opened)

    def carry_out(self, checked: Checked, view: View, world: World, keystore: Keystore, made: Any = None) -> Outcome:
        """Do it: the activity is allowed. ``made`` is what ``make`` gave, if the unit has that and there was work."""
        if self.second is None:
            outcome: Outcome = checked.found
            return outcome
        return self.second(checked.found, view, world, keystore if self.make is None else made)


_units: dict[str, Unit] = {}


def activity(
    kind: str,
    *,
    check: Callable[[Any, View, World], Any] | None = None,
    needs: Needs | None = None,
    reads_parent: Callable[[Any], bool] | None = None,
    resolve: Callable[[Any, View], dict[str, str]] | None = None,
    may_name_parent: bool = False,
    tells_policies: bool = False,
    opens: Callable[[Any, View, Keystore], Any] | None = None,
    make: Callable[[Any, Keystore], Any] | None = None,
    show: Callable[..., Any] | None = None,
) -> Callable[[Callable[..., Outcome]], Callable[..., Outcome]]:
    """Register the behaviour of a kind, such as ``CREATE_API_KEYS``; a second owner is refused.

    * ``check``: the first step, of a unit that is the second. What it gives is given to that, be it in a ``Checked``.
    * ``needs``: which rows both steps look at, see ``Needs``.
    * ``reads_parent``: whether an intent asks for something of the parent, which is in ``view.parent`` then.
    * ``resolve``: ``resolve(submitted, view)``, for an intent that leaves something to be looked up: the members of the
      newest form that it stands for. It runs once, at the submission, and what it gives is kept with the activity.
    * ``may_name_parent``: a sub-organization's user may send it under the parent's id (reverse look-up).
    * ``tells_policies``: ``check`` gives facts in its ``Checked``; whoever asks what policies say of a stored activity
      runs it again.
    * ``opens``: ``opens(found, view, keystore)``, for what the client has sealed to a key of this server: it opens and
      checks it before the decision, and gives what the second step gets instead of ``found``, be it in a ``Checked``
      with ``work``. Whoever asks for facts only, or for a dry run, opens nothing.
    * ``make``: ``make(work, keystore)``, for what takes milliseconds, as to stretch a mnemonic: it runs on a thread,
      once the activity is allowed, and sees nothing but the ``work`` of the ``Checked``. The second step gets what it
      gives, in the place of the key store. It never refuses.
    * ``show``: ``show(result, keystore, to_owner=…)``, for a result that is not the same to every reader.
    """

    def register(function: Callable[..., Outcome]) -> Callable[..., Outcome]:
        if kind in _units:
            raise ValueError(f"{kind} has an owner already: {_units[kind].first.__module__}")
        _units[kind] = Unit(
            kind=kind,
            first=check or function,
            second=None if check is None else function,
            needs=needs,
            reads_parent=reads_parent,
            resolve=resolve,
            may_name_parent=may_name_parent,
            tells_policies=tells_policies,
            opens=opens,
            make=make,
            show=show,
        )
        return function

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
