"""What takes long is made once it is allowed, on a thread, and neither its organization nor another waits for it."""

from __future__ import annotations

import asyncio

import pytest

import units_of_tests
from composed import ComposedServer, Reply
from office import NEW_TAG, PATH, Office, Proposal, status_of
from units_of_tests import Maker


@pytest.fixture
def maker(office: Office, monkeypatch: pytest.MonkeyPatch) -> Maker:
    assert office.agents  # its tags are made before
    return units_of_tests.making(monkeypatch)


async def propose(office: Office, name: str, **by: object) -> Reply:
    return await office.server.submit("CREATE_USER_TAG", {"userTagName": name, "userIds": []}, **by)  # type: ignore[arg-type]


async def names(server: ComposedServer) -> list[str]:
    found = await server.query("list_user_tags")
    return [tag["tagName"] for tag in found.json["userTags"]]


async def until_begun(maker: Maker, count: int) -> None:
    async with asyncio.timeout(10):
        while len(maker.begun) < count:
            await asyncio.sleep(0.001)


async def test_it_is_made_once_and_used(office: Office, maker: Maker) -> None:
    assert status_of(await propose(office, "one")) == "COMPLETED"
    assert len(maker.begun) == 1
    assert maker.begun[0].upper() in await names(office.server)


async def test_nothing_is_made_for_whom_policies_deny(office: Office, maker: Maker) -> None:
    assert (await propose(office, "one", by=office.guest)).status == 403
    assert maker.begun == []


async def test_others_are_decided_meanwhile_also_in_its_organization(office: Office, maker: Maker) -> None:
    maker.may_end.clear()
    slow = [asyncio.create_task(propose(office, f"slow {number}")) for number in range(9)]
    await until_begun(maker, 3)
    (sub,) = await office.server.add_sub_organization("sub")
    renamed = await office.server.submit("UPDATE_ORGANIZATION_NAME", {"organizationName": "other"}, by=sub)
    assert status_of(renamed) == "COMPLETED"
    assert (await office.server.add_user("quick")).user_id
    assert len(maker.begun) == 3, "one place is left to other organizations"
    made = asyncio.create_task(office.server.submit("CREATE_USER_TAG", {"userTagName": "slow", "userIds": []}, by=sub))
    await until_begun(maker, 4)
    maker.may_end.set()
    assert {status_of(reply) for reply in await asyncio.gather(made, *slow)} == {"COMPLETED"}


async def test_the_same_bytes_at_once_are_one_activity(office: Office, maker: Maker) -> None:
    body = office.server.activity_body("CREATE_USER_TAG", {"userTagName": "one", "userIds": []})
    replies = await asyncio.gather(*(office.server.post(PATH, body, by=office.root) for _ in range(4)))
    assert len({reply.activity["id"] for reply in replies}) == 1


async def test_what_it_was_made_of_has_changed_so_it_is_made_again(office: Office, maker: Maker) -> None:
    maker.may_end.clear()
    waiting = asyncio.create_task(propose(office, "one"))
    await until_begun(maker, 1)
    await office.server.submit("UPDATE_ORGANIZATION_NAME", {"organizationName": "Renamed"})
    maker.may_end.set()
    assert status_of(await waiting) == "COMPLETED"
    assert "RENAMED ONE" in await names(office.server)
    assert len(maker.begun) == 2


async def test_what_was_revoked_meanwhile_is_refused(office: Office, maker: Maker) -> None:
    await office.allow()
    maker.may_end.clear()
    waiting = asyncio.create_task(propose(office, "one", by=office.guest))
    await until_begun(maker, 1)
    await office.server.submit("DELETE_USERS", {"userIds": [office.guest.user_id]})
    maker.may_end.set()
    assert (await waiting).status == 401
    assert not any("ONE" in name for name in await names(office.server))


async def test_an_approval_makes_it_when_it_is_the_last(office: Office, maker: Maker) -> None:
    await office.allow(NEW_TAG, "approvers.count() >= 2")
    body = office.server.activity_body("CREATE_USER_TAG", {"userTagName": "one", "userIds": []})
    proposal = Proposal(body, await office.server.post(PATH, body, by=office.agent))
    assert maker.begun == []
    assert status_of(await office.vote(proposal, office.ann)) == "COMPLETED"
    assert len(maker.begun) == 1


async def test_what_cannot_be_made_stores_nothing_and_says_nothing_of_it(office: Office, maker: Maker) -> None:
    before = (await office.newest())["id"]
    maker.fault = RuntimeError("the secret is swordfish")
    reply = await propose(office, "one")
    assert (reply.status, "swordfish" in reply.message) == (500, False)
    maker.fault = None
    assert (await office.newest())["id"] == before
