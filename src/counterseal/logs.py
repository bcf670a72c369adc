"""Structured logs: one JSON object a line on standard error. Secrets never come near them."""

from __future__ import annotations

import logging
import sys

import msgspec
import structlog

_encode = msgspec.json.Encoder(enc_hook=str).encode


def _render(_logger: object, _method: str, event: structlog.typing.EventDict) -> bytes:
    return _encode(event)


def configure_logs(level: str = "info") -> None:
    """Send events of ``level`` (debug, info, warning, error) and above to standard error."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _render,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.BytesLoggerFactory(file=sys.stderr.buffer),
        cache_logger_on_first_use=True,
    )
