"""Of the organizations whose large submissions waited, the writer chose the last in line, and put it last again.

Whoever kept two of them waiting was served for ever, and others for seconds not at all.
"""

from __future__ import annotations

import asyncio

from composed import ComposedServer
from counterseal.contract import operation_for
from counterseal.crypto import ApiKeyScheme
from counterseal.engine import Caller, Voter, Writer
from counterseal.engine.decide.reading import Words
from counterseal.engine.decide.submission import LARGE_BYTES, Submission
from counterseal.engine.who.lookup import PublicKeyLookup
from counterseal.engine.write.waiting import Waiting, WaitingLines


def large(sender_id: str) -> Waiting:
    operation = operation_for("/public/v1/submit/create_users")
    assert operation is not None
    voter = Voter(
        organization_id=sender_id,
        user_id="",
        credential_id="",
        public_key="",
        scheme="",
        signature="",
        lookup=PublicKeyLookup("", ApiKeyScheme.P256),
    )
    submission = Submission(
        request_id="",
        operation=operation,
        body=b" " * (LARGE_BYTES + 1),
        tree={},
        words=Words({}, operation),
        fingerprint=b"",
        caller=Caller(voter=voter, organization_id=sender_id),
        now_ms=0,
    )
    return Waiting(submission, asyncio.get_running_loop().create_future())


async def test_each_has_its_turn_however_many_another_keeps_waiting(server: ComposedServer) -> None:
    writer, lines = server.app._writing.writer, WaitingLines()
    assert isinstance(writer, Writer)
    for sender_id in ("victim", "adversary", "adversary", "third"):
        lines.add(large(sender_id))
    served = []
    for _ in range(6):
        (chosen,) = writer._of_one_kind(lines.first(10))
        served.append(chosen.sender_id)
        lines.take(chosen)
        lines.add(large(chosen.sender_id))
    assert served == ["victim", "adversary", "third"] * 2
