import gc
import tracemalloc
from array import array

import pytest

from counterseal import organizations
from counterseal.policy import Approval, Budget, Credential, Roster, User, roster_bytes
from counterseal.policy.compile.expression import Expression
from counterseal.policy.language.electorate import Remembered
from counterseal.policy.reach.reachability import search


def stored_user(number, keys):
    name = f"{number:08x}-0000-4000-8000-000000000000"
    return organizations.User(
        id=name,
        name=f"user {number}",
        created_ms=number,
        updated_ms=number,
        email=f"user{number}@example.com",
        tag_ids=tuple(f"{tag:08x}-1111-4000-8000-{number:012x}" for tag in range(5)),
        api_keys=tuple(
            organizations.ApiKey(
                id=f"{number:08x}-2222-4000-8000-{at:012x}",
                user_id=name,
                name=f"key {at} of {number}",
                type="CREDENTIAL_TYPE_API_KEY_P256",
                curve="P256",
                public_key=f"02{number:032x}{at:032x}",
                created_ms=at,
            )
            for at in range(keys)
        ),
    )


def roster_of(users):
    return Roster(
        User(
            id=user.id,
            tags=user.tag_ids,
            email=user.email,
            alias=user.name,
            credentials=tuple(
                Credential(id=key.id, user_id=user.id, type=key.type, public_key=key.public_key)
                for key in user.api_keys
            ),
        )
        for user in users
    )


@pytest.mark.parametrize(("users", "keys"), [(1, 1), (5, 2), (100, 1), (100, 3), (100, 20)])
def test_the_bytes_that_are_booked_are_about_those_that_are_held(users, keys):
    consensuses = [
        Expression(
            " && ".join(f"credentials.any(c, c.id != '{number}' && c.user_id != '{part}')" for part in range(20)),
            place="consensus",
        )
        for number in range(30)
    ]
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    stored = {user.id: user for user in (stored_user(number, keys) for number in range(users))}
    roster = roster_of(stored.values())
    for consensus in consensuses:
        vote = Approval(roster.users[0], roster.users[0].credentials[0])
        search(consensus, roster).reaches([vote], [vote.user.id], Budget(10**9))
    assert roster.votes
    assert roster.bare_votes
    gc.collect()
    held = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    booked = roster_bytes(users=users, credentials=users * keys)
    assert held <= booked <= 2 * held + 5_000
    assert stored


def test_what_is_remembered_has_a_bound():
    roster = Roster([User(id=f"U{number}") for number in range(10)])
    for number in range(1_000):
        classes = tuple(((number, at),) for at in range(10))
        roster.remember(f"{number}", Remembered(array("H", range(10)), classes, 1))
    assert roster.recall("0") is None
    assert roster.recall("999").steps == 1
    kept = [number for number in range(1_000) if roster.recall(f"{number}")]
    assert 1 <= len(kept) <= 10
    huge = Remembered(array("H", range(10)), tuple(((at,) * 10_000,) for at in range(10)), 1)
    roster.remember("huge", huge)
    assert roster.recall("huge") is None
    assert roster.recall("999") is not None
