"""EXPORT_PRIVATE_KEY: a private key, sealed to the client."""

from __future__ import annotations

import msgspec

from counterseal.activities.exported import now_exported
from counterseal.activities.needs import Reading, Sealed, secret_of
from counterseal.activities.private_keys.facts import private_key_facts
from counterseal.activities.registry import Checked, Outcome, activity
from counterseal.activities.target_keys import target_key
from counterseal.chains.address_formats import KEY_CURVES
from counterseal.contract.errors import NotFound
from counterseal.contract.rules import uuid
from counterseal.contract.shapes import ExportPrivateKeyIntent, ExportPrivateKeyResult
from counterseal.keystore import Keystore
from counterseal.keystore.exports import export_key
from counterseal.keystore.wallet_keys import SealedKey
from counterseal.organizations import PrivateKey, View
from counterseal.store import RowKey
from counterseal.world import World


class WantedKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key that may leave, if policies say so. ``target`` is the point that it is sealed to."""

    row: PrivateKey
    key: SealedKey
    target: bytes


def key_and_secret(intent: ExportPrivateKeyIntent, _view: View) -> Reading:
    """The key, and its private half."""
    asked = _by_id(intent)
    yield [asked, Sealed(id=asked.value)]


def check_export(intent: ExportPrivateKeyIntent, view: View, _world: World) -> Checked:
    """Everything that can be wrong with the request, and what policies see of the key."""
    target, asked = target_key(intent.target_public_key), _by_id(intent)
    if not view.rows[asked]:
        raise NotFound(f"unable to find private key {asked.value} in organization {view.organization.id}")
    row: PrivateKey = view.rows[asked][0]
    sealed = secret_of(row.id, view)
    key = SealedKey(curve=KEY_CURVES[row.curve], public_key=row.public_key, sealed=sealed)
    return Checked(WantedKey(row=row, key=key, target=target), facts={"private_key": private_key_facts(row)})


@activity("EXPORT_PRIVATE_KEY", needs=key_and_secret, check=check_export, tells_policies=True)
def export_private_key(wanted: WantedKey, view: View, world: World, keystore: Keystore) -> Outcome:
    """Seal the 32 bytes of the key to ``targetPublicKey``; from now on it counts as exported.

    Errors: a target that is no point of P-256 (400), an unknown key (404).
    Source: Turnkey API reference, export_private_key; Turnkey docs, export private keys; enclave secure channels.
    """
    row = wanted.row
    bundle = export_key(keystore, view.organization.id, wanted.key, wanted.target)
    return Outcome(
        result=ExportPrivateKeyResult(private_key_id=row.id, export_bundle=bundle), rows=now_exported(row, world)
    )


def _by_id(intent: ExportPrivateKeyIntent) -> RowKey:
    return RowKey(kind=PrivateKey, value=uuid(intent.private_key_id, "privateKeyId"))
