"""IMPORT_SECRETS: texts that a client brings."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from counterseal.activities.imports.own_targets import sealed_target, secrets_of, without
from counterseal.activities.needs import Reading
from counterseal.activities.registry import Checked, Outcome, activity
from counterseal.activities.secrets.init_import_secrets import place_of
from counterseal.activities.secrets.properties import properties, refuse_number, seen_of
from counterseal.contract.errors import InvalidRequest, quoted
from counterseal.contract.rules import label
from counterseal.contract.shapes import ImportSecretParams, ImportSecretsIntent, ImportSecretsResult
from counterseal.keystore import Keystore
from counterseal.keystore.imports import Imported, import_secret
from counterseal.organizations import (
    IMPORT_TARGET_PUBLIC_KEY,
    SECRET_NAME,
    ImportTarget,
    Put,
    Secret,
    View,
)
from counterseal.store import RowKey, SealedRow
from counterseal.world import World

_FIELD = "parameters.secrets"


class Brought(msgspec.Struct, frozen=True, kw_only=True):
    """A secret that is in order but for what is sealed, and the targets that may open that: one or none."""

    row: Secret
    targets: tuple[ImportTarget, ...]
    payload: str


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """A secret that is in order, and its text, sealed anew."""

    row: Secret
    target: ImportTarget
    sealed: bytes


def others(intent: ImportSecretsIntent, view: View) -> Reading:
    """Whoever has one of the names, and the targets, with their private halves."""
    refuse_number(intent.secrets, _FIELD)
    targets = [_target(each) for each in intent.secrets]
    yield [*targets, *(_by_name(each.name) for each in intent.secrets if each.name is not None)]
    yield secrets_of([row for asked in targets for row in view.rows[asked]])


def check_secrets(intent: ImportSecretsIntent, view: View, world: World) -> Checked:
    """Everything that can be wrong with the request, but for what is sealed; and what policies see."""
    refuse_number(intent.secrets, _FIELD)
    _refuse_repeated([each.name for each in intent.secrets if each.name is not None], "secret name must be unique")
    _refuse_repeated([each.target_public_key for each in intent.secrets], "a target key is for one secret")
    ids = sorted(world.dated_id() for _ in intent.secrets)
    numbered = enumerate(zip(ids, intent.secrets, strict=True))
    brought = [_brought(id_, at, params, view, world) for at, (id_, params) in numbered]
    return seen_of(brought, [each.row for each in brought])


def open_secrets(brought: list[Brought], view: View, keystore: Keystore) -> list[Opened]:
    """The payloads are texts. They are sealed at once."""
    return [_opened(each, view, keystore) for each in brought]


@activity("IMPORT_SECRETS", needs=others, check=check_secrets, opens=open_secrets, tells_policies=True)
def import_secrets(opened: list[Opened], view: View, _world: World, _keystore: Keystore) -> Outcome:
    """Keep texts that were sealed to target keys, which are spent by it: all or none, in the order of the request.

    Errors: none or too many, a bad name or one that is taken, bad properties, a target key that comes twice, a payload
    that does not open (400).
    Source: Turnkey API reference, import_secrets; Turnkey docs, secrets.
    """
    organization_id = view.organization.id
    spent = without([each.target for each in opened], organization_id)
    kept = (SealedRow(organization_id=organization_id, id=each.row.id, sealed=each.sealed) for each in opened)
    return Outcome(
        result=ImportSecretsResult(secret_ids=[each.row.id for each in opened]),
        rows=(*(Put(row=each.row) for each in opened), *spent.rows),
        secrets=(*kept, *spent.secrets),
    )


def _brought(id_: str, at: int, params: ImportSecretParams, view: View, world: World) -> Brought:
    if params.name is not None and view.rows[_by_name(params.name)]:
        raise InvalidRequest(f"secret name must be unique: {quoted(params.name)} is taken")
    row = Secret(
        id=id_,
        name=params.name,
        static_properties=properties(params.static_properties, f"{_FIELD}[{at}].staticProperties"),
        created_ms=world.now_ms,
    )
    return Brought(row=row, targets=_usable(params, view, world), payload=params.secret_payload)


def _usable(params: ImportSecretParams, view: View, world: World) -> tuple[ImportTarget, ...]:
    asked_ms = world.now_ms if view.submitted_ms is None else view.submitted_ms
    rows: tuple[ImportTarget, ...] = view.rows[_target(params)]
    return tuple(row for row in rows if row.what == Imported.TEXT and asked_ms < row.expires_ms)


def _opened(brought: Brought, view: View, keystore: Keystore) -> Opened:
    targets = [sealed_target(row, place_of(view), view) for row in brought.targets]
    sealed = import_secret(keystore, targets, brought.payload, brought.row.id)
    return Opened(row=brought.row, target=brought.targets[0], sealed=sealed)


def _target(params: ImportSecretParams) -> RowKey:
    return RowKey(kind=ImportTarget, key=IMPORT_TARGET_PUBLIC_KEY, value=params.target_public_key)


def _by_name(name: str) -> RowKey:
    return RowKey(kind=Secret, key=SECRET_NAME, value=label(name, "name"))


def _refuse_repeated(values: Sequence[str], reason: str) -> None:
    if len(set(values)) != len(values):
        raise InvalidRequest(f"{reason}, got one twice at `{_FIELD}`")
