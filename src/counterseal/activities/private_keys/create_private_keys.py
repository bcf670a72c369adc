"""CREATE_PRIVATE_KEYS: fresh keys that belong to no wallet."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from counterseal.activities.needs import Reading
from counterseal.activities.private_key_tags.tagging import by_id as tag_by_id
from counterseal.activities.private_key_tags.tagging import the_tag
from counterseal.activities.private_keys.new_keys import (
    ALL_KEYS,
    MadeKey,
    NewKey,
    by_name,
    check_taken_and_formats,
    key_rows,
    make_keys,
    refuse_number,
    refuse_repeated_name,
    refuse_too_many,
)
from counterseal.activities.registry import Checked, Outcome, activity
from counterseal.contract.errors import NotImplementedHere
from counterseal.contract.rules import uuids
from counterseal.contract.shapes import CreatePrivateKeysIntentV2, CreatePrivateKeysResultV2, PrivateKeyParams
from counterseal.keystore import Keystore
from counterseal.organizations import View
from counterseal.store import RowKey
from counterseal.world import World

_FIELD = "parameters.privateKeys"


class KeysWork(msgspec.Struct, frozen=True, kw_only=True):
    """Keys to be made."""

    organization_id: str
    wanted: tuple[NewKey, ...]


def others(intent: CreatePrivateKeysIntentV2, _view: View) -> Reading:
    """All keys, to be counted, whoever has one of the names, and the tags."""
    refuse_number(intent.private_keys, _FIELD)
    yield [ALL_KEYS, *map(by_name, intent.private_keys), *(tag for each in intent.private_keys for tag in _tags(each))]


def check_keys(intent: CreatePrivateKeysIntentV2, view: View, _world: World) -> Checked:
    """Everything that can be wrong with the request, before a key is made."""
    _refuse_what_is_not_here(intent)
    refuse_number(intent.private_keys, _FIELD)
    for at, params in enumerate(intent.private_keys):
        refuse_repeated_name(intent.private_keys, at)
        check_taken_and_formats(params, f"{_FIELD}[{at}].addressFormats", view)
    found = tuple(_new_key(params, view) for params in intent.private_keys)
    refuse_too_many(len(found), view)
    return Checked(found, work=KeysWork(organization_id=view.organization.id, wanted=found))


def make(work: KeysWork, keystore: Keystore) -> tuple[MadeKey, ...]:
    """The keys, sealed, with their addresses."""
    return make_keys(keystore, work.organization_id, work.wanted)


@activity("CREATE_PRIVATE_KEYS", needs=others, check=check_keys, make=make)
def create_private_keys(wanted: tuple[NewKey, ...], view: View, world: World, made: tuple[MadeKey, ...]) -> Outcome:
    """Make keys; the result has them in the order of the request, and their addresses in that of ``addressFormats``.

    Errors: none or too many at once, a bad name or one that is taken, a tag that comes twice, an address format that
    the curve has not or that comes twice (400), an unknown tag (404), more than 1,000 private keys (429), a signer
    elsewhere (501).
    Source: Turnkey API reference, create_private_keys; Turnkey docs, private keys, resource limits.
    """
    kept = key_rows(wanted, made, organization_id=view.organization.id, world=world)
    return Outcome(result=CreatePrivateKeysResultV2(private_keys=kept.results), rows=kept.rows, secrets=kept.secrets)


def _refuse_what_is_not_here(intent: CreatePrivateKeysIntentV2) -> None:
    for field, given in (
        ("externalSignerPubkey", intent.external_signer_pubkey),
        ("externalSignerWrappingKeyId", intent.external_signer_wrapping_key_id),
    ):
        if given is not None:
            raise NotImplementedHere(f"`{field}` of create_private_keys is not implemented")


def _tags(params: PrivateKeyParams) -> Sequence[RowKey]:
    tags = uuids(params.private_key_tags, "privateKeyTags") if params.private_key_tags else []
    return [tag_by_id(tag_id, "privateKeyTags") for tag_id in tags]


def _new_key(params: PrivateKeyParams, view: View) -> NewKey:
    tag_ids = (the_tag(asked, view).id for asked in _tags(params))
    return NewKey(params=params, tag_ids=tuple(tag_ids))
