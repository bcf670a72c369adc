"""The vectors of payloads, transactions and policies, sent to a whole server: what comes back is what they say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from composed import ComposedServer, Reply
from counterseal.contract.shapes import AddressFormat, Curve
from counterseal.organizations import SigningRules
from keys_at_hand import plant_account, plant_private_key
from office import Office, status_of

DATA = Path(__file__).parents[3] / "vectors" / "data"
FILES = [json.loads((DATA / f"{name}.json").read_text("utf-8")) for name in ("ethereum", "solana", "bitcoin", "tron")]
KEYS = json.loads((DATA / "wallet_keys.json").read_text("utf-8"))
SECTIONS: dict[str, Any] = {
    name: entries for file in (KEYS, *FILES) for name, entries in file.items() if name != "policy"
}
POLICIES = [entry for file in FILES for entry in file["policy"]]
WETH = "0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2"
TRANSFER = {
    "type": "function",
    "name": "transfer",
    "inputs": [{"name": "dst", "type": "address"}, {"name": "wad", "type": "uint256"}],
}
OF_CHAINS = {
    "ethereum": (Curve.SECP256K1, AddressFormat.ETHEREUM),
    "tempo": (Curve.SECP256K1, AddressFormat.ETHEREUM),
    "tron": (Curve.SECP256K1, AddressFormat.TRON),
    "solana": (Curve.ED25519, AddressFormat.SOLANA),
}
BITCOIN_FORMATS = {
    "bc1q": AddressFormat.BITCOIN_MAINNET_P2WPKH,
    "bc1p": AddressFormat.BITCOIN_MAINNET_P2TR,
    "1": AddressFormat.BITCOIN_MAINNET_P2PKH,
    "tb1q": AddressFormat.BITCOIN_TESTNET_P2WPKH,
    "bcrt1q": AddressFormat.BITCOIN_REGTEST_P2WPKH,
}


OWN_AND_FOREIGN = "P2WPKH, two own inputs and one foreign"
REPLAYABLE = "legacy without chain id (pre EIP-155)"
"""Signed only where the operator lets it be."""

TAKEN_HERE = {"owner is not the signer"}
"""docs/divergences.md, Tron transactions: permissions of accounts make it legitimate."""


class Signers:
    """Keys by their secrets, each planted once."""

    def __init__(self, server: ComposedServer) -> None:
        self.server = server
        self.known: dict[tuple[str, str], str] = {}

    async def of(self, section: str, entry: dict[str, Any]) -> str:
        """What ``signWith`` is for an entry."""
        curve, address_format = self._kind(section, entry)
        secret = entry.get("seed") or entry["key"]
        if (secret, address_format) not in self.known:
            account = await plant_account(self.server, bytes.fromhex(secret), curve, address_format)
            self.known[secret, address_format] = account.address
        return self.known[secret, address_format]

    def _kind(self, section: str, entry: dict[str, Any]) -> tuple[Curve, AddressFormat]:
        if section == "bitcoin":
            address = entry["sign_with"]
            prefix = next((each for each in BITCOIN_FORMATS if address.startswith(each)), None)
            return Curve.SECP256K1, BITCOIN_FORMATS[prefix] if prefix else AddressFormat.COMPRESSED
        if section in OF_CHAINS:
            return OF_CHAINS[section]
        if entry.get("curve") == "CURVE_ED25519":
            return Curve.ED25519, AddressFormat.SOLANA
        return Curve.SECP256K1, AddressFormat.ETHEREUM


def request_of(section: str, entry: dict[str, Any], sign_with: str) -> tuple[str, dict[str, str]]:
    """Activity type and parameters that sign what an entry is."""
    if section in ("eip712", "eip7702"):
        encoding = {"eip712": "EIP712", "eip7702": "EIP7702_AUTHORIZATION"}[section]
        more = {"encoding": f"PAYLOAD_ENCODING_{encoding}", "hashFunction": "HASH_FUNCTION_NO_OP"}
        return "SIGN_RAW_PAYLOAD_V2", {"signWith": sign_with, "payload": entry["payload"]} | more
    if section.startswith("raw_payload"):
        members = {name: entry[name] for name in ("payload", "encoding", "hashFunction")}
        return "SIGN_RAW_PAYLOAD_V2", {"signWith": sign_with} | members
    text = entry["psbt"] if section == "bitcoin" else entry["unsigned"]
    chain = section.removesuffix("_refuse").upper()
    return "SIGN_TRANSACTION_V2", {
        "signWith": sign_with,
        "unsignedTransaction": text,
        "type": f"TRANSACTION_TYPE_{chain}",
    }


async def sign(server: ComposedServer, section: str, entry: dict[str, Any], sign_with: str) -> Reply:
    return await server.submit(*request_of(section, entry, sign_with))


@pytest.mark.parametrize("section", ["raw_payload", "eip712", "eip7702"])
async def test_payloads(server: ComposedServer, section: str) -> None:
    signers = Signers(server)
    for entry in SECTIONS[section]:
        reply = await sign(server, section, entry, await signers.of(section, entry))
        assert reply.result == {name: entry[name] for name in ("r", "s", "v")}, entry.get("name")


async def test_payloads_that_are_refused(server: ComposedServer) -> None:
    signers = Signers(server)
    for entry in SECTIONS["raw_payload_refuse"]:
        name = await signers.of("raw_payload", entry | {"key": "11" * 32})
        reply = await sign(server, "raw_payload", entry, name)
        assert (reply.status, reply.json["code"]) == (400, 3)
        assert entry.get("message", "") in reply.message


@pytest.mark.parametrize("section", ["ethereum", "tempo", "solana", "tron"])
async def test_transactions(server: ComposedServer, section: str) -> None:
    signers = Signers(server)
    for entry in SECTIONS[section]:
        name = await signers.of(section, entry)
        signed = entry.get("signed") or entry.get("signed_transaction_v01")
        if "expect" in entry or entry["name"] == REPLAYABLE:
            reply = await sign(server, section, entry, name)
            assert (reply.status, reply.json["code"]) == (400, 3), entry["name"]
            continue
        for text in (entry["unsigned"], f"0x{entry['unsigned']}", entry["unsigned"].upper()):
            reply = await sign(server, section, entry | {"unsigned": text}, name)
            assert signed in (None, reply.result["signedTransaction"]), entry["name"]


@pytest.mark.parametrize("section", ["ethereum_refuse", "tron_refuse"])
async def test_transactions_that_are_refused(server: ComposedServer, section: str) -> None:
    chain = section.removesuffix("_refuse")
    name = await Signers(server).of(chain, {"key": "11" * 32})
    for entry in SECTIONS[section]:
        if entry["name"] in TAKEN_HERE:
            continue
        reply = await sign(server, chain, entry, name)
        assert (reply.status, reply.json["code"]) == (400, 3), entry["name"]
        if entry["unsigned"]:
            assert reply.message.startswith(
                f"failed to pre-parse {section.removesuffix('_refuse').capitalize()} transaction"
            )


async def test_psbts(server: ComposedServer) -> None:
    signers = Signers(server)
    for entry in SECTIONS["bitcoin"]:
        if "key" not in entry:
            continue
        reply = await sign(server, "bitcoin", entry, await signers.of("bitcoin", entry))
        if not entry.get("signatures"):
            assert (reply.status, reply.json["code"]) == (400, 3), entry["name"]
            continue
        signed = reply.result["signedTransaction"]
        assert signed != entry["psbt"]
        for number, each in entry["signatures"].items():
            expected = each.get("partial_sig") or each.get("signature") or ""
            assert expected in signed, (entry["name"], number)


async def test_policies(office: Office) -> None:
    """Each alone decides about the transaction that it names, and is asked by a user whom nothing else allows it."""
    server, signers = office.server, Signers(office.server)
    for entry in POLICIES:
        section, _, title = entry["transaction"].partition("/")
        with_abi = not title.endswith(" (no ABI uploaded)")
        found = vector(section, title.removesuffix(" (no ABI uploaded)"))
        kind, parameters = request_of(section, found, await signers.of(section, found))
        interface_id = await upload(server) if with_abi and section == "ethereum" else None
        policy_id = await office.allow(entry["condition"])
        reply = await server.submit(kind, parameters, by=office.agent)
        newest = await office.newest()
        [outcomes] = await office.evaluations(newest["id"])
        expected = {True: ["ALLOW"], False: ["DENY_IMPLICIT"], "TRUE_OR_FALSE": ["ALLOW", "DENY_IMPLICIT"]}
        wanted = expected.get(entry["expected"], ["ERROR"])
        assert outcomes[policy_id] in wanted, entry["condition"]
        assert reply.status == (200 if outcomes[policy_id] == "ALLOW" else 403)
        await server.submit("DELETE_POLICY", {"policyId": policy_id})
        if interface_id is not None:
            await server.submit("DELETE_SMART_CONTRACT_INTERFACE", {"smartContractInterfaceId": interface_id})


def vector(section: str, title: str) -> dict[str, Any]:
    number = title.split(" ", maxsplit=1)[0]
    entries = SECTIONS[section]
    found: dict[str, Any] = (
        entries[int(number)] if number.isdigit() else next(each for each in entries if each["name"] == title)
    )
    return found


async def upload(server: ComposedServer) -> str:
    parameters = {
        "smartContractAddress": WETH,
        "smartContractInterface": json.dumps([TRANSFER]),
        "type": "SMART_CONTRACT_INTERFACE_TYPE_ETHEREUM",
        "label": "WETH",
    }
    reply = await server.submit("CREATE_SMART_CONTRACT_INTERFACE", parameters)
    id_: str = reply.result["smartContractInterfaceId"]
    return id_


async def test_a_key_signs_by_its_id_and_in_the_first_version(server: ComposedServer) -> None:
    entry = SECTIONS["ethereum"][0]
    key = await plant_private_key(server, bytes.fromhex(entry["key"]))
    assert (await sign(server, "ethereum", entry, key.id)).result == {"signedTransaction": entry["signed"]}
    old = {"privateKeyId": key.id, "unsignedTransaction": entry["unsigned"], "type": "TRANSACTION_TYPE_ETHEREUM"}
    reply = await server.submit("SIGN_TRANSACTION", old, path="sign_transaction")
    assert reply.result == {"signedTransaction": entry["signed"]}
    assert status_of(reply) == "COMPLETED"


async def test_what_the_operator_may_let_be_signed(server: ComposedServer) -> None:
    signers = Signers(server)
    replayable = vector("ethereum", REPLAYABLE)
    witness_only = vector("bitcoin", "same, witness_utxo only")
    witness_only |= {each: vector("bitcoin", OWN_AND_FOREIGN)[each] for each in ("key", "sign_with")}
    name, other = await signers.of("ethereum", replayable), await signers.of("bitcoin", witness_only)
    assert (await sign(server, "ethereum", replayable, name)).error == (400, 3, "INVALID_TRANSACTION")
    assert (await sign(server, "ethereum", SECTIONS["ethereum"][0], name.lower())).error == (404, 5, "")
    assert (await sign(server, "bitcoin", witness_only, other)).error == (400, 3, "INVALID_TRANSACTION")
    server.signing = SigningRules(lenient_addresses=True, psbt_allow_witness_only=True, replayable_ethereum=True)
    await server.restart()
    assert (await sign(server, "ethereum", replayable, name.lower())).result == {
        "signedTransaction": replayable["signed"]
    }
    assert (await sign(server, "bitcoin", witness_only, other)).status == 200
    assert (await sign(server, "bitcoin", witness_only, other.upper())).status == 404, "only 0x and digits are lenient"
