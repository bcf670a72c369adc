"""Ids: their versions, their order, and where their bits come from."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.contract.rules import uuid as contract_uuid
from counterseal.world import SeededRandom, SystemRandom, World, dated_id, new_id


@given(seed=st.integers(0, 2**32))
def test_ids_are_uuids_of_version_4(seed: int) -> None:
    made = new_id(SeededRandom(seed))
    assert uuid.UUID(made).version == 4
    assert uuid.UUID(made).variant == uuid.RFC_4122
    assert contract_uuid(made, "id") == made


@given(now_ms=st.integers(0, 2**48 - 1), seed=st.integers(0, 2**32))
def test_dated_ids_are_uuids_of_version_7_that_tell_their_time(now_ms: int, seed: int) -> None:
    made = uuid.UUID(dated_id(now_ms, SeededRandom(seed)))
    assert made.version == 7
    assert made.variant == uuid.RFC_4122
    assert made.int >> 80 == now_ms


@given(earlier=st.integers(0, 2**47), later_by=st.integers(1, 2**40), seed=st.integers(0, 2**32))
def test_dated_ids_sort_by_time(earlier: int, later_by: int, seed: int) -> None:
    random = SeededRandom(seed)
    assert dated_id(earlier, random) < dated_id(earlier + later_by, random)


@pytest.mark.parametrize("random", [SystemRandom(), SeededRandom(3)])
def test_ids_do_not_repeat(random: SystemRandom | SeededRandom) -> None:
    world = World(1_800_000_000_000, random)
    made = [world.new_id() for _ in range(1000)] + [world.dated_id() for _ in range(1000)]
    assert len(set(made)) == 2000


def test_a_seed_makes_the_same_ids_again() -> None:
    assert [new_id(SeededRandom(7)) for _ in range(2)] == [new_id(SeededRandom(7))] * 2
    assert new_id(SeededRandom(7)) != new_id(SeededRandom(8))
