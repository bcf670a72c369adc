"""Structured logs: one JSON object a line on standard error. Secrets never come near them."""

from __future__ import annotations

import asyncio
import logging
import sys
from contextlib import suppress
from time import gmtime, strftime, time_ns
from typing import BinaryIO, cast

import msgspec
import structlog

from counterseal.engine import Trace
from counterseal.http import LogRequest


class _StandardError:
    """Writes lines, or loses them: a full disk or a reader that has gone must not stop the server."""

    def write(self, line: bytes) -> int:
        with suppress(OSError, ValueError):
            return sys.stderr.buffer.write(line)
        return 0

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            sys.stderr.buffer.flush()


_encode = msgspec.json.Encoder(enc_hook=str).encode


def _render(_logger: object, _method: str, event: structlog.typing.EventDict) -> bytes:
    return _encode(event)


def configure_logs(level: str = "info", *, worker: int | None = None) -> LogRequest | None:
    """Send events of ``level`` (debug, info, warning, error) and above to standard error.

    Lines of one of several workers have its number. What it gives writes the line of each request; None where the level
    leaves these lines out.
    """

    def name_worker(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
        event["worker"] = worker
        return event

    least = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[
            *([] if worker is None else [name_worker]),
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _render,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(least),
        logger_factory=structlog.BytesLoggerFactory(file=cast(BinaryIO, _StandardError())),
        cache_logger_on_first_use=True,
    )
    return _RequestLog(worker) if least <= logging.INFO else None


class _RequestLine(msgspec.Struct, kw_only=True, omit_defaults=True, gc=False):
    """The members of the line, in their order; what is None is left out."""

    request_id: str
    organization_id: str | None = None
    activity_id: str | None = None
    activity_type: str | None = None
    method: str
    path: str
    status: int
    ms: float
    event: str
    worker: int | None = None
    level: str
    timestamp: str


class _RequestLog:
    """Makes the line that nearly all lines are, as structlog would but without its chain of processors.

    That takes a fifth of the time: ``python -m benchmarks.where`` shows what is left of it.
    """

    def __init__(self, worker: int | None) -> None:
        self._worker = worker
        self._standard_error = _StandardError()
        self._lines: list[bytes] = []
        self._second = 0
        self._timestamp = ""

    def __call__(self, trace: Trace, method: str, path: str, status: int, ms: float) -> None:
        line = _RequestLine(
            request_id=trace.request_id,
            organization_id=trace.organization_id,
            activity_id=trace.activity_id,
            activity_type=trace.activity_type,
            method=method,
            path=path,
            status=status,
            ms=round(ms, 2),
            event="request",
            worker=self._worker,
            level="info",
            timestamp=self._now(),
        )
        self._lines.append(_encode(line) + b"\n")
        if len(self._lines) == 1:
            self._write_soon()

    def _write_soon(self) -> None:
        """What is answered in one turn of the event loop is written at once when that has ended."""
        try:
            asyncio.get_running_loop().call_soon(self._write)
        except RuntimeError:  # there is no loop
            self._write()

    def _write(self) -> None:
        lines, self._lines = self._lines, []
        self._standard_error.write(b"".join(lines))
        self._standard_error.flush()

    def _now(self) -> str:
        """ISO 8601 in UTC, with microseconds: what stays the same for a second is made once."""
        second, microseconds = divmod(time_ns() // 1000, 1_000_000)
        if second != self._second:
            self._second, self._timestamp = second, strftime("%Y-%m-%dT%H:%M:%S", gmtime(second))
        return f"{self._timestamp}.{microseconds:06}Z"
