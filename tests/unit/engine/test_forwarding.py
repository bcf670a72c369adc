"""Writes handed on over a socket: answers and refusals arrive as they are, and nobody waits for ever."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import Any, cast

import msgspec
import pytest

import sample
from composed import ComposedServer
from counterseal.contract import errors, operation_for
from counterseal.contract.errors import InternalFault, Refused, Unavailable
from counterseal.engine.authenticate import Caller
from counterseal.engine.forwarding import Answer, ForwardingWriter, Refusal, frame, frames, write_for_worker
from counterseal.engine.submission import LARGE_BYTES, Submission
from counterseal.engine.writer import Follower, Writer
from counterseal.organizations import OrganizationChanges, UserRemoved
from counterseal.store import StoredActivity
from counterseal.world.turns import REST
from sample import ORGANIZATION_ID

REFUSALS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Refused)]


class StubWriter:
    """Answers with an exception, or never."""

    def __init__(self, answer: Exception | None) -> None:
        self.submissions: list[Submission] = []
        self.followers: set[Follower] = set()
        self._answer = answer

    async def submit(self, submission: Submission) -> StoredActivity:
        self.submissions.append(submission)
        if self._answer is None:
            await asyncio.Future()
        raise cast(Exception, self._answer)


@asynccontextmanager
async def linked(writer: StubWriter) -> AsyncIterator[tuple[ForwardingWriter, asyncio.StreamWriter]]:
    """A worker's end, and what the writing process answers by."""
    ours, theirs = socket.socketpair()
    forwarding = ForwardingWriter(*await asyncio.open_connection(sock=theirs))
    reader, answers = await asyncio.open_connection(sock=ours)
    tasks = [
        asyncio.create_task(forwarding.run()),
        asyncio.create_task(write_for_worker(reader, answers, cast(Writer, writer))),
    ]
    try:
        yield forwarding, answers
    finally:
        forwarding.close()
        answers.close()
        tasks[1].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def submission_of(server: ComposedServer) -> Submission:
    body = json.dumps({"organizationId": server.root.organization_id}).encode()
    operation = operation_for("/public/v1/submit/create_users")
    assert operation is not None
    seen: list[Submission] = []
    writer = server.app.engine._writer

    async def remember(submission: Submission) -> StoredActivity:
        seen.append(submission)
        raise Refused("seen")

    writer.submit = remember  # type: ignore[method-assign]
    await server.post(operation.path, body, by=server.root)
    return seen[0]


@pytest.mark.parametrize("kind", REFUSALS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("details", [None, [], [{"@type": "a", "fieldViolations": []}]])
def test_a_refusal_is_the_same_after_the_journey(kind: type[Refused], details: list[dict[str, Any]] | None) -> None:
    sent = kind("no", code="BECAUSE", details=details)
    arrived = msgspec.msgpack.decode(msgspec.msgpack.encode(Refusal.of(sent)), type=Refusal).error()
    assert type(arrived) is kind
    assert vars(arrived) == vars(sent)
    assert (
        msgspec.msgpack.decode(msgspec.msgpack.encode(Refusal.of(kind("no"))), type=Refusal).error().code == kind.code
    )


async def test_a_submission_arrives_as_it_was_sent(server: ComposedServer) -> None:
    submission, writer = await submission_of(server), StubWriter(Refused("no", code="BECAUSE"))
    async with linked(writer) as (forwarding, _):
        with pytest.raises(Refused, match="no") as refused:
            await forwarding.submit(submission)
    assert refused.value.code == "BECAUSE"
    assert writer.submissions == [submission]
    assert isinstance(submission.caller, Caller)


async def test_a_fault_of_the_writing_process_is_answered(server: ComposedServer) -> None:
    submission = await submission_of(server)
    async with linked(StubWriter(ZeroDivisionError("what is this"))) as (forwarding, _):
        with pytest.raises(InternalFault, match=submission.request_id) as refused:
            await forwarding.submit(submission)
    assert "what is this" not in refused.value.message


async def test_others_go_on_between_two_large_bodies(server: ComposedServer) -> None:
    submission, writer = await submission_of(server), StubWriter(Refused("no"))
    large = msgspec.structs.replace(submission, body=submission.body + b" " * LARGE_BYTES)
    turn, begun_in = 0, []

    async def count_turns() -> None:
        nonlocal turn
        while True:
            turn += 1
            await asyncio.sleep(0)

    async def submit(_: Submission) -> StoredActivity:
        begun_in.append(turn)
        raise Refused("no")

    writer.submit = submit  # type: ignore[method-assign]
    counting = asyncio.create_task(count_turns())
    async with linked(writer) as (forwarding, _):
        await asyncio.gather(*(forwarding.submit(large) for _ in range(4)), return_exceptions=True)
    counting.cancel()
    assert len(begun_in) == 4
    assert min(later - earlier for earlier, later in pairwise(begun_in)) >= REST


async def test_when_the_writing_process_goes_nobody_is_left_waiting(server: ComposedServer) -> None:
    submission, writer = await submission_of(server), StubWriter(None)
    async with linked(writer) as (forwarding, answers):
        waiting = asyncio.create_task(forwarding.submit(submission))
        while not writer.submissions:
            await asyncio.sleep(0)
        answers.close()
        with pytest.raises(Unavailable):
            await waiting
        assert forwarding.ended.is_set()
        assert not forwarding.is_open
        with pytest.raises(Unavailable):
            await forwarding.submit(submission)


async def test_what_is_committed_arrives_before_the_answer(server: ComposedServer) -> None:
    submission, writer = await submission_of(server), StubWriter(None)
    committed = sample.changed(ORGANIZATION_ID, 2, UserRemoved(user_id=sample.uuid(1)))
    seen: list[OrganizationChanges] = []
    async with linked(writer) as (forwarding, answers):
        forwarding.follow = seen.append
        waiting = asyncio.create_task(forwarding.submit(submission))
        while not writer.submissions:
            await asyncio.sleep(0)
        for follower in writer.followers:
            follower([committed])
        answers.write(frame(Answer(number=0, refusal=Refusal.of(Refused("no")))))
        with pytest.raises(Refused):
            await waiting
        assert seen == [committed]


async def test_a_worker_that_has_gone_is_not_told_any_more() -> None:
    writer = StubWriter(None)
    async with linked(writer) as (forwarding, _):
        while not writer.followers:
            await asyncio.sleep(0)
        (follower,) = writer.followers
        forwarding.close()
        await forwarding.ended.wait()
        while writer.followers:
            await asyncio.sleep(0)
    follower([sample.changed(ORGANIZATION_ID, 2, UserRemoved(user_id=sample.uuid(1)))])


async def test_nonsense_ends_the_link_and_nobody_is_left_waiting(server: ComposedServer) -> None:
    submission, writer = await submission_of(server), StubWriter(None)
    async with linked(writer) as (forwarding, answers):
        waiting = asyncio.create_task(forwarding.submit(submission))
        answers.write(frame("no answer at all"))
        with pytest.raises(Unavailable):
            await waiting
        assert forwarding.ended.is_set()


async def test_a_frame_that_is_cut_off_is_the_end() -> None:
    reader = asyncio.StreamReader()
    reader.feed_data(frame("whole") + frame("cut off")[:-1])
    reader.feed_eof()
    assert [each async for each in frames(reader, str)] == ["whole"]
