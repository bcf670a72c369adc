"""INIT_IMPORT_PRIVATE_KEY: a key to which the client seals a private key."""

from __future__ import annotations

from counterseal.activities.imports.own_targets import own_place, rows_of, with_new
from counterseal.activities.needs import Reading
from counterseal.activities.registry import Outcome, activity
from counterseal.contract.shapes import InitImportPrivateKeyIntent, InitImportPrivateKeyResult
from counterseal.keystore import Keystore
from counterseal.keystore.imports import Imported, ImportPlace, new_target
from counterseal.organizations import View
from counterseal.world import World


def others(intent: InitImportPrivateKeyIntent, view: View) -> Reading:
    """The targets that there are."""
    yield [rows_of(check_place(intent, view, None))]


def check_place(intent: InitImportPrivateKeyIntent, view: View, _world: World | None) -> ImportPlace:
    """For whom the target is."""
    return own_place(intent.user_id, Imported.PRIVATE_KEY, view)


@activity("INIT_IMPORT_PRIVATE_KEY", needs=others, check=check_place)
def init_import_private_key(place: ImportPlace, view: View, world: World, keystore: Keystore) -> Outcome:
    """Make a target key, which takes the place of the user's one before; it lives for an hour, or until it is used.

    Errors: an id that is none (400), another user's id (403), an unknown user (404).
    Source: Turnkey API reference, init_import_private_key; Turnkey docs, import private keys; enclave secure channels.
    """
    made = new_target(keystore, place)
    targets = with_new(made, place, view, world)
    return Outcome(
        result=InitImportPrivateKeyResult(import_bundle=made.bundle), rows=targets.rows, secrets=targets.secrets
    )
