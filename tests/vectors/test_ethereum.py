"""Ethereum: digests, signed bytes and facts that others have published or made."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import coincurve
import pytest

from counterseal.chains import tempo
from counterseal.chains.ethereum import (
    NO_CALL,
    ContractCall,
    authorization_digest,
    authorization_facts,
    call_of,
    parse_interface,
    parse_transaction,
    read_authorization,
    read_typed_data,
    signed_transaction,
    signing_digest,
    transaction_facts,
)
from counterseal.chains.refusal import transaction_bytes
from counterseal.contract.errors import InvalidRequest
from published_policies import activity, outcome

VECTORS = json.loads((Path(__file__).parent / "data" / "ethereum.json").read_text("utf-8"))
SENDER = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
WETH = "0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2"
TRANSFER = parse_interface(
    '[{"type":"function","name":"transfer","inputs":[{"name":"dst","type":"address"},{"name":"wad","type":"uint256"}]}]'
)
REPLAYABLE = "legacy without chain id (pre EIP-155)"


def named(section: str) -> list[Any]:
    return [pytest.param(entry, id=entry.get("name") or str(at)) for at, entry in enumerate(VECTORS[section])]


def signature(key: str, digest: bytes) -> dict[str, int]:
    """RFC 6979, low S: what the vectors were made with."""
    made = coincurve.PrivateKey(bytes.fromhex(key)).sign_recoverable(digest, hasher=None)
    return {"r": int.from_bytes(made[:32]), "s": int.from_bytes(made[32:64]), "parity": made[64]}


def published(entry: dict[str, Any]) -> dict[str, int]:
    return {"r": int(entry["r"], 16), "s": int(entry["s"], 16), "parity": int(entry["v"], 16)}


def in_lower_case(value: Any) -> Any:
    return value.lower() if isinstance(value, str) and value.startswith("0x") else value


@pytest.mark.parametrize("entry", named("ethereum"))
def test_a_transaction_is_signed_to_the_byte(entry: dict[str, Any]) -> None:
    transaction = parse_transaction(
        transaction_bytes(entry["unsigned"], chain="Ethereum"), replayable=entry["name"] == REPLAYABLE
    )
    digest = signing_digest(transaction)
    assert digest.hex() == entry["sighash"]
    assert signed_transaction(transaction, **signature(entry["key"], digest)).hex() == entry["signed"]


@pytest.mark.parametrize("entry", named("ethereum"))
def test_a_transaction_has_the_published_facts(entry: dict[str, Any]) -> None:
    transaction = parse_transaction(bytes.fromhex(entry["unsigned"]), replayable=entry["name"] == REPLAYABLE)
    expected = {name: in_lower_case(value) for name, value in entry["facts"].items()}
    call = NO_CALL
    if "contract_call_args" in expected:
        call = call_of(TRANSFER, transaction.data)
        expected |= {"function_name": "transfer", "function_signature": "0xa9059cbb"}
        expected["contract_call_args"] = {
            name: in_lower_case(value) for name, value in expected["contract_call_args"].items()
        }
    else:
        expected |= {"function_name": "", "function_signature": ""}
    if entry["name"] == REPLAYABLE:
        expected["chain_id"] = 0
    assert transaction_facts(transaction, sender=SENDER, call=call) == expected


@pytest.mark.parametrize("entry", named("ethereum_refuse"))
def test_what_is_no_unsigned_transaction_is_refused(entry: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest, match=r"^failed to pre-parse Ethereum transaction: ") as refusal:
        parse_transaction(transaction_bytes(entry["unsigned"], chain="Ethereum"))
    unknown = "UNSUPPORTED_TRANSACTION_TYPE"
    assert refusal.value.code == (unknown if "unknown type" in entry["name"] else "INVALID_TRANSACTION")
    assert refusal.value.details_given
    assert refusal.value.details == []


@pytest.mark.parametrize("entry", named("eip712"))
def test_typed_data_is_hashed_and_shown(entry: dict[str, Any]) -> None:
    typed_data = read_typed_data(entry["payload"])
    assert typed_data.digest.hex() == entry["hash"]
    assert signature(entry["key"], typed_data.digest) == published(entry)
    if "published_signature" in entry:
        assert signature(entry["published_signature"]["key"], typed_data.digest) == published(
            entry["published_signature"]
        )
    for path, value in entry["facts"].items():
        condition = f"{path.removesuffix(' (numeric view)')} == {value if isinstance(value, int) else repr(value)}"
        assert outcome(condition, {"eth": {"eip_712": typed_data.facts}}) is True


@pytest.mark.parametrize("entry", named("eip7702"))
def test_an_authorization_is_hashed(entry: dict[str, Any]) -> None:
    authorization = read_authorization(entry["payload"])
    digest = authorization_digest(authorization)
    assert digest.hex() == entry["hash"]
    assert signature(entry["key"], digest) == published(entry)
    members = json.loads(entry["payload"])
    facts = authorization_facts(authorization)
    assert facts == {"address": members["address"], "chain_id": members["chainId"], "nonce": members["nonce"]}


@pytest.mark.parametrize("entry", named("abi"))
def test_arguments_are_those_of_the_interface(entry: dict[str, Any]) -> None:
    call = call_of(parse_interface(json.dumps(entry["abi"])), bytes.fromhex(entry["calldata"][2:]))
    assert call.arguments == entry["args"]
    assert call.name == entry["name"].partition(" ")[0]
    for condition, expected in entry["conditions"]:
        transaction = parse_transaction(bytes.fromhex(VECTORS["ethereum"][5]["unsigned"]))
        facts = transaction_facts(transaction, sender=SENDER, call=call)
        assert outcome(condition, {"eth": {"tx": facts}}) == expected


@pytest.mark.parametrize("entry", named("tempo"))
def test_a_transaction_of_tempo(entry: dict[str, Any]) -> None:
    transaction = tempo.parse_transaction(transaction_bytes(entry["unsigned"], chain="Tempo"))
    digest = tempo.signing_digest(transaction)
    assert digest.hex() == entry["sighash"]
    assert tempo.signed_transaction(transaction, **signature(entry["key"], digest)).hex() == entry["signed"]
    facts = tempo.transaction_facts(transaction, sender=entry["facts"]["from"])
    assert facts == entry["facts"] | {"from": entry["facts"]["from"].lower()}


@pytest.mark.parametrize("entry", [pytest.param(each, id=each["condition"]) for each in VECTORS["policy"]])
def test_a_policy_comes_out_as_published(entry: dict[str, Any]) -> None:
    found = outcome(entry["condition"], context_of(entry["transaction"]))
    if entry["expected"] == "TRUE_OR_FALSE":
        assert found in (True, False)
    else:
        assert found == entry["expected"]


def context_of(name: str) -> dict[str, Any]:
    """The facts of the transaction that a policy's vector names."""
    section, _, title = name.partition("/")
    title = title.removesuffix(" (no ABI uploaded)")
    entry = VECTORS[section][int(title)] if title.isdigit() else next(e for e in VECTORS[section] if e["name"] == title)
    if section == "eip712":
        return of_payload("EIP712", eip_712=read_typed_data(entry["payload"]).facts)
    if section == "eip7702":
        facts = authorization_facts(read_authorization(entry["payload"]))
        return of_payload("EIP7702_AUTHORIZATION", eip_7702_authorization=facts)
    raw = bytes.fromhex(entry["unsigned"])
    if section == "tempo":
        facts = tempo.transaction_facts(tempo.parse_transaction(raw), sender=SENDER)
        return {"activity": activity("SIGN_TRANSACTION_V2", type="TRANSACTION_TYPE_TEMPO"), "tempo": {"tx": facts}}
    transaction = parse_transaction(raw)
    facts = transaction_facts(transaction, sender=SENDER, call=known_call(name, transaction.to, transaction.data))
    return {"activity": activity("SIGN_TRANSACTION_V2", type="TRANSACTION_TYPE_ETHEREUM"), "eth": {"tx": facts}}


def known_call(name: str, to: bytes, data: bytes) -> ContractCall:
    known = f"0x{to.hex()}" == WETH and not name.endswith("(no ABI uploaded)")
    return call_of(TRANSFER, data) if known else NO_CALL


def of_payload(encoding: str, **facts: Any) -> dict[str, Any]:
    parameters = {"encoding": f"PAYLOAD_ENCODING_{encoding}", "hash_function": "HASH_FUNCTION_NO_OP"}
    return {"activity": activity("SIGN_RAW_PAYLOAD_V2", **parameters), "eth": facts}
