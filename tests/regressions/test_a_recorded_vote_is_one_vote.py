"""Every reader of an activity sees the stamps of its votes. Where a key had got another owner, its recorded stamp sent
again was the new owner's approval; and the same bytes, refused once as an approval, could be sent again for ever.
"""

from __future__ import annotations

from composed import Actor, key_params
from office import PATH, Office, Proposal, status_of
from recorded_stamp import stamp_in

HOUR_SECONDS = 60 * 60


async def two_humans(office: Office) -> None:
    consensus = f"approvers.filter(user, user.tags.contains('{office.humans}')).count() >= 2"
    await office.allow(consensus=consensus)


async def give_key(office: Office, of: Actor, to: Actor) -> None:
    """The key of one user is deleted, and registered for another."""
    user = (await office.server.query("get_user", userId=of.user_id)).json["user"]
    (held,) = [key["apiKeyId"] for key in user["apiKeys"] if key["credential"]["publicKey"] == of.public_key]
    await office.server.add_key(of)
    assert (await office.server.submit("DELETE_API_KEYS", {"userId": of.user_id, "apiKeyIds": [held]})).result
    parameters = {"userId": to.user_id, "apiKeys": [key_params(of.key)]}
    assert (await office.server.submit("CREATE_API_KEYS_V2", parameters)).result


async def voters(office: Office, proposal: Proposal) -> list[str]:
    return [vote["userId"] for vote in (await office.activity(proposal))["votes"]]


async def test_a_submission_sent_again_under_the_key_s_new_owner_is_a_read(office: Office) -> None:
    await two_humans(office)
    proposal = await office.propose(office.ann)
    body, stamp = stamp_in(await office.activity(proposal, by=office.guest))
    await give_key(office, office.ann, office.bob)
    again = await office.server.post(PATH, body, by=None, stamp=stamp)
    assert status_of(again) == "CONSENSUS_NEEDED"
    assert await voters(office, proposal) == [office.ann.user_id]
    assert status_of(await office.resend(proposal, office.bob)) == "COMPLETED", "with a key of his own he approves"


async def test_a_vote_sent_again_under_the_key_s_new_owner_is_a_read(office: Office) -> None:
    consensus = f"approvers.filter(user, user.tags.contains('{office.humans}')).count() >= 3"
    await office.allow(consensus=consensus)
    await office.server.add_user("carol", userTags=[office.humans])
    proposal = await office.propose(office.ann)
    await office.vote(proposal, office.bob)
    vote = (await office.activity(proposal, by=office.guest))["votes"][1]
    body, stamp = stamp_in({"votes": [vote]})
    again = await office.server.add_user("bob again", userTags=[office.humans])
    await give_key(office, office.bob, again)
    replayed = await office.server.post("/public/v1/submit/approve_activity", body, by=None, stamp=stamp)
    assert status_of(replayed) == "CONSENSUS_NEEDED"
    assert await voters(office, proposal) == [office.ann.user_id, office.bob.user_id]


async def test_the_same_bytes_are_an_approval_for_a_day(office: Office) -> None:
    await two_humans(office)
    proposal = await office.propose(office.ann)
    office.server.clock.advance(seconds=23 * HOUR_SECONDS)
    assert status_of(await office.resend(proposal, office.bob)) == "COMPLETED"
    later = await office.propose(office.ann)
    refused = await office.resend(later, office.guest)
    assert refused.status == 403
    office.server.clock.advance(seconds=24 * HOUR_SECONDS)
    tagged = {"userId": office.guest.user_id, "userTagIds": [office.humans]}
    assert (await office.server.submit("UPDATE_USER", tagged)).result
    replayed = await office.resend(later, office.guest)
    assert replayed.error == (400, 3, "REQUEST_INVALID")
    assert "within 24 hours" in replayed.message
    assert await voters(office, later) == [office.ann.user_id]
