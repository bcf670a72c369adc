"""An activity that many approve by sending its bytes again kept and showed its body once for each: 100 times 1 MiB.

Those bytes are kept once, are an approval only up to 64 KiB, and an activity has a bound of votes, however often its
approvals lapse and are given again.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

import pytest

from committee import DAY_SECONDS, Committee
from composed import Reply
from counterseal.engine import vote

LARGE = "\N{GRINNING FACE}" * 4096


def kept(committee: Committee, activity_id: str) -> list[bytes]:
    """The messages of its votes, as they lie in the database."""
    query = "SELECT message FROM votes WHERE activity_id = ? ORDER BY ordinal"
    with closing(sqlite3.connect(committee.server.directory.path / "counterseal.db")) as connection:
        return [message for (message,) in connection.execute(query, (bytes.fromhex(activity_id.replace("-", "")),))]


async def test_the_same_bytes_are_kept_once_and_shown_with_each_vote(committee: Committee) -> None:
    assert (await committee.resend(committee.second)).activity["status"] == "ACTIVITY_STATUS_COMPLETED"
    assert kept(committee, committee.pending["id"]) == [committee.body, b""]
    for _ in range(2):
        votes = (await committee.seen_by(committee.member))["votes"]
        assert [each["message"].encode() for each in votes] == [committee.body] * 2
        await committee.server.restart()


async def large(committee: Committee) -> tuple[bytes, str]:
    """The body of a pending activity of more than 64 KiB, and its fingerprint."""
    policies = [
        {"policyName": f"{at}", "effect": "EFFECT_ALLOW", "condition": "false", "notes": LARGE} for at in range(2)
    ]
    body = committee.server.activity_body("CREATE_POLICIES", {"policies": policies})
    assert len(body) > vote.RESENT_BYTES_MAX
    reply = await committee.server.post("/public/v1/submit/create_policies", body, by=committee.first)
    assert reply.activity["status"] == "ACTIVITY_STATUS_CONSENSUS_NEEDED"
    return body, reply.activity["fingerprint"]


async def test_large_bytes_are_no_approval(committee: Committee) -> None:
    body, fingerprint = await large(committee)
    again = await committee.server.post("/public/v1/submit/create_policies", body, by=committee.second)
    assert again.error == (400, 3, "REQUEST_INVALID")
    assert "approve this activity by approve_activity" in again.message
    own = await committee.server.post("/public/v1/submit/create_policies", body, by=committee.first)
    assert len(own.activity["votes"]) == 1
    done = await committee.server.submit("APPROVE_ACTIVITY", {"fingerprint": fingerprint}, by=committee.second)
    assert done.activity["status"] == "ACTIVITY_STATUS_COMPLETED"
    read = await committee.server.post("/public/v1/submit/create_policies", body, by=committee.third)
    assert read.activity["status"] == "ACTIVITY_STATUS_COMPLETED", "of what is over the bytes are a read, for everybody"


async def lapse(committee: Committee) -> Reply:
    committee.server.clock.advance(seconds=DAY_SECONDS + 1)
    return await committee.vote("APPROVE", committee.first)


async def test_approvals_that_lapse_for_ever_come_to_an_end(
    committee: Committee, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vote, "VOTES_MAX", 5)
    for votes in range(2, 6):
        assert len((await lapse(committee)).activity["votes"]) == votes
    refused = await lapse(committee)
    assert refused.error == (429, 8, "")
    assert "has exceeded maximum votes: it has 5 of at most 5" in refused.message
    assert len((await committee.seen_by(committee.first))["votes"]) == 5
    rejected = await committee.vote("REJECT", committee.first)
    assert rejected.activity["status"] == "ACTIVITY_STATUS_REJECTED"


async def test_junk_in_a_vote_is_refused_as_in_any_submission(committee: Committee) -> None:
    junk: dict[str, Any] = {"unknown": "x" * 10_000}
    refused = await committee.vote("APPROVE", committee.second, **junk)
    assert refused.error == (400, 3, "REQUEST_INVALID")
    assert "leave out what is not in the API" in refused.message
    assert len((await committee.seen_by(committee.first))["votes"]) == 1
