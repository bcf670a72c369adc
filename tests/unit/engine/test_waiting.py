"""The order in which submissions are decided: the organizations that have sent them take turns."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from counterseal.contract import operation_for
from counterseal.crypto import ApiKeyScheme
from counterseal.engine.decide.reading import Words
from counterseal.engine.decide.submission import Submission
from counterseal.engine.who.authenticate import Caller, Voter
from counterseal.engine.who.lookup import PublicKeyLookup
from counterseal.engine.write.waiting import Waiting, WaitingLines, heads_of

OPERATION = operation_for("/public/v1/submit/create_users")


def waiting(sender_id: str, number: int) -> Waiting:
    """What nobody waits for."""
    assert OPERATION is not None
    voter = Voter(
        organization_id=sender_id,
        user_id="",
        credential_id="",
        public_key="",
        scheme="",
        signature="",
        lookup=PublicKeyLookup("", ApiKeyScheme.P256),
    )
    submission = Submission(
        request_id=str(number),
        operation=OPERATION,
        body=b"",
        tree={},
        words=Words({}, OPERATION),
        fingerprint=b"",
        caller=Caller(voter=voter, organization_id="the one for all"),
        now_ms=0,
    )
    loop = asyncio.new_event_loop()
    try:
        return Waiting(submission, loop.create_future())
    finally:
        loop.close()


def lines(senders: Iterable[str]) -> WaitingLines:
    """Submissions of these, in this order, numbered from 0."""
    made = WaitingLines()
    for number, sender_id in enumerate(senders):
        made.add(waiting(sender_id, number))
    return made


def order(found: Iterable[Waiting]) -> list[str]:
    return [f"{each.sender_id}{each.submission.request_id}" for each in found]


def test_organizations_take_turns() -> None:
    assert order(lines("aaabbc").first(5)) == ["a0", "b3", "c5", "a1", "b4"]
    assert order(lines("aaabbc")) == ["a0", "b3", "c5", "a1", "b4", "a2"]


def test_whoever_has_had_a_turn_is_the_last() -> None:
    made = lines("aaabc")
    for first in made.first(2):
        made.take(first)
    made.add(waiting("d", 9))
    assert order(made) == ["c4", "a1", "d9", "a2"]
    assert len(made) == 4


def test_what_is_not_taken_stays() -> None:
    made = lines("ab")
    assert made.first(1) == made.first(1)
    assert made.first(-1) == []
    assert len(made) == 2


@given(
    senders=st.lists(st.sampled_from("abcd"), max_size=30),
    counts=st.lists(st.integers(min_value=0, max_value=5), max_size=10),
)
def test_all_are_taken_once_and_those_of_one_in_the_order_of_their_coming(
    senders: list[str], counts: list[int]
) -> None:
    made, taken = lines(senders), list[Waiting]()
    for count in [*counts, len(senders)]:
        for first in made.first(count):
            made.take(first)
            taken.append(first)
    assert len(made) == 0
    assert list(made) == []
    assert sorted(int(each.submission.request_id) for each in taken) == list(range(len(senders)))
    for sender_id in set(senders):
        own = [int(each.submission.request_id) for each in taken if each.sender_id == sender_id]
        assert own == sorted(own)


def test_the_rest_of_a_line_is_not_looked_at_once_one_of_it_has_to_wait() -> None:
    looked_at: list[str] = []

    def is_free(each: Waiting) -> bool:
        looked_at.append(each.sender_id)
        return each.sender_id != "a"

    waiting_lines = lines("a" * 1000 + "bbcb")
    assert order(waiting_lines.first(3, if_all=is_free)) == ["b1000", "c1002", "b1001"]
    assert looked_at.count("a") == 1


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=12))
def test_the_first_of_each_line_come_in_the_order_of_their_turns(senders: list[str]) -> None:
    made = lines(senders)
    firsts = [next(each for each in made if each.sender_id == sender) for sender in dict.fromkeys(senders)]
    assert order(heads_of(made)) == order(firsts)
