"""INIT_IMPORT_SECRETS: keys to which clients seal secrets."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from counterseal.activities.imports.own_targets import kept_secret, rows_of, target_row, without
from counterseal.activities.needs import Reading
from counterseal.activities.registry import Checked, Outcome, activity
from counterseal.contract.errors import InvalidRequest, LimitExceeded
from counterseal.contract.shapes import InitImportSecretsIntent, InitImportSecretsResult
from counterseal.keystore import Keystore
from counterseal.keystore.imports import Imported, ImportPlace, NewTarget, new_target
from counterseal.organizations import ImportTarget, Put, View
from counterseal.world import World

TARGETS_AT_ONCE_MAX = 100
TARGETS_MAX = 100
"""Of an organization, that are neither used nor over."""
KEPT_MAX = 200
"""With those that are over: an import that waits for votes may still need one."""
LIFETIME_MS = 24 * 60 * 60 * 1000


class TargetsWork(msgspec.Struct, frozen=True, kw_only=True):
    """So many keys are to be made."""

    place: ImportPlace
    number: int


def others(_intent: InitImportSecretsIntent, view: View) -> Reading:
    """The targets that there are."""
    yield [rows_of(place_of(view))]


def place_of(view: View) -> ImportPlace:
    """Any member may import, as far as policies say so."""
    return ImportPlace(organization_id=view.organization.id, what=Imported.TEXT)


def check_number(intent: InitImportSecretsIntent, view: View, world: World) -> Checked:
    """Everything that can be wrong with the request, before keys are made."""
    number = int(intent.num_secrets)
    if not 1 <= number <= TARGETS_AT_ONCE_MAX:
        raise InvalidRequest(f"invalid `numSecrets`: expected 1 to {TARGETS_AT_ONCE_MAX}, got {number}")
    live = [row for row in _before(view) if world.now_ms < row.expires_ms]
    if len(live) + number > TARGETS_MAX:
        raise LimitExceeded(
            f"organization has exceeded maximum secret import targets: at most {TARGETS_MAX} may wait to be used, and"
            f" {len(live)} do"
        )
    return Checked(None, work=TargetsWork(place=place_of(view), number=number))


def make_targets(work: TargetsWork, keystore: Keystore) -> tuple[NewTarget, ...]:
    """The keys, sealed, and their bundles."""
    return tuple(new_target(keystore, work.place) for _ in range(work.number))


@activity("INIT_IMPORT_SECRETS", needs=others, check=check_number, make=make_targets)
def init_import_secrets(_found: None, view: View, world: World, made: tuple[NewTarget, ...]) -> Outcome:
    """Make target keys, each for one secret; they live for a day, or until they are used.

    Errors: a number outside of 1 to 100 (400), more than 100 that wait to be used (429).
    Source: Turnkey docs, secrets; ``@turnkey/crypto``, ``encryptSecretToBundle``.
    """
    before = _before(view)
    over = [row for row in before if row.expires_ms <= world.now_ms][: max(0, len(before) + len(made) - KEPT_MAX)]
    gone = without(over, view.organization.id)
    rows = [target_row(each.target, expires_ms=world.now_ms + LIFETIME_MS, world=world) for each in made]
    return Outcome(
        result=InitImportSecretsResult(enclave_target_messages=[each.bundle for each in made]),
        rows=(*(Put(row=row) for row in rows), *gone.rows),
        secrets=(*(kept_secret(row, each.target) for row, each in zip(rows, made, strict=True)), *gone.secrets),
    )


def _before(view: View) -> Sequence[ImportTarget]:
    return view.rows[rows_of(place_of(view))]
