"""Votes that come late: lapsed windows, and an organization that has changed meanwhile."""

from __future__ import annotations

from committee import DAY_SECONDS, Committee, selections
from composed import Reply, key_params
from counterseal.crypto import Curve, generate_key_pair
from counterseal.crypto.p256 import P256PrivateKey


class TestLapse:
    """Approvals lapse together when their window of 24 hours closes."""

    async def test_after_the_window_approvals_must_be_given_again(self, committee: Committee) -> None:
        committee.server.clock.advance(seconds=DAY_SECONDS + 1)
        assert (await committee.seen_by(committee.first))["canApprove"]
        reply = await committee.vote("APPROVE", committee.second)
        assert reply.activity["status"] == "ACTIVITY_STATUS_CONSENSUS_NEEDED"
        assert len(reply.activity["votes"]) == 2
        renewed = await committee.vote("APPROVE", committee.first)
        assert renewed.result["userIds"]
        assert [user_id for user_id, _ in selections(renewed.activity)] == [
            committee.first.user_id,
            committee.second.user_id,
            committee.first.user_id,
        ]

    async def test_the_same_bytes_do_not_renew(self, committee: Committee) -> None:
        committee.server.clock.advance(seconds=DAY_SECONDS + 1)
        assert (await committee.resend(committee.first)).activity["votes"] == committee.pending["votes"]
        third = await committee.resend(committee.third)
        assert third.error == (400, 3, "REQUEST_INVALID")
        assert "approve this activity by approve_activity" in third.message
        assert await committee.status() == "CONSENSUS_NEEDED"

    async def test_a_renewal_opens_a_window_of_its_own(self, committee: Committee) -> None:
        committee.server.clock.advance(seconds=DAY_SECONDS + 1)
        await committee.vote("APPROVE", committee.second)
        committee.server.clock.advance(seconds=DAY_SECONDS - 1)
        assert (await committee.vote("APPROVE", committee.third)).result["userIds"]

    async def test_a_rejection_does_not_lapse_and_needs_no_window(self, committee: Committee) -> None:
        committee.server.clock.advance(seconds=30 * DAY_SECONDS)
        await committee.vote("REJECT", committee.first)
        committee.server.clock.advance(seconds=30 * DAY_SECONDS)
        assert await committee.status() == "REJECTED"


