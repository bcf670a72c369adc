"""Private keys and wallets whose secrets a test knows, put into the store of a composed server as units put them."""

from __future__ import annotations

from itertools import count

from composed import Actor, ComposedServer
from counterseal.chains.address_formats import KEY_CURVES, address_of
from counterseal.contract.shapes import AddressFormat, Curve
from counterseal.keystore.wallet_keys import SealedKey, seal_key
from counterseal.organizations import ChainAddress, PrivateKey, Put, Row, Wallet, WalletAccount
from counterseal.store import Commit, RowChanges, SealedRow
from counterseal.world import World

_numbers = count()


async def plant_private_key(
    server: ComposedServer,
    secret: bytes,
    curve: Curve = Curve.SECP256K1,
    *formats: AddressFormat,
    of: Actor | None = None,
    tag_ids: tuple[str, ...] = (),
) -> PrivateKey:
    """A private key with addresses of these formats."""
    organization_id = (of or server.root).organization_id
    sealed = seal_key(server.keystore, organization_id, KEY_CURVES[curve], bytearray(secret))
    public_key = bytes.fromhex(sealed.public_key)
    world = World(server.clock.now_ms(), server.random)
    row = PrivateKey(
        id=world.dated_id(),
        name=f"key {next(_numbers)}",
        curve=curve,
        public_key=sealed.public_key,
        addresses=tuple(ChainAddress(format=each, address=address_of(curve, each, public_key)) for each in formats),
        tag_ids=tag_ids,
        created_ms=world.now_ms,
        updated_ms=world.now_ms,
    )
    await _commit(server, organization_id, [row], sealed, row.id)
    return row


async def plant_account(
    server: ComposedServer, secret: bytes, curve: Curve, address_format: AddressFormat, *, of: Actor | None = None
) -> WalletAccount:
    """The account of a wallet of its own; its wallet has no seed."""
    organization_id, number = (of or server.root).organization_id, next(_numbers)
    sealed = seal_key(server.keystore, organization_id, KEY_CURVES[curve], bytearray(secret))
    world = World(server.clock.now_ms(), server.random)
    dates = {"created_ms": world.now_ms, "updated_ms": world.now_ms}
    wallet = Wallet(id=world.dated_id(), name=f"wallet {number}", seed_mark=f"{number:064x}", **dates)
    account = WalletAccount(
        id=world.dated_id(),
        wallet_id=wallet.id,
        curve=curve,
        path="m/0'",
        levels="m/0'",
        followed="m/0'",
        address_format=address_format,
        address=address_of(curve, address_format, bytes.fromhex(sealed.public_key)),
        public_key=sealed.public_key,
        **dates,
    )
    await _commit(server, organization_id, [wallet, account], sealed, account.id)
    return account


async def _commit(
    server: ComposedServer, organization_id: str, rows: list[Row], sealed: SealedKey, secret_id: str
) -> None:
    organization = await server.store.snapshot(organization_id)
    assert organization is not None
    commit = Commit(
        activity=None,
        is_new=False,
        new_votes=(),
        rests_on=((organization.id, organization.version),),
        rows=(RowChanges(organization=organization, changes=tuple(Put(row=row) for row in rows)),),
        secrets=(SealedRow(organization_id=organization.id, id=secret_id, sealed=sealed.sealed),),
    )
    await server.store.commit([commit])
