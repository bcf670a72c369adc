"""CREATE_PRIVATE_KEYS: fresh keys that belong to no wallet."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from counterseal.activities.needs import AllOf, Reading
from counterseal.activities.private_key_tags.tagging import by_id as tag_by_id
from counterseal.activities.private_key_tags.tagging import the_tag
from counterseal.activities.registry import Outcome, activity
from counterseal.chains.address_formats import KEY_CURVES, address_of, check_address_format
from counterseal.contract.errors import InvalidRequest, LimitExceeded, NotImplementedHere, quoted
from counterseal.contract.rules import label, some
from counterseal.contract.shapes import (
    CreatePrivateKeysIntentV2,
    CreatePrivateKeysResultV2,
    PrivateKeyParams,
    PrivateKeyResult,
)
from counterseal.keystore import Keystore
from counterseal.keystore.wallet_keys import SealedKey, new_key
from counterseal.organizations import (
    PRIVATE_KEY_NAME,
    PRIVATE_KEYS_MAX,
    ChainAddress,
    PrivateKey,
    Put,
    View,
)
from counterseal.store import RowKey, SealedRow
from counterseal.world import World

KEYS_AT_ONCE_MAX = 100
_ALL = AllOf(kind=PrivateKey, at_most=PRIVATE_KEYS_MAX)
_FIELD = "parameters.privateKeys"


class NewKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key that is in order; ``tag_ids`` are those of tags that there are."""

    params: PrivateKeyParams
    tag_ids: tuple[str, ...]


def others(intent: CreatePrivateKeysIntentV2, _view: View) -> Reading:
    """All keys, to be counted, whoever has one of the names, and the tags."""
    _refuse_number(intent)
    yield [_ALL, *map(by_name, intent.private_keys), *(tag for each in intent.private_keys for tag in _tags(each))]


def by_name(params: PrivateKeyParams) -> RowKey:
    """What asks for the key that has a name. Raises InvalidRequest for one that is none."""
    return RowKey(kind=PrivateKey, key=PRIVATE_KEY_NAME, value=label(params.private_key_name, "privateKeyName"))


def check_keys(intent: CreatePrivateKeysIntentV2, view: View, _world: World) -> list[NewKey]:
    """Everything that can be wrong with the request, before a key is made."""
    for field, given in (
        ("externalSignerPubkey", intent.external_signer_pubkey),
        ("externalSignerWrappingKeyId", intent.external_signer_wrapping_key_id),
    ):
        if given is not None:
            raise NotImplementedHere(f"`{field}` of create_private_keys is not implemented")
    _refuse_number(intent)
    names = [each.private_key_name for each in intent.private_keys]
    for at, params in enumerate(intent.private_keys):
        if params.private_key_name in names[:at] or view.rows[by_name(params)]:
            raise InvalidRequest(f"private key label must be unique: {quoted(params.private_key_name)} is taken")
        _check_formats(params, f"{_FIELD}[{at}].addressFormats")
    found = [_new_key(params, view) for params in intent.private_keys]
    if len(view.rows[_ALL]) + len(names) > PRIVATE_KEYS_MAX:
        raise LimitExceeded(f"organization has exceeded maximum private keys: at most {PRIVATE_KEYS_MAX} are allowed")
    return found


@activity("CREATE_PRIVATE_KEYS", needs=others, check=check_keys)
def create_private_keys(wanted: list[NewKey], view: View, world: World, keystore: Keystore) -> Outcome:
    """Make keys; the result has them in the order of the request, and their addresses in that of ``addressFormats``.

    Errors: none or too many at once, a bad name or one that is taken, an address format that the curve has not or that
    comes twice (400), an unknown tag (404), more than 1,000 private keys (429).
    Source: Turnkey API reference, create_private_keys; Turnkey docs, private keys, resource limits.
    """
    organization_id = view.organization.id
    keys = [new_key(keystore, organization_id, KEY_CURVES[each.params.curve]) for each in wanted]
    ids = sorted(world.dated_id() for _ in wanted)
    rows = [_row(id_, each, key, world) for id_, each, key in zip(ids, wanted, keys, strict=True)]
    return Outcome(
        result=CreatePrivateKeysResultV2(
            private_keys=[
                PrivateKeyResult(private_key_id=row.id, addresses=[each.shown() for each in row.addresses])
                for row in rows
            ]
        ),
        rows=tuple(Put(row=row) for row in rows),
        secrets=tuple(
            SealedRow(organization_id=organization_id, id=row.id, sealed=key.sealed)
            for row, key in zip(rows, keys, strict=True)
        ),
    )


def _refuse_number(intent: CreatePrivateKeysIntentV2) -> None:
    some(intent.private_keys, _FIELD)
    if len(intent.private_keys) > KEYS_AT_ONCE_MAX:
        raise InvalidRequest(
            f"invalid request body: expected at most {KEYS_AT_ONCE_MAX} items at `{_FIELD}`,"
            f" got {len(intent.private_keys)}"
        )


def _check_formats(params: PrivateKeyParams, field: str) -> None:
    for address_format in params.address_formats:
        check_address_format(params.curve, address_format)
    if len(set(params.address_formats)) != len(params.address_formats):
        raise InvalidRequest(f"invalid request body: expected different address formats, got one twice at `{field}`")


def _tags(params: PrivateKeyParams) -> Sequence[RowKey]:
    return [tag_by_id(tag_id, "privateKeyTags") for tag_id in params.private_key_tags]


def _new_key(params: PrivateKeyParams, view: View) -> NewKey:
    tag_ids = (the_tag(asked, view).id for asked in _tags(params))
    return NewKey(params=params, tag_ids=tuple(dict.fromkeys(tag_ids)))


def _row(id_: str, wanted: NewKey, key: SealedKey, world: World) -> PrivateKey:
    params, public_key = wanted.params, bytes.fromhex(key.public_key)
    return PrivateKey(
        id=id_,
        name=params.private_key_name,
        curve=params.curve,
        public_key=key.public_key,
        addresses=tuple(
            ChainAddress(format=each, address=address_of(params.curve, each, public_key))
            for each in params.address_formats
        ),
        tag_ids=wanted.tag_ids,
        created_ms=world.now_ms,
        updated_ms=world.now_ms,
    )
