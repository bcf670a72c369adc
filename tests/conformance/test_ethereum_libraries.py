"""viem, ethers and ox against ours, over random samples: what they send is read, what they would sign is signed, and
what is signed they read as what was asked for. One node process answers for all.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from random import Random
from typing import Any

import coincurve
import eth_abi
import pytest
from eth_utils import keccak

from counterseal.chains import ethereum, tempo
from ethereum_samples import (
    KEY,
    SENDER,
    Sample,
    abi_input,
    abi_text,
    abi_value,
    authorization,
    content,
    tempo_fields,
    transaction,
    typed_data,
)

HERE = Path(__file__).parent
EACH = 150
PATIENCE_SECONDS = 120


def asked(questions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The libraries' answers, in the order of the questions."""
    lines = "".join(f"{json.dumps(exact(question))}\n" for question in questions)
    done = subprocess.run(
        ["node", "javascript/ethereum_libraries.mjs"],
        cwd=HERE,
        input=lines,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
    )
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["error"] for answer in answers if "error" in answer] == []
    assert len(answers) == len(questions)
    return answers


def exact(value: Any) -> Any:
    """Integers that JavaScript would round are sent as text."""
    if isinstance(value, dict):
        return {name: exact(each) for name, each in value.items()}
    if isinstance(value, list):
        return [exact(each) for each in value]
    return str(value) if type(value) is int and abs(value) >= 2**53 else value


def signature(digest: bytes) -> dict[str, int]:
    made = coincurve.PrivateKey(bytes.fromhex(KEY)).sign_recoverable(digest, hasher=None)
    return {"r": int.from_bytes(made[:32]), "s": int.from_bytes(made[32:64]), "parity": made[64]}


def unprefixed(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))


@pytest.fixture(scope="module")
def transactions() -> list[tuple[Sample, dict[str, Any]]]:
    samples = [transaction(Random(seed), kind=seed % 5) for seed in range(EACH)]
    questions = [
        {"ask": "transaction", "key": f"0x{KEY}", "kind": sample.kind, "fields": sample.fields} for sample in samples
    ]
    return list(zip(samples, asked(questions), strict=True))


def test_what_viem_and_ethers_send_is_read(transactions: list[tuple[Sample, dict[str, Any]]]) -> None:
    for sample, answer in transactions:
        assert unprefixed(answer["viem"]) == sample.unsigned
        assert answer.get("ethers", answer["viem"]) == answer["viem"]
        ethereum.parse_transaction(unprefixed(answer["viem"]))


def test_what_is_signed_is_what_viem_and_ethers_sign(transactions: list[tuple[Sample, dict[str, Any]]]) -> None:
    for sample, answer in transactions:
        unsigned = ethereum.parse_transaction(sample.unsigned)
        digest = ethereum.signing_digest(unsigned)
        assert digest == unprefixed(answer["digest"])
        assert answer.get("ethersDigest", answer["digest"]) == answer["digest"]
        signed = ethereum.signed_transaction(unsigned, **signature(digest))
        assert signed == unprefixed(answer["signed"])
        assert answer.get("ethersSigned", answer["signed"]) == answer["signed"]


def test_ethers_reads_what_is_signed_as_the_facts_say(transactions: list[tuple[Sample, dict[str, Any]]]) -> None:
    known = [(sample, answer["signed"]) for sample, answer in transactions]
    answers = asked([{"ask": "signed", "serialized": signed} for _, signed in known])
    for (sample, _), answer in zip(known, answers, strict=True):
        facts = ethereum.transaction_facts(ethereum.parse_transaction(sample.unsigned), sender=SENDER)
        assert answer["from"] == SENDER
        assert (answer["to"] or "").lower() == facts["to"]
        assert answer["data"] == facts["data"]
        assert (int(answer["value"]), int(answer["chainId"])) == (facts["value"], facts["chain_id"])


