"""The arithmetic of root quorums."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.activities.organizations.quorum import quorum_of
from counterseal.contract.errors import InvalidRequest
from counterseal.organizations import Quorum
from sample import uuid


@pytest.mark.parametrize(
    ("threshold", "members", "words"),
    [
        (0, [1], "quorum threshold must be non-zero integer"),
        (-1, [1], "quorum threshold must be non-zero integer"),
        (1, [], "quorum threshold cannot be met"),
        (3, [1, 2], "quorum threshold cannot be met"),
        (2, [1, 1], "quorum users repeated"),
        (1, [1, 9], f"quorum users missing: {uuid(9)}"),
    ],
)
def test_a_quorum_that_could_not_act_is_refused(threshold: int, members: list[int], words: str) -> None:
    with pytest.raises(InvalidRequest, match=words):
        quorum_of(threshold, [uuid(each) for each in members], known_user_ids={uuid(1), uuid(2)})


@given(threshold=st.integers(-3, 8), members=st.lists(st.integers(1, 6), max_size=8))
def test_what_is_taken_can_always_be_met(threshold: int, members: list[int]) -> None:
    ids = [uuid(each) for each in members]
    try:
        quorum = quorum_of(threshold, ids, known_user_ids={uuid(each) for each in range(1, 5)})
    except InvalidRequest:
        return
    assert quorum == Quorum(threshold=threshold, user_ids=tuple(ids))
    assert 1 <= threshold <= len(set(ids) & {uuid(each) for each in range(1, 5)})
