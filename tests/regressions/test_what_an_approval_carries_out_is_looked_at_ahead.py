"""The last approval of a large interface read all of it within its decision: everybody else waited for a third of a
second, and for as long as the slowest reader of any text takes.
"""

from __future__ import annotations

import asyncio
import json
import time

import pytest

from composed import ComposedServer
from work_per_turn import Work, calls_counted

FUNCTIONS = 600
CALLS_MAX = 30_000
"""In a turn. What the store's and the policies' own work takes is some thousand; the interface takes 200,000."""

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


@pytest.mark.slow
async def test_no_turn_is_long(server: ComposedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(server.clock), "stopwatch", lambda _clock: time.perf_counter())
    first, second = await server.add_sub_organization("first", "second", threshold=2)
    pending = await server.submit("CREATE_SMART_CONTRACT_INTERFACE", INTERFACE, by=first)
    assert pending.activity["status"] == "ACTIVITY_STATUS_CONSENSUS_NEEDED"
    work = Work()
    counting = asyncio.create_task(work.count_turns())
    with calls_counted(work):
        approved = await server.submit("APPROVE_ACTIVITY", {"fingerprint": pending.activity["fingerprint"]}, by=second)
    counting.cancel()
    assert approved.activity["status"] == "ACTIVITY_STATUS_COMPLETED"
    assert sum(work.calls.values()) > FUNCTIONS * 50, "it was read"
    assert work.most["calls"] < CALLS_MAX