class TestWhenThingsHaveChanged:
    """The last approval is judged by what holds at that moment."""

    async def test_a_limit_that_is_hit_late_fails_the_activity(self, committee: Committee) -> None:
        server, target = committee.server, committee.member
        keys = [generate_key_pair(Curve.P256) for _ in range(9)]
        parameters = {"userId": target.user_id, "apiKeys": [key_params(keys[0])]}
        pending = await server.submit("CREATE_API_KEYS_V2", parameters)
        assert pending.activity["status"] == "ACTIVITY_STATUS_CONSENSUS_NEEDED"
        own = {"userId": target.user_id, "apiKeys": [key_params(generate_key_pair(Curve.P256)) for _ in range(9)]}
        assert (await server.submit("CREATE_API_KEYS_V2", own, by=target)).result
        fingerprint = {"fingerprint": pending.activity["fingerprint"]}
        late = await server.submit("APPROVE_ACTIVITY", fingerprint, by=committee.second)
        assert late.status == 200
        assert late.activity["status"] == "ACTIVITY_STATUS_FAILED"
        assert late.activity["result"] == {}
        assert late.activity["failure"] == {
            "code": 8,
            "message": "user has exceeded maximum long-lived api keys: at most 10 are allowed",
            "details": [],
        }
        assert len(late.activity["votes"]) == 2
        keys_now = (await server.query("get_api_keys", userId=target.user_id)).json["apiKeys"]
        assert len(keys_now) == 10
        again = await server.post("/public/v1/submit/create_api_keys", _message(pending), by=server.root)
        assert again.activity["status"] == "ACTIVITY_STATUS_FAILED"

    async def test_a_key_that_was_taken_meanwhile_fails_the_activity(self, committee: Committee) -> None:
        server = committee.server
        key = key_params(generate_key_pair(Curve.P256))
        pending = await server.submit("CREATE_API_KEYS_V2", {"userId": committee.second.user_id, "apiKeys": [key]})
        own = {"userId": committee.member.user_id, "apiKeys": [key]}
        assert (await server.submit("CREATE_API_KEYS_V2", own, by=committee.member)).result
        fingerprint = {"fingerprint": pending.activity["fingerprint"]}
        late = await server.submit("APPROVE_ACTIVITY", fingerprint, by=committee.third)
        assert (late.status, late.activity["failure"]["code"]) == (200, 6)

    async def test_a_failure_keeps_the_service_s_code_in_its_details(self, committee: Committee) -> None:
        server, member = committee.server, committee.member
        second_key = await server.add_key(member)
        keys = (await server.query("get_api_keys", userId=member.user_id)).json["apiKeys"]
        ids = [key["apiKeyId"] for key in keys]
        pending = await server.submit("DELETE_API_KEYS", {"userId": member.user_id, "apiKeyIds": ids[:1]})
        own = {"userId": member.user_id, "apiKeyIds": ids[1:]}
        assert (await server.submit("DELETE_API_KEYS", own, by=second_key)).result
        fingerprint = {"fingerprint": pending.activity["fingerprint"]}
        late = await server.submit("APPROVE_ACTIVITY", fingerprint, by=committee.second)
        detail = {"@type": "type.googleapis.com/errors.v1.TurnkeyErrorDetail", "turnkeyErrorCode": "REQUEST_INVALID"}
        assert late.activity["failure"] == {
            "code": 3,
            "message": f"user missing valid credential: {member.user_id}",
            "details": [detail],
        }

    async def test_those_who_left_the_quorum_vote_no_more(self, committee: Committee) -> None:
        server, members = committee.server, [committee.first.user_id, committee.second.user_id]
        pending = await server.submit("UPDATE_ROOT_QUORUM", {"threshold": 2, "userIds": members})
        fingerprint = {"fingerprint": pending.activity["fingerprint"]}
        assert (await server.submit("APPROVE_ACTIVITY", fingerprint, by=committee.third)).result == {}
        assert (await committee.vote("APPROVE", committee.third)).status == 403
        assert not (await committee.seen_by(committee.third))["canApprove"]
        assert (await committee.vote("APPROVE", committee.second)).result["userIds"]

    async def test_a_lower_threshold_lets_a_pending_activity_through_on_its_next_vote(
        self, committee: Committee
    ) -> None:
        server = committee.server
        parameters = {"threshold": 1, "userIds": [committee.third.user_id]}
        pending = await server.submit("UPDATE_ROOT_QUORUM", parameters, by=committee.second)
        fingerprint = {"fingerprint": pending.activity["fingerprint"]}
        assert (await server.submit("APPROVE_ACTIVITY", fingerprint, by=committee.third)).status == 200
        assert await committee.status() == "CONSENSUS_NEEDED"
        assert (await committee.resend(committee.third)).result["userIds"]

    async def test_a_voter_whose_key_is_gone_cannot_vote_with_it(self, committee: Committee) -> None:
        server, second = committee.server, committee.second
        fresh = await server.add_key(second)
        keys = (await server.query("get_api_keys", userId=second.user_id)).json["apiKeys"]
        old = next(key["apiKeyId"] for key in keys if key["credential"]["publicKey"] == second.public_key)
        gone = {"userId": second.user_id, "apiKeyIds": [old]}
        assert (await server.submit("DELETE_API_KEYS", gone, by=fresh)).result
        assert (await committee.vote("APPROVE", second)).error == (401, 16, "PUBLIC_KEY_NOT_FOUND")
        assert (await committee.resend(second)).error == (401, 16, "PUBLIC_KEY_NOT_FOUND")
        assert (await committee.vote("APPROVE", fresh)).result["userIds"]

    async def test_an_approval_stays_when_its_key_goes_and_shows_its_voter_as_it_was(
        self, committee: Committee
    ) -> None:
        server, first = committee.server, committee.first
        before = committee.pending["votes"][0]["user"]
        fresh = await server.add_key(first)
        gone = {"userId": first.user_id, "apiKeyIds": [before["apiKeys"][0]["apiKeyId"]]}
        assert (await server.submit("DELETE_API_KEYS", gone, by=fresh)).result
        done = await committee.vote("APPROVE", committee.second)
        assert done.result["userIds"]
        assert done.activity["votes"][0]["user"] == before
        await server.restart()
        assert (await committee.seen_by(committee.third))["votes"][0]["user"] == before


async def test_a_session_that_completes_later_is_the_initiator_s(committee: Committee) -> None:
    server = committee.server
    target = P256PrivateKey.generate().public_point.hex()
    parameters = {"targetPublicKey": target, "userId": committee.member.user_id}
    pending = await server.submit("CREATE_READ_WRITE_SESSION_V2", parameters)
    assert pending.activity["status"] == "ACTIVITY_STATUS_CONSENSUS_NEEDED"
    fingerprint = {"fingerprint": pending.activity["fingerprint"]}
    done = await server.submit("APPROVE_ACTIVITY", fingerprint, by=committee.second)
    assert done.result["userId"] == committee.member.user_id
    assert done.result["credentialBundle"]


def _message(reply: Reply) -> bytes:
    message: str = reply.activity["votes"][0]["message"]
    return message.encode()
