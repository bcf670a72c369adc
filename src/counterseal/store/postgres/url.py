"""Where the database is: a URL as PostgreSQL's own programs take it.

Source: PostgreSQL, "Database Connection Control Functions", section "Connection URIs".
"""

from __future__ import annotations

import ipaddress
from typing import NamedTuple
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit

from counterseal.store.errors import StoreError

_SECRET = {"password", "sslpassword"}


class Host(NamedTuple):
    """One of the machines; no port stands for the usual one. A name that begins with / is the folder of a socket."""

    name: str
    port: int | None

    @property
    def is_local(self) -> bool:
        """Whether what is said to it does not leave the machine."""
        if self.name.startswith("/") or self.name == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.name).is_loopback
        except ValueError:
            return False


class DatabaseUrl:
    """A URL and what has to be known of it. Its text has the password in it and is shown by nobody."""

    def __init__(self, text: str) -> None:
        """Raises StoreError for what is none, without showing it."""
        try:
            parts = urlsplit(text)
            self._options = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
            hosts = _hosts(parts, self._options)
        except ValueError:
            raise StoreError("the database's URL cannot be read: postgresql://user@host:port/name expected") from None
        if parts.scheme not in {"postgresql", "postgres"}:
            raise StoreError(f"the database's URL begins with {parts.scheme[:20]!r}, expected postgresql://")
        self.text = text
        self.hosts = hosts
        """In the order in which they are tried; none if the environment says where the database is."""
        self._parts = parts

    def option(self, name: str) -> str | None:
        """What is said after the question mark."""
        return self._options.get(name)

    def __str__(self) -> str:
        """The URL without passwords."""
        credentials, at, where = self._parts.netloc.rpartition("@")
        options = [(name, value) for name, value in self._options.items() if name not in _SECRET]
        netloc = f"{credentials.partition(':')[0]}{at}{where}"
        return self._parts._replace(netloc=netloc, query=urlencode(options, quote_via=quote, safe="/")).geturl()

    __repr__ = __str__


def _hosts(parts: SplitResult, options: dict[str, str]) -> list[Host]:
    _, _, listed = parts.netloc.rpartition("@")
    return [_host(unquote(each)) for each in (listed or options.get("host", "")).split(",") if each]


def _host(text: str) -> Host:
    if text.startswith("/"):
        return Host(text, None)
    if text.startswith("["):
        name, _, port = text[1:].partition("]")
        port = port.removeprefix(":")
    else:
        name, _, port = text.partition(":")
    return Host(name, int(port) if port else None)
