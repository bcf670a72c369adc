"""Where ids come from."""

from __future__ import annotations

import os

import pytest

from counterseal.world import SeededRandom, SystemRandom


def test_every_count_of_bytes_can_be_asked_for() -> None:
    random = SystemRandom()
    assert [len(random.bytes(count)) for count in (0, 1, 16, 1023, 1024, 1025, 5000, 16)] == [
        0, 1, 16, 1023, 1024, 1025, 5000, 16,
    ]  # fmt: skip


def test_nothing_is_given_twice() -> None:
    random = SystemRandom()
    given = [random.bytes(10) for _ in range(1000)]
    assert len(set(given)) == 1000


def test_the_system_is_not_asked_for_every_id(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    urandom = os.urandom
    monkeypatch.setattr(os, "urandom", lambda count: asked.append(count) or urandom(count))
    random = SystemRandom()
    for _ in range(64):
        random.bytes(16)
    assert asked == [1024]


def test_a_process_that_forks_shares_none_of_it() -> None:
    random = SystemRandom()
    random.bytes(1)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, random.bytes(32))
        os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    theirs = os.read(reading, 32)
    os.close(reading)
    assert len(theirs) == 32
    assert theirs != random.bytes(32)


def test_a_seed_gives_the_same_bytes_again() -> None:
    assert SeededRandom(1).bytes(40) == SeededRandom(1).bytes(40) != SeededRandom(2).bytes(40)
