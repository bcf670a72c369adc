"""A batch that had been decided over another remembered what the store had not known then, and went on saying so once
the other was durable: a vote on an activity that had just been answered was 404.
"""

from __future__ import annotations

import asyncio

from composed import ComposedServer, user_params
from counterseal.crypto import Curve, generate_key_pair
from counterseal.engine.state.draft import Draft
from counterseal.engine.state.snapshots import Snapshots


async def test_a_draft_forgets_what_is_no_longer_unknown(server: ComposedServer) -> None:
    ann = await server.add_user("ann")
    await server.set_root_quorum(2, server.root, ann)
    body = server.activity_body("CREATE_USERS_V4", {"users": [user_params("new", generate_key_pair(Curve.P256))]})
    path = "/public/v1/submit/create_users"
    for _ in range(3):  # so that both the batch under way and the next one know of it
        first, *same = await asyncio.gather(*(server.post(path, body, by=server.root) for _ in range(20)))
        assert first.activity["status"] == "ACTIVITY_STATUS_CONSENSUS_NEEDED"
        fingerprint = {"fingerprint": first.activity["fingerprint"]}
        assert {reply.activity["id"] for reply in same} == {first.activity["id"]}
    approved = await server.submit("APPROVE_ACTIVITY", fingerprint, by=ann)
    assert approved.result["userIds"]


async def test_what_was_asked_for_too_early_is_found_once_it_is_stored(server: ComposedServer) -> None:
    under = Draft(Snapshots(server.store), server.store)
    over = Draft(Snapshots(server.store), server.store, over=under)
    reply = await server.submit("CREATE_USERS_V4", {"users": [user_params("x", generate_key_pair(Curve.P256))]})
    fingerprint = bytes.fromhex(reply.activity["fingerprint"].removeprefix("sha256:"))
    activity = await server.store.activity_by_fingerprint(server.root.organization_id, fingerprint)
    assert activity is not None
    pair = (activity.organization_id, fingerprint)
    over._unknown.add(pair)  # as if it had been asked before the batch under it was durable
    under._activities[pair] = activity
    assert await over.activity_by_fingerprint(*pair) is activity
    over.settle()
    assert await over.activity_by_fingerprint(*pair) == activity
