"""The past can always be read: after any history and any deletion every activity can be listed, read, explained,
approved (it fails where it cannot be done) and rejected by everybody who may.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, given
from hypothesis import strategies as st

from composed import Actor, ComposedServer, Reply, key_params
from counterseal.contract.shapes import FeatureName
from counterseal.crypto import Curve, generate_key_pair
from counterseal.crypto.p256 import P256PrivateKey
from counterseal.engine.decide.judge import Judge
from counterseal.engine.show.explain import explain
from counterseal.world import SystemRandom, Turns
from store_kinds import StoreKind

TWO = "approvers.count() >= 2"
TARGET = P256PrivateKey.generate().public_point.hex()
Item = TypeVar("Item")


@dataclass
class Life:
    """An organization in which everything waits for a second approval, and what has been asked for in it."""

    server: ComposedServer
    root: Actor
    users: list[Actor] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    policies: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    number: int = 0

    def anybody(self, number: int) -> Actor:
        return [self.root, *self.users][number % (len(self.users) + 1)]

    async def submit(self, activity_type: str, parameters: dict[str, Any], by: Actor | None = None) -> Reply:
        reply = await self.server.submit(activity_type, parameters, by=by or self.root)
        assert reply.status < 500, reply.body
        if reply.status == 200:
            self.asked.append(reply.activity["fingerprint"])
        return reply

    def fresh(self) -> str:
        self.number += 1
        return f"name {self.number}"

    async def look(self) -> None:
        """Who and what is still there: much is deleted by somebody's late approval."""
        users = {each["userId"] for each in (await self.server.query("list_users", by=self.root)).json["users"]}
        self.users = [user for user in self.users if user.user_id in users]
        tags = {each["tagId"] for each in (await self.server.query("list_user_tags", by=self.root)).json["userTags"]}
        self.tags = [tag for tag in self.tags if tag in tags]

    async def add_user(self, number: int) -> None:
        tags = [pick(self.tags, number)] if self.tags and number % 2 else []
        email = {"userEmail": f"{self.fresh().replace(' ', '')}@example.com"} if number % 3 else {}
        self.users.append(await self.server.add_user(self.fresh(), by=self.root, userTags=tags, **email))

    async def delete_user(self, number: int) -> None:
        if self.users:
            await self.submit("DELETE_USERS", {"userIds": [pick(self.users, number).user_id]})

    async def ask_for_a_session(self, number: int) -> None:
        """Of somebody's, by somebody, named in one of the three ways."""
        whose, asker = self.anybody(number), self.anybody(number // 7)
        session: dict[str, Any] = {"targetPublicKey": TARGET}
        if number % 3 == 0:
            await self.submit("CREATE_READ_WRITE_SESSION_V2", session, asker)
        elif number % 3 == 1:
            await self.submit("CREATE_READ_WRITE_SESSION_V2", session | {"userId": whose.user_id.upper()}, asker)
        else:
            shown = (await self.server.query("get_user", by=self.root, userId=whose.user_id)).json["user"]
            await self.submit("CREATE_READ_WRITE_SESSION", session | {"email": shown.get("userEmail", "x@y.zz")}, asker)

    async def ask_for_a_key(self, number: int) -> None:
        intent = {
            "userId": self.anybody(number).user_id,
            "apiKeys": [key_params(generate_key_pair(Curve.P256), seconds=60 if number % 2 else None)],
        }
        await self.submit("CREATE_API_KEYS_V2", intent, self.anybody(number // 5))

    async def ask_for_a_token(self, number: int) -> None:
        await self.submit("CREATE_READ_ONLY_SESSION", {}, self.anybody(number))

    async def ask_for_a_login(self, number: int) -> None:
        login = {"publicKey": P256PrivateKey.generate().public_key.hex(), "invalidateExisting": bool(number % 2)}
        await self.submit("STAMP_LOGIN", login, self.anybody(number))

    async def ask_to_delete_a_user(self, number: int) -> None:
        await self.submit("DELETE_USERS", {"userIds": [self.anybody(number).user_id]}, self.anybody(number // 3))

    async def ask_about_a_tag(self, number: int) -> None:
        if self.tags:
            users = [self.anybody(number).user_id]
            intent = {"userTagId": pick(self.tags, number), "addUserIds": users, "removeUserIds": []}
            await self.submit("UPDATE_USER_TAG", intent, self.anybody(number // 3))

    async def change_tags(self, number: int) -> None:
        if self.tags and number % 2:
            await self.submit("DELETE_USER_TAGS", {"userTagIds": [pick(self.tags, number)]})
        else:
            reply = await self.submit("CREATE_USER_TAG", {"userTagName": self.fresh(), "userIds": []})
            self.tags += [reply.result["userTagId"]] if reply.status == 200 else []

    async def change_policies(self, number: int) -> None:
        if self.policies and number % 2:
            gone = pick(self.policies, number)
            if (await self.submit("DELETE_POLICY", {"policyId": gone})).status == 200:
                self.policies.remove(gone)
            return
        who = self.anybody(number).user_id
        conditions = ["true", f"activity.params.user_id == '{who}'", "activity.resource == 'CREDENTIAL'"]
        policy = {
            "policyName": self.fresh(),
            "effect": "EFFECT_DENY" if number % 11 == 0 else "EFFECT_ALLOW",
            "condition": pick(conditions, number // 2),
            "consensus": pick([TWO, f"approvers.any(u, u.id == '{who}')", "credentials.count() >= 2"], number // 6),
            "notes": "",
        }
        reply = await self.submit("CREATE_POLICY_V3", policy)
        self.policies += [reply.result["policyId"]] if reply.status == 200 else []

    async def change_a_feature(self, number: int) -> None:
        kind = "REMOVE" if number % 2 else "SET"
        await self.submit(f"{kind}_ORGANIZATION_FEATURE", {"name": FeatureName.EMAIL_AUTH.value})

    async def vote(self, number: int) -> None:
        if self.asked:
            how = "REJECT" if number % 5 == 0 else "APPROVE"
            fingerprint = {"fingerprint": pick(self.asked, number // 2)}
            reply = await self.server.submit(f"{how}_ACTIVITY", fingerprint, by=self.anybody(number))
            assert reply.status in (200, 400, 403), reply.body

    async def wait(self, number: int) -> None:
        self.server.clock.advance(seconds=[60, 3_600, 25 * 3_600][number % 3])

    async def restart(self, number: int) -> None:
        await self.server.restart()


STEPS: list[Callable[[Life, int], Coroutine[Any, Any, None]]] = [
    Life.add_user,
    Life.add_user,
    Life.delete_user,
    Life.ask_for_a_session,
    Life.ask_for_a_session,
    Life.ask_for_a_key,
    Life.ask_for_a_token,
    Life.ask_for_a_login,
    Life.ask_to_delete_a_user,
    Life.ask_about_a_tag,
    Life.change_tags,
    Life.change_policies,
    Life.change_policies,
    Life.change_a_feature,
    Life.vote,
    Life.vote,
    Life.wait,
    Life.restart,
]

histories = st.lists(st.tuples(st.integers(0, len(STEPS) - 1), st.integers(0, 2**16)), min_size=5, max_size=40)


def pick(items: list[Item], number: int) -> Item:
    return items[number % len(items)]


def test_after_any_history(store_kind: StoreKind) -> None:
    @store_kind.examples(
        60,
        suppress_health_check=[HealthCheck.too_slow],
        phases=[Phase.reuse, Phase.generate],  # a history takes a second: to make it shorter would take minutes
    )
    @given(history=histories, is_deleted=st.booleans())
    def it_can(history: list[tuple[int, int]], is_deleted: bool) -> None:
        with TemporaryDirectory() as directory:
            asyncio.run(_live(Path(directory), store_kind, history, is_deleted=is_deleted))

    it_can()


async def _live(path: Path, store_kind: StoreKind, history: list[tuple[int, int]], *, is_deleted: bool) -> None:
    server = await ComposedServer.start(path, database=store_kind.new_database())
    (root,) = await server.add_sub_organization("root of sub")
    life = Life(server, root)
    await life.add_user(1)
    await life.change_policies(0)
    for which, number in history:
        await life.look()
        await STEPS[which](life, number)
    await life.look()
    if is_deleted:
        await life.submit("DELETE_SUB_ORGANIZATION", {"deleteWithoutExport": True})
    readers = [server.root] if is_deleted else [server.root, root, *life.users]
    for reader in readers:
        await _reads_everything(life, reader)
    await _is_explained(life)
    if not is_deleted:
        await _ends_everything(life)
    await server.app.stop()


async def _reads_everything(life: Life, reader: Actor) -> list[dict[str, Any]]:
    below = {"organizationId": life.root.organization_id}
    page = {"paginationOptions": {"limit": "100"}}
    listed = await life.server.query("list_activities", by=reader, **below, **page)
    assert listed.status == 200, listed.body
    activities: list[dict[str, Any]] = listed.json["activities"]
    assert activities
    for activity in activities:
        shown = await life.server.query("get_activity", by=reader, activityId=activity["id"], **below)
        assert shown.status == 200, shown.body
        evaluated = await life.server.query("get_policy_evaluations", by=reader, activityId=activity["id"], **below)
        assert evaluated.status == 200, evaluated.body
    return activities


async def _is_explained(life: Life) -> None:
    store, now_ms = life.server.store, life.server.clock.now_ms()
    below = {"organizationId": life.root.organization_id, "paginationOptions": {"limit": "100"}}
    for each in (await life.server.query("list_activities", **below)).json["activities"]:
        activity = await store.activity(each["organizationId"], each["id"])
        assert activity is not None
        explained = await explain(activity, store, Judge(store, Turns(), SystemRandom()), now_ms=now_ms)
        assert all(vote.recorded_outcome is None for vote in explained.votes)


async def _ends_everything(life: Life) -> None:
    """The root user approves every second of what still waits, and rejects the others."""
    at = 0
    for activity in await _reads_everything(life, life.root):
        if activity["status"] == "ACTIVITY_STATUS_CONSENSUS_NEEDED":
            how = ("APPROVE", "REJECT")[at % 2]
            at += 1
            ended = await life.server.submit(f"{how}_ACTIVITY", {"fingerprint": activity["fingerprint"]}, by=life.root)
            expected = {"APPROVE": ("COMPLETED", "FAILED"), "REJECT": ("REJECTED",)}[how]
            assert ended.activity["status"].removeprefix("ACTIVITY_STATUS_") in expected
    for reader in (life.server.root, life.root):
        await _reads_everything(life, reader)
