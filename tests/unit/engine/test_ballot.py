"""Which approvals are live."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

import sample
from counterseal.engine.decide.ballot import (
    CONSENSUS_WINDOW_MS,
    approver_ids,
    has_live_approval,
    has_rejected,
    has_voted,
    live_approvals,
)
from counterseal.store import StoredVote, VoteSelection
from sample import NOW_MS, uuid

HOUR_MS = 60 * 60 * 1000
ACTIVITY_ID = uuid(0xAC)
selections = st.sampled_from(VoteSelection)
gaps = st.one_of(st.just(CONSENSUS_WINDOW_MS), st.just(CONSENSUS_WINDOW_MS + 1), st.integers(0, 30 * HOUR_MS))


def vote(user: int, at_ms: int, selection: VoteSelection = VoteSelection.APPROVED) -> StoredVote:
    return sample.vote(ACTIVITY_ID, uuid(user), created_ms=at_ms, selection=selection)


def test_approvals_live_for_twenty_four_hours_after_the_first() -> None:
    first, second = vote(1, NOW_MS), vote(2, NOW_MS + 23 * HOUR_MS)
    assert live_approvals([first, second], now_ms=NOW_MS + CONSENSUS_WINDOW_MS) == [first, second]
    assert live_approvals([first, second], now_ms=NOW_MS + CONSENSUS_WINDOW_MS + 1) == []


def test_an_approval_after_the_window_opens_a_new_one() -> None:
    first, second = vote(1, NOW_MS), vote(2, NOW_MS + CONSENSUS_WINDOW_MS + 1)
    assert live_approvals([first, second], now_ms=second.created_ms) == [second]


@given(st.lists(st.tuples(st.integers(1, 4), gaps, selections), max_size=8), gaps)
def test_live_approvals_lie_in_one_window_that_is_open_now(
    steps: list[tuple[int, int, VoteSelection]], until_now: int
) -> None:
    votes, at_ms = [], NOW_MS
    for user, gap, selection in steps:
        at_ms += gap
        votes.append(vote(user, at_ms, selection))
    now_ms = at_ms + until_now
    live = live_approvals(votes, now_ms=now_ms)
    approvals = [each for each in votes if each.selection is VoteSelection.APPROVED]
    assert live == approvals[len(approvals) - len(live) :], "the newest approvals, without a gap"
    assert all(now_ms - each.created_ms <= CONSENSUS_WINDOW_MS for each in live)
    if approvals and not live:
        assert any(now_ms - each.created_ms > CONSENSUS_WINDOW_MS for each in approvals)


def test_only_users_who_are_still_there_are_counted_and_only_once() -> None:
    organization = sample.organization(sample.user(uuid(1)), sample.user(uuid(2)))
    votes = [vote(1, NOW_MS), vote(3, NOW_MS), vote(1, NOW_MS), vote(2, NOW_MS)]
    assert approver_ids(votes, organization, now_ms=NOW_MS) == [uuid(1), uuid(2)]


def test_a_lapsed_vote_is_still_a_vote() -> None:
    rejection = vote(2, NOW_MS, VoteSelection.REJECTED)
    activity = sample.activity(id=ACTIVITY_ID, votes=(vote(1, NOW_MS), rejection))
    later = NOW_MS + CONSENSUS_WINDOW_MS + 1
    assert has_live_approval(activity, uuid(1), now_ms=NOW_MS)
    assert not has_live_approval(activity, uuid(1), now_ms=later)
    assert not has_live_approval(activity, uuid(2), now_ms=NOW_MS)
    assert has_voted(activity, uuid(1))
    assert has_rejected(activity, uuid(2))
    assert not has_rejected(activity, uuid(1))
    assert not has_voted(activity, uuid(3))
