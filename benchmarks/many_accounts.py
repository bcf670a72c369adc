"""``python -m benchmarks.many_accounts``: what an account costs in an organization that has very many in 100 wallets.

The store is asked and written to as the engine does it: an account by its address, pages of a wallet and of all
wallets, what ``create_wallet_accounts`` reads and writes for one account, without the derivation. Two organizations of
one store take turns, one with ten accounts in one wallet and one with a million. At the end a wallet is deleted: how
long that takes, and how long the event loop has been kept.
"""

from __future__ import annotations

import asyncio
import os
import time
from contextlib import suppress

from benchmarks.few_and_many import FEW, Try, command, new_organization, take_turns
from counterseal.contract.shapes import AddressFormat, Curve
from counterseal.organizations import (
    WALLET_ACCOUNT_ADDRESS,
    WALLET_ACCOUNT_PLACE,
    WALLET_ACCOUNT_WALLET,
    WALLETS_MAX,
    Put,
    Removed,
    RemovedAll,
    RowChange,
    Snapshot,
    Wallet,
    WalletAccount,
    place_of_account,
)
from counterseal.store import Commit, RowChanges, RowKey, SealedRow, Store
from counterseal.world import SystemClock, SystemRandom, World

_AT_ONCE = 1_000
_SEALED_BYTES = 61


def _measure(count: int) -> Try:
    async def measure(store: Store) -> None:
        few, many = [await _Tried.make(store, accounts) for accounts in (FEW, count)]
        await take_turns(few, many, _Tried.STEPS, count=count)
        await many.delete_a_wallet()

    return measure


main = command(_measure)


class _Tried:
    """One organization, its wallets, and some of its accounts, evenly spread."""

    STEPS = ("by_address", "page_of_a_wallet", "page_of_all", "derive")

    def __init__(self, store: Store, organization: Snapshot) -> None:
        self._store = store
        self._organization = organization
        self._world = World(SystemClock().now_ms(), SystemRandom())
        self._wallets: list[Wallet] = []
        self._accounts: list[WalletAccount] = []
        self._of_a_wallet = 0

    @classmethod
    async def make(cls, store: Store, count: int) -> _Tried:
        """An organization with so many accounts, which are written through the store."""
        organization = await new_organization(store, f"Of {count}")
        tried, started = cls(store, organization), time.perf_counter()
        wallets = 1 if count <= FEW else WALLETS_MAX
        tried._wallets = [tried._wallet(number) for number in range(wallets)]
        tried._of_a_wallet = count // wallets
        await tried._put(*(Put(row=wallet) for wallet in tried._wallets), secrets=tried._wallets)
        for wallet in tried._wallets:
            await tried._fill(wallet)
        print(f"{count:,} accounts in {time.perf_counter() - started:.0f} s", flush=True)
        return tried

    async def by_address(self, number: int) -> None:
        account = self._accounts[number % len(self._accounts)]
        key = RowKey(kind=WalletAccount, key=WALLET_ACCOUNT_ADDRESS, value=account.address)
        (found,) = (await self._store.rows(self._organization.id, [key]))[key]
        assert found.id == account.id

    async def page_of_a_wallet(self, number: int) -> None:
        account = self._accounts[number % len(self._accounts)]
        await self._page(account, where=(WALLET_ACCOUNT_WALLET, account.wallet_id))

    async def page_of_all(self, number: int) -> None:
        await self._page(self._accounts[number % len(self._accounts)])

    async def derive(self, number: int) -> None:
        wallet = self._wallets[number % len(self._wallets)]
        account = self._account(wallet, self._of_a_wallet + number)
        place = place_of_account(wallet.id, account.curve, account.followed, account.address_format)
        keys = [
            RowKey(kind=Wallet, value=wallet.id),
            RowKey(kind=WalletAccount, key=WALLET_ACCOUNT_PLACE, value=place),
        ]
        found = await self._store.rows(self._organization.id, keys)
        await self._store.secrets(self._organization.id, [wallet.id])
        assert [len(found[key]) for key in keys] == [1, 0]
        await self._put(Put(row=account), secrets=[account])

    async def delete_a_wallet(self) -> None:
        """One of them, while somebody asks every millisecond how late he is."""
        wallet, late = self._wallets[-1], [0.0]
        watch = asyncio.ensure_future(_watch(late))
        started = time.perf_counter()
        gone = RemovedAll(kind=WalletAccount, key=WALLET_ACCOUNT_WALLET, value=wallet.id)
        await self._put(Removed(row=await self._stored(wallet)), gone)
        took = time.perf_counter() - started
        watch.cancel()
        with suppress(asyncio.CancelledError):
            await watch
        print(
            f"a wallet of {self._of_a_wallet:,} accounts deleted in {took:.2f} s, the event loop at most"
            f" {max(late) * 1e3:.0f} ms late",
            flush=True,
        )

    async def _fill(self, wallet: Wallet) -> None:
        for first in range(0, self._of_a_wallet, _AT_ONCE):
            accounts = [
                self._account(wallet, number) for number in range(first, min(first + _AT_ONCE, self._of_a_wallet))
            ]
            await self._put(*(Put(row=account) for account in accounts), secrets=accounts)
            self._accounts += accounts[:: max(1, self._of_a_wallet // FEW)]

    async def _page(self, account: WalletAccount, **where: object) -> None:
        page = await self._store.page(
            self._organization.id,
            WalletAccount,
            limit=FEW,
            before=None,
            after=account.id,
            oldest_first=True,
            **where,  # type: ignore[arg-type]
        )
        assert len(page) <= FEW

    async def _stored(self, wallet: Wallet) -> Wallet:
        key = RowKey(kind=Wallet, value=wallet.id)
        (found,) = (await self._store.rows(self._organization.id, [key]))[key]
        assert isinstance(found, Wallet)
        return found

    async def _put(self, *changes: RowChange, secrets: list[Wallet] | list[WalletAccount] | None = None) -> None:
        rows = (RowChanges(organization=self._organization, changes=changes),)
        rests_on = ((self._organization.id, self._organization.version),)
        sealed = tuple(self._sealed(each.id) for each in secrets or ())
        commit = Commit(activity=None, is_new=False, new_votes=(), rests_on=rests_on, rows=rows, secrets=sealed)
        await self._store.commit([commit])

    def _sealed(self, id_: str) -> SealedRow:
        return SealedRow(organization_id=self._organization.id, id=id_, sealed=os.urandom(_SEALED_BYTES))

    def _wallet(self, number: int) -> Wallet:
        now_ms = self._world.now_ms
        mark = os.urandom(32).hex()
        return Wallet(
            id=self._world.dated_id(), name=f"wallet {number}", seed_mark=mark, created_ms=now_ms, updated_ms=now_ms
        )

    def _account(self, wallet: Wallet, number: int) -> WalletAccount:
        path, now_ms = f"m/44'/60'/0'/0/{number}", self._world.now_ms
        return WalletAccount(
            id=self._world.dated_id(),
            wallet_id=wallet.id,
            curve=Curve.SECP256K1,
            path=path,
            levels=path,
            followed=path,
            address_format=AddressFormat.ETHEREUM,
            address=f"0x{os.urandom(20).hex()}",
            public_key=f"02{os.urandom(32).hex()}",
            created_ms=now_ms,
            updated_ms=now_ms,
        )


async def _watch(late: list[float]) -> None:
    while True:
        asked = time.perf_counter()
        await asyncio.sleep(0.001)
        late.append(time.perf_counter() - asked - 0.001)


if __name__ == "__main__":
    main()
