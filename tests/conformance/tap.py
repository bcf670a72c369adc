"""A tap on the line between clients and a server: it hands every byte on as it is, both ways, and tells what it saw.

So what the report says of a client is what that client sent, under the name that it gives itself, and what it was
answered. What is not HTTP/1.1 is handed on as well and not told.
"""

from __future__ import annotations

import socket
from collections import deque
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from threading import Lock, Thread
from urllib.parse import urlsplit

import h11

_PIECE_BYTES = 65_536
_LINGER_SECONDS = 1.0
"""How long a client that is still sending when the server has closed may take to read why."""


@dataclass(frozen=True)
class Exchange:
    """A request without its body, and the reply to it. Names of headers are in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    status: int
    reply: bytes


class Tap:
    """Listens on a port of its own for each server, with two threads for each connection.

    Threads, because a socket still gives what has come when the other side has hung up; asyncio's streams do not.
    """

    def __init__(self, tell: Callable[[Exchange], None]) -> None:
        self._told = tell
        self._lock = Lock()
        self._listening: list[socket.socket] = []

    def on(self, url: str) -> str:
        """The address under which the server at ``url`` is reached through this tap."""
        to = urlsplit(url)
        assert to.hostname is not None
        assert to.port is not None
        listening = socket.create_server(("127.0.0.1", 0))
        self._listening.append(listening)
        Thread(target=self._accept, args=(listening, (to.hostname, to.port)), daemon=True).start()
        return f"http://127.0.0.1:{listening.getsockname()[1]}"

    def close(self) -> None:
        """Take no new connections."""
        for listening in self._listening:
            listening.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits for one

    def _accept(self, listening: socket.socket, server: tuple[str, int]) -> None:
        with closing(listening), suppress(OSError):
            while True:
                client, _ = listening.accept()
                Thread(target=self._connect, args=(client, server), daemon=True).start()

    def _connect(self, client: socket.socket, address: tuple[str, int]) -> None:
        with closing(client), suppress(OSError), socket.create_connection(address) as server:
            for each in (client, server):
                each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            dialogue = Dialogue(self._tell)
            asking = Thread(target=_hand_on, args=(client, server, dialogue.asked), daemon=True)
            asking.start()
            _hand_on(server, client, dialogue.answered)
            asking.join(_LINGER_SECONDS)
            with suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)  # wakes the other thread
            asking.join()

    def _tell(self, exchange: Exchange) -> None:
        with self._lock:
            self._told(exchange)


def _hand_on(source: socket.socket, sink: socket.socket, hear: Callable[[bytes], None]) -> None:
    """All that comes, and then its end. What the other side does not want any more is thrown away."""
    with suppress(OSError):  # as those leave that are killed
        while piece := source.recv(_PIECE_BYTES):
            hear(piece)
            with suppress(OSError):
                sink.sendall(piece)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)


class Dialogue:
    """Listens to one connection and tells each exchange once its reply is whole."""

    def __init__(self, tell: Callable[[Exchange], None]) -> None:
        self._tell = tell
        self._requests: deque[h11.Request] = deque()
        self._asking = h11.Connection(h11.SERVER)
        self._answering: h11.Connection | None = None
        self._status = 0
        self._reply = b""
        self._is_http = True

    def asked(self, piece: bytes) -> None:
        """Bytes of the client."""
        self._listen(self._hear_client, piece)

    def answered(self, piece: bytes) -> None:
        """Bytes of the server."""
        self._listen(self._hear_server, piece)

    def _listen(self, hear: Callable[[bytes], None], piece: bytes) -> None:
        if not self._is_http:
            return
        try:
            hear(piece)
        except h11.ProtocolError:
            self._is_http = False

    def _hear_client(self, piece: bytes) -> None:
        self._asking.receive_data(piece)
        while (event := self._asking.next_event()) not in (h11.NEED_DATA, h11.PAUSED):
            if isinstance(event, h11.Request):
                self._requests.append(event)
            elif isinstance(event, h11.EndOfMessage):
                rest, _ = self._asking.trailing_data
                self._asking = h11.Connection(h11.SERVER)
                if rest:
                    self._asking.receive_data(rest)

    def _hear_server(self, piece: bytes) -> None:
        while piece and self._requests:
            if self._answering is None:
                self._answering = h11.Connection(h11.CLIENT)
                self._answering.send(_as_asked(self._requests[0]))
                self._answering.send(h11.EndOfMessage())
            self._answering.receive_data(piece)
            piece = self._hear_reply(self._answering)

    def _hear_reply(self, answering: h11.Connection) -> bytes:
        """What is left of the bytes once a reply is whole; nothing while it is not."""
        while (event := answering.next_event()) not in (h11.NEED_DATA, h11.PAUSED):
            if isinstance(event, h11.Response):
                self._status, self._reply = event.status_code, b""
            elif isinstance(event, h11.Data):
                self._reply += event.data
            elif isinstance(event, h11.EndOfMessage):
                self._tell(_exchange(self._requests.popleft(), self._status, self._reply))
                self._answering = None
                rest, _ = answering.trailing_data
                return rest
        return b""


def _as_asked(request: h11.Request) -> h11.Request:
    """The request without what it says of its body, which has been sent: only what counts for the reply."""
    return h11.Request(method=request.method, target=request.target, headers=[("host", "server")])


def _exchange(request: h11.Request, status: int, reply: bytes) -> Exchange:
    headers = {name.decode(): value.decode("latin-1") for name, value in request.headers}
    return Exchange(
        method=request.method.decode(),
        path=request.target.decode().partition("?")[0],
        headers=headers,
        status=status,
        reply=reply,
    )
