"""Every step of the decision order and every rule of an activity's life has a scenario by an official client.

The rows are those of Turnkey's documentation (organizations, policy engine, activities overview, root quorum). What
they mean here is in docs/policy-language.md and docs/divergences.md. If a scenario goes or is renamed, its row fails.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from conformance import clock_server, scenarios

HERE = Path(__file__).parent

DECISION_ORDER = {
    "1 authenticate: stamp, credential, expiry": [
        "decision_order: who does not sign is refused before anything is decided, whatever the policies allow",
        "stamps: a body changed after it was stamped is refused",
        "stamps: a stamp by another key under this key's name is refused",
        "stamps: no stamp, an empty one, one that is none",
        "api_keys: an expired key is told so in the words by which clients end a session",
        "time: a session's key ends with its session",
    ],
    "2 IP allowlist, session scope": [
        "decision_order: an IP allow-list comes before everything that is decided",
        "decision_order: the scope of a session comes before the root quorum",
    ],
    "3 liveness of timestampMs": [
        "activities: timestamps: up to an hour old, up to five minutes ahead",
        "time: a stamped request is good for an hour; what was sent in time is known for ever",
        "decision_order: an old request is refused before it is decided, and leaves nothing",
    ],
    "4 feature gate": ["passkeys: only the origins that the organization allows may use passkeys"],
    "5 hard defaults that no policy lifts": [
        "decision_order: what no policy lifts: root users stay, everybody keeps a key, the parent writes nothing",
        "organizations: the parent writes nothing there",
    ],
    "6 root quorum met: allow, above every policy": [
        "policies: a DENY beats an ALLOW; only the root quorum beats a DENY",
        "policies: the root quorum completes what waits for a policy",
        "consensus: approve_activity answers with its target, carried out",
        "test_python_policies: test_an_explicit_deny_is_an_error_of_its_own",
    ],
    "7 kinds of the root quorum alone": [
        "decision_order: the four kinds of the root quorum: no policy allows them",
        "decision_order: the four kinds of the root quorum: one root user of two waits for the other",
        "policies: what only the root quorum may do, no policy allows",
        "consensus: the root quorum itself changes by consensus, and the new one holds at once",
    ],
    "8 policies: DENY": [
        "policies: a DENY beats an ALLOW; only the root quorum beats a DENY",
        "policies: 2 of 3 root users, a policy for one of them, and a DENY on a partly met quorum",
        "decision_order: a DENY that does not match, and one that fails, stop nobody",
        "decision_order: an ALLOW comes before one that waits, a DENY before both",
        "test_python_policies: test_an_explicit_deny_is_an_error_of_its_own",
    ],
    "8 policies: ALLOW": [
        "policies: an ALLOW allows; without one it is denied implicitly",
        "test_python_policies: test_an_allow_allows_and_each_vote_is_on_record",
    ],
    "8 policies: consensus": [
        "policies: agent and human: it waits, and the approval's reply has the result",
        "policies: two of those with a tag; who does not contribute is denied at once",
        "test_python_policies: test_consensus_needed_by_a_policy_is_an_error_at_once",
    ],
    "8 policies: time": [
        "decision_order: an ALLOW whose time is not now is inactive; one that has no consensus either is no match"
    ],
    "8 policies: one that fails": ["policies: a policy that fails is passed over, the others decide"],
    "8 policies: delegated access in a sub-organization": [
        "policies: delegated access in a sub-organization, set up by its owner, who then leaves nothing else to it",
        "test_python_policies: test_a_delegate_in_a_sub_organization_does_what_its_policy_says_and_no_more",
    ],
    "9 own credentials, if no policy decided": [
        "policies: one's own credentials: allowed, unless a policy says otherwise",
        "decision_order: the right over one's own credentials yields to no policy that fails or does not match",
        "consensus: one's own credentials need nobody's consent",
    ],
    "10 implicit deny": [
        "decision_order: what nobody allows is denied: HTTP 403 with what each policy said, and kept as FAILED",
        "activities: a denied activity is kept: the same refusal for ever, FAILED in the list",
        "test_python_policies: test_what_no_policy_allows_is_denied_implicitly_and_kept",
    ],
}

LIFE_CYCLE = {
    "statuses: COMPLETED, CONSENSUS_NEEDED, REJECTED, FAILED": [
        "consensus: http's poller throws on what is not completed: needed, rejected, failed",
        "activities: list_activities filters by status and by type, versions apart, both at once",
        "test_python_refusals: test_a_failed_activity_carries_its_failure",
    ],
    "the submission is the first vote": [
        "life_cycle: the submission is the first vote; an approval records its own stamp, scheme, key and bytes"
    ],
    "approvals lapse after 24 hours, the activity stays": [
        "time: an approval counts for 24 hours: at their end it still does",
        "time: after 24 hours a root user's approval has lapsed, the activity stays, the approval is given again",
        "time: after 24 hours an agent's approval has lapsed: the human's alone does not do",
        "time: approvals lapse together, 24 hours after the first of them",
        "time: an activity waits for ever, and may be rejected at any time",
    ],
    "fingerprint: the same body is the same activity, another user's is a vote": [
        "activities: the same bytes again are the same activity, and nothing happens twice",
        "activities: another timestamp makes another activity",
        "consensus: the same bytes by another root user are an approval; by the same user, a read",
        "policies: agent and human: it waits, and the approval's reply has the result",
    ],
    "approve_activity: by fingerprint, in the same organization, with a fresh timestamp": [
        "life_cycle: an approval needs a fresh timestamp, and its own organization",
        "consensus: votes on what is not there, or over",
        "consensus: votes count in their own organization only",
    ],
    "approve_activity: what is stored is the voter's stamp": [
        "life_cycle: the submission is the first vote; an approval records its own stamp, scheme, key and bytes",
        "stamps: the vote on an activity is the stamp, and crypto verifies it",
    ],
    "approved: carried out in the same call, the reply has the result": [
        "life_cycle: pending, approved, carried out in the same reply, and seen to have happened",
        "consensus: approve_activity answers with its target, carried out",
        "test_python_policies: test_the_approval_s_reply_has_the_result",
        "test_python_client: test_votes_answer_with_their_target",
    ],
    "root quorum of 2 of 3": [
        "policies: 2 of 3 root users, a policy for one of them, and a DENY on a partly met quorum",
        "consensus: approve_activity answers with its target, carried out",
    ],
    "rejected: by one who is authorized, for ever": [
        "consensus: one rejection is final",
        "consensus: the proposer may withdraw",
        "policies: one rejection by who takes part is final",
        "life_cycle: who proposed, who takes part and who is root may each reject, once for all; others may not",
        "test_python_policies: test_a_rejection_is_final_and_ends_the_poll_of_who_waits",
    ],
    "who may approve: those in the consensus, and root users": [
        "policies: two of those with a tag; who does not contribute is denied at once",
        "policies: the root quorum completes what waits for a policy",
        "consensus: who takes no part may not vote",
    ],
    "canApprove and canReject": [
        "policies: canApprove and canReject are the reader's own",
        "consensus: canApprove and canReject are the reader's own",
        "life_cycle: canApprove and canReject of what is over",
    ],
    "one user is one approver": [
        "life_cycle: a user is one approver, whatever the credential and however often",
        "consensus: the same user's second approval changes nothing",
    ],
    "policy, tag or quorum changed while pending: the next vote is judged by what holds then": [
        "policies: the next vote is judged by the policy of that moment",
        "life_cycle: a tag that is given or taken while it waits counts at the next vote",
        "life_cycle: a root quorum that changes while it waits counts at the next vote",
        "life_cycle: a policy that is loosened or added decides nothing until somebody votes",
    ],
    "votes of deleted users and of revoked credentials": [
        "life_cycle: the vote of a user who is gone does not count",
        "life_cycle: a vote outlives the key that cast it",
    ],
    "a late vote that a DENY matches": [
        "policies: a late vote that a DENY matches is refused, not stored, and what waits goes on waiting"
    ],
    "denied: HTTP 403, code 7, kept as FAILED": [
        "decision_order: what nobody allows is denied: HTTP 403 with what each policy said, and kept as FAILED",
        "policies: a DENY beats an ALLOW; only the root quorum beats a DENY",
    ],
    "get_policy_evaluations: one entry a vote": [
        "life_cycle: get_policy_evaluations: an entry for each vote under its id, none for a rejection",
        "test_python_policies: test_the_approval_s_reply_has_the_result",
    ],
    "what each client makes of consensus": [
        "policies: http throws on consensus needed and on rejection",
        "consensus: http's poller throws on what is not completed: needed, rejected, failed",
        "consensus: sdk-server polls while consensus is needed, then hands the activity over without an error",
        "consensus: sdk-server gets the result when the approval comes while it polls",
        "core: what waits for another root user is handed over after the polls, without an error",
        "test_python_refusals: test_consensus_needed_is_an_error_at_once",
        "test_python_refusals: test_consensus_polling_waits_for_the_vote",
        "test_python_policies: test_consensus_needed_by_a_policy_is_an_error_at_once",
    ],
}


def _tests() -> set[str]:
    javascript = {
        f"{file.name.partition('.')[0]}: {title}"
        for file in (*scenarios.JAVASCRIPT_FILES, *clock_server.FILES)
        for title in scenarios.titles(file)
    }
    python = {
        f"{file.stem}: {name}"
        for file in HERE.glob("test_python_*.py")
        for name in re.findall(r"^def (test_\w+)", file.read_text(), re.MULTILINE)
    }
    return javascript | python


@pytest.mark.parametrize("row", [*DECISION_ORDER, *LIFE_CYCLE])
def test_every_row_has_its_scenarios(row: str) -> None:
    named = (DECISION_ORDER | LIFE_CYCLE)[row]
    assert named
    assert set(named) <= _tests()
