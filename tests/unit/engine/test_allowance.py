"""What users may have stored without anybody's leave, as pure arithmetic. What it is for: tests/regressions."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

import sample
from counterseal.contract.errors import LimitExceeded
from counterseal.engine import allowance as module
from counterseal.engine.allowance import DAY_MS, Account, Allowance, Charge, Purpose
from counterseal.organizations import Quorum
from counterseal.policy import Reason
from counterseal.policy.decide.policies import Outcome
from counterseal.policy.decide.record import DecisionRecord
from counterseal.store import ActivityStatus, StoredActivity
from sample import NOW_MS, ORGANIZATION_ID, uuid

OWN, LOGIN = Purpose.OWN_CREDENTIALS, "ACTIVITY_TYPE_STAMP_LOGIN"


def activity(size: int, *, reason: Reason = Reason.NOTHING_ALLOWS, **members: Any) -> StoredActivity:
    """A denied one, unless it has another status; ``size`` is that of its body."""
    record = DecisionRecord(outcome=Outcome.ALLOW, reason=reason, said="", root_quorum=Quorum(threshold=1, user_ids=()))
    vote = sample.vote(uuid(7), message=b"x" * size, signature="", decision=msgspec.json.encode(record))
    made = {"status": ActivityStatus.FAILED, "votes": (vote,), "result": None, "created_ms": NOW_MS}
    return sample.activity(**made | members)


def nothing(_account: Account) -> int:
    return 0


def spent(allowance: Allowance, charge: Charge | None, *, now_ms: int = NOW_MS) -> None:
    assert charge is not None
    allowance.spend({charge.account: charge.size}, now_ms=now_ms)


def test_it_comes_back_evenly_and_no_more_than_there_was() -> None:
    allowance, most = Allowance(), Purpose.DENIED.bytes_max
    whole = activity(most - 1_200)
    spent(allowance, allowance.charge(whole, uncommitted=nothing))
    for hours, fits in (0, 0), (6, most // 4), (12, most // 2), (24, most), (1_000, most):
        now_ms = NOW_MS + hours * DAY_MS // 24
        if fits > 2_000:
            assert allowance.charge(activity(fits - 2_000, created_ms=now_ms), uncommitted=nothing)
        with pytest.raises(LimitExceeded):
            allowance.charge(activity(fits + 500, created_ms=now_ms), uncommitted=nothing)


def test_what_is_decided_and_not_yet_durable_counts_in() -> None:
    allowance, half = Allowance(), activity(Purpose.DENIED.bytes_max // 2)
    charge = allowance.charge(half, uncommitted=nothing)
    assert charge is not None
    with pytest.raises(LimitExceeded):
        allowance.charge(half, uncommitted=lambda account: charge.size if account == charge.account else 0)
    assert allowance.charge(half, uncommitted=nothing) == charge, "nothing has been stored"


def test_a_clock_that_jumps_back_gives_nothing() -> None:
    allowance, half = Allowance(), activity(Purpose.DENIED.bytes_max // 2)
    spent(allowance, allowance.charge(half, uncommitted=nothing), now_ms=NOW_MS)
    allowance.spend({(ORGANIZATION_ID, uuid(1), Purpose.DENIED): 1}, now_ms=NOW_MS - DAY_MS)
    with pytest.raises(LimitExceeded):
        allowance.charge(half, uncommitted=nothing)


@pytest.mark.parametrize("status", [ActivityStatus.COMPLETED, ActivityStatus.CONSENSUS_NEEDED])
@pytest.mark.parametrize("reason", Reason)
def test_only_what_nobody_has_allowed_costs(status: ActivityStatus, reason: Reason) -> None:
    made = activity(10, status=status, reason=reason, type=LOGIN)
    charge = Allowance().charge(made, uncommitted=nothing)
    if reason is Reason.OWN_CREDENTIAL:
        assert charge is not None
        assert charge.account == (ORGANIZATION_ID, uuid(1), OWN)
    elif reason in {Reason.ROOT_QUORUM_PENDING, Reason.AWAITING_CONSENSUS}:
        assert charge is not None
        assert charge.account == (ORGANIZATION_ID, uuid(1), Purpose.WAITING)
    else:
        assert charge is None


@pytest.mark.parametrize("kind", ["DELETE_API_KEYS", "DELETE_AUTHENTICATORS"])
def test_deletions_are_free(kind: str) -> None:
    made = activity(10, status=ActivityStatus.COMPLETED, reason=Reason.OWN_CREDENTIAL, type=f"ACTIVITY_TYPE_{kind}")
    assert Allowance().charge(made, uncommitted=nothing) is None


def test_it_takes_no_more_memory_than_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_USERS_MAX", 10)
    allowance = Allowance()
    for number in range(100):
        allowance.spend({(ORGANIZATION_ID, uuid(number), Purpose.DENIED): 1}, now_ms=NOW_MS)
    assert len(allowance._spent) == 10
