"""The largest activities that an organization can have, in one that is at its limits (see ``largest``).

Votes that would take hours are written by the store, as copies of one that was cast.
"""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from composed import Actor, ComposedServer, user_params
from counterseal.engine.decide.evidence import SPARE_BYTES
from counterseal.engine.decide.vote import RESENT_BYTES_MAX, VOTES_MAX
from counterseal.stamps.webauthn import MAX_HEADER_LENGTH
from counterseal.store import Commit, StoredActivity
from counterseal.world import World
from largest import NOTES, TEXT, Largest
from software_authenticator import SoftwareAuthenticator

QUOTES = '"' * 255
LARGEST_STAMP = '"' * MAX_HEADER_LENGTH
"""As many characters as a stamp may have, all of which are escaped where it is shown."""


def users_of_the_largest_body() -> list[dict[str, Any]]:
    """Root users who fill a body of 1 MiB nearly, by what their passkeys say of themselves."""
    statement = {"ver": QUOTES, "response": bytes(11_700)}
    return [
        user_params(
            QUOTES,
            authenticators=[
                SoftwareAuthenticator().registration(QUOTES, form="android-safetynet", statement=statement)
                for _ in range(8)
            ],
        )
        for _ in range(7)
    ]


async def with_the_largest_body(server: ComposedServer, count: int) -> list[str]:
    """Ids of completed activities of nearly 1 MiB each, which is shown twice."""
    users, made = users_of_the_largest_body(), []
    for _ in range(count):
        parameters = {"subOrganizationName": QUOTES, "rootUsers": users, "rootQuorumThreshold": 1}
        made.append((await server.submit("CREATE_SUB_ORGANIZATION_V8", parameters)).activity["id"])
    return made


async def with_the_most_votes(server: ComposedServer, organization: Largest) -> str:
    """The id of one that waits for all of a hundred root users. Half of its votes are its own bytes, sent again;
    the others are as large as a vote may be.
    """
    members = [Actor(server.root.organization_id, each.user_id, each.key) for each in organization.members]
    await server.set_root_quorum(1 + len(members), server.root, *members)
    changed = {"policyId": organization.policy_ids[0], "policyName": "changed", "policyNotes": NOTES}
    body = server.activity_body("UPDATE_POLICY_V2", changed | {"policyCondition": TEXT[:7_000]})
    assert 0.8 * RESENT_BYTES_MAX < len(body) <= RESENT_BYTES_MAX
    for voter in (server.root, members[0]):
        reply = await server.post("/public/v1/submit/update_policy", body, by=voter)
        assert reply.activity["status"] == "ACTIVITY_STATUS_CONSENSUS_NEEDED"
    await _copy_votes(server, reply.activity["id"], [member.user_id for member in members[1:]])
    return str(reply.activity["id"])


async def _copy_votes(server: ComposedServer, activity_id: str, user_ids: list[str]) -> None:
    activity = await server.store.activity(server.root.organization_id, activity_id)
    assert activity is not None
    world = World(server.clock.now_ms(), server.random)
    resent = [replace(activity.votes[1], id=world.new_id(), user_id=user_id) for user_id in user_ids]
    approved = [
        replace(vote, id=world.new_id(), message=b'"' * (SPARE_BYTES + 300), signature=LARGEST_STAMP)
        for vote in (*activity.votes, *resent)
    ][: VOTES_MAX - 2 - len(resent)]
    new_votes = (*resent, *approved)
    voted: StoredActivity = replace(activity, votes=(*activity.votes, *new_votes))
    assert len(voted.votes) == VOTES_MAX
    await server.store.commit([Commit(activity=voted, is_new=False, new_votes=new_votes)])
