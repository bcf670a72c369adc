"""Whichever call of the store fails, and however a commit ends, whoever was told 503 sends the same bytes again, and is
told in the end what everybody is told whose store never fails: nothing was half done, nothing was done twice, nothing
rests on what was not committed, and nobody has to mend anything.
"""

from __future__ import annotations

import asyncio
import json
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from composed import Actor, ComposedServer, Reply, key_params, user_params
from counterseal.crypto import Curve, generate_key_pair
from faulty_store import End, FaultyStore
from replies import Names, without_times
from store_kinds import StoreKind

CALLS_MAX = 1_000
pytestmark = pytest.mark.slow


class Story:
    """Some of everything in a sub-organization of its own, and what is said to each request."""

    def __init__(self, server: ComposedServer, *, attempts: int = 2) -> None:
        """One fault is one 503 at most, whatever it hits."""
        self._server = server
        self._attempts = attempts
        self._names = Names()
        self.said: list[str] = []
        self.unavailable = 0

    async def tell(self) -> list[str]:
        one, two = await self._organization()
        ann = await self._user(one)
        await self._submit(one, "CREATE_PRIVATE_KEY_TAG", privateKeyTagName="tag")
        consensus = {"condition": "activity.kind == 'CREATE_USER_TAG'", "consensus": "approvers.count() >= 2"}
        await self._submit(one, "CREATE_POLICY_V3", policyName="two", effect="EFFECT_ALLOW", notes="", **consensus)
        waiting = await self._submit(ann, "CREATE_USER_TAG", userTagName="tag", userIds=[ann.user_id])
        await self._submit(two, "APPROVE_ACTIVITY", fingerprint=waiting.activity["fingerprint"])
        await self._submit(ann, "CREATE_PRIVATE_KEY_TAG", privateKeyTagName="denied")
        await self._submit(one, "CREATE_READ_ONLY_SESSION")
        await self._give_up_a_key(ann)
        await self._submit(one, "CREATE_PRIVATE_KEY_TAG", privateKeyTagName="tag")
        await self._ask(two, "list_users")
        await self._ask(two, "list_user_tags")
        await self._ask(two, "list_private_key_tags")
        await self._ask(ann, "get_policy_evaluations", activityId=waiting.activity["id"])
        await self._ask(one, "list_activities", paginationOptions={"limit": "100"})
        return [without_times(each) for each in self.said]

    async def _organization(self) -> list[Actor]:
        keys = [generate_key_pair(Curve.P256) for _ in range(2)]
        users = [user_params(f"root {at}", key) for at, key in enumerate(keys)]
        made = await self._submit(
            self._server.root,
            "CREATE_SUB_ORGANIZATION_V8",
            subOrganizationName="Sub",
            rootUsers=users,
            rootQuorumThreshold=1,
        )
        id_, user_ids = made.result["subOrganizationId"], made.result["rootUserIds"]
        return [
            Actor(organization_id=id_, user_id=user_id, key=key) for user_id, key in zip(user_ids, keys, strict=True)
        ]

    async def _user(self, by: Actor) -> Actor:
        key = generate_key_pair(Curve.P256)
        made = await self._submit(by, "CREATE_USERS_V4", users=[user_params("ann", key)])
        return Actor(organization_id=by.organization_id, user_id=made.result["userIds"][0], key=key)

    async def _give_up_a_key(self, user: Actor) -> None:
        """By itself: whoever decides that anew finds that it may not."""
        key = generate_key_pair(Curve.P256)
        parameters = {"userId": user.user_id, "apiKeys": [key_params(key, seconds=900)]}
        made = await self._submit(user, "CREATE_API_KEYS_V2", **parameters)
        holder = Actor(organization_id=user.organization_id, user_id=user.user_id, key=key)
        await self._submit(holder, "DELETE_API_KEYS", userId=user.user_id, apiKeyIds=made.result["apiKeyIds"])
        await self._ask(holder, "whoami")

    async def _submit(self, by: Actor, kind: str, **parameters: Any) -> Reply:
        body = self._server.activity_body(kind, parameters, organization_id=by.organization_id)
        path = kind.partition("_V")[0].lower() if kind[-2:-1] == "V" else kind.lower()
        return await self._told(by, f"/public/v1/submit/{path}", body)

    async def _ask(self, by: Actor, name: str, **members: Any) -> Reply:
        body = json.dumps({"organizationId": by.organization_id} | members).encode()
        return await self._told(by, f"/public/v1/query/{name}", body)

    async def _told(self, by: Actor, path: str, body: bytes) -> Reply:
        for _ in range(self._attempts):
            reply = await self._server.post(path, body, by=by)
            if reply.status != 503:
                self.said.append(self._names.without(reply))
                return reply
            self.unavailable += 1
        raise AssertionError(f"{path} is answered 503 for ever")


async def started(path: Path, store_kind: StoreKind) -> tuple[ComposedServer, FaultyStore, list[str]]:
    """And what is said if nothing fails."""
    server = await ComposedServer.start(path, database=store_kind.new_database())
    said = await Story(server).tell()
    assert {each[:3] for each in said} == {"200", "400", "401", "403"}
    return server, FaultyStore(server.store), said


async def test_whichever_call_fails(tmp_path: Path, store_kind: StoreKind) -> None:
    server, faults, expected = await started(tmp_path, store_kind)
    hit = 0
    for number in count(1):
        assert number < CALLS_MAX
        faults.calls, faults.fails_at = 0, number
        story = Story(server)
        assert await story.tell() == expected, number
        if faults.calls < number:
            break
        hit += story.unavailable
    assert hit > 20
    await server.app.stop()


async def test_however_any_commit_ends(tmp_path: Path, store_kind: StoreKind) -> None:
    server, faults, expected = await started(tmp_path, store_kind)
    for end in set(End) if store_kind.is_shared else set(End) - {End.DURABLE}:  # SQLite sees the end of every commit
        for number in count():
            faults.ends.clear()
            faults.ends.extend([*([None] * number), end])
            assert await Story(server).tell() == expected, (end, number)
            if faults.ends:
                break
        assert number >= 10
    await server.app.stop()


async def test_a_database_that_fails_at_random_under_a_crowd(tmp_path: Path, store_kind: StoreKind) -> None:
    """Stories side by side; a tenth of all calls fail."""
    server, faults, expected = await started(tmp_path, store_kind)
    faults.fails_for = lambda _name, _arguments: server.random.bytes(1)[0] < 26
    stories = [Story(server, attempts=100) for _ in range(6)]
    told = await asyncio.gather(*(story.tell() for story in stories))
    assert sum(story.unavailable for story in stories) > 20
    assert told == [expected] * len(stories)
    await server.app.stop()
