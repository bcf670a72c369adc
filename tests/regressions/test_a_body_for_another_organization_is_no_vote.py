"""A body that was stamped for one organization could be filed, with its stamp, in another one that knows the same key:
an audit did not look at whom the body names, nor at when it was made.
"""

from __future__ import annotations

import msgspec
import pytest

from audited import exported, key_of, sequenced
from composed import ComposedServer
from counterseal.audit import verify
from counterseal.audit.bodies import check_body
from counterseal.crypto import Curve, generate_key_pair
from counterseal.engine.decide.submit import TIMESTAMP_AGE_MAX_MS, TIMESTAMP_AHEAD_MAX_MS
from counterseal.ledger import NotProven
from counterseal.store import StoredActivity
from office import Office, Proposal


async def stored(server: ComposedServer, organization_id: str, activity_id: str) -> StoredActivity:
    found = await server.store.activity(organization_id, activity_id)
    assert found is not None
    return found


async def waiting(office: Office) -> Proposal:
    """What needs another one's approval."""
    await office.allow(consensus=f"{office.tagged(office.agents)} && {office.tagged(office.humans)}")
    return await office.propose(office.agent)


def cast_at(activity: StoredActivity, created_ms: int) -> StoredActivity:
    """The same with its last vote cast at another time."""
    vote = msgspec.structs.replace(activity.votes[-1], created_ms=created_ms)
    return msgspec.structs.replace(activity, votes=(*activity.votes[:-1], vote))


def check(activity: StoredActivity, parent_id: str | None = None) -> None:
    check_body(activity, activity.votes[-1], parent_id=parent_id)


async def test_a_submission_filed_in_another_organization_is_found(server: ComposedServer) -> None:
    key = generate_key_pair(Curve.P256)
    (one,) = await server.add_sub_organization("one", keys=[key])
    (two,) = await server.add_sub_organization("two", keys=[key])
    reply = await server.submit("CREATE_USER_TAG", {"userTagName": "one's", "userIds": []}, by=one)
    activity = await stored(server, one.organization_id, reply.activity["id"])
    parent_id = server.root.organization_id
    check(activity, parent_id)
    there = msgspec.structs.replace(activity, organization_id=two.organization_id)
    with pytest.raises(NotProven, match=f"is for organization {one.organization_id}, not for {two.organization_id}"):
        check(there, parent_id)
    with pytest.raises(NotProven, match="is for organization"):
        check(there, one.organization_id)  # nothing but a login may name the parent


async def test_votes_name_their_organization_too(office: Office) -> None:
    proposal = await waiting(office)
    await office.vote(proposal, office.ann, "REJECT")
    activity = await stored(office.server, office.root.organization_id, proposal.id)
    assert len(activity.votes) == 2
    check(activity)
    elsewhere = msgspec.structs.replace(activity, organization_id=proposal.id)
    with pytest.raises(NotProven, match="is for organization"):
        check(elsewhere)


@pytest.mark.parametrize("vote", [False, True])
async def test_a_body_of_another_time_is_found(office: Office, vote: bool) -> None:
    proposal = await waiting(office)
    if vote:
        await office.vote(proposal, office.ann, "REJECT")
    activity = await stored(office.server, office.root.organization_id, proposal.id)
    made_ms = int(msgspec.json.decode(activity.votes[-1].message)["timestampMs"])
    check(cast_at(activity, made_ms + TIMESTAMP_AGE_MAX_MS - 1))
    check(cast_at(activity, made_ms - TIMESTAMP_AHEAD_MAX_MS))
    for other_ms in (made_ms + TIMESTAMP_AGE_MAX_MS, made_ms - TIMESTAMP_AHEAD_MAX_MS - 1):
        with pytest.raises(NotProven, match="would have been refused then: invalid request timestamp"):
            check(cast_at(activity, other_ms))


async def test_a_login_under_the_parent_s_id_verifies(server: ComposedServer) -> None:
    (sub,) = await server.add_sub_organization("below")
    login = {"publicKey": generate_key_pair(Curve.P256).public_key.hex()}
    reply = await server.submit("STAMP_LOGIN", login, by=sub, organizationId=server.root.organization_id)
    assert reply.activity["organizationId"] == sub.organization_id
    await sequenced(server)
    verified = await verify(await exported(server.store, sub.organization_id), key_of(server))
    assert verified.decisions == 1
    activity = await stored(server, sub.organization_id, reply.activity["id"])
    with pytest.raises(NotProven, match="is for organization"):
        check(activity, parent_id=sub.organization_id)