def test_typed_data_is_hashed_as_viem_and_ethers_hash_it() -> None:
    payloads = [typed_data(Random(seed)) for seed in range(EACH)]
    answers = asked([{"ask": "typedData", "payload": each} for each in payloads])
    for payload, answer in zip(payloads, answers, strict=True):
        ours = ethereum.read_typed_data(json.dumps(payload))
        assert f"0x{ours.digest.hex()}" == answer["viem"] == answer["ethers"]
        for text in (answer["serialized"], answer["payload"]):
            assert ethereum.read_typed_data(text) == ours, "what the clients' adapters send"


def test_authorizations_are_hashed_as_viem_hashes_them() -> None:
    samples = [authorization(Random(seed)) for seed in range(EACH)]
    for sample, answer in zip(samples, asked([{"ask": "authorization"} | each for each in samples]), strict=True):
        ours = ethereum.read_authorization(json.dumps(sample))
        assert f"0x{ethereum.authorization_digest(ours).hex()}" == answer["viem"]


def test_arguments_are_those_that_viem_and_ethers_decode() -> None:
    """Sound and spoilt ones: what ours reads both read as the same."""
    questions = [call_question(Random(seed)) for seed in range(2 * EACH)]
    understood = 0
    for question, answer in zip(questions, asked(questions), strict=True):
        call = ethereum.call_of(ethereum.parse_interface(json.dumps(question["abi"])), unprefixed(question["data"]))
        if call.arguments is None:
            continue
        understood += 1
        ours = as_javascript(list(call.arguments.values()))
        assert as_javascript(answer["viem"]) == ours, question
        assert as_javascript(answer["ethers"]) == ours, question
    assert understood > EACH


def call_question(random: Random) -> dict[str, Any]:
    inputs = [abi_input(random, name=f"a{at}") for at in range(random.randint(1, 3))]
    types = list(map(abi_text, inputs))
    data = eth_abi.encode(types, [abi_value(random, each) for each in inputs]) + content(random)
    if random.random() < 0.4 and data:
        at = random.randrange(len(data))
        data = data[:at] + bytes((random.choice((0, 1, 32, 64, 96, 255)),)) + data[at + 1 :]
    selector = keccak(text=f"f({','.join(types)})")[:4]
    abi = [{"type": "function", "name": "f", "inputs": inputs, "outputs": [], "stateMutability": "nonpayable"}]
    return {"ask": "call", "abi": abi, "types": types, "data": f"0x{(selector + data).hex()}"}


def as_javascript(value: Any) -> Any:
    """Integers as text, and addresses without their checksum."""
    if isinstance(value, list):
        return [as_javascript(each) for each in value]
    if type(value) is int:
        return str(value)
    return value.lower() if isinstance(value, str) and len(value) == 42 else value


def test_transactions_of_tempo_are_those_of_ox() -> None:
    questions = [tempo_question(Random(seed)) for seed in range(EACH)]
    first = asked(questions)
    for question, answer in zip(questions, first, strict=True):
        digest = tempo.signing_digest(tempo.parse_transaction(unprefixed(answer["unsigned"])))
        assert digest == unprefixed(answer["digest"])
        question["signature"] = signature(digest)
    signed = []
    for question, answer in zip(questions, asked(questions), strict=True):
        # The fee payer's signature, where there is one, is another one now: the sender does not sign it.
        unsigned = tempo.parse_transaction(unprefixed(answer["unsigned"]))
        assert tempo.signed_transaction(unsigned, **question["signature"]) == unprefixed(answer["signed"])
        signed.append((unsigned, answer["signed"]))
    answers = asked([{"ask": "tempoSigned", "serialized": text} for _, text in signed])
    for (unsigned, _), answer in zip(signed, answers, strict=True):
        facts = tempo.transaction_facts(unsigned, sender=SENDER)
        assert answer["from"].lower() == facts["from"]
        assert answer["calls"] == [[call["to"], call["input"]] for call in facts["calls"]]


def tempo_question(random: Random) -> dict[str, Any]:
    return {
        "ask": "tempo",
        "fields": tempo_fields(random),
        "feePayer": random.choice(("none", "awaited", "signed")),
        "signature": signature(bytes(31) + b"\1"),
    }
