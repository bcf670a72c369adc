"""The last approval of a large interface read all of it within its decision: everybody else waited for a third of a
second, and for as long as the slowest reader of any text takes. A rejection of typed data did the same.
"""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import pytest

from composed import Actor, ComposedServer, Reply
from counterseal.activities.signing import payloads
from office import Office
from wallet_samples import ETHEREUM, make_wallet
from work_per_turn import Work, calls_counted

FUNCTIONS = 600
CALLS_MAX = 30_000
"""In a turn. What the store's and the policies' own work takes is some thousand; the interface takes 200,000."""

SHOWN_CALLS_MAX = 60_000
"""The same where policies see all that was read; to read it takes 200,000."""

ABI = json.dumps(
    [
        {"type": "function", "name": f"f{number}", "inputs": [{"name": f"a{at}", "type": "uint256"} for at in range(8)]}
        for number in range(FUNCTIONS)
    ]
)
INTERFACE = {
    "smartContractAddress": "0x" + "11" * 20,
    "smartContractInterface": ABI,
    "type": "SMART_CONTRACT_INTERFACE_TYPE_ETHEREUM",
    "label": "large",
}

PAYLOADS = 40
STRUCTS = 60


def typed_data(number: int) -> str:
    """One of several, none of which is long."""
    return json.dumps(
        {
            "types": {"Item": [{"name": "n", "type": "uint256"}], "All": [{"name": "items", "type": "Item[]"}]},
            "primaryType": "All",
            "domain": {},
            "message": {"items": [{"n": number + at} for at in range(STRUCTS)]},
        }
    )


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch, server: ComposedServer) -> None:
    """Whoever goes on in pieces looks at it."""
    monkeypatch.setattr(type(server.clock), "stopwatch", lambda _clock: time.perf_counter())


async def voted(server: ComposedServer, kind: str, pending: Reply, *, by: Actor) -> tuple[dict[str, Any], Work]:
    """The activity, and what was done in each turn."""
    work = Work()
    counting = asyncio.create_task(work.count_turns())
    with calls_counted(work):
        reply = await server.submit(kind, {"fingerprint": pending.activity["fingerprint"]}, by=by)
    counting.cancel()
    return reply.activity, work


@pytest.mark.slow
async def test_no_turn_of_an_approval_is_long(server: ComposedServer) -> None:
    first, second = await server.add_sub_organization("first", "second", threshold=2)
    pending = await server.submit("CREATE_SMART_CONTRACT_INTERFACE", INTERFACE, by=first)
    assert pending.activity["status"] == "ACTIVITY_STATUS_CONSENSUS_NEEDED"
    activity, work = await voted(server, "APPROVE_ACTIVITY", pending, by=second)
    assert activity["status"] == "ACTIVITY_STATUS_COMPLETED"
    assert sum(work.calls.values()) > FUNCTIONS * 50, "it was read"
    assert work.most["calls"] < CALLS_MAX


@pytest.mark.slow
async def test_typed_data_are_read_once_for_a_rejection(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:

    read, read_texts = payloads.ethereum.read_typed_data, []

    def counted(text: str) -> Any:
        read_texts.append(text)
        return read(text)

    [address] = (await make_wallet(office.server, "w", ETHEREUM))["addresses"]
    await office.allow("activity.kind == 'SIGN_RAW_PAYLOADS'", "approvers.count() >= 2")
    to_sign = {
        "signWith": address,
        "payloads": [typed_data(number) for number in range(PAYLOADS)],
        "encoding": "PAYLOAD_ENCODING_EIP712",
        "hashFunction": "HASH_FUNCTION_NO_OP",
    }
    pending = await office.server.submit("SIGN_RAW_PAYLOADS", to_sign, by=office.agent)
    assert pending.activity["status"] == "ACTIVITY_STATUS_CONSENSUS_NEEDED"
    monkeypatch.setattr(payloads.ethereum, "read_typed_data", counted)
    activity, work = await voted(office.server, "REJECT_ACTIVITY", pending, by=office.ann)
    assert activity["status"] == "ACTIVITY_STATUS_REJECTED"
    assert sorted(read_texts) == sorted(to_sign["payloads"]), "once, ahead of the decision"
    assert work.most["calls"] < SHOWN_CALLS_MAX
