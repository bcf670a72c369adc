"""The body of an activity may be a megabyte. It was parsed twice for each vote of a user outside the root quorum, and
twice for each activity that waited and was shown to such a user.
"""

from __future__ import annotations

from typing import Any

import pytest

from counterseal.contract import parse_json
from counterseal.engine import reading, render
from office import Office


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What is parsed of stored activities from now on."""
    found: list[bytes] = []

    def watched(raw: bytes) -> dict[str, Any]:
        found.append(raw)
        return parse_json(raw)

    for module in (reading, render):
        monkeypatch.setattr(module, "parse_json", watched)
    return found


async def test_for_a_vote(office: Office, parsed: list[bytes]) -> None:
    await office.allow(consensus=f"{office.tagged(office.agents)} && {office.tagged(office.humans)}")
    proposal = await office.propose(office.agent)
    assert proposal.reply.activity["status"] == "ACTIVITY_STATUS_CONSENSUS_NEEDED"
    del parsed[:]
    reply = await office.vote(proposal, office.ann)
    assert reply.activity["status"] == "ACTIVITY_STATUS_COMPLETED"
    assert parsed == [proposal.body, proposal.body], "to decide, and to reply"


async def test_for_a_list(office: Office, parsed: list[bytes]) -> None:
    await office.allow(consensus=f"{office.tagged(office.agents)} && {office.tagged(office.humans)}")
    proposals = [await office.propose(office.agent) for _ in range(3)]
    del parsed[:]
    shown = await office.server.query(
        "list_activities", by=office.ann, filterByStatus=["ACTIVITY_STATUS_CONSENSUS_NEEDED"]
    )
    assert [each["canApprove"] for each in shown.json["activities"]] == [True] * 3
    assert sorted(parsed) == sorted(each.body for each in proposals)
