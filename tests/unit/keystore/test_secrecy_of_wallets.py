"""What is secret of wallets and private keys is looked for wherever they come by: replies, logs, errors, reprs, the
database, its back-up, and what a crash leaves.
"""

from __future__ import annotations

import sqlite3
import traceback
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace

import sample
import stored
from composed import ComposedServer
from composed import server as composed_server
from counterseal.activities import unit_of
from counterseal.chains.address_formats import KEY_CURVES
from counterseal.contract.shapes import Curve
from counterseal.crypto import mnemonics
from counterseal.data_directory import DataDirectory
from counterseal.keystore import FileSeal, Keystore, KeystoreError
from counterseal.keystore.wallet_keys import SealedKey, SealedSeed, new_key, new_seed, opened_key, phrase_of_seed
from counterseal.organizations import PrivateKey, Put, Wallet, WalletAccount
from counterseal.store import Reads, RowChanges, RowKey
from counterseal.store.postgres import DatabaseUrl
from secret_forms import assert_none_is_in, forms
from served import RunningServer
from store_kinds import StoreKind
from wallet_samples import ETHEREUM, SOLANA, ethereum, key

server = composed_server

WALLET = {"walletName": "treasury", "accounts": [ETHEREUM, SOLANA]}
KEYS = {"privateKeys": [key("one", "ETHEREUM"), key("two", curve="CURVE_P256")]}


async def secrets_of(store: Reads, keystore: Keystore, organization_id: str) -> dict[str, bytes]:
    """All of them, by name: phrases, entropy, seeds, private keys."""
    found: dict[str, bytes] = {}
    for wallet in await store.page(organization_id, Wallet, limit=100, before=None, after=None):
        sealed = (await store.secrets(organization_id, [wallet.id]))[wallet.id]
        phrase = phrase_of_seed(keystore, organization_id, SealedSeed(mark=wallet.seed_mark, sealed=sealed))
        found |= {
            f"phrase of {wallet.name}": bytes(phrase),
            f"entropy of {wallet.name}": bytes(mnemonics.read_phrase(phrase.decode())[0]),
            f"seed of {wallet.name}": bytes(mnemonics.seed_of(phrase)),
        }
    for kind in (WalletAccount, PrivateKey):
        for row in await store.page(organization_id, kind, limit=100, before=None, after=None):
            assert isinstance(row, WalletAccount | PrivateKey)
            sealed = (await store.secrets(organization_id, [row.id]))[row.id]
            sealed_key = SealedKey(curve=KEY_CURVES[row.curve], public_key=row.public_key, sealed=sealed)
            with opened_key(keystore, organization_id, sealed_key) as secret:
                found[f"private key of {row.id}"] = bytes(secret)
    return found


def files_of(directory: Path) -> list[bytes]:
    return [path.read_bytes() for path in directory.rglob("*") if path.is_file()]


def test_the_search_finds_what_is_there() -> None:
    secret = b"zoo zoo zoo wrong"
    for form in forms(secret):
        with pytest.raises(AssertionError, match="is there"):
            assert_none_is_in({"phrase": secret}, b"<" + form + b">")


async def test_neither_disk_nor_log_nor_back_up_tells_even_after_a_crash(
    running_server: RunningServer, store_kind: StoreKind, tmp_path: Path
) -> None:
    said = [
        running_server.submit("create_wallet", "CREATE_WALLET", WALLET),
        running_server.submit("create_private_keys", "CREATE_PRIVATE_KEYS_V2", KEYS),
        running_server.submit("create_wallet", "CREATE_WALLET", WALLET),
        running_server.query("get_organization"),
    ]
    assert [status for status, _ in said] == [200, 200, 400, 200]
    running_server.kill()
    url = running_server.database
    directory = DataDirectory(running_server.data, None if url is None else DatabaseUrl(url))
    store = await directory.open_store_as_it_is()
    keystore = Keystore.open(directory.seal(None), await directory.sealed_secrets(store))
    secrets = await secrets_of(store, keystore, running_server.organization_id)
    await store.close()
    assert len(secrets) == 3 + 2 + 2
    places = [*files_of(running_server.data), running_server.log.read_bytes(), repr(said)]
    if url is not None:
        places.append(store_kind.contents(url))
    else:
        with (
            closing(sqlite3.connect(running_server.data / "counterseal.db")) as source,
            closing(sqlite3.connect(tmp_path / "backup.db")) as target,
        ):
            source.backup(target)
        places.append((tmp_path / "backup.db").read_bytes())
    assert_none_is_in(secrets, *places)


async def test_no_fault_tells(server: ComposedServer, capfd: pytest.CaptureFixture[str]) -> None:
    """A wallet's row and its secret do not fit any more: the reply is a 500, and the log says why."""
    organization_id = server.root.organization_id
    wallet_id = (await server.submit("CREATE_WALLET", WALLET)).result["walletId"]
    secrets = await secrets_of(server.store, server.keystore, organization_id)
    asked = RowKey(kind=Wallet, value=wallet_id)
    (row,) = (await server.store.rows(organization_id, [asked]))[asked]
    organization = await stored.snapshot(server.store, organization_id)
    put = Put(row=replace(row, seed_mark="0" * 64), replaces=row)
    rows = RowChanges(organization=organization, changes=(put,))
    await server.store.commit([sample.commit(sample.activity(organization_id), rows=(rows,))])
    reply = await server.submit("CREATE_WALLET_ACCOUNTS", {"walletId": wallet_id, "accounts": [ethereum(1)]})
    assert reply.error[:2] == (500, 13)
    said = capfd.readouterr()
    assert "KeystoreError" in said.out + said.err
    assert_none_is_in(secrets, reply.body, said.out, said.err)


def test_what_units_hand_on_tells_nothing(tmp_path: Path) -> None:
    keystore, _ = Keystore.create(FileSeal(tmp_path))
    organization_id = sample.ORGANIZATION_ID
    seed = new_seed(keystore, organization_id, word_count=12)
    phrase = phrase_of_seed(keystore, organization_id, seed)
    sealed = new_key(keystore, organization_id, KEY_CURVES[Curve.SECP256K1])
    with opened_key(keystore, organization_id, sealed) as secret:
        secrets = {"phrase": bytes(phrase), "seed": bytes(mnemonics.seed_of(phrase)), "key": bytes(secret)}
    assert_none_is_in(secrets, repr(seed), repr(sealed), repr(keystore), str(unit_of("CREATE_WALLET")))
    elsewhere = sample.uuid(99)
    with pytest.raises(KeystoreError) as caught:
        phrase_of_seed(keystore, elsewhere, seed)
    shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    inside = [frame for frame in shown.stack if "/counterseal/" in frame.filename]
    assert inside
    shown_there = [text for frame in inside for text in (frame.locals or {}).values()]
    assert_none_is_in(secrets, *shown_there, *traceback.format_exception(caught.value))
