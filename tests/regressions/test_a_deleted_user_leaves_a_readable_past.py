"""A session for a user waited, the user was deleted: from then on nobody but root users could list or read activities
while there was a policy, and to approve the session was 404 for everybody, for ever.
"""

from __future__ import annotations

import pytest

from counterseal.crypto.p256 import P256PrivateKey
from office import Office

TARGET = P256PrivateKey.generate().public_point.hex()
PENDING = "activity.kind == 'CREATE_READ_WRITE_SESSION'"


@pytest.mark.parametrize("by_email", [False, True])
@pytest.mark.parametrize("is_initiator", [False, True])
async def test_what_names_somebody_who_is_gone_is_read_and_ended(
    office: Office, by_email: bool, is_initiator: bool
) -> None:
    server, victim = office.server, office.guest
    address = {"userId": victim.user_id, "userEmail": "guest@example.com"}
    assert (await server.submit("UPDATE_USER_EMAIL", address)).status == 200
    await office.allow(PENDING, "approvers.count() >= 2")
    version, named = ("", {"email": "guest@example.com"}) if by_email else ("_V2", {"userId": victim.user_id})
    asker = victim if is_initiator else office.agent
    session = {"targetPublicKey": TARGET} | named
    pending = (await server.submit(f"CREATE_READ_WRITE_SESSION{version}", session, by=asker)).activity
    assert pending["status"] == "ACTIVITY_STATUS_CONSENSUS_NEEDED"
    assert (await server.submit("DELETE_USERS", {"userIds": [victim.user_id]})).status == 200

    for reader in (office.root, office.ann, office.agent):
        listed = (await server.query("list_activities", by=reader)).json["activities"]
        assert pending["id"] in [each["id"] for each in listed]
        shown = (await server.query("get_activity", by=reader, activityId=pending["id"])).activity
        assert shown["status"] == "ACTIVITY_STATUS_CONSENSUS_NEEDED"
    fingerprint = {"fingerprint": pending["fingerprint"]}
    approved = (await server.submit("APPROVE_ACTIVITY", fingerprint, by=office.root)).activity
    assert approved["status"] == "ACTIVITY_STATUS_FAILED"
    assert f"unable to find user {victim.user_id}" in approved["failure"]["message"]
    assert (await server.query("get_policy_evaluations", activityId=pending["id"])).status == 200


async def test_and_can_be_rejected(office: Office) -> None:
    server, victim = office.server, office.guest
    await office.allow(PENDING, "approvers.count() >= 2")
    session = {"targetPublicKey": TARGET, "userId": victim.user_id}
    pending = (await server.submit("CREATE_READ_WRITE_SESSION_V2", session, by=office.agent)).activity
    assert (await server.submit("DELETE_USERS", {"userIds": [victim.user_id]})).status == 200
    rejected = await server.submit("REJECT_ACTIVITY", {"fingerprint": pending["fingerprint"]}, by=office.agent)
    assert rejected.activity["status"] == "ACTIVITY_STATUS_REJECTED"
