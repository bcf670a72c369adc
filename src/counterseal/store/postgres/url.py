"""Where the database is: a URL as PostgreSQL's own programs take it.

Source: PostgreSQL, "Database Connection Control Functions", section "Connection URIs".
"""

from __future__ import annotations

import ipaddress
from typing import NamedTuple
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlsplit

from counterseal.store.errors import StoreError


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
    """A URL and what has to be known of it. Its text has the password in it and is shown by nobody.

    ``password`` is the one that the environment had: it counts where the URL has none.
    """

    def __init__(self, text: str, *, password: str | None = None) -> None:
        """Raises StoreError for what is none, without showing any of it."""
        try:
            parts = urlsplit(text)
            _refuse_second_readings(text, parts)
            self._options = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
            hosts = _hosts(parts, self._options)
        except ValueError:
            raise StoreError("the database's URL cannot be read: postgresql://user@host:port/name expected") from None
        if parts.scheme not in {"postgresql", "postgres"}:
            raise StoreError("the database's URL begins with something else, expected postgresql://")
        self.text = text
        self.hosts = hosts
        """In the order in which they are tried; none if the environment says where the database is."""
        self._parts = parts
        self._password = password

    @property
    def password(self) -> str | None:
        """What to log in with beside what the text says; None if the text says it, or nothing is known."""
        credentials, _, _ = self._parts.netloc.rpartition("@")
        is_said = bool(credentials.partition(":")[2]) or "password" in self._options
        return None if is_said else self._password

    def with_password(self, password: str | None) -> DatabaseUrl:
        """The same place."""
        return DatabaseUrl(self.text, password=password)

    def option(self, name: str) -> str | None:
        """What is said after the question mark."""
        return self._options.get(name)

    def __str__(self) -> str:
        """User, hosts, ports and the database's name; nothing else of what is said."""
        credentials, _, where = self._parts.netloc.rpartition("@")
        user = credentials.partition(":")[0] or quote(self._options.get("user", ""), safe="")
        listed = where or quote(self._options.get("host", ""), safe="/,:[]")
        port = "" if where or "port" not in self._options else f":{quote(self._options['port'], safe=',')}"
        name = self._parts.path.removeprefix("/") or quote(self._name_in_options(), safe="")
        return f"postgresql://{user}{'@' if user else ''}{listed}{port}/{name}"

    __repr__ = __str__

    def _name_in_options(self) -> str:
        return self._options.get("dbname") or self._options.get("database") or ""


def _refuse_second_readings(text: str, parts: SplitResult) -> None:
    """A password with a bare ``@``, ``/``, ``?`` or ``#`` ends early, and the rest of it is taken for something that
    may be shown: a host, a name. All of these have to be written as ``%`` and two digits."""
    if "#" in text or parts.netloc.count("@") > 1 or text.count("@") != parts.netloc.count("@"):
        raise StoreError(
            "the database's URL can be read in two ways: in user, password, name and options expected %40 for @,"
            " %2F for /, %3F for ? and %23 for #, as in postgresql://user@host:port/name"
        )


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
