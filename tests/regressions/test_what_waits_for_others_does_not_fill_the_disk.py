"""Requests that wait for others to approve them cost their user nothing: 150 of them took 154 MB of the disk."""

from __future__ import annotations

import pytest

from counterseal.engine.allowance import DAY_MS, Purpose
from office import Office


async def until_refused(office: Office) -> int:
    for kept in range(1_000):
        reply = (await office.propose(office.ann)).reply
        if reply.status != 200:
            assert reply.error == (429, 8, "")
            assert "has exceeded maximum stored requests that wait for others" in reply.message
            return kept
    raise AssertionError("they are kept without end")


async def test_they_have_an_allowance_of_their_user(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Purpose.WAITING, "bytes_max", 30_000)
    consensus = f"approvers.filter(user, user.tags.contains('{office.humans}')).count() >= 2"
    await office.allow(consensus=consensus)
    first = await office.propose(office.ann)
    kept = await until_refused(office)
    assert 3 < kept < 30
    assert (await office.propose(office.bob)).reply.status == 200, "nobody else pays for it"
    assert (await office.vote(first, office.bob)).result, "what waits can be approved"
    assert (await office.propose(office.root)).reply.status == 200, "what is allowed at once is not counted"
    office.server.clock.advance(seconds=DAY_MS / 1000)
    assert await until_refused(office) >= kept
