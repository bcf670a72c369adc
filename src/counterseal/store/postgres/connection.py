"""How a connection is made, and what is asked of the server for as long as it lasts."""

from __future__ import annotations

import asyncio
import os
import socket
from typing import Any

import asyncpg
import msgspec

from counterseal.store.errors import StoreError
from counterseal.store.postgres.errors import RAISED, store_error
from counterseal.store.postgres.url import DatabaseUrl, Host

_IDLE_S, _BETWEEN_S, _PROBES = 10, 3, 3  # a machine that has gone silent is given up after some 20 seconds

_STATEMENTS_MAX = 256  # planned ones that a connection keeps


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How long is waited for what. A server that does not keep the first three to itself is cut off by the fourth."""

    connections_max: int = 8  # of this process
    statement_s: float = 10.0
    lock_s: float = 5.0
    idle_in_transaction_s: float = 5.0  # of a process that has died, or cannot be reached, and holds a lock
    silence_s: float = 15.0  # of a server that has been asked something, before the connection is given up
    connect_s: float = 5.0  # for each host
    place_s: float = 10.0  # until one of the connections is free


USUAL = Limits()


def session_settings(limits: Limits) -> dict[str, str]:
    """What each connection begins with."""
    milliseconds = {
        "statement_timeout": limits.statement_s,
        "lock_timeout": limits.lock_s,
        "idle_in_transaction_session_timeout": limits.idle_in_transaction_s,
    }
    return {
        "application_name": "counterseal",
        "default_transaction_isolation": "read committed",
        "jit": "off",
        # Every statement is made for an index. So none has to be planned twice, and no plan rests on what the server
        # believes of a table that was small a minute ago.
        "plan_cache_mode": "force_generic_plan",
        "enable_seqscan": "off",
        "enable_hashjoin": "off",
        "enable_mergejoin": "off",
        "enable_bitmapscan": "off",
        "enable_sort": "off",
        **{name: str(round(seconds * 1000)) for name, seconds in milliseconds.items()},
    }


class Connector:
    """Makes connections to whichever host takes writes; the one that did so last is tried first."""

    def __init__(self, url: DatabaseUrl, limits: Limits) -> None:
        self._url = url
        self._limits = limits
        self._hosts: list[Host | None] = [*url.hosts] or [None]

    async def connect(self) -> Any:
        """An ``asyncpg.Connection``. Raises StoreError, which says of each host why it is none."""
        reasons = []
        for host in list(self._hosts):
            try:
                connection = await self._connect_to(host)
            except (*RAISED, ValueError, LookupError) as error:
                reasons.append(f"{host.name if host else 'the usual place'}: {_reason(error)}")
            else:
                self._hosts.sort(key=lambda each: each != host)
                return connection
        raise StoreError(f"{self._url}: {'; '.join(reasons)}")

    async def _connect_to(self, host: Host | None) -> Any:
        members: dict[str, Any] = {}
        if host is not None:
            members |= {"host": host.name, "port": host.port, "ssl": self._tls(host)}
        # asyncpg would wait for the first host alone for as long as it may wait for all.
        async with asyncio.timeout(self._limits.connect_s):
            return await asyncpg.connect(
                self._url.text,
                **members,
                password=self._url.password,
                connection_class=_Connection,
                target_session_attrs=self._url.option("target_session_attrs") or "read-write",
                server_settings=session_settings(self._limits),
                statement_cache_size=_STATEMENTS_MAX,
                max_cached_statement_lifetime=0,
                max_cacheable_statement_size=0,
                timeout=None,
            )

    def _tls(self, host: Host) -> bool | str | None:
        """As the URL or the environment says; else a certificate is demanded of whatever is not on this machine."""
        if host.is_local or self._url.option("sslmode") or os.environ.get("PGSSLMODE"):
            return None
        has_root = self._url.option("sslrootcert") or os.environ.get("PGSSLROOTCERT")
        return "verify-full" if has_root else True  # by the authorities that this machine trusts


class _Connection(asyncpg.Connection):  # type: ignore[misc]
    """Whose socket notices when the other machine is gone."""

    def __init__(self, protocol: Any, transport: Any, *others: Any, **members: Any) -> None:
        super().__init__(protocol, transport, *others, **members)
        peer = transport.get_extra_info("socket")
        if peer is not None and peer.family in {socket.AF_INET, socket.AF_INET6}:
            _keep_alive(peer)


def _keep_alive(peer: Any) -> None:
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    wanted = {
        "TCP_KEEPIDLE": _IDLE_S,
        "TCP_KEEPINTVL": _BETWEEN_S,
        "TCP_KEEPCNT": _PROBES,
        "TCP_USER_TIMEOUT": (_IDLE_S + _BETWEEN_S * _PROBES) * 1000,  # also for what was sent and is not acknowledged
    }
    for name, value in wanted.items():
        if hasattr(socket, name):  # not every system has all of them
            peer.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer"
    if isinstance(error, RAISED):
        return str(store_error(error)).removeprefix("PostgreSQL: ") if not isinstance(error, OSError) else str(error)
    return "the URL cannot be used"
