"""Signing: by whom, what is refused before anybody decides, what policies see, and votes that come late."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import coincurve
import pytest
import rlp
from nacl.signing import SigningKey

from composed import ComposedServer, Reply
from counterseal.contract.shapes import AddressFormat, Curve
from counterseal.crypto import base58
from counterseal.crypto.hashes import keccak256
from keys_at_hand import plant_account, plant_private_key
from office import Office, status_of

SECRET = b"\x11" * 32
MINE, FOREIGN = "0x70997970c51812dc3a010c7d01b50e0d17dc79c8", "0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc"
TOKEN = "0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2"
NO_SIGNER = "Could not find any resource to sign with. Addresses are case sensitive."
DIGEST = {"payload": "22" * 32, "encoding": "PAYLOAD_ENCODING_HEXADECIMAL", "hashFunction": "HASH_FUNCTION_NO_OP"}


def transfer(to: str, value: int = 1, data: bytes = b"") -> str:
    """An unsigned transaction of EIP-1559."""
    return "02" + rlp.encode([1, 0, 1, 2, 21_000, bytes.fromhex(to[2:]), value, data, []]).hex()


def transaction(sign_with: str, text: str, chain: str = "ETHEREUM") -> dict[str, str]:
    return {"signWith": sign_with, "unsignedTransaction": text, "type": f"TRANSACTION_TYPE_{chain}"}


def typed_data(**message: Any) -> str:
    types = {"Order": [{"name": "amount", "type": "uint256"}]}
    return json.dumps({"types": types, "primaryType": "Order", "domain": {}, "message": message})


async def sign(server: ComposedServer, sign_with: str, **more: Any) -> Reply:
    return await server.submit("SIGN_RAW_PAYLOAD_V2", DIGEST | {"signWith": sign_with} | more)


async def account_of(server: ComposedServer, address_format: str = "ETHEREUM") -> str:
    """The address of an account with ``SECRET``."""
    curve = Curve.ED25519 if address_format == "SOLANA" else Curve.SECP256K1
    return (await plant_account(server, SECRET, curve, AddressFormat[address_format])).address


def recovered(result: dict[str, str], digest: bytes) -> bytes:
    """The public key that a signature tells."""
    signature = bytes.fromhex(result["r"] + result["s"] + result["v"])
    return coincurve.PublicKey.from_signature_and_message(signature, digest, hasher=None).format()


async def test_a_key_has_several_names(server: ComposedServer) -> None:
    formats = (AddressFormat.ETHEREUM, AddressFormat.COSMOS)
    key = await plant_private_key(server, SECRET, Curve.SECP256K1, *formats)
    public = coincurve.PublicKey.from_secret(SECRET)
    whole = public.format(compressed=False).hex()
    names = [key.id, key.id.upper(), *(each.address for each in key.addresses), public.format().hex(), whole]
    for name in names:
        assert recovered((await sign(server, name)).result, bytes.fromhex("22" * 32)) == public.format()
    for name in ("0x" + public.format().hex(), key.addresses[0].address.lower(), whole.upper(), "", "x", "é" * 300):
        reply = await sign(server, name)
        assert (reply.error, reply.message) == ((404, 5, ""), NO_SIGNER), name
    (child,) = await server.add_sub_organization("child")
    reply = await server.submit("SIGN_RAW_PAYLOAD_V2", DIGEST | {"signWith": key.id}, by=child)
    assert reply.error == (404, 5, "")


async def test_an_account_is_meant_before_a_private_key(office: Office) -> None:
    server = office.server
    key = await plant_private_key(server, SECRET, Curve.SECP256K1, AddressFormat.ETHEREUM)
    account = await plant_account(server, SECRET, Curve.SECP256K1, AddressFormat.ETHEREUM)
    await office.allow(f"wallet.id == '{account.wallet_id}' && wallet_account.address == '{account.address}'")
    for name, status in ((account.address, 200), (account.public_key, 200), (key.id, 403)):
        reply = await server.submit("SIGN_RAW_PAYLOAD_V2", DIGEST | {"signWith": name}, by=office.agent)
        assert reply.status == status
    await office.allow(f"private_key.id == '{key.id}' && private_key.tags.count() == 0")
    assert (await server.submit("SIGN_RAW_PAYLOAD_V2", DIGEST | {"signWith": key.id}, by=office.agent)).status == 200


async def test_of_accounts_with_one_public_key_one_that_signs_by_ecdsa_is_meant(server: ComposedServer) -> None:
    taproot = await plant_account(server, SECRET, Curve.SECP256K1, AddressFormat.BITCOIN_MAINNET_P2TR)
    only = (await sign(server, taproot.public_key)).result
    assert only["v"] == "00"
    assert only != (await sign(server, taproot.public_key)).result, "Schnorr's signatures have randomness"
    await account_of(server, "TRON")
    first, again = [(await sign(server, taproot.public_key)).result for _ in range(2)]
    assert first == again, "RFC 6979"


REFUSED = [
    ("ETHEREUM", {"hashFunction": "HASH_FUNCTION_NOT_APPLICABLE"}, "invalid hash function: this key signs a digest"),
    ("SOLANA", {}, "invalid hash function: a key on CURVE_ED25519 hashes by itself"),
    ("SOLANA", {"payload": "{}", "encoding": "PAYLOAD_ENCODING_EIP712"}, "invalid EIP-712 payload: "),
    ("SOLANA", {"payload": typed_data(amount=1), "encoding": "PAYLOAD_ENCODING_EIP712"}, "invalid payload encoding: "),
    ("ETHEREUM", {"payload": "22" * 31}, "expected a 32-bytes-long digest, got 31 bytes"),
    ("ETHEREUM", {"payload": ""}, "payload is empty"),
    ("ETHEREUM", {"payload": typed_data(), "encoding": "PAYLOAD_ENCODING_EIP712"}, "invalid EIP-712 payload: message"),
]


@pytest.mark.parametrize(("address_format", "more", "message"), REFUSED)
async def test_payloads_that_are_refused(
    server: ComposedServer, address_format: str, more: dict[str, str], message: str
) -> None:
    reply = await sign(server, await account_of(server, address_format), **more)
    assert reply.error[:2] == (400, 3)
    assert reply.message.startswith(message)


@pytest.mark.parametrize(
    ("address_format", "chain", "text", "message"),
    [
        ("SOLANA", "ETHEREUM", transfer(MINE), "this transaction is signed by ECDSA on secp256k1"),
        ("BITCOIN_MAINNET_P2TR", "ETHEREUM", transfer(MINE), "this transaction is signed by ECDSA on secp256k1"),
        ("SPARK_MAINNET", "TEMPO", transfer(MINE), "failed to pre-parse Tempo transaction: "),
        ("ETHEREUM", "SOLANA", transfer(MINE), "failed to pre-parse Solana transaction: "),
        ("ETHEREUM", "ETHEREUM", transfer(MINE) + "00", "failed to pre-parse Ethereum transaction: "),
        ("ETHEREUM", "BITCOIN", "00", "failed to pre-parse Bitcoin transaction: "),
        ("ETHEREUM", "TRON", "", "failed to pre-parse Tron transaction: it is empty"),
    ],
)
async def test_transactions_that_are_refused(
    office: Office, address_format: str, chain: str, text: str, message: str
) -> None:
    name = await account_of(office.server, address_format)
    for by in (office.root, office.guest):
        reply = await office.server.submit("SIGN_TRANSACTION_V2", transaction(name, text, chain), by=by)
        assert reply.error[:2] == (400, 3), "before anybody decides"
        assert reply.message.startswith(message)


async def test_what_another_signer_is_for_is_not_silently_ignored(server: ComposedServer) -> None:
    name = await account_of(server)
    assert (await sign(server, name, externalSignerPubkey="02" * 33)).status == 501
    more = transaction(name, transfer(MINE)) | {"externalSignerPubkey": "02" * 33}
    assert (await server.submit("SIGN_TRANSACTION_V2", more)).status == 501


async def test_the_first_version_names_private_keys_alone(server: ComposedServer) -> None:
    name = await account_of(server)
    for kind, more in (
        ("SIGN_RAW_PAYLOAD", DIGEST),
        ("SIGN_TRANSACTION", {"unsignedTransaction": transfer(MINE), "type": "TRANSACTION_TYPE_ETHEREUM"}),
    ):
        reply = await server.submit(kind, {"privateKeyId": name} | more)
        assert reply.error == (400, 3, "REQUEST_INVALID")
        assert "at `parameters.privateKeyId`" in reply.message


async def test_several_payloads_are_one_activity(server: ComposedServer) -> None:
    name = await account_of(server)
    more = {name: value for name, value in DIGEST.items() if name != "payload"} | {"signWith": name}
    payloads = [f"{number:064x}" for number in range(100)]
    reply = await server.submit("SIGN_RAW_PAYLOADS", more | {"payloads": payloads})
    public = coincurve.PublicKey.from_secret(SECRET).format()
    for payload, signature in zip(payloads, reply.result["signatures"], strict=True):
        assert recovered(signature, bytes.fromhex(payload)) == public
    for wrong in ([], [*payloads, "00" * 32], ["00" * 32, "00"], ["00" * 32, ""]):
        reply = await server.submit("SIGN_RAW_PAYLOADS", more | {"payloads": wrong})
        assert reply.error[:2] == (400, 3)


async def test_of_several_typed_data_each_is_asked_about(office: Office) -> None:
    server, name = office.server, await account_of(office.server)
    await office.allow("eth.eip_712.primary_type == 'Order' && eth.eip_712.message['amount'] < 10")
    more = {"signWith": name, "encoding": "PAYLOAD_ENCODING_EIP712", "hashFunction": "HASH_FUNCTION_NO_OP"}
    for amounts, status in (([1, 2], 200), ([1, 20], 403), ([20], 403), ([9], 200)):
        payloads = {"payloads": [typed_data(amount=each) for each in amounts]}
        reply = await server.submit("SIGN_RAW_PAYLOADS", more | payloads, by=office.agent)
        assert reply.status == status, amounts
    many = {"payloads": [json.dumps(json.loads(typed_data(amount=1)) | {"more": [0] * 200})] * 60}
    reply = await server.submit("SIGN_RAW_PAYLOADS", more | many)
    assert reply.error[:2] == (400, 3)
    assert "expected payloads of at most 10000 values in all" in reply.message


async def test_a_policy_on_the_recipient(office: Office) -> None:
    server, name = office.server, await account_of(office.server)
    await office.allow(f"eth.tx.to == '{MINE}' && eth.tx.value <= 10 && eth.tx.from == '{name}'")
    await office.deny("eth.tx.value == 7")
    for to, value, status in ((MINE, 1, 200), (MINE, 11, 403), (FOREIGN, 1, 403), (MINE, 7, 403)):
        parameters = transaction(name, transfer(to, value))
        body = server.activity_body("SIGN_TRANSACTION_V2", parameters)
        simulated = (await office.simulate(body, by=office.agent)).json
        reply = await server.post("/public/v1/submit/sign_transaction", body, by=office.agent)
        assert reply.status == status
        assert simulated["outcome"] == ("OUTCOME_ALLOW" if status == 200 else simulated["outcome"])
        assert (value == 7) == (simulated["outcome"] == "OUTCOME_DENY_EXPLICIT")


async def test_the_same_bytes_have_the_same_signature(server: ComposedServer) -> None:
    name = await account_of(server, "BITCOIN_MAINNET_P2TR")
    body = server.activity_body("SIGN_RAW_PAYLOAD_V2", DIGEST | {"signWith": name})
    path = "/public/v1/submit/sign_raw_payload"
    replies = await asyncio.gather(*(server.post(path, body, by=server.root) for _ in range(5)))
    assert len({json.dumps(reply.result) for reply in replies}) == 1
    assert len({reply.activity["id"] for reply in replies}) == 1


async def test_a_late_vote_signs_by_what_holds_then(office: Office) -> None:
    server = office.server
    account = await plant_account(server, SECRET, Curve.SECP256K1, AddressFormat.ETHEREUM)
    await office.allow(f"eth.tx.to == '{MINE}'", "approvers.count() >= 2")
    parameters = transaction(account.address, transfer(MINE))
    bodies = [server.activity_body("SIGN_TRANSACTION_V2", parameters) for _ in range(2)]
    path = "/public/v1/submit/sign_transaction"
    for body in bodies:
        reply = await server.post(path, body, by=office.ann)
        assert status_of(reply) == "CONSENSUS_NEEDED"
        assert reply.activity["result"] == {}
        assert reply.activity["canApprove"] is False
    server.clock.advance(seconds=3 * 60 * 60)
    seen = await server.query("get_activity", by=office.bob, activityId=reply.activity["id"])
    assert seen.activity["canApprove"] is True
    done = await server.post(path, bodies[0], by=office.bob)
    assert status_of(done) == "COMPLETED"
    assert done.result["signedTransaction"].startswith("02f8")
    gone = {"walletAccountIds": [account.id], "deleteWithoutExport": True}
    assert (await server.submit("DELETE_WALLET_ACCOUNTS", gone)).status == 200
    late = await server.post(path, bodies[1], by=office.root)
    assert status_of(late) == "FAILED"
    assert late.activity["failure"]["code"] == 5
    assert late.activity["result"] == {}


ABI: list[dict[str, Any]] = [
    {
        "type": "function",
        "name": "transfer",
        "inputs": [{"name": "dst", "type": "address"}, {"name": "wad", "type": "uint256"}],
    }
]


def call(to: str, amount: int) -> bytes:
    return keccak256(b"transfer(address,uint256)")[:4] + bytes(12) + bytes.fromhex(to[2:]) + amount.to_bytes(32)


async def test_an_interface_that_is_uploaded_and_deleted(office: Office) -> None:
    server, name = office.server, await account_of(office.server)
    await office.allow(f"eth.tx.contract_call_args['dst'] == '{MINE}' && eth.tx.function_name == 'transfer'")

    async def status(data: bytes) -> int:
        parameters = transaction(name, transfer(TOKEN, 0, data))
        return (await server.submit("SIGN_TRANSACTION_V2", parameters, by=office.agent)).status

    interface = {"type": "SMART_CONTRACT_INTERFACE_TYPE_ETHEREUM", "label": "token"}
    interface |= {"smartContractAddress": TOKEN.upper().replace("X", "x"), "smartContractInterface": json.dumps(ABI)}
    assert await status(call(MINE, 1)) == 403
    made = await server.submit("CREATE_SMART_CONTRACT_INTERFACE", interface)
    assert await status(call(MINE, 1)) == 200
    assert await status(call(FOREIGN, 1)) == 403
    assert await status(call(MINE, 1)[:-1]) == 400, "not understood"
    await server.restart()
    assert await status(call(MINE, 1)) == 200
    await server.submit("DELETE_SMART_CONTRACT_INTERFACE", made.result)
    assert await status(call(MINE, 1)) == 403
    other = json.dumps([ABI[0] | {"inputs": [each | {"name": "other" + each["name"]} for each in ABI[0]["inputs"]]}])
    await server.submit("CREATE_SMART_CONTRACT_INTERFACE", interface | {"smartContractInterface": other})
    assert await status(call(MINE, 1)) == 403, "the names are others"


async def test_an_instruction_by_its_idl(office: Office) -> None:
    server, name = office.server, await account_of(office.server, "SOLANA")
    await office.allow("solana.tx.instructions.all(i, i.parsed_instruction_data.program_call_args['amount'] < 10)")
    program = bytes([0x63]) * 32

    def unsigned(data: bytes) -> str:
        signer = bytes(SigningKey(SECRET).verify_key)
        message = b"\x01\x00\x01\x02" + signer + program + bytes([0x68]) * 32 + b"\x01\x01\x00"
        return (b"\x01" + bytes(64) + message + bytes([len(data)]) + data).hex()

    async def status(data: bytes) -> int:
        parameters = transaction(name, unsigned(data), "SOLANA")
        return (await server.submit("SIGN_TRANSACTION_V2", parameters, by=office.agent)).status

    act = b"\x01" * 8
    assert await status(act + (5).to_bytes(8, "little")) == 403
    instruction = {"name": "pay", "discriminator": [1] * 8, "accounts": []}
    idl = {"instructions": [instruction | {"args": [{"name": "amount", "type": "u64"}]}], "types": []}
    interface = {
        "smartContractAddress": base58.encode(program),
        "smartContractInterface": json.dumps(idl),
        "type": "SMART_CONTRACT_INTERFACE_TYPE_SOLANA",
        "label": "program",
    }
    assert (await server.submit("CREATE_SMART_CONTRACT_INTERFACE", interface)).status == 200
    assert await status(act + (5).to_bytes(8, "little")) == 200
    assert await status(act + (10).to_bytes(8, "little")) == 403
    assert await status(act + (5).to_bytes(8, "little") + b"\0") == 400, "bytes left over"
    assert await status(b"\x02" * 8 + bytes(8)) == 403, "another instruction"
