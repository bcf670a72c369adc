"""Logs: one JSON object a line, and never a reason to fail."""

from __future__ import annotations

import asyncio
import io
import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import structlog

from counterseal.engine import Trace
from counterseal.http import LogRequest
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
def standard_error(
    buffer: io.RawIOBase | io.BufferedIOBase, level: str = "info", worker: int | None = None
) -> Iterator[LogRequest | None]:
    """Logs go there meanwhile. Gives what logs requests."""
    before, sys.stderr = sys.stderr, Stream(buffer)  # type: ignore[assignment]
    try:
        yield configure_logs(level, worker=worker)
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


def test_a_request_s_line_that_cannot_be_written_is_lost_and_nothing_else() -> None:
    with standard_error(FullDisk()) as log_request:
        assert log_request is not None
        for _ in range(100):
            log_request(Trace(request_id="r"), "GET", "/livez", 200, 0.1)


@pytest.mark.parametrize("worker", [None, 2])
def test_the_line_of_a_request_is_as_any_other(worker: int | None) -> None:
    trace = Trace(request_id="r", organization_id="o", activity_id="a", activity_type="t")
    buffer = io.BytesIO()
    with standard_error(buffer, worker=worker) as log_request:
        assert log_request is not None
        log_request(trace, "POST", '/a\nb\u2028"', 200, 1.2345)
        structlog.get_logger().info(
            "request",
            request_id="r",
            organization_id="o",
            activity_id="a",
            activity_type="t",
            method="POST",
            path='/a\nb\u2028"',
            status=200,
            ms=1.23,
        )
    ours, theirs = map(json.loads, buffer.getvalue().splitlines())
    assert list(ours) == list(theirs)
    assert abs(_instant(ours) - _instant(theirs)) < timedelta(minutes=1)
    assert ours == theirs


@pytest.mark.asyncio
async def test_the_lines_of_one_turn_of_the_event_loop_are_written_at_once_in_their_order() -> None:
    class Counting(io.BytesIO):
        writes = 0

        def write(self, line: Any) -> int:
            self.writes += 1
            return super().write(line)

    buffer = Counting()
    with standard_error(buffer) as log_request:
        assert log_request is not None
        for turn in range(2):
            for number in range(3):
                log_request(Trace(request_id=f"{turn} {number}"), "GET", "/", 200, 0.1)
            await asyncio.sleep(0)
    ids = [json.loads(line)["request_id"] for line in buffer.getvalue().splitlines()]
    assert (ids, buffer.writes) == (["0 0", "0 1", "0 2", "1 0", "1 1", "1 2"], 2)


def test_the_timestamp_of_a_request_is_utc_and_goes_on() -> None:
    buffer = io.BytesIO()
    with standard_error(buffer) as log_request:
        assert log_request is not None
        before = datetime.now(UTC)
        for _ in range(3):
            log_request(Trace(request_id="r"), "GET", "/", 200, 0.1)
        after = datetime.now(UTC)
    instants = [_instant(json.loads(line)) for line in buffer.getvalue().splitlines()]
    assert [before, *instants, after] == sorted([before, *instants, after])


@pytest.mark.parametrize("level", ["warning", "error"])
def test_requests_are_not_logged_above_their_level(level: str) -> None:
    with standard_error(io.BytesIO(), level) as log_request:
        assert log_request is None


def _instant(event: dict[str, Any]) -> datetime:
    """Its time, taken out."""
    text: str = event.pop("timestamp")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z", text)
    return datetime.fromisoformat(text)
