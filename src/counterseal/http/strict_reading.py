"""How requests are read from a connection: as uvicorn reads them, but nothing that could be read in two ways, and no
more than ``head_bytes_max`` of a head, of a body's framing, and of trailers.
"""

from __future__ import annotations

from enum import Enum
from typing import Any, ClassVar, NoReturn

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from counterseal.contract.errors import InvalidRequest, Refused
from counterseal.http.body import BODY_HAS_COME
from counterseal.http.open_connections import ConnectionLimits
from counterseal.http.request_head import ASKED_FOR, HEADERS_MAX, TARGET_BYTES_MAX, asked_for, fault_of, without_upgrade

CHUNKS_MAX = 4096
"""Of one body. Each takes two microseconds, however small it is; the largest body has 256 bytes for each."""

FRAMING_BYTES_PER_BYTE = 8
"""A chunk of one byte, the smallest there is, comes in six."""


class Part(Enum):
    """What the connection is in the middle of receiving."""

    NOTHING = 0
    HEAD = 1
    BODY = 2


class Unreadable(Exception):
    """What has come is refused, and nothing after it is read."""

    def __init__(self, status: int, refused: Refused) -> None:
        super().__init__(refused.message)
        self.status = status
        self.refused = refused


class StrictReading(HttpToolsProtocol):
    """uvicorn's protocol, and what it reads. ``read`` it, instead of what uvicorn does with data."""

    limits: ClassVar[ConnectionLimits]

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.part = Part.NOTHING
        self._piece_bytes = 0
        self._first_bytes = 0  # of the piece in which the head, or what follows it, has begun
        self._overhead_bytes = 0  # of later pieces: what of the head, or of the body's framing, has come
        self._bytes_without_body = 0
        self._chunks = 0
        self._is_offer = False
        self._unreadable = Unreadable(400, InvalidRequest("malformed HTTP request"))

    def read(self, data: bytes) -> None:
        """What has come. Raises Unreadable."""
        step = self.limits.head_bytes_max
        if len(data) <= step:
            self._read_piece(data)
            return
        whole = memoryview(data)
        for start in range(0, len(data), step):  # or the first piece of a head could be longer than any whole one
            self._read_piece(whole[start : start + step])

    def _read_piece(self, piece: bytes | memoryview) -> None:
        self._piece_bytes = len(piece)
        if self.part is not Part.NOTHING:
            self._overhead_bytes += len(piece)
            self._bytes_without_body += len(piece)
            if self.part is Part.HEAD:
                self._bound(self._overhead_bytes)
        try:
            self.parser.feed_data(piece)
        except httptools.HttpParserUpgrade as offer:
            self._read_without_offer(memoryview(piece)[offer.args[0] :])
        except httptools.HttpParserError:
            raise self._unreadable from None
        if self.part is Part.HEAD:
            self._bound_lines()
        elif self.part is Part.BODY:  # only now is it known what of the piece was body
            self._bound(self._overhead_bytes)
            self._bound(self._bytes_without_body)

    def _read_without_offer(self, rest: memoryview) -> None:
        """Offers to go on in another protocol are not taken, as is every server's right (RFC 9110, section 7.8).

        The parser takes them for agreed and stops behind the head: a new one is told it again, without the offer, and
        then the ``rest`` of the piece.
        """
        try:
            while True:
                head = without_upgrade(
                    method=self.parser.get_method(),
                    target=self.url,
                    version=self.parser.get_http_version(),
                    headers=self.headers,
                )
                self.parser = httptools.HttpRequestParser(self)
                self.parser.set_dangerous_leniencies(lenient_data_after_close=True)  # as uvicorn does: it is ignored
                self.parser.feed_data(head)
                try:
                    self.parser.feed_data(rest)
                    return
                except httptools.HttpParserUpgrade as offer:
                    rest = rest[offer.args[0] :]
        except httptools.HttpParserError:
            raise self._unreadable from None

    # -- what the parser calls

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._begin(Part.HEAD)

    def on_headers_complete(self) -> None:
        """A head is whole; if it makes an offer, it will be told again: see ``_read_without_offer``."""
        if len(self.url) > TARGET_BYTES_MAX:
            self.stop(414, InvalidRequest(f"request target too long: expected at most {TARGET_BYTES_MAX} bytes"))
        self._bound_headers()
        version = self.parser.get_http_version()
        fault = fault_of(method=self.parser.get_method(), target=self.url, version=version, headers=self.headers)
        if fault is not None:
            self.stop(400, InvalidRequest(fault))
        self._is_offer = self.parser.should_upgrade()
        if self._is_offer:
            return
        self._begin(Part.BODY)
        self.expect_100_continue = self.expect_100_continue and version == "1.1"  # RFC 9110, section 10.1.1
        self.on_head()
        self.headers = []  # trailers end here, away from the headers (RFC 9110, section 6.5.1)

    def on_head(self) -> None:
        """A request's head has been read: begin to answer it."""
        self.scope[ASKED_FOR] = asked_for(self.url)  # type: ignore[literal-required]  # for our application alone
        super().on_headers_complete()

    def on_chunk_header(self) -> None:
        self._chunks += 1
        if self._chunks > CHUNKS_MAX:
            self.stop(400, InvalidRequest(f"request body in too many chunks: expected at most {CHUNKS_MAX}"))

    def on_body(self, body: bytes) -> None:
        """A body's chunks pay for their framing; what is left is bounded like a head. So is what comes without any of
        the body: a chunk's extensions, trailers."""
        self._overhead_bytes -= len(body) * (1 + FRAMING_BYTES_PER_BYTE)
        self._bytes_without_body = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """A request is whole; or its head is, which made an offer."""
        if self._is_offer:
            return
        self.part = Part.NOTHING
        if self.headers:
            self._bound_headers()
        self.scope[BODY_HAS_COME] = True  # type: ignore[literal-required]  # as above
        self.on_request()

    def on_request(self) -> None:
        """All of a request has been read."""
        super().on_message_complete()

    def stop(self, status: int, refused: Refused) -> NoReturn:
        """Leave the parser, which hands exceptions of its callbacks on as HttpParserError."""
        self._unreadable = Unreadable(status, refused)
        raise self._unreadable

    # -- bounds

    def _begin(self, part: Part) -> None:
        self.part = part
        self._first_bytes = self._piece_bytes
        self._overhead_bytes = self._bytes_without_body = self._chunks = 0

    def _bound(self, size: int) -> None:
        if size > self.limits.head_bytes_max:
            raise Unreadable(431, self._too_large)

    def _bound_lines(self) -> None:
        if len(self.headers) > HEADERS_MAX:
            self.stop(431, InvalidRequest(f"request head too large: expected at most {HEADERS_MAX} headers"))

    def _bound_headers(self) -> None:
        """Headers, or trailers. Measured only if all that has come could be too much: never so for honest clients."""
        self._bound_lines()
        if self._first_bytes + self._overhead_bytes <= self.limits.head_bytes_max:
            return
        if sum(len(name) + len(value) + len(b": \r\n") for name, value in self.headers) > self.limits.head_bytes_max:
            self.stop(431, self._too_large)

    @property
    def _too_large(self) -> InvalidRequest:
        return InvalidRequest(f"request head too large: expected at most {self.limits.head_bytes_max} bytes")
