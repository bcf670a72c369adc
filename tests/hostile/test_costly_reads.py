"""The costly reads are what they claim to be on a real server too: answered, as their honest twins are."""

from __future__ import annotations

import pytest

from hostile.costly_reads import READS, RunningSite, set_up, set_up_ordinary
from served import RunningServer


@pytest.mark.slow
async def test_they_and_their_twins_are_answered(running_server: RunningServer) -> None:
    large, ordinary = RunningSite.create(running_server), RunningSite.create(running_server)
    given, twin = await set_up(large), await set_up_ordinary(ordinary)
    for read in READS:
        status, reply = running_server.post(*large.request(read, given))
        assert status in read.answers, (read.name, reply)
        status, reply = running_server.post(*ordinary.request(read, twin))
        assert status == 200, (read.name, reply)
