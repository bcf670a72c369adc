"""What each client was seen to do: the rows of ``docs/conformance.md``.

Nothing of a row depends on when, where or how often it happened, so the same tests give the same page.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from collections import defaultdict
from contextlib import suppress
from typing import Any

from conformance.tap import Exchange
from counterseal.contract import operation_for
from counterseal.crypto import ApiKeyScheme

_NAMES = {
    "turnkey-python": "Python `turnkey-http`",
    "turnkey-rust-client": "Rust `turnkey_client`",
}
"""Of clients that call themselves otherwise than their package is called."""

_OF_THE_SYSTEM = {"curl": "`curl --http2`", "Java-http-client": "Java `HttpClient`"}
"""Clients that no lock file names: the page does not depend on which version the machine has."""

_STAMPS = {
    ApiKeyScheme.P256: "P-256",
    ApiKeyScheme.SECP256K1: "secp256k1",
    ApiKeyScheme.SECP256K1_EIP191: "secp256k1 (EIP-191)",
    ApiKeyScheme.ED25519: "Ed25519",
}

_CODES = {
    5: "NOT_FOUND",
    6: "ALREADY_EXISTS",
    7: "PERMISSION_DENIED",
    8: "RESOURCE_EXHAUSTED",
    12: "UNIMPLEMENTED",
    14: "UNAVAILABLE",
}
"""gRPC's names, for refusals that have no code of Turnkey's."""

_HEAD = """# Conformance

What the official clients, unmodified, were seen to ask of this server, and what it answered, while the tests of
`tests/conformance` checked both; and so for curl and Java's client, which offer HTTP/2 on plain HTTP. `make test`
writes this page from the bytes on the line: a client is what it calls itself there, and a result is what the reply
says. What the tests send by themselves is not in it, nor what a client works out without asking (stamps, bundles,
fingerprints).

*Answered* is HTTP 200 for a query; for an activity its status stands there. A refusal is the HTTP status with Turnkey's
own code, or gRPC's where there is none. [Coverage](coverage.md) says what is built at all, and the
[README](../README.md#every-client) how to point each client here.
"""
_NOTHING = "–"


class Report:
    """Collects exchanges; ``page`` is what they come to."""

    def __init__(self) -> None:
        self._results: dict[tuple[str, str], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        self._stamps: dict[tuple[str, str], set[str]] = defaultdict(set)

    def add(self, exchange: Exchange) -> None:
        """Count an exchange, if one of the clients called an operation."""
        client = _client_of(exchange.headers)
        if client is None or exchange.method != "POST" or operation_for(exchange.path) is None:
            return
        operation = exchange.path.removeprefix("/public/v1/")
        self._results[client][operation].add(_result_of(exchange))
        if exchange.status == 200:
            self._stamps[client].add(_stamp_of(exchange.headers))

    def page(self) -> str:
        """The whole page, always in the same order."""
        clients = sorted(self._results)
        summary = [
            f"| {name} | {version} | {', '.join(sorted(self._stamps[name, version]))} "
            f"| {len(self._results[name, version])} |"
            for name, version in clients
        ]
        sections = [_section(client, self._results[client]) for client in clients]
        table = ["| client | version | stamps accepted | operations |", "|---|---|---|---|", *summary]
        return "\n".join([_HEAD, *table, "", *sections])


def _section(client: tuple[str, str], results: dict[str, set[str]]) -> str:
    lines = [f"## {' '.join(client)}", "", "| operation | result | refusals |", "|---|---|---|"]
    for operation in sorted(results):
        answers = sorted(each for each in results[operation] if not each[0].isdigit())
        refusals = sorted(each for each in results[operation] if each[0].isdigit())
        lines.append(f"| `{operation}` | {', '.join(answers) or _NOTHING} | {', '.join(refusals) or _NOTHING} |")
    return "\n".join([*lines, ""])


def _client_of(headers: dict[str, str]) -> tuple[str, str] | None:
    """Name and version as the client gives them: JavaScript's ``@turnkey/http@6.6.0``, others' ``name/1.2.3``."""
    told = headers.get("x-client-version") or headers.get("user-agent", "")
    if told.startswith("@turnkey/"):
        package, _, version = told.rpartition("@")
        return f"`{package}`", version
    name, _, version = told.partition("/")
    if name in _OF_THE_SYSTEM:
        return _OF_THE_SYSTEM[name], "of the system"
    return (_NAMES[name], version) if name in _NAMES else None


def _stamp_of(headers: dict[str, str]) -> str:
    if "x-stamp" in headers:
        text = headers["x-stamp"]
        scheme = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))["scheme"]
        return _STAMPS[ApiKeyScheme(scheme)]
    return "passkey" if "x-stamp-webauthn" in headers else "session"


def _result_of(exchange: Exchange) -> str:
    reply: dict[str, Any] = {}
    with suppress(ValueError):
        reply = json.loads(exchange.reply)
    if exchange.status != 200:
        code = reply.get("turnkeyErrorCode") or _CODES[reply["code"]]
        return f"{exchange.status} {code}"
    if "/submit/" not in exchange.path:
        return "answered"
    status: str = reply["activity"]["status"]
    return status.removeprefix("ACTIVITY_STATUS_").lower().replace("_", " ")
