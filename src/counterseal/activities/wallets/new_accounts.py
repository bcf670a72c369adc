"""Accounts that are asked for of a wallet: what may be wrong with them, and the rows that come of them.

Sources: Turnkey docs, wallets, API errors (texts); docs/divergences.md (order of the checks).
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from counterseal.chains.address_formats import KEY_CURVES, address_of, check_address_format
from counterseal.contract.errors import InvalidRequest, quoted
from counterseal.contract.rules import label
from counterseal.contract.shapes import WalletAccountParams
from counterseal.crypto import paths
from counterseal.crypto.paths import InvalidPath, Levels
from counterseal.keystore import Keystore
from counterseal.keystore.wallet_keys import KeyAt, SealedKey, SealedSeed, derive_keys
from counterseal.organizations import WALLET_ACCOUNT_NAME, Put, View, WalletAccount, place_of_account
from counterseal.store import RowKey, SealedRow
from counterseal.world import World

ACCOUNTS_AT_ONCE_MAX = 100


class NewAccount(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An account that is in order, as far as the request alone says. ``at`` is where its key is in the seed's tree."""

    params: WalletAccountParams
    levels: Levels
    at: KeyAt

    def place_in(self, wallet_id: str) -> str:
        """What only one account may have."""
        followed = paths.text_of(self.at.levels)
        return place_of_account(wallet_id, self.params.curve, followed, self.params.address_format)


class MadeAccount(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What is made of an account on a thread: its key, sealed, and its address."""

    key: SealedKey
    address: str


def new_accounts(given: Sequence[WalletAccountParams], field: str) -> tuple[NewAccount, ...]:
    """The accounts that a request asks for. ``field`` is the list's name on the wire.

    Raises InvalidRequest for too many, an address format that the curve has not, a bad path or name, and for one that
    comes twice.
    """
    if len(given) > ACCOUNTS_AT_ONCE_MAX:
        raise InvalidRequest(
            f"invalid request body: expected at most {ACCOUNTS_AT_ONCE_MAX} items at `{field}`, got {len(given)}"
        )
    accounts = tuple(_new_account(each, f"{field}[{at}]") for at, each in enumerate(given))
    _refuse_repeated([each.place_in("") for each in accounts], field, "invalid path: expected different accounts")
    _refuse_repeated(
        [each.params.name for each in accounts if each.params.name is not None],
        field,
        "wallet account name must be unique",
    )
    return accounts


def names_of(accounts: Sequence[NewAccount]) -> list[RowKey]:
    """What asks for those who have their names already."""
    names = (each.params.name for each in accounts)
    return [RowKey(kind=WalletAccount, key=WALLET_ACCOUNT_NAME, value=name) for name in names if name is not None]


def refuse_taken_names(accounts: Sequence[NewAccount], view: View) -> None:
    """Raise InvalidRequest if another account has the name of one of these."""
    for asked in names_of(accounts):
        if view.rows[asked]:
            raise InvalidRequest(f"wallet account name must be unique: {quoted(asked.value)} is taken")


def make_accounts(
    keystore: Keystore, organization_id: str, seed: SealedSeed, accounts: Sequence[NewAccount]
) -> tuple[MadeAccount, ...]:
    """Their keys and addresses, for ``make``: each gives the interpreter lock up several times and wins it back."""
    keys = derive_keys(keystore, organization_id, seed, [each.at for each in accounts])
    return tuple(
        MadeAccount(
            key=key,
            address=address_of(each.params.curve, each.params.address_format, bytes.fromhex(key.public_key)),
        )
        for each, key in zip(accounts, keys, strict=True)
    )


def account_rows(
    accounts: Sequence[NewAccount], made: Sequence[MadeAccount], *, wallet_id: str, world: World
) -> list[WalletAccount]:
    """Their rows, in the order of the request; so are their ids."""
    ids = sorted(world.dated_id() for _ in accounts)
    return [_row(id_, each, of_it, wallet_id, world) for id_, each, of_it in zip(ids, accounts, made, strict=True)]


def kept(
    rows: Sequence[WalletAccount], made: Sequence[MadeAccount], *, organization_id: str
) -> tuple[tuple[Put, ...], tuple[SealedRow, ...]]:
    """What is stored of them: rows, and the sealed private keys under the rows' ids."""
    sealed = (
        SealedRow(organization_id=organization_id, id=row.id, sealed=each.key.sealed)
        for row, each in zip(rows, made, strict=True)
    )
    return tuple(Put(row=row) for row in rows), tuple(sealed)


def _new_account(params: WalletAccountParams, field: str) -> NewAccount:
    check_address_format(params.curve, params.address_format)
    try:
        levels = paths.parse(params.path)
    except InvalidPath as fault:
        raise InvalidRequest(f"invalid path: {fault} at `{field}.path`") from None
    if params.name is not None:
        label(params.name, f"{field}.name")
    curve = KEY_CURVES[params.curve]
    return NewAccount(params=params, levels=levels, at=KeyAt(curve=curve, levels=paths.followed(levels, curve)))


def _row(id_: str, account: NewAccount, made: MadeAccount, wallet_id: str, world: World) -> WalletAccount:
    params = account.params
    return WalletAccount(
        id=id_,
        wallet_id=wallet_id,
        name=params.name,
        curve=params.curve,
        path=params.path,
        levels=paths.text_of(account.levels),
        followed=paths.text_of(account.at.levels),
        address_format=params.address_format,
        address=made.address,
        public_key=made.key.public_key,
        created_ms=world.now_ms,
        updated_ms=world.now_ms,
    )


def _refuse_repeated(values: Sequence[str], field: str, reason: str) -> None:
    for at, value in enumerate(values):
        if value in values[:at]:
            raise InvalidRequest(f"{reason}, got one twice at `{field}`")
