"""Structured logs: one JSON object a line on standard error. Secrets never come near them."""

from __future__ import annotations

import logging
import sys
from contextlib import suppress
from typing import BinaryIO, cast

import msgspec
import structlog


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


def configure_logs(level: str = "info", *, worker: int | None = None) -> None:
    """Send events of ``level`` (debug, info, warning, error) and above to standard error.

    Lines of one of several workers have its number.
    """

    def name_worker(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
        event["worker"] = worker
        return event

    structlog.configure(
        processors=[
            *([] if worker is None else [name_worker]),
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _render,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.BytesLoggerFactory(file=cast(BinaryIO, _StandardError())),
        cache_logger_on_first_use=True,
    )
