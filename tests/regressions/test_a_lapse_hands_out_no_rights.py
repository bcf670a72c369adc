"""The right over one's own credentials was judged by who had submitted, not by whose approvals were live: after carol's
approval had lapsed, dave alone, one of three root users, completed what she had asked for.
"""

from __future__ import annotations

from composed import ComposedServer, key_params
from counterseal.crypto import Curve, generate_key_pair

LATER_SECONDS = 25 * 60 * 60


async def test_a_root_user_below_the_quorum_does_not_complete_what_another_asked_for(server: ComposedServer) -> None:
    carol, dave = await server.add_user("carol"), await server.add_user("dave")
    admins = (await server.submit("CREATE_USER_TAG", {"userTagName": "admins", "userIds": []})).result["userTagId"]
    policy = {
        "policyName": "keys",
        "effect": "EFFECT_ALLOW",
        "condition": "activity.kind == 'CREATE_API_KEYS'",
        "consensus": f"approvers.any(u, u.id == '{carol.user_id}') && approvers.any(u, u.tags.contains('{admins}'))",
        "notes": "",
    }
    assert (await server.submit("CREATE_POLICY_V3", policy)).result
    admin = await server.add_user("admin", userTags=[admins])
    await server.set_root_quorum(3, server.root, carol, dave)

    own = {"userId": carol.user_id, "apiKeys": [key_params(generate_key_pair(Curve.P256))]}
    pending = (await server.submit("CREATE_API_KEYS_V2", own, by=carol)).activity
    assert pending["status"] == "ACTIVITY_STATUS_CONSENSUS_NEEDED"
    server.clock.advance(seconds=LATER_SECONDS)

    fingerprint = {"fingerprint": pending["fingerprint"]}
    late = (await server.submit("APPROVE_ACTIVITY", fingerprint, by=dave)).activity
    assert late["status"] == "ACTIVITY_STATUS_CONSENSUS_NEEDED"
    assert (await server.submit("APPROVE_ACTIVITY", fingerprint, by=carol)).activity["status"] == late["status"]
    assert (await server.submit("APPROVE_ACTIVITY", fingerprint, by=admin)).result["apiKeyIds"]
