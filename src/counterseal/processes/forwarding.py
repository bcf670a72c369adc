"""Writes handed from a worker process to the one that writes: messages over a socket between the two.

A worker verifies stamps and answers queries; what it forwards is the evidence and who signed it. The writing process
checks the credential again before it decides (see ``current_standing``). Frames: four bytes of length, big-endian,
then MessagePack.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Sequence
from itertools import count
from typing import Any, TypeVar, cast

import msgspec
import structlog

from counterseal.contract import errors, operation_for, parse_json
from counterseal.contract.errors import InternalFault, Refused, Unavailable
from counterseal.engine.decide.reading import Words
from counterseal.engine.decide.submission import LARGE_BYTES, Submission
from counterseal.engine.who.authenticate import Caller
from counterseal.engine.write.writer import Writer
from counterseal.organizations import OrganizationChanges
from counterseal.store import StoredActivity
from counterseal.world import rest

_log = structlog.get_logger("counterseal.forwarding")

Message = TypeVar("Message")


class Forwarded(msgspec.Struct, frozen=True, kw_only=True):
    """A submission on its way, under a number of the worker's."""

    number: int
    request_id: str
    path: str
    body: bytes
    caller: Caller
    client_address: str = ""
    now_ms: int


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """A ``Refused`` as a value: the name of its class, and what it says."""

    kind: str
    message: str
    code: str
    details: list[dict[str, Any]] | None

    @classmethod
    def of(cls, refused: Refused) -> Refusal:
        """The value of an error."""
        return cls(
            kind=type(refused).__name__,
            message=refused.message,
            code=refused.code,
            details=refused.details if refused.details_given else None,
        )

    def error(self) -> Refused:
        """The error again."""
        kind: type[Refused] = getattr(errors, self.kind)
        return kind(self.message, code=self.code, details=self.details)


class Answered(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The activity as committed, or why there is none."""

    number: int
    activity: StoredActivity | None = None
    refusal: Refusal | None = None


_FROM_THE_WRITER = cast(type[Answered | OrganizationChanges], Answered | OrganizationChanges)


class ForwardingWriter:
    """In a worker: has the same ``submit`` as the writer, which sits at the other end of the socket.

    Whoever follows is told what the writing process has committed for any worker, before the answer to it comes.
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._follow: Callable[[OrganizationChanges], None] | None = None
        self._reader = reader
        self._writer = writer
        self._numbers = count()
        self._waiting: dict[int, asyncio.Future[StoredActivity]] = {}
        self._closed = False
        self.ended = asyncio.Event()
        """Set once the link has ended, whoever ended it: there is nothing left to do but to stop."""

    @property
    def is_open(self) -> bool:
        """Whether the writing process is there."""
        return not self._closed

    async def submit(self, submission: Submission) -> StoredActivity:
        """See ``Writer.submit``. Raises Unavailable when the writing process is gone."""
        if self._closed:
            raise Unavailable("the process that writes is not there: send the same request again later")
        number = next(self._numbers)
        future: asyncio.Future[StoredActivity] = asyncio.get_running_loop().create_future()
        self._waiting[number] = future
        message = Forwarded(
            number=number,
            request_id=submission.request_id,
            path=submission.operation.path,
            body=submission.body,
            caller=submission.caller,
            client_address=submission.client_address,
            now_ms=submission.now_ms,
        )
        self._writer.write(frame(message))
        try:
            return await future
        finally:
            self._waiting.pop(number, None)

    def follow_with(self, follow: Callable[[OrganizationChanges], None]) -> None:
        """Tell it of every commit that has changed organizations."""
        self._follow = follow

    def close(self) -> None:
        """Hang up; ``run`` ends."""
        self._closed = True
        self._writer.close()

    async def run(self) -> None:
        """Deliver answers until the writing process closes the socket; what still waits then is Unavailable."""
        try:
            async for message in frames(self._reader, _FROM_THE_WRITER):
                if isinstance(message, Answered):
                    self._deliver(message)
                elif self._follow is not None:
                    self._follow(message)
        finally:
            self._closed = True
            self.ended.set()
            for future in self._waiting.values():
                if not future.done():
                    future.set_exception(
                        Unavailable("the process that writes has stopped: send the same request again later")
                    )

    def _deliver(self, answer: Answered) -> None:
        future = self._waiting.get(answer.number)
        if future is None or future.done():  # its caller has gone
            return
        if answer.activity is not None:
            future.set_result(answer.activity)
        elif answer.refusal is not None:
            future.set_exception(answer.refusal.error())


async def write_for_worker(reader: asyncio.StreamReader, answers: asyncio.StreamWriter, writer: Writer) -> None:
    """In the writing process: take a worker's submissions until it hangs up, and tell it what is committed."""
    tasks: set[asyncio.Task[None]] = set()

    def follow(committed: Sequence[OrganizationChanges]) -> None:
        if not answers.is_closing():
            answers.write(b"".join(map(frame, committed)))

    writer.followers.add(follow)
    try:
        async for forwarded in frames(reader, Forwarded):
            if len(forwarded.body) > LARGE_BYTES:
                await rest()  # the one before is being gone through
            task = asyncio.create_task(_write(forwarded, answers, writer))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
    finally:
        writer.followers.discard(follow)
    if tasks:
        await asyncio.wait(tasks)


async def _write(forwarded: Forwarded, answers: asyncio.StreamWriter, writer: Writer) -> None:
    try:
        activity = await writer.submit(_submission(forwarded))
        answer = Answered(number=forwarded.number, activity=activity)
    except Refused as refused:
        answer = Answered(number=forwarded.number, refusal=Refusal.of(refused))
    except Exception as error:  # the worker's client must not wait for ever
        _log.exception("forwarded write failed", request_id=forwarded.request_id, kind=type(error).__name__)
        fault = InternalFault(f"internal server error ({forwarded.request_id})")
        answer = Answered(number=forwarded.number, refusal=Refusal.of(fault))
    if not answers.is_closing():
        answers.write(frame(answer))


def _submission(forwarded: Forwarded) -> Submission:
    operation = operation_for(forwarded.path)
    if operation is None:
        raise ValueError(f"a worker forwarded {forwarded.path}, which is no path of the API")
    tree = parse_json(forwarded.body)
    return Submission(
        request_id=forwarded.request_id,
        operation=operation,
        body=forwarded.body,
        tree=tree,
        words=Words(tree, operation),
        fingerprint=hashlib.sha256(forwarded.body).digest(),
        caller=forwarded.caller,
        client_address=forwarded.client_address,
        now_ms=forwarded.now_ms,
    )


def frame(message: object) -> bytes:
    """A message as it is sent."""
    payload = msgspec.msgpack.encode(message)
    return len(payload).to_bytes(4) + payload


async def frames(reader: asyncio.StreamReader, kind: type[Message]) -> AsyncIterator[Message]:
    """The messages of a socket until it ends."""
    decode: Callable[[bytes], Message] = msgspec.msgpack.Decoder(kind).decode
    while True:
        try:
            payload = await reader.readexactly(int.from_bytes(await reader.readexactly(4)))
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        yield decode(payload)
