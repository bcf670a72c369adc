"""tronweb against ours, over random samples: what it sends is read, what it would sign is signed, and it reads the same
in a transaction as policies do. One node process answers for all.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from counterseal.chains import tron
from tron_samples import RESOURCES, Sample, base58_of, each_kind

HERE = Path(__file__).parent
EACH = 210
PATIENCE_SECONDS = 120
PERMISSION_TYPES = ("Owner", "Witness", "Active")
PERMISSION = {"type": "Owner", "id": 0, "parent_id": 0, "operations": ""}  # what tronweb leaves out


@pytest.fixture(scope="module")
def answered() -> list[tuple[Sample, dict[str, Any]]]:
    samples = each_kind(range(EACH))
    lines = [
        json.dumps({"kind": each.kind, "fields": each.fields, "unsigned": each.unsigned.hex()}) for each in samples
    ]
    done = subprocess.run(
        ["node", "javascript/tron_libraries.mjs"],
        cwd=HERE,
        input="".join(f"{line}\n" for line in lines),
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
    )
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["error"] for answer in answers if "error" in answer] == []
    return list(zip(samples, answers, strict=True))


def test_what_tronweb_sends_is_read_and_signed(answered: list[tuple[Sample, dict[str, Any]]]) -> None:
    for sample, answer in answered:
        assert answer["unsigned"].lower() == sample.unsigned.hex()
        unsigned = tron.parse_transaction(sample.unsigned)
        assert tron.signing_digest(unsigned).hex() == answer["id"].removeprefix("0x")


def test_tronweb_reads_what_policies_see(answered: list[tuple[Sample, dict[str, Any]]]) -> None:
    for sample, answer in answered:
        facts = tron.transaction_facts(tron.parse_transaction(sample.unsigned))
        read = answer["read"]
        (contract,) = read["contract"]
        theirs = {"type": contract["type"], "permission_id": contract.get("Permission_id", 0)}
        present = ((name, value) for name, value in contract["parameter"]["value"].items() if value is not None)
        theirs |= {name: plain(name, value) for name, value in present}
        (ours,) = facts["contract"]
        assert {name: ours[name] for name in theirs} == theirs, sample
        for name in ("expiration", "timestamp", "fee_limit"):
            assert facts[name] == read.get(name, 0)
        for name in ("ref_block_bytes", "ref_block_hash", "data"):
            assert facts[name] == read.get(name, "").lower()


def plain(name: str, value: Any) -> Any:
    """A value of tronweb's as facts write it."""
    if name.endswith("address"):
        return base58_of(value)
    if isinstance(value, dict):
        found = {each: plain(each, part) for each, part in value.items()}
        return PERMISSION | found if "permission_name" in found else found
    if isinstance(value, list):
        return [plain(name, part) for part in value]
    if name == "type":
        return PERMISSION_TYPES[value] if isinstance(value, int) else value
    if name in ("data", "operations"):
        return value.lower()
    return RESOURCES[value] if name == "resource" and isinstance(value, int) else value
