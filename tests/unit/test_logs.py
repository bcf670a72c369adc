"""Logs: one JSON object a line, and never a reason to fail."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from counterseal.logs import configure_logs


class Stream:
    """A text stream over a binary one."""

    def __init__(self, buffer: io.RawIOBase | io.BufferedIOBase) -> None:
        self.buffer = buffer


class FullDisk(io.RawIOBase):
    """Takes nothing."""

    def writable(self) -> bool:
        return True

    def write(self, _: object) -> int:
        raise OSError(28, "No space left on device")

    def flush(self) -> None:
        raise OSError(28, "No space left on device")


@contextmanager
def standard_error(buffer: io.RawIOBase | io.BufferedIOBase) -> Iterator[None]:
    """Logs go there meanwhile."""
    before, sys.stderr = sys.stderr, Stream(buffer)  # type: ignore[assignment]
    configure_logs()
    try:
        yield
    finally:
        structlog.reset_defaults()
        sys.stderr = before


def test_events_are_json_lines_with_their_level_and_time() -> None:
    buffer = io.BytesIO()
    with standard_error(buffer):
        log = structlog.get_logger()
        log.debug("unseen")
        log.info("request", path="/a\nb", status=200)
    (line,) = buffer.getvalue().splitlines()
    event = json.loads(line)
    assert event.pop("timestamp").endswith("Z")
    assert event == {"event": "request", "level": "info", "path": "/a\nb", "status": 200}


def test_a_fault_is_logged_with_its_place_but_without_values() -> None:
    def sign(secret: str) -> None:
        raise RuntimeError("cannot sign")

    buffer = io.BytesIO()
    with standard_error(buffer):
        try:
            sign("0123" + "4567")
        except RuntimeError:
            structlog.get_logger().exception("request failed")
    event = json.loads(buffer.getvalue())
    assert "RuntimeError: cannot sign" in event["exception"]
    assert "01234567" not in event["exception"]


def test_a_log_that_cannot_be_written_is_lost_and_nothing_else() -> None:
    with standard_error(FullDisk()):
        for _ in range(100):
            structlog.get_logger().error("commit failed", error="x" * 100)
