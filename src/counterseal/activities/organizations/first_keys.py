"""Keys with which a sub-organization begins: a wallet or, in an old version, private keys.

They are sealed for their organization, whose id is drawn anew at each decision. So what is made on a thread carries the
id that it was made for, and the organization gets that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec

from counterseal.activities.private_keys.new_keys import (
    KeyRows,
    MadeKey,
    NewKey,
    by_name,
    check_formats,
    key_rows,
    make_keys,
    refuse_number,
    refuse_repeated_name,
)
from counterseal.activities.wallets.new_accounts import new_accounts
from counterseal.activities.wallets.new_wallets import (
    MadeSeed,
    NewWallet,
    SeedWork,
    WalletRows,
    make_seed,
    wallet_rows,
    word_count,
)
from counterseal.contract.errors import NotFound
from counterseal.contract.rules import label
from counterseal.contract.shapes import PrivateKeyParams, WalletParams
from counterseal.keystore import Keystore
from counterseal.world import World

_FIELD = "parameters.privateKeys"


class FirstKeys(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for and in order."""

    wallet: NewWallet | None = None
    word_count: int = 0
    private_keys: tuple[NewKey, ...] = ()

    def __bool__(self) -> bool:
        return self.wallet is not None or bool(self.private_keys)


@dataclass(frozen=True)
class FirstKeysWork:
    """What is to be made, for an organization of this id or, if it has been made already, of another."""

    wanted: FirstKeys
    organization_id: str = field(compare=False)


class MadeKeys(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it, sealed for the organization of this id."""

    organization_id: str
    seed: MadeSeed | None
    private_keys: tuple[MadeKey, ...]


class FirstRows(msgspec.Struct, frozen=True, kw_only=True):
    """All that is stored."""

    wallet: WalletRows | None
    private_keys: KeyRows


def first_keys(wallet: WalletParams | None, private_keys: Sequence[PrivateKeyParams], view_id: str) -> FirstKeys:
    """What is asked for. ``view_id`` is the parent, for messages. Raises InvalidRequest, NotFound for tags."""
    keys = _private_keys(private_keys, view_id) if private_keys else ()
    if wallet is None:
        return FirstKeys(private_keys=keys)
    label(wallet.wallet_name, "walletName")
    accounts = new_accounts(wallet.accounts, "parameters.wallet.accounts")
    return FirstKeys(
        wallet=NewWallet(name=wallet.wallet_name, accounts=accounts),
        word_count=word_count(wallet.mnemonic_length),
        private_keys=keys,
    )


def make_first_keys(work: FirstKeysWork, keystore: Keystore) -> MadeKeys:
    """Make them."""
    wanted, seed = work.wanted, None
    if wanted.wallet is not None:
        seed_work = SeedWork(
            organization_id=work.organization_id, word_count=wanted.word_count, accounts=wanted.wallet.accounts
        )
        seed = make_seed(seed_work, keystore)
    private_keys = make_keys(keystore, work.organization_id, wanted.private_keys)
    return MadeKeys(organization_id=work.organization_id, seed=seed, private_keys=private_keys)


def first_rows(wanted: FirstKeys, made: MadeKeys, world: World) -> FirstRows:
    """Rows and secrets of the new organization."""
    wallet = None
    if wanted.wallet is not None and made.seed is not None:
        wallet = wallet_rows(wanted.wallet, made.seed, organization_id=made.organization_id, world=world)
    private_keys = key_rows(wanted.private_keys, made.private_keys, organization_id=made.organization_id, world=world)
    return FirstRows(wallet=wallet, private_keys=private_keys)


def _private_keys(keys: Sequence[PrivateKeyParams], parent_id: str) -> tuple[NewKey, ...]:
    refuse_number(keys, _FIELD)
    for at, params in enumerate(keys):
        by_name(params)
        refuse_repeated_name(keys, at)
        check_formats(params, f"{_FIELD}[{at}].addressFormats")
        for tag_id in params.private_key_tags:
            raise NotFound(f"unable to find private key tag {tag_id} in the new sub-organization of {parent_id}")
    return tuple(NewKey(params=params) for params in keys)
