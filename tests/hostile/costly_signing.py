"""Payloads and transactions that want to be much work before they are signed."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from typing import Any

import rlp

import bitcoin_samples as samples
from counterseal.activities.signing.payloads import PAYLOADS_MAX
from counterseal.chains.bitcoin.psbt import INPUTS_MAX, OUTPUTS_MAX
from counterseal.chains.ethereum.typed_data import VALUES_MAX
from counterseal.chains.refusal import TRANSACTION_BYTES_MAX
from hostile.costly import CostlyCase, Stage, once_a_stage, stamped

TYPED_DATA = {"encoding": "PAYLOAD_ENCODING_EIP712", "hashFunction": "HASH_FUNCTION_NO_OP"}
DIGEST = {"encoding": "PAYLOAD_ENCODING_HEXADECIMAL", "hashFunction": "HASH_FUNCTION_NO_OP"}


@once_a_stage
def _key(stage: Stage) -> str:
    key = {"privateKeyName": "signer", "curve": "CURVE_SECP256K1", "privateKeyTags": [], "addressFormats": []}
    made = stage.submit("create_private_keys", "CREATE_PRIVATE_KEYS_V2", {"privateKeys": [key]})
    key_id: str = made["privateKeys"][0]["privateKeyId"]
    return key_id


def _request(stage: Stage, kind: str, members: dict[str, Any]) -> bytes:
    path = f"/public/v1/submit/{kind.removesuffix('_V2').lower()}"
    return stamped(path, stage.body(kind, {"signWith": _key(stage)} | members), stage.adversary.key)


def _case(name: str, kind: str, members: Callable[[], dict[str, Any]]) -> CostlyCase:
    def honest(stage: Stage, _: Any) -> bytes:
        size = len(json.dumps(members()))
        payload = {"payload": "00" * max(32, size // 2), "hashFunction": "HASH_FUNCTION_SHA256"}
        return _request(stage, "SIGN_RAW_PAYLOAD_V2", DIGEST | payload)

    return CostlyCase(
        name=f"signing: {name}",
        adversarial=lambda stage, _: _request(stage, kind, members()),
        honest=honest,
        answers=frozenset({200, 400}),
        honest_answers=frozenset({200}),
    )


def _typed_data(values: int) -> str:
    types = {"A": [{"name": "x", "type": "uint256[]"}]}
    return json.dumps({"types": types, "primaryType": "A", "domain": {}, "message": {"x": [1] * values}})


def _transaction(chain: str, raw: bytes) -> dict[str, str]:
    return {"unsignedTransaction": raw.hex(), "type": f"TRANSACTION_TYPE_{chain}"}


def _ethereum() -> dict[str, str]:
    data = secrets.token_bytes(TRANSACTION_BYTES_MAX - 100)
    return _transaction("ETHEREUM", b"\x02" + rlp.encode([1, 0, 1, 2, 3, b"\x11" * 20, 4, data, []]))


def _access_lists() -> dict[str, str]:
    entries = [[b"\x11" * 20, []]] * (TRANSACTION_BYTES_MAX // 23 - 10)
    return _transaction("ETHEREUM", b"\x02" + rlp.encode([1, 0, 1, 2, 3, b"\x11" * 20, 4, b"", entries]))


def _psbt() -> dict[str, str]:
    salts = range(INPUTS_MAX)
    spent = [samples.spending(samples.outpoint(samples.previous(samples.P2PKH, salt=at))) for at in salts]
    outputs = [samples.output(b"\x00\x14" + secrets.token_bytes(20), 5) for _ in range(OUTPUTS_MAX)]
    maps = [samples.proven(samples.P2PKH, salt=at) for at in salts]
    return _transaction("BITCOIN", samples.psbt(samples.transaction(spent, outputs), *maps, outputs=OUTPUTS_MAX))


CASES = (
    _case("typed data", "SIGN_RAW_PAYLOAD_V2", lambda: TYPED_DATA | {"payload": _typed_data(VALUES_MAX - 20)}),
    _case("two typed data", "SIGN_RAW_PAYLOADS", lambda: TYPED_DATA | {"payloads": [_typed_data(VALUES_MAX - 30)] * 2}),
    _case("many payloads", "SIGN_RAW_PAYLOADS", lambda: DIGEST | {"payloads": ["00" * 32] * PAYLOADS_MAX}),
    _case("a large transaction", "SIGN_TRANSACTION_V2", _ethereum),
    _case("a large access list", "SIGN_TRANSACTION_V2", _access_lists),
    _case("a large PSBT", "SIGN_TRANSACTION_V2", _psbt),
)
