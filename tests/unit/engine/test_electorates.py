"""Compiled policies and rosters, made once for what they were made from."""

from __future__ import annotations

import asyncio
from itertools import count

import msgspec
import pytest

from counterseal import policy
from counterseal.engine.decide.electorates import Electorates
from counterseal.engine.decide.judge import roster_of
from counterseal.organizations import Policy, Quorum, Snapshot, User
from counterseal.world import rest

_numbers = count()


def stored(condition: str, number: int = 0) -> Policy:
    return Policy(
        id=f"policy {number}",
        name="",
        effect="EFFECT_ALLOW",
        condition=condition,
        consensus=None,
        time=None,
        notes="",
        created_ms=number,
        updated_ms=0,
    )


def organization(*policies: Policy, id: str = "org") -> Snapshot:
    return Snapshot(
        id=id,
        name="",
        parent_id=None,
        version=7,
        created_ms=0,
        quorum=Quorum(threshold=1, user_ids=()),
        features={},
        users={"u": User(id="u", name="", created_ms=0, updated_ms=0)},
        api_keys={},
        authenticators={},
        tags={},
        policies={each.id: each for each in policies},
        session_profiles={},
        webhook_channels={},
        ip_allowlists={},
        bytes_held=0,
    )


def unique(condition: str = "activity.action == '{}'") -> str:
    """A text that nobody has compiled before."""
    return condition.format(f"{next(_numbers)} of this file")


@pytest.fixture
def electorates() -> Electorates:
    return Electorates(roster_of)


async def test_without_policies_there_is_nothing_to_make(electorates: Electorates) -> None:
    nobody = await electorates.of(organization(), pause=rest)
    assert (nobody.policies, nobody.roster.users) == ((), ())


async def test_the_same_version_of_another_draft_is_made_anew(electorates: Electorates) -> None:
    one, other = organization(stored("true")), organization(stored("false"))
    assert one.version == other.version
    texts = []
    for snapshot in (one, other, one):
        (compiled,) = (await electorates.of(snapshot, pause=rest)).policies
        assert compiled.condition is not None
        texts.append(compiled.condition.text)
    assert texts == ["true", "false", "true"]


async def test_what_stays_the_same_is_kept(electorates: Electorates) -> None:
    first = organization(stored("true"))
    others_came = msgspec.structs.replace(first, version=8, users=dict(first.users))
    renamed = msgspec.structs.replace(first, version=9, name="new")
    made = await electorates.of(first, pause=rest)
    assert (await electorates.of(renamed, pause=rest)).policies is made.policies
    assert (await electorates.of(renamed, pause=rest)).roster is made.roster
    assert (await electorates.of(others_came, pause=rest)).policies is made.policies
    assert (await electorates.of(others_came, pause=rest)).roster is not made.roster


async def test_two_organizations_share_what_they_say_alike(electorates: Electorates) -> None:
    text = unique()
    mine, yours = [
        (await electorates.of(organization(stored(text), id=name), pause=rest)).policies[0].condition
        for name in ("a", "b")
    ]
    assert mine is yours


async def test_many_new_texts_are_read_a_few_at_a_time(electorates: Electorates) -> None:
    turns = 0

    async def count_turns() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    long = " && ".join(["activity.action == '{0}'"] * 100)
    many = organization(*(stored(unique(long), number) for number in range(20)))
    counting = asyncio.create_task(count_turns())
    await asyncio.sleep(0)
    before, read = turns, policy.steps_of_reading()
    made = await electorates.of(many, pause=rest)
    read = policy.steps_of_reading() - read
    assert turns - before >= read // 100_000 >= 3
    before = turns
    assert (await electorates.of(many, pause=rest)).policies is made.policies
    assert turns == before, "what is there is given at once"
    counting.cancel()


async def test_the_policies_are_in_the_order_of_the_record(electorates: Electorates) -> None:
    electorate = await electorates.of(organization(stored("true", 2), stored("true", 1)), pause=rest)
    assert [each.id for each in electorate.policies] == ["policy 1", "policy 2"]
