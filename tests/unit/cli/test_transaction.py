"""counterseal transaction decode."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest
import rlp
from click.testing import CliRunner, Result
from eth_utils import keccak

from counterseal.cli import main
from ethereum_samples import SENDER, tempo_transaction
from tron_samples import OTHER, OWNER, base58_of, transaction_of, transfer

TO = "0x70997970c51812dc3a010c7d01b50e0d17dc79c8"
ABI = '[{"type":"function","name":"pay","inputs":[{"name":"to","type":"address"},{"name":"amount","type":"uint256"}]}]'
ABI_FILE = "abi.json"
PAYMENT = keccak(text="pay(address,uint256)")[:4] + bytes.fromhex(TO[2:]).rjust(32, b"\0") + (7).to_bytes(32)
TYPED = {
    "types": {"EIP712Domain": [{"name": "chainId", "type": "uint256"}], "Pay": [{"name": "sums", "type": "uint8[]"}]},
    "primaryType": "Pay",
    "domain": {"chainId": 1},
    "message": {"sums": [1, "2", "0x3"]},
}


def decode(*arguments: str, given: str | bytes | None = None) -> Result:
    return CliRunner().invoke(main, ["transaction", "decode", *arguments], input=given)


def decoded(*arguments: str, given: str | None = None) -> dict[str, Any]:
    result = decode(*arguments, "--json", given=given)
    assert result.exit_code == 0, result.stderr
    found: dict[str, Any] = json.loads(result.stdout)
    assert list(found) == ["sentence", "digest", "facts"]
    assert len(bytes.fromhex(found["digest"])) == 32
    return found


def ethereum(data: bytes = b"", value: int = 10**18) -> str:
    return "02" + bytes(rlp.encode([1, 0, 1, 2, 3, bytes.fromhex(TO[2:]), value, data, []])).hex()


def test_a_payment_of_ether() -> None:
    found = decoded("ethereum", ethereum(), "--signer", SENDER)
    assert found["sentence"].startswith(f"On chain 1, {SENDER} sends 1 ether (1000000000000000000 wei) to {TO}.")
    transaction = found["facts"]["eth"]["tx"]
    assert (transaction["from"], transaction["to"], transaction["value"]) == (SENDER.lower(), TO, 10**18)


def test_without_a_signer_nobody_is_shown() -> None:
    for kind, content in (("ethereum", ethereum()), ("tempo", tempo_transaction(Random(1), TO).hex())):
        found = decoded(kind, content)
        (chain,) = found["facts"].values()
        assert "from" not in chain["tx"]
        assert ", the signer " in found["sentence"]


def test_a_call_by_its_interface(tmp_path: Path) -> None:
    interface = tmp_path / ABI_FILE
    interface.write_text(ABI)
    found = decoded("ethereum", f"0x{ethereum(PAYMENT, 0)}", "--interface", str(interface))
    assert f"pay(to={TO}, amount=7)" in found["sentence"]
    assert found["facts"]["eth"]["tx"]["contract_call_args"] == {"to": TO, "amount": 7}

    refused = decode("ethereum", ethereum(PAYMENT[:-1], 0), "--interface", str(interface))
    assert refused.exit_code == 1
    assert "in the data of pay(address,uint256)" in refused.stderr


def test_typed_data_from_standard_input() -> None:
    found = decoded("eip712", "-", given=json.dumps(TYPED) + "\n")
    assert found["facts"]["eth"]["eip_712"] == {
        "primary_type": "Pay",
        "domain": {"chain_id": 1},
        "message": {"sums": [1, 2, 3]},
    }
    assert found["sentence"] == "The signer signs `Pay` for chain 1: {sums: [1, 2, 3]}."


def test_an_authorization() -> None:
    found = decoded("eip7702", json.dumps({"address": TO, "chainId": 0, "nonce": 5}), "--signer", SENDER)
    assert found["facts"]["eth"]["eip_7702_authorization"] == {"address": TO, "chain_id": 0, "nonce": 5}
    assert found["sentence"] == f"{SENDER}: the code at {TO} may act for the account on every chain (nonce 5)."


def test_tron() -> None:
    found = decoded("tron", transaction_of(transfer()).hex())
    assert found["sentence"].startswith(
        f"On Tron, {base58_of(OWNER)} sends 0.000007 TRX (7 sun) to {base58_of(OTHER)}."
    )
    assert found["facts"]["tron"]["tx"]["contract"][0]["amount"] == 7


def test_for_people() -> None:
    lines = decode("ethereum", ethereum()).stdout.splitlines()
    assert lines[0].startswith("On chain 1, the signer sends 1 ether")
    assert lines[1].startswith("Signed is ")
    assert json.loads("\n".join(lines[3:]))["eth"]["tx"]["type"] == "TYPE_2"


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["ethereum", "zz"], 1, "failed to pre-parse Ethereum transaction: it is not an even number of hexadecimal"),
        (["ethereum", ethereum() + "00"], 1, "transaction goes on at byte"),
        (["tron", "00"], 1, "failed to pre-parse Tron transaction: field 0 of the transaction at byte 0"),
        (["tempo", ethereum()], 1, "type 0x02 at byte 0, expected 0x76"),
        (["eip712", "{}"], 1, "invalid EIP-712 payload"),
        (["eip7702", "{}"], 1, "invalid EIP-7702 authorization: chainId is missing"),
        (["ethereum", ethereum(), "--signer", TO[:-1]], 1, "the signer is no address of Ethereum"),
        (
            ["tron", "00", "--interface", ABI_FILE],
            1,
            "does not go with the kind tron, but with ethereum and solana alone",
        ),
        (["tron", "00", "--signer", SENDER], 1, "a signer does not go with the kind tron"),
        (["dogecoin", "00"], 2, "'dogecoin' is not one of"),
    ],
)
def test_what_is_refused(arguments: list[str], code: int, sentence: str, tmp_path: Path) -> None:
    (tmp_path / ABI_FILE).write_text(ABI)
    result = decode(*(str(tmp_path / each) if each == ABI_FILE else each for each in arguments))
    assert result.exit_code == code
    assert sentence in result.stderr
    assert "Traceback" not in result.stderr


def test_input_that_is_no_text_is_refused() -> None:
    result = decode("eip712", "-", given=b"\xff\xfe")
    assert result.exit_code == 1
    assert "standard input is no text" in result.stderr
