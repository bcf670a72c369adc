"""Private keys that are asked for, made here or brought: what may be wrong with them, and the rows that come of them.

Sources: Turnkey docs, private keys, API errors (texts).
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from counterseal.activities.needs import AllOf
from counterseal.chains.address_formats import KEY_CURVES, address_of, check_address_format
from counterseal.contract.errors import InvalidRequest, LimitExceeded, quoted
from counterseal.contract.rules import label, some
from counterseal.contract.shapes import PrivateKeyParams, PrivateKeyResult
from counterseal.keystore import Keystore
from counterseal.keystore.wallet_keys import SealedKey, new_key
from counterseal.organizations import PRIVATE_KEY_NAME, PRIVATE_KEYS_MAX, ChainAddress, PrivateKey, Put, View
from counterseal.store import RowKey, SealedRow
from counterseal.world import World

KEYS_AT_ONCE_MAX = 100
ALL_KEYS = AllOf(kind=PrivateKey, at_most=PRIVATE_KEYS_MAX)


class NewKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key that is in order; ``tag_ids`` are those of tags that there are."""

    params: PrivateKeyParams
    tag_ids: tuple[str, ...] = ()


class MadeKey(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What is made of it: the key, sealed, and its addresses."""

    key: SealedKey
    addresses: tuple[ChainAddress, ...]


class KeyRows(msgspec.Struct, frozen=True, kw_only=True):
    """All that is stored of new keys, and what is answered, in the order of the request."""

    keys: list[PrivateKey]
    results: list[PrivateKeyResult]
    rows: tuple[Put, ...]
    secrets: tuple[SealedRow, ...]


def by_name(params: PrivateKeyParams) -> RowKey:
    """What asks for the key that has a name. Raises InvalidRequest for one that is none."""
    return RowKey(kind=PrivateKey, key=PRIVATE_KEY_NAME, value=label(params.private_key_name, "privateKeyName"))


def refuse_number(keys: Sequence[PrivateKeyParams], field: str) -> None:
    """Raise InvalidRequest for none or too many."""
    some(keys, field)
    if len(keys) > KEYS_AT_ONCE_MAX:
        raise InvalidRequest(
            f"invalid request body: expected at most {KEYS_AT_ONCE_MAX} items at `{field}`, got {len(keys)}"
        )


def refuse_repeated_name(keys: Sequence[PrivateKeyParams], at: int) -> None:
    """Raise InvalidRequest if one before it has its name."""
    name = keys[at].private_key_name
    if any(each.private_key_name == name for each in keys[:at]):
        raise taken(name)


def taken(name: str) -> InvalidRequest:
    """The answer where another key has the name."""
    return InvalidRequest(f"private key label must be unique: {quoted(name)} is taken")


def check_taken_and_formats(params: PrivateKeyParams, field: str, view: View) -> None:
    """Raise InvalidRequest for a name that is taken, and for what `check_formats` refuses."""
    if view.rows[by_name(params)]:
        raise taken(params.private_key_name)
    check_formats(params, field)


def refuse_too_many(added: int, view: View) -> None:
    """Raise LimitExceeded if the organization would have too many."""
    if len(view.rows[ALL_KEYS]) + added > PRIVATE_KEYS_MAX:
        raise LimitExceeded(f"organization has exceeded maximum private keys: at most {PRIVATE_KEYS_MAX} are allowed")


def check_formats(params: PrivateKeyParams, field: str) -> None:
    """Raise InvalidRequest for address formats that the curve has not, and for one that comes twice."""
    for address_format in params.address_formats:
        check_address_format(params.curve, address_format)
    if len(set(params.address_formats)) != len(params.address_formats):
        raise InvalidRequest(f"invalid request body: expected different address formats, got one twice at `{field}`")


def make_keys(keystore: Keystore, organization_id: str, wanted: Sequence[NewKey]) -> tuple[MadeKey, ...]:
    """Fresh keys, sealed for the organization, and their addresses: for ``make``."""
    return tuple(
        with_addresses(new_key(keystore, organization_id, KEY_CURVES[each.params.curve]), each.params)
        for each in wanted
    )


def with_addresses(key: SealedKey, params: PrivateKeyParams) -> MadeKey:
    """A key with the addresses that are asked for."""
    public_key = bytes.fromhex(key.public_key)
    addresses = (
        ChainAddress(format=each, address=address_of(params.curve, each, public_key)) for each in params.address_formats
    )
    return MadeKey(key=key, addresses=tuple(addresses))


def key_rows(
    wanted: Sequence[NewKey],
    made: Sequence[MadeKey],
    *,
    organization_id: str,
    imported: bool = False,
    world: World,
) -> KeyRows:
    """Their rows, in the order of the request; so are their ids."""
    ids = sorted(world.dated_id() for _ in wanted)
    rows = [_row(id_, each, of_it, imported, world) for id_, each, of_it in zip(ids, wanted, made, strict=True)]
    return KeyRows(
        keys=rows,
        results=[
            PrivateKeyResult(private_key_id=row.id, addresses=[each.shown() for each in row.addresses]) for row in rows
        ],
        rows=tuple(Put(row=row) for row in rows),
        secrets=tuple(
            SealedRow(organization_id=organization_id, id=row.id, sealed=each.key.sealed)
            for row, each in zip(rows, made, strict=True)
        ),
    )


def _row(id_: str, wanted: NewKey, made: MadeKey, imported: bool, world: World) -> PrivateKey:
    params = wanted.params
    return PrivateKey(
        id=id_,
        name=params.private_key_name,
        curve=params.curve,
        public_key=made.key.public_key,
        addresses=made.addresses,
        tag_ids=wanted.tag_ids,
        created_ms=world.now_ms,
        updated_ms=world.now_ms,
        imported=imported,
    )
