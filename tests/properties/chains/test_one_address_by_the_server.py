"""Whoever may sign to one address only gets no other signature from a whole server, whatever the request is made of.

Transactions are spelt in the ways that nodes take, and changed at random; digests, typed data and authorizations of the
same are tried, too. What the server has signed is read by the libraries of the chains.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from embit.psbt import PSBT
from ethereum_spellings import fields, read_by_a_node, spelt, stretched
from nacl.signing import SigningKey
from one_address import FOREIGN, MINE, TOKEN, changed_bytes
from solders.pubkey import Pubkey
from transfers_to_one import FOREIGN as FOREIGN_ON_SOLANA
from transfers_to_one import MINE as MINE_ON_SOLANA
from transfers_to_one import (
    ONLY_MINE_ON_BITCOIN,
    ONLY_MINE_ON_SOLANA,
    SIGNER,
    a_transfer,
    changed,
    is_only_to_mine,
)

import bitcoin_samples as samples
from composed import Actor, ComposedServer
from counterseal.contract.shapes import AddressFormat, Curve
from counterseal.crypto.hashes import keccak256
from ethereum_samples import encoded
from keys_at_hand import plant_account
from store_kinds import StoreKind
from tron_samples import base58_of, message, transaction_of, transfer

SECRET = b"\x11" * 32
MINE_ON_TRON, FOREIGN_ON_TRON = (b"\x41" + bytes.fromhex(each[2:]) for each in (MINE, FOREIGN))
CHANGES = 60


class Agent:
    """A user of a server whom one policy allows one thing, and a key that it may name."""

    def __init__(self, server: ComposedServer, user: Actor, address: str) -> None:
        self.server = server
        self.user = user
        self.address = address

    @classmethod
    async def on(
        cls, server: ComposedServer, condition: str, curve: Curve, address_format: AddressFormat, secret: bytes = SECRET
    ) -> Agent:
        policy = {"policyName": "one address", "effect": "EFFECT_ALLOW", "condition": condition, "notes": ""}
        assert (await server.submit("CREATE_POLICY_V3", policy)).status == 200
        address = (await plant_account(server, secret, curve, address_format)).address
        return cls(server, await server.add_user("agent"), address)

    async def signed(self, chain: str, text: str) -> bytes | None:
        """What the server gives, None if it refuses or denies."""
        parameters = {"signWith": self.address, "unsignedTransaction": text, "type": f"TRANSACTION_TYPE_{chain}"}
        reply = await self.server.submit("SIGN_TRANSACTION_V2", parameters, by=self.user)
        assert reply.status in (200, 400, 403), reply.body
        return bytes.fromhex(reply.result["signedTransaction"]) if reply.status == 200 else None

    async def signs_payload(self, payload: str, **more: str) -> bool:
        parameters = {"signWith": self.address, "payload": payload} | more
        return (await self.server.submit("SIGN_RAW_PAYLOAD_V2", parameters, by=self.user)).status == 200


async def test_ethereum(tmp_path: Path, store_kind: StoreKind) -> None:
    server = await ComposedServer.start(tmp_path, database=store_kind.new_database())
    agent = await Agent.on(server, f"eth.tx.to == '{MINE}'", Curve.SECP256K1, AddressFormat.ETHEREUM)
    random = Random(20270115)
    taken = 0
    for kind, members in fields(random, MINE):
        for text in spelt(encoded(kind, members)):
            signed = await agent.signed("ETHEREUM", text)
            assert signed is not None
            assert read_by_a_node(signed)[0] == MINE
    for text in foreign_on_ethereum(random):
        assert await agent.signed("ETHEREUM", text) is None
        for chain in ("TEMPO", "TRON", "SOLANA", "BITCOIN"):
            assert await agent.signed(chain, text) is None
    for _ in range(CHANGES):
        raw = encoded(*random.choice(list(fields(random, random.choice((MINE, FOREIGN))))))
        other = encoded(*random.choice(list(fields(random, MINE))))
        signed = await agent.signed("ETHEREUM", changed_bytes(random, raw, other).hex())
        taken += signed is not None
        assert signed is None or read_by_a_node(signed)[0] == MINE
    assert taken, "some changes change nothing that counts"
    digest = keccak256(encoded(2, dict(fields(random, FOREIGN))[2])).hex()
    hexadecimal = {"encoding": "PAYLOAD_ENCODING_HEXADECIMAL", "hashFunction": "HASH_FUNCTION_NO_OP"}
    assert not await agent.signs_payload(digest, **hexadecimal)
    authorization = f'{{"address":"{MINE}","chainId":1,"nonce":0,"to":"{MINE}"}}'
    assert not await agent.signs_payload(
        authorization, encoding="PAYLOAD_ENCODING_EIP7702_AUTHORIZATION", hashFunction="HASH_FUNCTION_NO_OP"
    )
    await server.app.stop()


def foreign_on_ethereum(random: Random) -> Iterator[str]:
    """Of each type, to other addresses, some in spellings that are not strict."""
    for kind, members in fields(random, random.choice((FOREIGN, "", TOKEN, MINE[:-2] + "c9"))):
        raw = encoded(kind, members)
        for each in (raw, *random.sample(list(stretched(raw)), 4)):
            yield random.choice(list(spelt(each)))


async def test_solana(tmp_path: Path, store_kind: StoreKind) -> None:
    server = await ComposedServer.start(tmp_path, database=store_kind.new_database())
    agent = await Agent.on(server, ONLY_MINE_ON_SOLANA, Curve.ED25519, AddressFormat.SOLANA)
    random, own, taken = Random(20270115), bytes(SigningKey(SECRET).verify_key), 0
    pieces = [bytes(MINE_ON_SOLANA), bytes(FOREIGN_ON_SOLANA), b"\x02", b"\x04", b"\x0b"]
    for number in range(2 * CHANGES):
        raw = a_transfer(random).replace(bytes(SIGNER), own)
        signed = await agent.signed("SOLANA", (changed(random, raw, pieces) if number % 4 else raw).hex())
        assert number % 4 or signed is not None
        taken += signed is not None
        assert signed is None or is_only_to_mine(signed)
        assert signed is None or bytes(Pubkey(own)) in signed
    assert taken > CHANGES // 2
    await server.app.stop()


async def test_tron(tmp_path: Path, store_kind: StoreKind) -> None:
    server = await ComposedServer.start(tmp_path, database=store_kind.new_database())
    mine = base58_of(MINE_ON_TRON)
    condition = f"tron.tx.contract[0].type == 'TransferContract' && tron.tx.contract[0].to_address == '{mine}'"
    agent = await Agent.on(server, condition, Curve.SECP256K1, AddressFormat.TRON)
    random = Random(20270115)
    assert await agent.signed("TRON", transaction_of(transfer(to=MINE_ON_TRON)).hex())
    for _ in range(CHANGES):
        raw, other = transaction_of(transfer(to=FOREIGN_ON_TRON)), transaction_of(transfer(to=MINE_ON_TRON))
        for data in (raw, changed_bytes(random, raw, other), changed_bytes(random, other, raw)):
            signed = await agent.signed("TRON", data.hex())
            assert signed is None or message((2, MINE_ON_TRON)) in signed
    await server.app.stop()


async def test_bitcoin(tmp_path: Path, store_kind: StoreKind) -> None:
    server = await ComposedServer.start(tmp_path, database=store_kind.new_database())
    formats: Any = AddressFormat.BITCOIN_MAINNET_P2WPKH
    agent = await Agent.on(server, ONLY_MINE_ON_BITCOIN, Curve.SECP256K1, formats, secret=samples.SECRET)
    random, taken = Random(20270115), 0
    for number in range(2 * CHANGES):
        to = samples.P2SH if number % 8 == 1 else samples.OTHER
        spent = samples.previous(samples.P2WPKH)
        unsigned = samples.transaction(
            [samples.spending(samples.outpoint(spent))], [samples.output(samples.OTHER, 500), samples.output(to, 600)]
        )
        raw = samples.psbt(unsigned, samples.proven(samples.P2WPKH), outputs=2)
        pieces = [samples.OTHER, samples.P2SH, samples.P2TR, b"\x16", b"\x00\x14"]
        signed = await agent.signed("BITCOIN", (changed(random, raw, pieces) if number % 4 > 1 else raw).hex())
        taken += signed is not None
        if signed is not None:
            outputs = PSBT.parse(signed).tx.vout
            assert all(each.script_pubkey.data == samples.OTHER for each in outputs)
    assert taken > CHANGES // 4
    await server.app.stop()
