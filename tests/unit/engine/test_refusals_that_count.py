"""A refusal that leaves something behind: durable before it is told, once for each guess, after policies allowed it."""

from __future__ import annotations

import asyncio

import pytest

import units_of_tests
from composed import Actor, Reply
from counterseal.organizations import PrivateKeyTag
from faulty_store import End, FaultyStore
from office import NEW_TAG, PATH, Office, Proposal, status_of


@pytest.fixture(autouse=True)
def _counting(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    units_of_tests.counting(monkeypatch)  # once the office has its tags


async def guess(office: Office, name: str, by: Actor) -> Reply:
    body = office.server.activity_body("CREATE_USER_TAG", {"userTagName": name, "userIds": []})
    return await office.server.post(PATH, body, by=by)


async def lost(office: Office) -> int:
    """As it is stored."""
    rows = await office.server.store.page(office.root.organization_id, PrivateKeyTag, limit=10, before=None, after=None)
    return int(rows[0].name) if rows else 0


async def test_a_wrong_guess_is_refused_and_counted_and_no_activity(office: Office) -> None:
    before = (await office.newest())["id"]
    for number in (1, 2):
        reply = await guess(office, f"wrong {number}", office.root)
        assert (reply.status, reply.message) == (400, f"wrong: {number} of 3")
        assert await lost(office) == number
    assert (await office.newest())["id"] == before
    assert status_of(await guess(office, "right", office.root)) == "COMPLETED"


async def test_guesses_at_once_are_counted_each(office: Office) -> None:
    replies = await asyncio.gather(*(guess(office, f"wrong {number}", office.root) for number in range(6)))
    said = sorted(reply.message for reply in replies)
    assert said == ["no attempts are left"] * 3 + ["wrong: 1 of 3", "wrong: 2 of 3", "wrong: 3 of 3"]
    assert await lost(office) == 3
    assert (await guess(office, "right", office.root)).message == "no attempts are left"


async def test_whom_policies_deny_loses_no_attempt_for_others(office: Office) -> None:
    assert (await guess(office, "wrong", office.guest)).status == 403
    assert await lost(office) == 0


async def test_what_was_not_committed_was_not_told(office: Office) -> None:
    FaultyStore(office.server.store).ends.append(End.FAULT)
    assert (await guess(office, "wrong", office.root)).status == 503
    assert await lost(office) == 0
    assert (await guess(office, "wrong", office.root)).message == "wrong: 1 of 3"


async def test_an_activity_that_waited_ends_failed_and_is_counted(office: Office) -> None:
    await office.allow(NEW_TAG, "approvers.count() >= 2")
    body = office.server.activity_body("CREATE_USER_TAG", {"userTagName": "wrong", "userIds": []})
    proposal = Proposal(body, await office.server.post(PATH, body, by=office.agent))
    assert await lost(office) == 0
    reply = await office.vote(proposal, office.ann)
    assert (status_of(reply), reply.activity["failure"]["message"]) == ("FAILED", "wrong: 1 of 3")
    assert await lost(office) == 1
