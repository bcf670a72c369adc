"""A committee: an organization whose root quorum is two of three, and an activity that waits for the second."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import pytest_asyncio

from composed import Actor, ComposedServer, Reply, user_params
from counterseal.crypto import Curve, generate_key_pair

DAY_SECONDS = 24 * 60 * 60
PATH = "/public/v1/submit/create_users"


@dataclass
class Committee:
    """Three root users and a member without rights; ``pending`` is what the first one has submitted."""

    server: ComposedServer
    first: Actor
    second: Actor
    third: Actor
    member: Actor
    body: bytes
    pending: dict[str, Any]

    @property
    def fingerprint(self) -> str:
        return "sha256:" + hashlib.sha256(self.body).hexdigest()

    async def vote(self, how: str, by: Actor, **members: Any) -> Reply:
        return await self.server.submit(f"{how}_ACTIVITY", {"fingerprint": self.fingerprint}, by=by, **members)

    async def resend(self, by: Actor) -> Reply:
        return await self.server.post(PATH, self.body, by=by)

    async def seen_by(self, reader: Actor) -> dict[str, Any]:
        return (await self.server.query("get_activity", by=reader, activityId=self.pending["id"])).activity

    async def user_names(self) -> list[str]:
        users = (await self.server.query("list_users", by=self.first)).json["users"]
        return [user["userName"] for user in users]

    async def status(self) -> str:
        return (await self.seen_by(self.member))["status"].removeprefix("ACTIVITY_STATUS_")


@pytest_asyncio.fixture
async def committee(server: ComposedServer) -> Committee:
    second, third, member = [await server.add_user(name) for name in ("second", "third", "member")]
    await server.set_root_quorum(2, server.root, second, third)
    body = server.activity_body("CREATE_USERS_V4", {"users": [user_params("new", generate_key_pair(Curve.P256))]})
    pending = (await server.post(PATH, body, by=server.root)).activity
    return Committee(server, server.root, second, third, member, body, pending)


def selections(activity: dict[str, Any]) -> list[tuple[str, str]]:
    """Who has said what."""
    return [(vote["userId"], vote["selection"].removeprefix("VOTE_SELECTION_")) for vote in activity["votes"]]
