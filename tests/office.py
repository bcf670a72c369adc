"""An office: an organization whose users have tags, and policies that say who may do what.

``root`` alone is the root quorum. ``agent`` has the tag ``agents``; ``ann`` and ``bob`` have ``humans``;
``guest`` has none. The thing that is done is a new user tag: ``propose``.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest_asyncio

from composed import Actor, ComposedServer, Reply

PATH = "/public/v1/submit/create_user_tag"
NEW_TAG = "activity.kind == 'CREATE_USER_TAG'"


@dataclass
class Proposal:
    """The body of an activity, and what its submission was answered."""

    body: bytes
    reply: Reply

    @property
    def fingerprint(self) -> str:
        return "sha256:" + hashlib.sha256(self.body).hexdigest()

    @property
    def id(self) -> str:
        activity_id: str = self.reply.activity["id"]
        return activity_id


@dataclass
class Office:
    """See the module."""

    server: ComposedServer
    root: Actor
    agent: Actor
    ann: Actor
    bob: Actor
    guest: Actor
    agents: str
    humans: str
    _numbers: count[int] = field(default_factory=count)

    async def allow(self, condition: str | None = NEW_TAG, consensus: str | None = None, **more: str) -> str:
        """Add an ALLOW; its id."""
        return await self.policy("EFFECT_ALLOW", condition, consensus, **more)

    async def deny(self, condition: str | None = NEW_TAG, consensus: str | None = None, **more: str) -> str:
        """Add a DENY; its id."""
        return await self.policy("EFFECT_DENY", condition, consensus, **more)

    async def policy(self, effect: str, condition: str | None, consensus: str | None, **more: str) -> str:
        """Add a policy; its id. None is an absent text."""
        parameters = {
            "policyName": f"policy {next(self._numbers)}",
            "effect": effect,
            "condition": condition,
            "consensus": consensus,
            "notes": "",
        }
        reply = await self.server.submit("CREATE_POLICY_V3", parameters | more)
        policy_id: str = reply.result["policyId"]
        return policy_id

    def tagged(self, tag_id: str) -> str:
        """A consensus: one approver has the tag."""
        return f"approvers.any(user, user.tags.contains('{tag_id}'))"

    async def propose(self, by: Actor) -> Proposal:
        """Ask for a new tag."""
        parameters = {"userTagName": f"tag {next(self._numbers)}", "userIds": []}
        body = self.server.activity_body("CREATE_USER_TAG", parameters, organization_id=by.organization_id)
        return Proposal(body, await self.server.post(PATH, body, by=by))

    async def vote(self, proposal: Proposal, by: Actor, how: str = "APPROVE") -> Reply:
        """Approve or reject by fingerprint."""
        return await self.server.submit(f"{how}_ACTIVITY", {"fingerprint": proposal.fingerprint}, by=by)

    async def resend(self, proposal: Proposal, by: Actor) -> Reply:
        """Approve by the same bytes."""
        return await self.server.post(PATH, proposal.body, by=by)

    async def activity(self, proposal: Proposal, by: Actor | None = None) -> dict[str, Any]:
        """It as it is now."""
        return (await self.server.query("get_activity", by=by or self.root, activityId=proposal.id)).activity

    async def evaluations(self, activity_id: str) -> list[dict[str, str]]:
        """For each vote that was decided on, what each policy said."""
        reply = await self.server.query("get_policy_evaluations", activityId=activity_id)
        return [
            {each["policyId"]: each["outcome"].removeprefix("OUTCOME_") for each in vote["policyEvaluations"]}
            for vote in reply.json["policyEvaluations"]
        ]

    async def newest(self) -> dict[str, Any]:
        """The newest activity of the organization."""
        activities = (await self.server.query("list_activities", paginationOptions={"limit": "1"})).json["activities"]
        activity: dict[str, Any] = activities[0]
        return activity

    async def simulate(self, body: bytes, *, by: Actor | None = None, **members: Any) -> Reply:
        """What would happen?"""
        actor = by or self.root
        question = {"organizationId": actor.organization_id, "body": body.decode()} | members
        return await self.server.post(
            "/counterseal/v1/query/simulate_activity", json.dumps(question).encode(), by=actor
        )


def status_of(reply: Reply) -> str:
    """The status of the activity that was answered."""
    status: str = reply.activity["status"]
    return status.removeprefix("ACTIVITY_STATUS_")


@pytest_asyncio.fixture
async def office(server: ComposedServer) -> Office:
    agents, humans = [await _tag(server, name) for name in ("agents", "humans")]
    return Office(
        server=server,
        root=server.root,
        agent=await server.add_user("agent", userTags=[agents]),
        ann=await server.add_user("ann", userTags=[humans]),
        bob=await server.add_user("bob", userTags=[humans]),
        guest=await server.add_user("guest"),
        agents=agents,
        humans=humans,
    )


async def _tag(server: ComposedServer, name: str) -> str:
    tag_id: str = (await server.submit("CREATE_USER_TAG", {"userTagName": name, "userIds": []})).result["userTagId"]
    return tag_id
