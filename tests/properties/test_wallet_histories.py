"""Wallets, accounts and private keys after any history are what a plain dictionary says, on either store.

All that is left at the end opens, and derives what is shown of it; of what is gone no secret is left.
"""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from composed import ComposedServer, Reply
from counterseal.cli.wallets.examination import Examination
from counterseal.organizations import PrivateKey, Wallet, WalletAccount
from store_kinds import StoreKind
from wallet_samples import ETHEREUM, SOLANA, accounts_of, ethereum, key

NAMES = ("one", "two", "three")
ACCOUNTS: tuple[dict[str, str], ...] = (
    ETHEREUM,
    ethereum(1),
    ETHEREUM | {"addressFormat": "ADDRESS_FORMAT_COMPRESSED"},
    SOLANA,
    SOLANA | {"path": "m/44/501/0/0"},  # the same key as the one before, by another text
)
OPERATIONS = ("create", "derive", "derive", "derive", "forget", "delete", "rename", "key", "delete key")

Step = tuple[str, str, str, tuple[int, ...]]

steps = st.lists(
    st.tuples(
        st.sampled_from(OPERATIONS),
        st.sampled_from(NAMES),
        st.sampled_from(NAMES),
        st.lists(st.sampled_from(range(len(ACCOUNTS))), max_size=3).map(tuple),
    ),
    max_size=16,
)


class History:
    """A server, and what there should be: of each wallet its id and its accounts by their places, and the keys."""

    def __init__(self, server: ComposedServer) -> None:
        self.server = server
        self.wallets: dict[str, tuple[str, dict[int, str]]] = {}
        self.keys: dict[str, str] = {}
        self.gone: list[str] = []

    async def take(self, step: Step) -> None:
        operation, name, other, numbers = step
        match operation:
            case "create":
                await self._create(name, numbers)
            case "derive" if name in self.wallets:
                await self._derive(name, numbers)
            case "forget" if name in self.wallets and numbers:
                await self._forget(name, numbers[0])
            case "delete" if name in self.wallets:
                id_, accounts = self.wallets.pop(name)
                await self._ask("DELETE_WALLETS", 200, walletIds=[id_], deleteWithoutExport=True)
                self.gone += [id_, *accounts.values()]
            case "rename" if name in self.wallets:
                is_free = other == name or other not in self.wallets
                id_ = self.wallets[name][0]
                await self._ask("UPDATE_WALLET", 200 if is_free else 400, walletId=id_, walletName=other)
                if is_free:
                    self.wallets[other] = self.wallets.pop(name)
            case "key":
                reply = await self._ask(
                    "CREATE_PRIVATE_KEYS_V2", 400 if name in self.keys else 200, privateKeys=[key(name)]
                )
                if reply.status == 200:
                    self.keys[name] = reply.result["privateKeys"][0]["privateKeyId"]
            case "delete key" if name in self.keys:
                self.gone.append(self.keys.pop(name))
                await self._ask("DELETE_PRIVATE_KEYS", 200, privateKeyIds=self.gone[-1:], deleteWithoutExport=True)

    async def check(self) -> None:
        server, organization_id = self.server, self.server.root.organization_id
        listed = (await server.query("list_wallets")).json["wallets"]
        assert {each["walletName"]: each["walletId"] for each in listed} == {
            name: id_ for name, (id_, _) in self.wallets.items()
        }
        expected = {id_ for _, accounts in self.wallets.values() for id_ in accounts.values()}
        assert {each["walletAccountId"] for each in await accounts_of(server)} == expected
        keys = (await server.query("list_private_keys")).json["privateKeys"]
        assert {each["privateKeyName"]: each["privateKeyId"] for each in keys} == self.keys
        assert await server.store.secrets(organization_id, self.gone) == {}
        examination = Examination(server.store, server.keystore)
        assert [fault async for fault in examination.faults() if fault] == []
        counted = [
            await server.store.count(organization_id, kind, at_most=99) for kind in (Wallet, WalletAccount, PrivateKey)
        ]
        tally = examination.tally
        assert counted == [tally.wallets, tally.accounts, tally.private_keys]

    async def _create(self, name: str, numbers: tuple[int, ...]) -> None:
        accounts = [ACCOUNTS[number] for number in numbers]
        is_fine = name not in self.wallets and _are_different(numbers)
        reply = await self._ask("CREATE_WALLET", 200 if is_fine else 400, walletName=name, accounts=accounts)
        if is_fine:
            self.wallets[name] = (reply.result["walletId"], {})
            await self._note(name, numbers, reply)

    async def _derive(self, name: str, numbers: tuple[int, ...]) -> None:
        id_, accounts = self.wallets[name]
        places = {_place(number) for number in accounts}
        status = 200
        if not numbers or not _are_different(numbers):
            status = 400
        elif any(_place(number) in places for number in numbers):
            status = 409
        asked = [ACCOUNTS[number] for number in numbers]
        reply = await self._ask("CREATE_WALLET_ACCOUNTS", status, walletId=id_, accounts=asked)
        if status == 200:
            await self._note(name, numbers, reply)

    async def _forget(self, name: str, number: int) -> None:
        id_ = self.wallets[name][1].pop(number, None)
        if id_ is not None:
            await self._ask("DELETE_WALLET_ACCOUNTS", 200, walletAccountIds=[id_], deleteWithoutExport=True)
            self.gone.append(id_)

    async def _note(self, name: str, numbers: tuple[int, ...], reply: Reply) -> None:
        wallet_id, accounts = self.wallets[name]
        for number, address in zip(numbers, reply.result["addresses"], strict=True):
            asked = {"walletId": wallet_id, "address": address, "path": ACCOUNTS[number]["path"]}
            found = (await self.server.query("get_wallet_account", **asked)).json["account"]
            accounts[number] = found["walletAccountId"]

    async def _ask(self, kind: str, status: int, **parameters: Any) -> Reply:
        reply = await self.server.submit(kind, parameters)
        assert reply.status == status, (kind, parameters, reply.body)
        return reply


def _place(number: int) -> int:
    """The last two are one key."""
    return min(number, 3)


def _are_different(numbers: tuple[int, ...]) -> bool:
    return len({_place(number) for number in numbers}) == len(numbers)


def test_after_any_history_all_is_as_it_should_be(store_kind: StoreKind) -> None:
    async def live(path: Path, taken: list[Step]) -> None:
        server = await ComposedServer.start(path, database=store_kind.new_database())
        history = History(server)
        for step in taken:
            await history.take(step)
        await history.check()
        await server.restart()
        await history.check()
        await server.app.stop()

    @store_kind.examples(12, suppress_health_check=[HealthCheck.too_slow])
    @given(steps)
    def it_is(taken: list[Step]) -> None:
        with tempfile.TemporaryDirectory() as directory:
            asyncio.run(live(Path(directory), taken))

    it_is()
