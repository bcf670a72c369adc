"""A wallet that is asked for: its seed and first accounts, made on a thread once it is allowed.

Sources: Turnkey docs, wallets, resource limits, API errors.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from counterseal.activities.needs import AllOf, Needed
from counterseal.activities.wallets.new_accounts import (
    MadeAccount,
    NewAccount,
    account_rows,
    kept,
    make_accounts,
    names_of,
    refuse_taken_names,
)
from counterseal.contract.errors import InvalidRequest, LimitExceeded, quoted
from counterseal.contract.rules import label
from counterseal.crypto.mnemonics import WORD_COUNTS
from counterseal.keystore import Keystore
from counterseal.keystore.wallet_keys import SealedSeed, new_seed
from counterseal.organizations import WALLET_NAME, WALLETS_MAX, Put, View, Wallet, WalletAccount
from counterseal.store import RowKey, SealedRow
from counterseal.world import World

ALL_WALLETS = AllOf(kind=Wallet, at_most=WALLETS_MAX)

DEFAULT_WORD_COUNT = 12


class SeedWork(msgspec.Struct, frozen=True, kw_only=True):
    """A seed to be made, and the accounts to be derived from it."""

    organization_id: str
    word_count: int
    accounts: tuple[NewAccount, ...]


class MadeSeed(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it, sealed."""

    seed: SealedSeed
    accounts: tuple[MadeAccount, ...]


class NewWallet(msgspec.Struct, frozen=True, kw_only=True):
    """A wallet that is in order and has a row, once its seed is there."""

    name: str
    accounts: tuple[NewAccount, ...]


class WalletRows(msgspec.Struct, frozen=True, kw_only=True):
    """All that is stored of a new wallet; ``addresses`` in the order of the request."""

    wallet: Wallet
    addresses: list[str]
    rows: tuple[Put, ...]
    secrets: tuple[SealedRow, ...]


def namesakes(name: str, accounts: Sequence[NewAccount]) -> list[Needed]:
    """All wallets, to be counted, and whoever has one of the names already."""
    return [ALL_WALLETS, by_name(name), *names_of(accounts)]


def by_name(name: str) -> RowKey:
    """What asks for the wallet that has a name. Raises InvalidRequest for one that is none."""
    return RowKey(kind=Wallet, key=WALLET_NAME, value=label(name, "walletName"))


def word_count(given: int | None) -> int:
    """How many words its phrase has. Raises InvalidRequest."""
    count = DEFAULT_WORD_COUNT if given is None else given
    if count not in WORD_COUNTS:
        expected = ", ".join(map(str, WORD_COUNTS))
        raise InvalidRequest(f"invalid mnemonic length: expected one of {expected}, got {given}")
    return count


def refuse_taken(name: str, accounts: Sequence[NewAccount], view: View) -> None:
    """Raise InvalidRequest for a name that is taken, LimitExceeded where there are too many wallets."""
    refuse_taken_name(name, view)
    refuse_taken_names(accounts, view)
    if len(view.rows[ALL_WALLETS]) >= WALLETS_MAX:
        raise LimitExceeded(f"organization has exceeded maximum wallets: at most {WALLETS_MAX} are allowed")


def refuse_taken_name(name: str, view: View, *, of: str | None = None) -> None:
    """Raise InvalidRequest if a wallet has this name; the one with the id ``of`` may."""
    if any(wallet.id != of for wallet in view.rows[by_name(name)]):
        raise InvalidRequest(f"wallet label must be unique: {quoted(name)} is taken")


def make_seed(work: SeedWork, keystore: Keystore) -> MadeSeed:
    """A fresh seed with the accounts that are wanted of it."""
    seed = new_seed(keystore, work.organization_id, word_count=work.word_count)
    return MadeSeed(seed=seed, accounts=make_accounts(keystore, work.organization_id, seed, work.accounts))


def wallet_rows(
    new: NewWallet, made: MadeSeed, *, organization_id: str, imported: bool = False, world: World
) -> WalletRows:
    """The wallet, its accounts and their secrets."""
    wallet = Wallet(
        id=world.dated_id(),
        name=new.name,
        seed_mark=made.seed.mark,
        language=made.seed.language,
        created_ms=world.now_ms,
        updated_ms=world.now_ms,
        imported=imported,
    )
    accounts: list[WalletAccount] = account_rows(new.accounts, made.accounts, wallet_id=wallet.id, world=world)
    rows, secrets = kept(accounts, made.accounts, organization_id=organization_id)
    seed = SealedRow(organization_id=organization_id, id=wallet.id, sealed=made.seed.sealed)
    return WalletRows(
        wallet=wallet,
        addresses=[each.address for each in accounts],
        rows=(Put(row=wallet), *rows),
        secrets=(seed, *secrets),
    )
