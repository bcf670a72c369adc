"""Nothing rests on what was not committed: one commit after the other fails while decisions stand on it, and then the
server decides like one that has just been started on what is stored.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from composed import Actor, ComposedServer, Reply, key_params, user_params
from counterseal.crypto import Curve, generate_key_pair
from counterseal.engine.decide.judge import Judge
from counterseal.engine.show.explain import explain
from counterseal.engine.write.writer import BATCH_SECONDS, TOGETHER
from counterseal.store import SqliteStore
from counterseal.world import SystemRandom, Turns
from gate import Gate

TAG = "activity.kind == 'CREATE_USER_TAG'"
KEYS = "activity.kind == 'CREATE_API_KEYS'"

Step = Callable[[], Coroutine[Any, Any, Reply]]


class House:
    """A parent with two users who have no rights but by policies."""

    def __init__(self, server: ComposedServer, gate: Gate, ann: Actor, bob: Actor) -> None:
        self.server = server
        self.gate = gate
        self.ann = ann
        self.bob = bob
        self._numbers = iter(range(1_000_000))

    @classmethod
    async def build(cls, path: Path) -> House:
        gate = Gate()
        server = await ComposedServer.start(path, wrap_store=gate.before)
        return cls(server, gate, await server.add_user("ann"), await server.add_user("bob"))

    def policy(self, effect: str, condition: str) -> Step:
        parameters = {
            "policyName": f"policy {next(self._numbers)}",
            "effect": f"EFFECT_{effect}",
            "condition": condition,
            "notes": "",
        }
        return self._post("CREATE_POLICY_V3", parameters, self.server.root)

    def tag(self, by: Actor) -> Step:
        return self._post("CREATE_USER_TAG", {"userTagName": f"tag {next(self._numbers)}", "userIds": []}, by)

    def key_for(self, user: Actor, by: Actor) -> Step:
        key = key_params(generate_key_pair(Curve.P256))
        return self._post("CREATE_API_KEYS_V2", {"userId": user.user_id, "apiKeys": [key]}, by)

    def user(self) -> Step:
        new = user_params(f"user {next(self._numbers)}", generate_key_pair(Curve.P256))
        return self._post("CREATE_USERS_V4", {"users": [new]}, self.server.root)

    def rename(self, user: Actor) -> Step:
        parameters = {"userId": user.user_id, "userName": f"name {next(self._numbers)}"}
        return self._post("UPDATE_USER_NAME", parameters, self.server.root)

    def _post(self, activity_type: str, parameters: dict[str, Any], by: Actor) -> Step:
        """The same bytes every time it is taken, so that it can be sent again."""
        body = self.server.activity_body(activity_type, parameters, organization_id=by.organization_id)
        path = f"/public/v1/submit/{activity_type.partition('_V')[0].lower()}"
        return lambda: self.server.post(path, body, by=by)

    def session(self) -> Step:
        """Changes nothing; but with eight waiting the writer decides while a commit is under way."""
        return self._post("CREATE_READ_ONLY_SESSION", {}, self.server.root)

    def story(self) -> list[list[Step]]:
        """Groups that are decided while the commit of the group before is under way: some change policies, some look at
        them, and a version that a failed commit has taken is taken again by something else."""
        groups = [
            [self.user(), self.policy("ALLOW", TAG)],
            [],
            [self.rename(self.ann), self.policy("DENY", KEYS)],
            [self.key_for(self.bob, self.bob), self.tag(self.ann)],
            [self.policy("ALLOW", "activity.kind == 'UPDATE_USER_NAME'"), self.rename(self.bob)],
            [self.policy("DENY", TAG), self.tag(self.bob)],
            [self.key_for(self.ann, self.ann), self.tag(self.ann)],
            [],
        ]
        return [[*group, *(self.session() for _ in range(TOGETHER))] for group in groups]

    async def questions(self, app_of: ComposedServer) -> list[Any]:
        """What a server would decide now, of each kind of thing by each user."""
        answers = []
        for actor in (self.ann, self.bob, self.server.root):
            for step in ("tag", "key", "name"):
                parameters: tuple[str, dict[str, Any]] = {
                    "tag": ("CREATE_USER_TAG", {"userTagName": "asked for", "userIds": []}),
                    "key": ("DELETE_API_KEYS", {"userId": self.bob.user_id, "apiKeyIds": [self.bob.user_id]}),
                    "name": ("UPDATE_USER_NAME", {"userId": self.ann.user_id, "userName": "asked for"}),
                }[step]
                body = app_of.activity_body(*parameters, organization_id=actor.organization_id)
                asked = {"body": body.decode(), "userId": actor.user_id}
                reply = await app_of.query("simulate_activity", by=self.server.root, **asked)
                answers.append(reply.json if reply.status == 200 else reply.message)
        return answers


async def settled() -> None:
    for _ in range(300):
        await asyncio.sleep(0)


SLOW_SECONDS = BATCH_SECONDS / 13
"""For each decision: others go on between some of a batch, which has room for a group of the story."""

COMMITS = 8
"""One for each group of the story."""


@pytest.mark.parametrize("is_slow", [False, True])
@pytest.mark.parametrize("failing", range(1, COMMITS + 1))
async def test_a_server_whose_commit_failed_decides_like_a_fresh_one(
    tmp_path: Path, failing: int, is_slow: bool
) -> None:
    house = await House.build(tmp_path)
    gate, story = house.gate, house.story()
    house.server.clock.work_seconds = SLOW_SECONDS if is_slow else 0.0
    gate.fails_at = len(gate.batches) + failing
    waiting: list[tuple[Step, asyncio.Task[Reply]]] = []
    gate.open.clear()
    for group in story:
        waiting += [(step, asyncio.create_task(step())) for step in group]
        await settled()  # decided over what is under way
        if len(waiting) > len(group):
            await gate.let_one_through()
    gate.open.set()
    replies = await asyncio.gather(*(task for _, task in waiting))
    failed = [step for (step, _), reply in zip(waiting, replies, strict=True) if reply.status == 503]
    assert len(failed) == len(story[failing - 1]), "the group whose commit failed, and nobody else"
    assert {reply.status for reply in replies} <= {200, 403, 503}

    await _decides_like_a_fresh_one(house)
    for step in failed:
        assert (await step()).status in (200, 403)
        await _decides_like_a_fresh_one(house)
    await _every_decision_is_what_its_record_says(house)
    await house.server.app.stop()


async def _decides_like_a_fresh_one(house: House) -> None:
    server = house.server
    fresh = ComposedServer(
        app=server.app,
        clock=server.clock,
        random=server.random,
        store=server.store,
        keystore=server.keystore,
        directory=server.directory,
        root=server.root,
    )
    await fresh.start_again()
    assert await house.questions(server) == await house.questions(fresh)
    await fresh.app.stop()


async def _every_decision_is_what_its_record_says(house: House) -> None:
    """The outcome again from what was stored, and the same policies as its reasons."""
    store = SqliteStore.open(house.server.directory.path / "counterseal.db")
    types = ["CREATE_POLICY_V3", "CREATE_USER_TAG", "CREATE_API_KEYS_V2", "UPDATE_USER_NAME"]
    page = {"paginationOptions": {"limit": "100"}, "filterByType": [f"ACTIVITY_TYPE_{each}" for each in types]}
    activities = (await house.server.query("list_activities", **page)).json["activities"]
    assert len(activities) > 10
    for each in activities:
        activity = await store.activity(each["organizationId"], each["id"])
        assert activity is not None
        explained = await explain(
            activity, store, Judge(store, Turns(), SystemRandom()), now_ms=house.server.clock.now_ms()
        )
        recorded = (await house.server.query("get_policy_evaluations", activityId=each["id"])).json["policyEvaluations"]
        for vote, evaluations in zip(explained.votes, recorded, strict=True):
            assert vote.recorded_outcome is None, each
            said = {trace.policy_id: str(trace.outcome) for trace in vote.policies}
            assert {one["policyId"]: one["outcome"] for one in evaluations["policyEvaluations"]} == said
    await store.close()
