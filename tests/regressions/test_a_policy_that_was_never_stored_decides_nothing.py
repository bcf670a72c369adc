"""Compiled policies were remembered under an organization's version. A failed commit gives its version's number back:
the next policy took it, and the ALLOW that had never been stored went on deciding. The vote's record named the wrong
policy as its reason. Found by strangers who read the code."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest_asyncio

from composed import Actor, ComposedServer, Reply
from counterseal.store import Commit, Store, StoreError
from office import NEW_TAG, Office

DENIED = (403, 7, "")


class FullDisk:
    """A store whose commits wait until they are let ``go``, and fail when there is no ``room`` for one more."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.room = 1_000
        self.go = asyncio.Event()
        self.go.set()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def commit(self, commits: Sequence[Commit]) -> None:
        await self.go.wait()
        if not self.room:
            raise StoreError("database or disk is full")
        self.room -= 1
        await self._store.commit(commits)


@pytest_asyncio.fixture
async def server(tmp_path: Path) -> AsyncIterator[ComposedServer]:
    composed = await ComposedServer.start(tmp_path, wrap_store=FullDisk)
    yield composed
    await composed.app.stop()


def disk(server: ComposedServer) -> FullDisk:
    assert isinstance(server.store, FullDisk)
    return server.store


def allow_everybody(office: Office) -> Any:
    return office.server.submit(
        "CREATE_POLICY_V3", {"policyName": "never stored", "effect": "EFFECT_ALLOW", "condition": NEW_TAG, "notes": ""}
    )


def tag_the_guest(office: Office) -> Any:
    change = {"userTagId": office.humans, "newUserTagName": "humans", "addUserIds": [office.guest.user_id]}
    return office.server.submit("UPDATE_USER_TAG", change | {"removeUserIds": []})


async def settled(task: asyncio.Task[Any]) -> None:
    for _ in range(200):
        await asyncio.sleep(0)
    assert not task.done()


async def fail_together(office: Office, change: Any, by: Actor) -> list[Reply]:
    """A change and a proposal, decided over it, in one commit for which there is no room."""
    disk(office.server).go.clear()
    before = asyncio.create_task(office.propose(office.root))
    await settled(before)
    changing = asyncio.create_task(change)
    await settled(changing)
    proposing = asyncio.create_task(office.propose(by))
    await settled(proposing)
    disk(office.server).room = 1
    disk(office.server).go.set()
    replies = [await changing, (await proposing).reply]
    assert (await before).reply.status == 200
    disk(office.server).room = 1_000
    return replies


async def test_what_failed_together_is_nobodys_right_afterwards(office: Office) -> None:
    replies = await fail_together(office, allow_everybody(office), by=office.guest)
    assert {reply.status for reply in replies} == {503}
    harmless = await office.allow(NEW_TAG, office.tagged(office.agents))
    denied = (await office.propose(office.guest)).reply
    assert denied.error == DENIED
    newest = await office.newest()
    assert newest["status"] == "ACTIVITY_STATUS_FAILED"
    assert await office.evaluations(newest["id"]) == [{harmless: "DENY_IMPLICIT"}]


async def test_the_next_policy_decides_by_its_own_words(office: Office) -> None:
    await fail_together(office, allow_everybody(office), by=office.guest)
    deny = await office.deny(NEW_TAG)
    refused = (await office.propose(office.agent)).reply
    assert refused.error == DENIED
    assert refused.message == "policy engine denied request explicitly"
    assert await office.evaluations((await office.newest())["id"]) == [{deny: "DENY_EXPLICIT"}]


async def test_a_tag_that_was_never_given_makes_nobody_eligible(office: Office) -> None:
    """The users who could still vote are remembered too, and in the same way."""
    await office.allow(NEW_TAG, f"{office.tagged(office.agents)} && {office.tagged(office.humans)}")
    replies = await fail_together(office, tag_the_guest(office), by=office.agent)
    assert {reply.status for reply in replies} == {503}
    assert (await office.server.submit("UPDATE_ORGANIZATION_NAME", {"organizationName": "the next version"})).result
    pending = await office.propose(office.agent)
    assert pending.reply.activity["status"] == "ACTIVITY_STATUS_CONSENSUS_NEEDED"
    assert (await office.vote(pending, office.guest)).status == 403
    assert (await office.activity(pending, by=office.guest))["canApprove"] is False
    assert (await office.activity(pending, by=office.ann))["canApprove"] is True
