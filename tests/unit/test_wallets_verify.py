"""counterseal wallets verify, and the examination behind it on both stores."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from importlib import import_module

import pytest
from click.testing import CliRunner
from msgspec.structs import replace

import sample
import stored
from composed import ComposedServer
from composed import server as composed_server
from counterseal.cli import main
from counterseal.cli.wallets.examination import Examination, Tally
from counterseal.organizations import PrivateKey, Put, Removed, Row, RowChange, Wallet, WalletAccount
from counterseal.store import RowChanges, RowKey, SealedRow
from served import RunningServer
from wallet_samples import ETHEREUM, SOLANA, accounts_of, ethereum, key, make_keys, make_wallet

server = composed_server

Tamper = Callable[[ComposedServer, "Kept"], Awaitable[None]]


class Kept:
    """What a server has: a wallet with two accounts, another one with one, and two private keys."""

    def __init__(self, wallets: list[str], accounts: list[str], keys: list[str]) -> None:
        self.wallets, self.accounts, self.keys = wallets, accounts, keys


async def kept(server: ComposedServer) -> Kept:
    wallets = [
        (await make_wallet(server, name, *accounts))["walletId"]
        for name, accounts in (("one", (ETHEREUM, SOLANA)), ("two", (ethereum(7),)))
    ]
    accounts = [each["walletAccountId"] for each in await accounts_of(server)]
    return Kept(wallets, accounts, await make_keys(server, key("a", "ETHEREUM"), key("b", curve="CURVE_P256")))


async def examined(server: ComposedServer) -> tuple[Tally, list[str]]:
    examination = Examination(server.store, server.keystore)
    return examination.tally, [f"{fault.id} {fault.reason}" async for fault in examination.faults() if fault]


async def row_of(server: ComposedServer, kind: type[Row], id_: str) -> Row:
    key = RowKey(kind=kind, value=id_)
    (row,) = (await server.store.rows(server.root.organization_id, [key]))[key]
    return row


async def alter(server: ComposedServer, *changes: RowChange, secrets: tuple[SealedRow, ...] = ()) -> None:
    organization = await stored.snapshot(server.store, server.root.organization_id)
    rows = (RowChanges(organization=organization, changes=changes),) if changes else ()
    await server.store.commit([sample.commit(sample.activity(organization.id), rows=rows, secrets=secrets)])


async def swap_secrets(server: ComposedServer, one: str, two: str) -> None:
    organization_id = server.root.organization_id
    sealed = await server.store.secrets(organization_id, [one, two])
    for secrets in ((None, None), (sealed[two], sealed[one])):
        pairs = zip((one, two), secrets, strict=True)
        gone = tuple(SealedRow(organization_id=organization_id, id=id_, sealed=secret) for id_, secret in pairs)
        await alter(server, secrets=gone)


async def test_what_is_whole_is_counted(server: ComposedServer) -> None:
    await kept(server)
    [ann] = await server.add_sub_organization("ann")
    await make_wallet(server, "hers", ETHEREUM | {"path": "m/44H/60h/0'/0/0"}, by=ann)
    tally, faults = await examined(server)
    assert faults == []
    assert tally == Tally(wallets=3, accounts=4, private_keys=2)


@pytest.mark.parametrize(
    ("kind", "member", "value", "reason"),
    [
        (WalletAccount, "address", "0x" + "0" * 40, "its public key has the address 0x"),
        (WalletAccount, "path", "m/44'/60'/0'/0/1", "the seed derives the public key "),
        (WalletAccount, "public_key", "02" * 33, "the seed derives the public key "),
        (WalletAccount, "wallet_id", sample.uuid(9), f"its wallet {sample.uuid(9)} is missing"),
        (Wallet, "seed_mark", "0" * 64, "secret wallet seed "),
        (Wallet, "language", "MNEMONIC_LANGUAGE_FRENCH", "its seed is not that of its words"),
        (PrivateKey, "public_key", "02" * 33, "secret private key "),
    ],
)
async def test_a_row_that_was_tampered_with_is_named(
    server: ComposedServer, kind: type[Row], member: str, value: str, reason: str
) -> None:
    there = await kept(server)
    id_ = {WalletAccount: there.accounts[0], Wallet: there.wallets[1], PrivateKey: there.keys[0]}[kind]
    row = await row_of(server, kind, id_)
    await alter(server, Put(row=replace(row, **{member: value}), replaces=row))
    tally, faults = await examined(server)
    assert faults[0].startswith(f"{id_} {reason}")
    assert tally.faults == len(faults)
    assert {fault.split()[0] for fault in faults} <= {id_, there.accounts[2]}, "of what is whole nothing is said"


@pytest.mark.parametrize("of", ["wallets", "accounts", "keys"])
async def test_a_secret_that_was_tampered_with_is_named(server: ComposedServer, of: str) -> None:
    ids = getattr(await kept(server), of)
    await swap_secrets(server, *ids[:2])
    _, faults = await examined(server)
    assert {fault.split()[0] for fault in faults} >= {*ids[:2]}
    assert all("does not open" in fault for fault in faults)


@pytest.mark.parametrize(("of", "reason"), [("wallets", "its seed is"), ("accounts", "its private key is")])
async def test_a_secret_that_is_not_there_is_named(server: ComposedServer, of: str, reason: str) -> None:
    id_ = getattr(await kept(server), of)[0]
    await alter(server, secrets=(SealedRow(organization_id=server.root.organization_id, id=id_, sealed=None),))
    _, faults = await examined(server)
    assert faults[0] == f"{id_} {reason} missing"


async def test_an_account_without_its_wallet_is_named(server: ComposedServer) -> None:
    there = await kept(server)
    await alter(server, Removed(row=await row_of(server, Wallet, there.wallets[1])))
    _, faults = await examined(server)
    assert faults == [f"{there.accounts[2]} its wallet {there.wallets[1]} is missing"]


async def test_what_is_deleted_meanwhile_is_no_fault(server: ComposedServer) -> None:
    there = await kept(server)
    examination = Examination(server.store, server.keystore)
    found = examination.faults()
    assert await anext(found) is None
    deletion = {"walletIds": there.wallets, "deleteWithoutExport": True}
    assert (await server.submit("DELETE_WALLETS", deletion)).status == 200
    assert [fault async for fault in found if fault] == []


def test_the_command_beside_a_running_server(running_server: RunningServer) -> None:
    parameters = {"walletName": "one", "accounts": [ETHEREUM, SOLANA]}
    assert running_server.submit("create_wallet", "CREATE_WALLET", parameters)[0] == 200
    place = ["--data", str(running_server.data)]
    if running_server.database:
        place += ["--database", running_server.database]
    whole = CliRunner().invoke(main, ["wallets", "verify", *place])
    assert (whole.exit_code, whole.stdout) == (0, "wallets: 1, accounts: 2, private keys: 0; all match\n")
    assert running_server.query("whoami")[0] == 200


def test_the_command_ends_with_1_and_names_what_does_not_match(running_server: RunningServer) -> None:
    parameters = {"walletName": "one", "accounts": [ETHEREUM, SOLANA]}
    assert running_server.submit("create_wallet", "CREATE_WALLET", parameters)[0] == 200
    place = ["--data", str(running_server.data)]
    if running_server.database:
        place += ["--database", running_server.database]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(import_module("counterseal.cli.wallets.examination"), "address_of", lambda *_: "elsewhere")
        result = CliRunner().invoke(main, ["wallets", "verify", *place])
    assert result.exit_code == 1
    assert result.stdout == "wallets: 1, accounts: 2, private keys: 0; do not match: 2\n"
    for line in result.stderr.splitlines():
        assert line.startswith(f"organization {running_server.organization_id}: wallet account ")
        assert "its public key has the address elsewhere, and not " in line
