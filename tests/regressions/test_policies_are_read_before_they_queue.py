"""Many policies in one request were read in its decision, while everybody's writes waited: up to 34 ms."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest

from composed import ComposedServer
from counterseal import policy
from counterseal.engine.decide.decider import Decider
from counterseal.world import Turns, turns

_FIRST = count(step=1000)
"""What is in a text: one that was read before is not read again."""


def policies(how_many: int) -> list[dict[str, Any]]:
    first = next(_FIRST)
    ids = [[str(first + number + at) for at in range(200)] for number in range(how_many)]
    return [
        {
            "policyName": f"policy {number}",
            "effect": "EFFECT_ALLOW",
            "condition": f"activity.params.user_id in {ids[number]}",
            "consensus": f"approvers.count() >= {number + 1}",
            "notes": "",
        }
        for number in range(how_many)
    ]


async def test_its_decision_finds_them_read(server: ComposedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    decide, turn = Decider.decide, Turns.next
    read_in_decisions: list[int] = []
    pauses = 0

    async def watched(*arguments: Any) -> Any:
        before = policy.steps_of_reading()
        decided = await decide(*arguments)
        read_in_decisions.append(policy.steps_of_reading() - before)
        return decided

    async def counted(self: Turns, whose: str = "") -> None:
        nonlocal pauses
        pauses += 1
        await turn(self, whose)

    monkeypatch.setattr(Decider, "decide", watched)
    monkeypatch.setattr(Turns, "next", counted)
    monkeypatch.setattr(turns, "PIECE_SECONDS", 0)
    reply = await server.submit("CREATE_POLICIES", {"policies": policies(8)})
    assert reply.status == 200, reply.body
    assert read_in_decisions == [0]
    assert pauses >= 8


@pytest.mark.parametrize("listed", [None, 7, "text", [], [None], [{"condition": 7}], [{"condition": "1 +"}]])
async def test_what_is_no_policy_is_refused_by_its_decision(server: ComposedServer, listed: Any) -> None:
    reply = await server.submit("CREATE_POLICIES", {"policies": listed})
    assert reply.status == 400
