"""Short ways to write requests and policies."""

import pytest

from counterseal.policy import (
    Approval,
    Credential,
    Effect,
    Policy,
    Request,
    RootQuorum,
    Roster,
    User,
    compile_policy,
    facts,
)

SIGN = {
    "type": "ACTIVITY_TYPE_SIGN_TRANSACTION_V2",
    "kind": "SIGN_TRANSACTION",
    "resource": "PRIVATE_KEY",
    "action": "SIGN",
    "params": {"type": "TRANSACTION_TYPE_ETHEREUM"},
}


def _user(name, *tags, types=()):
    credentials = tuple(
        Credential(id=f"{name}-{number}", user_id=name, type=f"CREDENTIAL_TYPE_{kind}", public_key=f"key-{number}")
        for number, kind in enumerate(types)
    )
    return User(id=name, tags=tags, credentials=credentials)


def _request(*votes, users=(), quorum=(), threshold=1, now_ms=0, **more):
    """``votes`` and ``users`` are users; ``quorum`` the ids of the root quorum; other keywords are facts."""
    options = {name: more.pop(name) for name in ("root_quorum_only", "owner_id") if name in more}
    calls = tuple({"eth": {"tx": call}} for call in more.pop("calls", ()))
    approvals = [vote if isinstance(vote, Approval) else Approval(vote) for vote in votes]
    known = {user.id: user for user in [*users, *(approval.user for approval in approvals)]}
    return Request(
        facts=facts({"activity": SIGN} | more),
        approvals=tuple(approvals),
        roster=Roster(known.values()),
        root_quorum=RootQuorum(threshold=threshold, user_ids=frozenset(quorum)),
        now_ms=now_ms,
        calls=calls,
        **options,
    )


def _policy(effect, condition="", consensus="", time="", id="p"):
    texts = {"condition": condition, "consensus": consensus, "time": time}
    absent_where_empty = {place: text or None for place, text in texts.items()}
    return compile_policy(Policy(id=id, effect=Effect(f"EFFECT_{effect}"), **absent_where_empty))


@pytest.fixture
def user():
    return _user


@pytest.fixture
def request_of():
    return _request


@pytest.fixture
def policy():
    return _policy
