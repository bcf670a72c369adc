"""Whatever is sent, the server answers 4xx (or 501 for what it does not implement), at once, and stays as it was.

``HOSTILE_REQUESTS`` says how many (10,000), ``HOSTILE_SEED`` which ones; a failure names the seed of its case, and
``HOSTILE_CASE=<that seed>`` sends this one alone.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from composed import CURVE_NAMES
from counterseal.crypto import Curve, generate_key_pair
from hostile.cases import Attackers, Case, make_case
from hostile.exchange import Closed, Connection
from hostile.specimens import Known
from served import RunningServer
from store_kinds import StoreKind

REQUESTS = int(os.environ.get("HOSTILE_REQUESTS", "10000"))
SEED = os.environ.get("HOSTILE_SEED", "1")
ONLY_CASE = os.environ.get("HOSTILE_CASE")
ROUND = 2000
AT_ONCE = 8
GROWTH_MAX_BYTES = 160 * 1024 * 1024
"""The cache of organizations may fill (64 MiB here), and an allocator keeps some of what it was given."""

OPTIONS = (
    "--log-level=warning",
    "--snapshot-cache-bytes-max=67108864",
    "--head-seconds-max=2",
    "--body-seconds-max=2",
)


@pytest.mark.slow
def test_malformed_requests_are_refused_and_harm_nothing(
    start_on_each_store: Callable[..., RunningServer], store_kind: StoreKind
) -> None:
    server = start_on_each_store(*OPTIONS)
    count = store_kind.examples(REQUESTS).max_examples
    seeds = [ONLY_CASE] if ONLY_CASE else [f"{SEED}:{number}" for number in range(count)]
    seen: Counter[tuple[str, int]] = Counter()
    resident = 0
    for start in range(0, len(seeds), ROUND):
        attackers = _attackers(server)
        asyncio.run(_send(server, seeds[start : start + ROUND], attackers, seen))
        assert server.query("whoami")[0] == 200
        still_known = {"key": attackers.keys[0], "organizationId": attackers.known.organization_id}
        assert server.query("whoami", **still_known)[0] == 200, "the rest of this round has tested nothing"
        resident = resident or _resident_bytes(server.pid)  # the first round is the warm-up
    growth = _resident_bytes(server.pid) - resident
    print(f"\n{sum(seen.values())} replies, {growth / 2**20:.1f} MiB more memory after the first round: {_table(seen)}")
    assert growth < GROWTH_MAX_BYTES
    assert not [line for line in server.log.read_text().splitlines() if "Traceback" in line or '"error"' in line]


async def _send(server: RunningServer, seeds: list[str], attackers: Attackers, seen: Counter[tuple[str, int]]) -> None:
    waiting = iter(seeds)
    await asyncio.gather(*(_send_each(server, waiting, attackers, seen) for _ in range(AT_ONCE)))


async def _send_each(server: RunningServer, seeds: Any, attackers: Attackers, seen: Counter[tuple[str, int]]) -> None:
    host, port = server.url.removeprefix("http://").split(":")
    connection = Connection(host, int(port))
    try:
        for seed in seeds:
            case = make_case(seed, attackers)
            try:
                replies = await _replies(connection, case)
            except TimeoutError:
                pytest.fail(f"no answer: {_described(seed, case)}")
            wrong = [status for status in replies if status not in case.may_answer]
            assert not wrong, f"answered {wrong[0]}: {_described(seed, case)}"
            seen.update((case.family, status) for status in replies)
    finally:
        connection.close()


async def _replies(connection: Connection, case: Case) -> list[int]:
    if not case.path:
        return await connection.statuses(case.body)
    for _attempt in range(2):  # the server may have closed an idle connection in the meantime
        try:
            status, reply = await connection.exchange(case.path, case.headers, case.body)
        except Closed:
            continue
        if status != 200:
            assert set(json.loads(reply)) == {"code", "message", "details", "turnkeyErrorCode"}, reply
        return [status]
    return []


def _attackers(server: RunningServer) -> Attackers:
    """The root user of a new sub-organization, who holds a key of each curve."""
    keys = tuple(generate_key_pair(curve) for curve in Curve)
    user = {
        "userName": "attacker",
        "apiKeys": [
            {"apiKeyName": key.curve, "publicKey": key.public_key.hex(), "curveType": CURVE_NAMES[key.curve]}
            for key in keys
        ],
        "authenticators": [],
        "oauthProviders": [],
    }
    parameters = {"subOrganizationName": f"victim {time.time_ns()}", "rootUsers": [user], "rootQuorumThreshold": 1}
    status, reply = server.submit("create_sub_organization", "CREATE_SUB_ORGANIZATION_V8", parameters)
    assert status == 200, reply
    (result,) = reply["activity"]["result"].values()
    ids = (result["subOrganizationId"], *result["rootUserIds"], server.organization_id, server.user_id)
    public_keys = tuple(key.public_key.hex() for key in (*keys, *(generate_key_pair(curve) for curve in Curve)))
    return Attackers(keys, Known(result["subOrganizationId"], ids, public_keys))


def _described(seed: str, case: Case) -> str:
    return f"HOSTILE_CASE={seed} {case.family} {case.path} {case.headers} {case.body!r}"


def _resident_bytes(pid: int) -> int:
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found
    return int(found[1]) * 1024


def _table(seen: Counter[tuple[str, int]]) -> str:
    return ", ".join(f"{family} {status}: {count}" for (family, status), count in sorted(seen.items()))
