"""Targets by which a user imports wallets or private keys: one of each kind that is live, and a few that were.

The newest replaces the one before. That still opens what was submitted while it was live and has waited for votes
since. What is over is taken out when others come, so a user never has more than a few.
Sources: Turnkey docs, import; policy engine (imports are for oneself); docs/divergences.md (lifetime, number).
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec.structs import replace

from counterseal.activities.needs import Reading, Sealed, secret_of
from counterseal.contract.errors import PermissionDenied
from counterseal.contract.rules import uuid
from counterseal.keystore.imports import Imported, ImportPlace, NewTarget, SealedTarget
from counterseal.organizations import IMPORT_TARGET_PLACE, ImportTarget, Put, Removed, View, place_of_import
from counterseal.store import RowKey, SealedRow
from counterseal.world import World

LIFETIME_MS = 60 * 60 * 1000
KEPT_MAX = 10
"""Of a user and a kind: so many imports may wait for votes at a time."""


class TargetRows(msgspec.Struct, frozen=True, kw_only=True):
    """What changes about targets."""

    rows: tuple[Put | Removed, ...]
    secrets: tuple[SealedRow, ...]


def own_place(user_id: str, what: Imported, view: View) -> ImportPlace:
    """Where the initiator may import. Raises InvalidRequest, NotFound, and PermissionDenied for anybody else's id:
    no policy lifts that."""
    user = view.user(uuid(user_id, "userId"))
    if user.id != view.initiator_id:
        raise PermissionDenied(
            f"request not authorized: imports are for oneself: expected the userId of user {view.initiator_id}, who"
            f" asks for it, got {user.id}"
        )
    return ImportPlace(organization_id=view.organization.id, user_id=user.id, what=what)


def rows_of(place: ImportPlace) -> RowKey:
    """What asks for all targets of a place."""
    return RowKey(kind=ImportTarget, key=IMPORT_TARGET_PLACE, value=place_of_import(place.what, place.user_id))


def secrets_of(rows: Sequence[ImportTarget]) -> list[Sealed]:
    """What asks for the private halves of targets."""
    return [Sealed(id=row.id) for row in rows]


def targets_of(place: ImportPlace, view: View) -> Reading:
    """Asks for the targets of a place, then for their private halves."""
    yield [rows_of(place)]
    yield secrets_of(view.rows[rows_of(place)])


def usable_targets(place: ImportPlace, view: View, world: World) -> tuple[SealedTarget, ...]:
    """By which an import may be opened: the live one, if there is one; of an activity that has waited for votes, each
    that was there when it was submitted, whose bundle was opened then already."""
    rows: Sequence[ImportTarget] = view.rows[rows_of(place)]
    if view.submitted_ms is None:
        rows = [row for row in rows if not row.is_replaced]
    asked_ms = world.now_ms if view.submitted_ms is None else view.submitted_ms
    return tuple(sealed_target(row, place, view) for row in reversed(rows) if asked_ms < row.expires_ms)


def sealed_target(row: ImportTarget, place: ImportPlace, view: View) -> SealedTarget:
    """A target with its private half, which has been asked for."""
    return SealedTarget(place=place, public_key=row.public_key, sealed=secret_of(row.id, view))


def with_new(made: NewTarget, place: ImportPlace, view: View, world: World) -> TargetRows:
    """A new target is the live one of its place."""
    before: Sequence[ImportTarget] = view.rows[rows_of(place)]
    room = KEPT_MAX - 1
    kept, over = before[-room:], before[:-room]
    added = target_row(made.target, expires_ms=world.now_ms + LIFETIME_MS, world=world)
    replaced = tuple(Put(row=replace(row, is_replaced=True), replaces=row) for row in kept if not row.is_replaced)
    gone = without(over, place.organization_id)
    return TargetRows(
        rows=(Put(row=added), *replaced, *gone.rows), secrets=(kept_secret(added, made.target), *gone.secrets)
    )


def without(rows: Sequence[ImportTarget], organization_id: str) -> TargetRows:
    """Targets are spent, or over."""
    return TargetRows(
        rows=tuple(Removed(row=row) for row in rows),
        secrets=tuple(SealedRow(organization_id=organization_id, id=row.id, sealed=None) for row in rows),
    )


def without_spent(target: SealedTarget, view: View) -> TargetRows:
    """The target that has opened an import is spent."""
    rows: Sequence[ImportTarget] = view.rows[rows_of(target.place)]
    return without([row for row in rows if row.public_key == target.public_key], target.place.organization_id)


def target_row(target: SealedTarget, *, expires_ms: int, world: World) -> ImportTarget:
    """The row of a new target."""
    place = target.place
    return ImportTarget(
        id=world.dated_id(),
        what=place.what,
        user_id=place.user_id,
        public_key=target.public_key,
        expires_ms=expires_ms,
    )


def kept_secret(row: ImportTarget, target: SealedTarget) -> SealedRow:
    """The private half of a new target."""
    return SealedRow(organization_id=target.place.organization_id, id=row.id, sealed=target.sealed)
