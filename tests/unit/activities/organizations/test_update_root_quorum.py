"""UPDATE_ROOT_QUORUM, as a pure function."""

from __future__ import annotations

import pytest

import sample
from counterseal.activities import Outcome, unit_of
from counterseal.contract import encode
from counterseal.contract.errors import InvalidRequest
from counterseal.contract.shapes import UpdateRootQuorumIntent
from counterseal.organizations import Quorum, RootQuorumChanged, View
from sample import uuid

ORGANIZATION = sample.organization(sample.user(uuid(0xA)), sample.user(uuid(0xB)))


def update(threshold: int, *user_ids: str) -> Outcome:
    unit = unit_of("UPDATE_ROOT_QUORUM")
    assert unit is not None
    assert unit.is_root_only
    intent = UpdateRootQuorumIntent(threshold=threshold, user_ids=list(user_ids))
    return unit.first(intent, View(ORGANIZATION, initiator_id=uuid(0xA)), sample.world())


def test_threshold_and_members_are_replaced() -> None:
    outcome = update(2, uuid(0xB).upper(), uuid(0xA))
    assert outcome.changes == (RootQuorumChanged(quorum=Quorum(threshold=2, user_ids=(uuid(0xB), uuid(0xA)))),)
    assert encode({"updateRootQuorumResult": outcome.result}) == b'{"updateRootQuorumResult":{}}'


@pytest.mark.parametrize(
    ("threshold", "ids"), [(0, [uuid(0xA)]), (1, []), (2, [uuid(0xA)]), (1, [uuid(9)]), (1, ["x"])]
)
def test_what_could_not_act_is_refused(threshold: int, ids: list[str]) -> None:
    with pytest.raises(InvalidRequest):
        update(threshold, *ids)
