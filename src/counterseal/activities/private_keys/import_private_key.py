"""IMPORT_PRIVATE_KEY: a key that a client brings."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from counterseal.activities.imports.own_targets import own_place, targets_of, usable_targets, without_spent
from counterseal.activities.needs import Reading
from counterseal.activities.private_keys.new_keys import (
    ALL_KEYS,
    NewKey,
    by_name,
    check_taken_and_formats,
    key_rows,
    refuse_too_many,
    with_addresses,
)
from counterseal.activities.registry import Outcome, activity
from counterseal.chains.address_formats import KEY_CURVES
from counterseal.contract.errors import AlreadyExists
from counterseal.contract.shapes import ImportPrivateKeyIntent, ImportPrivateKeyResult, PrivateKeyParams
from counterseal.keystore import Keystore
from counterseal.keystore.imports import Imported, SealedTarget, import_key
from counterseal.keystore.wallet_keys import SealedKey
from counterseal.organizations import PrivateKey, View
from counterseal.world import World


class Brought(msgspec.Struct, frozen=True, kw_only=True):
    """A key that is in order but for what is sealed, and by which targets that may be opened."""

    key: NewKey
    targets: Sequence[SealedTarget]
    bundle: str


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """A key that is in order. ``target`` is the one that it was sealed to."""

    key: NewKey
    target: SealedTarget
    sealed: SealedKey


def others(intent: ImportPrivateKeyIntent, view: View) -> Reading:
    """The user's targets, all keys, and whoever has the name."""
    yield from targets_of(own_place(intent.user_id, Imported.PRIVATE_KEY, view), view)
    yield [ALL_KEYS, by_name(_params(intent))]


def check_key(intent: ImportPrivateKeyIntent, view: View, world: World) -> Brought:
    """Everything that can be wrong with the request, but for what is sealed."""
    params = _params(intent)
    check_taken_and_formats(params, "parameters.addressFormats", view)
    refuse_too_many(1, view)
    place = own_place(intent.user_id, Imported.PRIVATE_KEY, view)
    return Brought(
        key=NewKey(params=params),
        targets=usable_targets(place, view, world),
        bundle=intent.encrypted_bundle,
    )


def open_key(brought: Brought, view: View, keystore: Keystore) -> Opened:
    """The bytes are a key of the curve, which the organization has not yet. They are sealed at once."""
    curve = KEY_CURVES[brought.key.params.curve]
    target, sealed = import_key(keystore, brought.targets, brought.bundle, curve)
    known: Sequence[PrivateKey] = view.rows[ALL_KEYS]
    for key in known:
        if key.public_key == sealed.public_key and KEY_CURVES[key.curve] is sealed.curve:
            raise AlreadyExists(f"private key with ID {key.id} has already been imported in this organization")
    return Opened(key=brought.key, target=target, sealed=sealed)


@activity("IMPORT_PRIVATE_KEY", needs=others, check=check_key, opens=open_key)
def import_private_key(opened: Opened, view: View, world: World, _keystore: Keystore) -> Outcome:
    """Keep the key that was sealed to the user's live target, which is spent by it; as CREATE_PRIVATE_KEYS otherwise.

    Errors: what CREATE_PRIVATE_KEYS refuses; a bundle that does not open, or that holds no key of the curve (400),
    another user's id (403), an unknown user (404), a key that the organization has already (409).
    Source: Turnkey API reference, import_private_key; Turnkey docs, import private keys.
    """
    made = key_rows(
        [opened.key],
        [with_addresses(opened.sealed, opened.key.params)],
        organization_id=view.organization.id,
        imported=True,
        world=world,
    )
    spent, (key,) = without_spent(opened.target, view), made.keys
    return Outcome(
        result=ImportPrivateKeyResult(private_key_id=key.id, addresses=[each.shown() for each in key.addresses]),
        rows=(*made.rows, *spent.rows),
        secrets=(*made.secrets, *spent.secrets),
    )


def _params(intent: ImportPrivateKeyIntent) -> PrivateKeyParams:
    """The same without what is sealed."""
    return PrivateKeyParams(
        private_key_name=intent.private_key_name,
        curve=intent.curve,
        private_key_tags=[],
        address_formats=intent.address_formats,
    )
