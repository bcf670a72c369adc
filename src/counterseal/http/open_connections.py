"""All connections of a process: how many there may be, whose turn it is on each, and who goes when they are too many.

It is the client's turn while a request is due or half sent, and while a reply waits to be taken; it is the server's
while it works on an answer. Where there is no room for one more, the connection goes that has kept the server waiting
longest: first among those of the same client, then among all. One that is being answered goes only for a client with
fewer than its own.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from operator import methodcaller
from typing import Protocol

import msgspec

from counterseal.http.addresses import TrustedProxies, client_of
from counterseal.http.held_bytes import HeldBytes


class ConnectionLimits(msgspec.Struct, frozen=True, kw_only=True):
    """What connections may take: how many at once, how large a request's head is, and how long each step lasts.

    ``held_request_bytes_max`` and ``held_reply_bytes_max`` are for all of them together: what has come of requests that
    are not answered yet, and replies that are not taken yet.
    """

    connections_max: int = 800
    connections_per_address_max: int = 200
    held_request_bytes_max: int = 64 * 1024 * 1024
    held_reply_bytes_max: int = 64 * 1024 * 1024
    head_bytes_max: int = 16 * 1024
    head_seconds_max: float = 10.0
    idle_seconds_max: float = 75.0
    reply_seconds_max: float = 30.0


class Connection(Protocol):
    """What a connection tells of itself."""

    def request_bytes(self) -> int:
        """How many bytes are held of requests that are not answered yet."""
        ...

    def reply_bytes(self) -> int:
        """How many bytes of replies wait to be taken."""
        ...

    def give_up(self) -> None:
        """Close at once, whatever is under way."""
        ...


class _Group:
    """All connections, or those of one client, oldest first; and those where it is the client's turn, longest first."""

    def __init__(self, client: str | None) -> None:
        self.client = client
        self.members: OrderedDict[Connection, None] = OrderedDict()
        self.waiting: OrderedDict[Connection, None] = OrderedDict()

    def __len__(self) -> int:
        return len(self.members)


class OpenConnections:
    """Those of one process, within ``limits``. Trusted proxies speak for many: only the bound over all is theirs."""

    def __init__(self, limits: ConnectionLimits, trusted_proxies: TrustedProxies) -> None:
        self._limits = limits
        self._proxies = trusted_proxies
        self._all = _Group(None)
        self._clients: dict[str, _Group] = {}
        self._groups: dict[Connection, tuple[_Group, ...]] = {}
        self._is_making_room = False
        self._requests = self._held(limits.held_request_bytes_max, methodcaller("request_bytes"))
        self._replies = self._held(limits.held_reply_bytes_max, methodcaller("reply_bytes"))

    def __len__(self) -> int:
        return len(self._all)

    def admit(self, connection: Connection, address: str) -> bool:
        """Take a new connection, if need be in the place of another. False if there is no room."""
        client = None if self._proxies.include(address) else client_of(address)
        own = _Group(client) if client is None else self._clients.get(client, _Group(client))
        if client is not None and len(own) >= self._limits.connections_per_address_max and not self._end_one_of(own):
            return False
        if len(self._all) >= self._limits.connections_max and not (self._end_one_of(self._all) or self._end_for(own)):
            return False
        groups: tuple[_Group, ...] = (self._all,)
        if client is not None:
            groups = (self._all, self._clients.setdefault(client, _Group(client)))
        for group in groups:
            group.members[connection] = None
        self._groups[connection] = groups
        self.wait(connection)
        return True

    def wait(self, connection: Connection) -> None:
        """From now on it is the client's turn."""
        for group in self._groups.get(connection, ()):
            group.waiting[connection] = None
            group.waiting.move_to_end(connection)

    def work(self, connection: Connection) -> None:
        """From now on it is the server's turn."""
        for group in self._groups.get(connection, ()):
            group.waiting.pop(connection, None)

    def forget(self, connection: Connection) -> None:
        """It is closed, or as good as closed."""
        self._requests.release(connection)
        self._replies.release(connection)
        self.work(connection)
        for group in self._groups.pop(connection, ()):
            del group.members[connection]
            if group.client is not None and not group.members:
                del self._clients[group.client]

    def hold_request(self, connection: Connection) -> bool:
        """More of a request has come. False if there is no room for it, even if others are given up."""
        self._requests.look(connection)
        return self._requests.make_room()

    def release_request(self, connection: Connection) -> None:
        """A request has been answered."""
        self._requests.look(connection)

    def hold_reply(self, connection: Connection) -> None:
        """A reply waits to be taken. Room is made for it once it has been offered to the network, which may take it."""
        self._replies.look(connection)
        if not self._is_making_room:
            self._is_making_room = True
            asyncio.get_running_loop().call_soon(self._make_room_for_replies)

    def release_reply(self, connection: Connection) -> None:
        """All replies are taken, or nearly."""
        self._replies.release(connection)

    def _make_room_for_replies(self) -> None:
        self._is_making_room = False
        self._replies.make_room()

    def _end_one_of(self, group: _Group) -> bool:
        """Give up the one whose client's turn it has been longest. False if it is the server's turn on all."""
        longest = next(iter(group.waiting), None)
        if longest is None:
            return False
        self._give_up(longest)
        return True

    def _end_for(self, own: _Group) -> bool:
        """The server is at work on all: the client with most gives up its oldest, if it has more than this one will.

        Else whoever has connections enough, and on each one request behind another, would keep everybody out.
        """
        largest = max(self._clients.values(), key=len, default=own)
        if len(largest) <= len(own) + 1:
            return False
        self._give_up(next(iter(largest.members)))
        return True

    def _give_up(self, connection: Connection) -> None:
        self.forget(connection)
        connection.give_up()

    def _held(self, bytes_max: int, bytes_of: Callable[[Connection], int]) -> HeldBytes[Connection]:
        return HeldBytes(
            bytes_max, bytes_of=bytes_of, may_go=lambda each: each in self._all.waiting, give_up=self._give_up
        )
