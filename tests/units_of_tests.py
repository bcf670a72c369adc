"""Units that only tests have, in the place of CREATE_USER_TAG's: one that tells policies something, one that counts.

And one in the place of CREATE_SUB_ORGANIZATION's, whose organizations begin with a row.
"""

from __future__ import annotations

import threading
from typing import Any

import pytest
from msgspec.structs import replace

from counterseal.activities import AllOf, Checked, Outcome, Reading, RefusedButCounted, Unit, registry, unit_of
from counterseal.contract.errors import InvalidRequest
from counterseal.contract.shapes import CreateUserTagIntent
from counterseal.keystore import Keystore
from counterseal.organizations import PrivateKeyTag, Put, View
from counterseal.world import World

KIND = "CREATE_USER_TAG"

_ATTEMPTS = AllOf(kind=PrivateKeyTag, at_most=100)


def telling(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tag's name says where a transaction goes, or, parted by commas, each call of several."""
    original = _original()

    def check(intent: CreateUserTagIntent, view: View, world: World) -> Checked:
        outcome = original.first(intent, view, world)
        goals = intent.user_tag_name.split(",")
        if len(goals) == 1:
            return Checked(outcome, facts={"eth": {"tx": {"to": goals[0]}}})
        return Checked(outcome, calls=tuple({"eth": {"tx": {"to": goal}}} for goal in goals))

    _put(monkeypatch, original, check, _told)


def counting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every name but `right` is a wrong guess; after three the right one is of no use. The count is a row's name."""
    original = _original()

    def check(intent: CreateUserTagIntent, view: View, world: World) -> Checked:
        return Checked((intent, original.first))

    def guess(found: tuple[CreateUserTagIntent, object], view: View, world: World, _keys: Keystore) -> Outcome:
        intent, _ = found
        before = next(iter(view.rows[_ATTEMPTS]), None)
        lost = 0 if before is None else int(before.name)
        if lost >= 3:
            raise InvalidRequest("no attempts are left")
        if intent.user_tag_name == "right":
            outcome: Outcome = original.first(intent, view, world)
            return outcome
        row = PrivateKeyTag(
            id=world.dated_id() if before is None else before.id,
            revision=0 if before is None else before.revision,
            name=str(lost + 1),
            created_ms=world.now_ms,
            updated_ms=world.now_ms,
        )
        raise RefusedButCounted(InvalidRequest(f"wrong: {lost + 1} of 3"), rows=(Put(row=row, replaces=before),))

    def needs(_intent: CreateUserTagIntent, _view: View) -> Reading:
        yield [_ATTEMPTS]

    _put(monkeypatch, original, check, guess, needs)


class Maker:
    """Makes the names of tags in capitals, which takes long; ``begun`` are those of which it was asked for."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.may_end = threading.Event()
        self.may_end.set()
        self.fault: Exception | None = None

    def make(self, name: str, _keystore: Keystore) -> str:
        self.begun.append(name)
        assert self.may_end.wait(10)
        if self.fault is not None:
            raise self.fault
        return name.upper()


def making(monkeypatch: pytest.MonkeyPatch) -> Maker:
    """The tag has the name that was made of the one that was asked for and of the organization's name."""
    original, maker = _original(), Maker()

    def check(intent: CreateUserTagIntent, view: View, _world: World) -> Checked:
        return Checked(intent, work=f"{view.organization.name} {intent.user_tag_name}")

    def second(intent: CreateUserTagIntent, view: View, world: World, made: str) -> Outcome:
        outcome: Outcome = original.first(replace(intent, user_tag_name=made), view, world)
        return outcome

    monkeypatch.setitem(registry._units, KIND, replace(original, first=check, second=second, make=maker.make))
    return maker


def founding(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every new sub-organization has a private-key tag from the beginning."""
    original = unit_of("CREATE_SUB_ORGANIZATION")
    assert original is not None
    second = original.second
    assert second is not None

    def found(new: Any, view: View, world: World, made: Any) -> Outcome:
        outcome = second(new, view, world, made)
        assert outcome.new_organization is not None
        tag = PrivateKeyTag(id=world.dated_id(), name="first", created_ms=world.now_ms, updated_ms=world.now_ms)
        return replace(outcome, new_organization=replace(outcome.new_organization, rows=(Put(row=tag),)))

    monkeypatch.setitem(registry._units, original.kind, replace(original, second=found))


def _original() -> Unit:
    unit = unit_of(KIND)
    assert unit is not None
    return unit


def _told(found: Outcome, _view: View, _world: World, _keys: Keystore) -> Outcome:
    return found


def _put(monkeypatch: pytest.MonkeyPatch, original: Unit, check: object, second: object, needs: object = None) -> None:
    unit = Unit(
        kind=KIND,
        first=check,  # type: ignore[arg-type]
        second=second,  # type: ignore[arg-type]
        needs=needs,  # type: ignore[arg-type]
        resolve=original.resolve,
        may_name_parent=False,
        tells_policies=second is _told,
        show=None,
    )
    monkeypatch.setitem(registry._units, KIND, unit)
