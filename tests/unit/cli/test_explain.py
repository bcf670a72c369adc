"""counterseal explain: why, from the rows alone."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
import rlp
from click.testing import CliRunner, Result

from committee import DAY_SECONDS
from counterseal.cli import main
from counterseal.contract.shapes import AddressFormat, Curve
from counterseal.engine.decide.judge import Judge
from counterseal.engine.show.explain import explain
from counterseal.world import SystemRandom, Turns
from keys_at_hand import plant_account
from office import NEW_TAG, Office


async def explained(office: Office, activity_id: str, *options: str) -> str:
    """What the command prints while the server is at work."""
    result = await invoke(office, *options, "--", activity_id)
    assert result.exit_code == 0, result.stderr
    return result.stdout


async def invoke(office: Office, *arguments: str) -> Result:
    """On a thread of its own, for it runs an event loop of its own."""
    data = str(office.server.directory.path)
    return await asyncio.to_thread(CliRunner().invoke, main, ["explain", "--data", data, *arguments])


async def explained_json(office: Office, activity_id: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(await explained(office, activity_id, "--json"))
    return found


async def test_a_pending_activity_says_who_may_still_approve(office: Office) -> None:
    await office.allow(consensus=f"{office.tagged(office.agents)} && {office.tagged(office.humans)}")
    await office.allow(f"{NEW_TAG} && eth.tx.value > 0")
    proposal = await office.propose(office.agent)
    text = await explained(office, proposal.id)
    humans = office.tagged(office.humans)
    assert f"vote 1: APPROVED by agent ({office.agent.user_id}) at 2027-01-15T08:00:00Z" in text
    assert "  OUTCOME_REQUIRES_CONSENSUS: a policy allows it once its consensus is reached\n" in text
    assert f"      consensus: {humans} is false (approvers is [{{{office.agent.user_id}}}]; user.tags is ['" in text
    assert f"      would be complete with the approval of ann ({office.ann.user_id})\n" in text
    assert "      condition: eth.tx.value failed: this activity has no eth\n" in text
    assert "root quorum: 0 of 1 approvals\n" in text
    may = ", ".join(f"{name} ({getattr(office, name).user_id})" for name in ("root", "ann", "bob"))
    assert text.endswith(f"may still approve: {may}\n")


async def test_values_are_shown_on_request(office: Office) -> None:
    await office.allow(consensus="approvers.count() >= 2")
    proposal = await office.propose(office.agent)
    assert "activity.kind  →" not in await explained(office, proposal.id)
    text = await explained(office, proposal.id, "--values")
    assert "        activity.kind  →  'CREATE_USER_TAG'\n" in text
    assert "        approvers.count()  →  1\n" in text


async def test_each_vote_is_explained_by_what_held_then(office: Office) -> None:
    both = f"{office.tagged(office.agents)} && {office.tagged(office.humans)}"
    policy = await office.allow(consensus=both)
    proposal = await office.propose(office.agent)
    await office.server.submit("UPDATE_POLICY_V2", {"policyId": policy, "policyConsensus": "approvers.count() >= 2"})
    await office.vote(proposal, office.guest)
    await office.server.submit("DELETE_POLICY", {"policyId": policy})
    await office.server.submit("DELETE_USERS", {"userIds": [office.agent.user_id]})
    await office.server.set_root_quorum(1, office.ann)
    found = await explained_json(office, proposal.id)
    assert found["status"] == "ACTIVITY_STATUS_COMPLETED"
    first, second = found["votes"]
    assert (first["selection"], first["outcome"]) == ("VOTE_SELECTION_APPROVED", "OUTCOME_REQUIRES_CONSENSUS")
    assert office.humans in first["policies"][0]["blame"][0]
    assert (second["userName"], second["outcome"]) == ("guest", "OUTCOME_ALLOW")
    assert second["policies"][0]["consensus"]["expression"] == "approvers.count() >= 2"
    assert "recordedOutcome" not in first | second
    assert (found["mayApprove"], found["liveApprovals"]) == ([], [])


async def test_what_is_explained_is_what_was_recorded(office: Office) -> None:
    """For every vote of a history in which everything changes: the decision made again is the decision on record."""
    both = f"{office.tagged(office.agents)} && {office.tagged(office.humans)}"
    await office.allow(consensus=both)
    await office.deny(consensus=f"approvers.any(user, user.id == '{office.bob.user_id}')")
    proposals = [await office.propose(user) for user in (office.agent, office.guest, office.bob, office.root)]
    await office.vote(proposals[0], office.root, "REJECT")
    await office.server.set_root_quorum(2, office.root, office.ann)
    waiting = await office.propose(office.root)
    await office.vote(waiting, office.ann)
    change = {"userTagId": office.humans, "addUserIds": [office.guest.user_id], "removeUserIds": []}
    await office.server.submit("UPDATE_USER_TAG", change)
    store = office.server.store
    listed = (await office.server.query("list_activities", paginationOptions={"limit": "100"})).json["activities"]
    judge, seen = Judge(store, Turns(), SystemRandom()), 0
    for each in listed:
        activity = await store.activity(office.root.organization_id, each["id"])
        assert activity is not None
        for vote in (await explain(activity, store, judge, now_ms=office.server.clock.now_ms())).votes:
            assert vote.recorded_outcome is None
            seen += vote.outcome is not None
    assert seen > len(listed)


async def test_a_denied_a_rejected_and_a_lapsed_activity(office: Office) -> None:
    await office.allow(consensus=f"{office.tagged(office.agents)} && {office.tagged(office.humans)}")
    await office.propose(office.guest)
    denied = await explained(office, (await office.newest())["id"])
    assert "  ACTIVITY_STATUS_FAILED\n" in denied
    assert "  OUTCOME_DENY_IMPLICIT: no policy allows it\n" in denied
    rejected = await office.propose(office.agent)
    await office.vote(rejected, office.ann, "REJECT")
    assert (await explained(office, rejected.id)).endswith("  a rejection is final\n")
    lapsed = await office.propose(office.agent)
    activity = await office.server.store.activity(office.root.organization_id, lapsed.id)
    assert activity is not None
    later = office.server.clock.now_ms() + (DAY_SECONDS + 1) * 1000
    found = await explain(
        activity, office.server.store, Judge(office.server.store, Turns(), SystemRandom()), now_ms=later
    )
    assert found.live_approvals == []
    assert office.agent.user_id in found.may_approve


async def test_when_nobody_can_help_it_says_so(office: Office) -> None:
    policy = await office.allow(consensus="approvers.count() >= 2")
    proposal = await office.propose(office.agent)
    await office.server.submit("DELETE_POLICY", {"policyId": policy})
    may = await explained_json(office, proposal.id)
    assert may["mayApprove"] == [office.root.user_id]


@pytest.mark.parametrize(
    ("activity_id", "words"),
    [("3f1c5d0e-6f0b-4a0e-8a3e-0b9d1f2a3c4d", "no activity found with ID"), ("x", "expected a UUID")],
)
async def test_an_activity_that_is_not_there(office: Office, activity_id: str, words: str) -> None:
    result = await invoke(office, "--", activity_id)
    assert result.exit_code == 1
    assert words in result.stderr


async def test_what_is_signed_is_said_in_words(office: Office) -> None:
    account = await plant_account(office.server, b"\x11" * 32, Curve.SECP256K1, AddressFormat.ETHEREUM)
    to = "0x70997970c51812dc3a010c7d01b50e0d17dc79c8"
    unsigned = "02" + rlp.encode([1, 0, 1, 2, 21_000, bytes.fromhex(to[2:]), 10**18, b"", []]).hex()
    await office.allow(f"eth.tx.to == '{to}'", "approvers.count() >= 2")
    parameters = {"signWith": account.address, "unsignedTransaction": unsigned, "type": "TRANSACTION_TYPE_ETHEREUM"}
    reply = await office.server.submit("SIGN_TRANSACTION_V2", parameters, by=office.ann)
    words = f"On chain 1, {account.address} sends 1 ether (1000000000000000000 wei) to {to}. Type 2, nonce 0, "
    assert f"\n  {words}" in await explained(office, reply.activity["id"])
    digest = {"payload": "22" * 32, "encoding": "PAYLOAD_ENCODING_HEXADECIMAL", "hashFunction": "HASH_FUNCTION_NO_OP"}
    reply = await office.server.submit("SIGN_RAW_PAYLOAD_V2", digest | {"signWith": account.address})
    found = await explained_json(office, reply.activity["id"])
    assert found["inWords"] == f"{account.address} signs the digest 0x{'22' * 32}. What it stands for cannot be seen."
    gone = {"walletAccountIds": [account.id], "deleteWithoutExport": True}
    assert (await office.server.submit("DELETE_WALLET_ACCOUNTS", gone)).status == 200
    assert (await explained_json(office, reply.activity["id"]))["inWords"] == "", "the key is not there any more"
