"""Imports over a store that fails: whoever sends the same bytes again has one wallet, and the target is spent once."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import pytest

from bundles import target_of, wallet_import
from composed import Actor, ComposedServer, Reply
from counterseal.organizations import ImportTarget, Wallet
from faulty_store import End, FaultyStore
from store_kinds import StoreKind

PHRASE = "zoo " * 11 + "wrong"
CALLS_MAX = 100


async def brought(server: ComposedServer, owner: Actor, target: str) -> tuple[Reply, int]:
    """The answer that is not 503, and how often it was."""
    parameters = wallet_import(owner, "w", target, PHRASE)
    body = server.activity_body("IMPORT_WALLET", parameters, organization_id=owner.organization_id)
    for attempt in range(3):
        reply = await server.post("/public/v1/submit/import_wallet", body, by=owner)
        if reply.status != 503:
            return reply, attempt
    raise AssertionError("it is answered 503 for ever")


async def assert_whole(server: ComposedServer, owner: Actor, reply: Reply) -> None:
    assert reply.result["walletId"]
    assert await server.store.count(owner.organization_id, Wallet, at_most=9) == 1
    assert await server.store.count(owner.organization_id, ImportTarget, at_most=9) == 0


async def test_whichever_call_fails_an_import_is_whole(tmp_path: Path, store_kind: StoreKind) -> None:
    server = await ComposedServer.start(tmp_path, database=store_kind.new_database())
    faults, hit = FaultyStore(server.store), 0
    for number in count(1):
        assert number < CALLS_MAX
        (owner,) = await server.add_sub_organization("owner")
        target = await target_of(server, "WALLET", by=owner)
        faults.calls, faults.fails_at = 0, number
        reply, attempts = await brought(server, owner, target)
        if faults.calls < number:
            break
        faults.fails_at = None
        await assert_whole(server, owner, reply)
        hit += attempts
    assert hit > 1
    await server.app.stop()


@pytest.mark.parametrize("end", [End.CONFLICT, End.LOST, End.DURABLE])
async def test_however_the_commit_ends_an_import_is_whole(tmp_path: Path, store_kind: StoreKind, end: End) -> None:
    server = await ComposedServer.start(tmp_path, database=store_kind.new_database())
    faults = FaultyStore(server.store)
    target = await target_of(server, "WALLET")
    faults.ends.append(end)
    reply, _ = await brought(server, server.root, target)
    await assert_whole(server, server.root, reply)
    await server.app.stop()
