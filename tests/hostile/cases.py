"""Malformed requests without end, each made from a seed of its own, so that any one can be made again alone."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from random import Random
from typing import Any

from counterseal.activities import unit_of
from counterseal.contract import Operation, all_extensions, all_operations
from counterseal.crypto import PrivateKey, sign_stamp
from counterseal.engine.decider import VOTES
from counterseal.queries import query_of
from hostile.broken_http import broken_http
from hostile.specimens import Known, fresh_uuid, specimen
from hostile.spoiling import RAW, rendered, spoilt
from hostile.stamps import hostile_stamp

IMPLEMENTED = 0.9
"""The part of the requests that goes where something would happen; the others are answered 501."""

SPOILT_WITHIN = 0.5

SUICIDES = frozenset({"DELETE_ORGANIZATION", "DELETE_SUB_ORGANIZATION"})
"""After one of these in earnest nothing but 401 would be seen any more."""

REFUSED = frozenset(range(400, 500)) | {501}
ANSWERED = REFUSED | {200}


@dataclass(frozen=True)
class Case:
    """What is sent, either as a well-formed POST or, if ``path`` is empty, as bytes; and what may come back."""

    family: str
    path: str
    headers: list[tuple[str, bytes]] = field(repr=False)
    body: bytes
    may_answer: frozenset[int] = field(repr=False, default=REFUSED)


@dataclass(frozen=True)
class Attackers:
    """Whoever sends them: the keys of one user who may do everything in an organization of no importance."""

    keys: tuple[PrivateKey, ...]
    known: Known


def make_case(seed: str, attackers: Attackers) -> Case:
    """The case of a seed."""
    random = Random(seed)
    operation = random.choice(_IMPLEMENTED if random.random() < IMPLEMENTED else _OPERATIONS)
    family = random.choices(_FAMILIES, _WEIGHTS)[0]
    return _MAKERS[family](operation, attackers, random)


def body_of(operation: Operation, known: Known, random: Random) -> dict[str, Any]:
    """A body that might be in order for ``operation``. One that is asked about, as text, is often spoilt as well."""
    if operation.request is not None:
        tree: dict[str, Any] = specimen(operation.request, "", known, random)
        if "body" in tree:
            tree["body"] = _body_within(known, random)
        return tree | {"organizationId": known.organization_id}
    if not operation.variants:
        return {"organizationId": known.organization_id}
    variant = random.choice(tuple(operation.variants.values()))
    return {
        "type": variant.type,
        "timestampMs": str(time.time_ns() // 1_000_000),
        "organizationId": fresh_uuid(random) if variant.kind in SUICIDES else known.organization_id,
        "parameters": specimen(variant.intent, "", known, random),
    }


def _body_within(known: Known, random: Random) -> str:
    tree: Any = body_of(random.choice(_SUBMITS), known, random)
    if random.random() < SPOILT_WITHIN:
        tree, _ = spoilt(tree, random)
    return rendered(tree, random)


def _stamped(body: bytes, attackers: Attackers, random: Random) -> list[tuple[str, bytes]]:
    return [("X-Stamp", sign_stamp(random.choice(attackers.keys), body).encode())]


def _hostile_stamp(operation: Operation, attackers: Attackers, random: Random) -> Case:
    body = json.dumps(body_of(operation, attackers.known, random)).encode()
    return Case("stamp", operation.path, [hostile_stamp(attackers.keys, body, random)], body)


def _several_stamps(operation: Operation, attackers: Attackers, random: Random) -> Case:
    body = json.dumps(body_of(operation, attackers.known, random)).encode()
    other = random.choice(("X-Stamp", "X-Stamp-WebAuthn", "X-Stamp-Attested"))
    headers = [*_stamped(body, attackers, random), (other, hostile_stamp(attackers.keys, body, random)[1])]
    random.shuffle(headers)
    return Case("two stamps", operation.path, headers, body)


def _spoilt_body(operation: Operation, attackers: Attackers, random: Random) -> Case:
    tree, must_be_refused = spoilt(body_of(operation, attackers.known, random), random)
    body = rendered(tree, random).encode("utf-8", "surrogatepass")
    allowed = REFUSED if must_be_refused else ANSWERED
    return Case("body", operation.path, _stamped(body, attackers, random), body, allowed)


def _whole_body(operation: Operation, attackers: Attackers, random: Random) -> Case:
    """Nothing is spoilt: kinds are reached with parameters that no official client would put together."""
    body = json.dumps(body_of(operation, attackers.known, random)).encode()
    return Case("shape", operation.path, _stamped(body, attackers, random), body, ANSWERED)


def _not_an_object(operation: Operation, attackers: Attackers, random: Random) -> Case:
    body = random.choice(
        (
            b"",
            b"[]",
            b"null",
            b"1",
            b'"text"',
            b"\xef\xbb\xbf{}",
            b"{}{}",
            b"{",
            b"\xff\xfe{\x00}\x00",
            b'{"organizationId":"\xed\xa0\x80"}',
            random.randbytes(random.choice((1, 50, 2000))),
            b"[" * 500_000,
            b'{"a":' * 100_000,
            b'"' * 99_999,
            b'{"a":"' + b"\\" * 99_999,
            *[each.encode() for each in RAW],
        )
    )
    return Case("json", operation.path, _stamped(body, attackers, random), body)


def _spoilt_bytes(operation: Operation, attackers: Attackers, random: Random) -> Case:
    body = bytearray(json.dumps(body_of(operation, attackers.known, random)).encode())
    for _ in range(random.choice((1, 1, 3, 20))):
        at = random.randrange(len(body))
        body[at : at + random.choice((0, 1))] = random.choice((b"", b'"', b"\\", b"{", b"}", random.randbytes(1)))
    changed = bytes(body)
    return Case("bytes", operation.path, _stamped(changed, attackers, random), changed, ANSWERED)


def _other_path(operation: Operation, attackers: Attackers, random: Random) -> Case:
    body = json.dumps(body_of(operation, attackers.known, random)).encode()
    stranger = random.choice([each for each in _SUBMITS if each is not operation])
    path = random.choice((stranger.path, operation.path + "/", operation.path.upper(), "/public/v2/query/whoami"))
    return Case("path", path, _stamped(body, attackers, random), body)


def _broken_http(operation: Operation, attackers: Attackers, random: Random) -> Case:
    body = rendered(body_of(operation, attackers.known, random), random).encode()
    data = broken_http(operation.path, body, random)
    return Case("http", "", [], data, ANSWERED)  # a page that is not a POST's may be among them


_OPERATIONS = (*all_operations(), *all_extensions())
_SUBMITS = tuple(each for each in _OPERATIONS if each.is_submit)
_IMPLEMENTED = tuple(
    each
    for each in _OPERATIONS
    if query_of(each.name) or any(unit_of(variant.kind) for variant in each.variants.values()) or each.name in VOTES
)

_MAKERS = {
    "stamp": _hostile_stamp,
    "two stamps": _several_stamps,
    "body": _spoilt_body,
    "shape": _whole_body,
    "json": _not_an_object,
    "bytes": _spoilt_bytes,
    "path": _other_path,
    "http": _broken_http,
}
_FAMILIES = tuple(_MAKERS)
_WEIGHTS = (25, 3, 35, 8, 7, 10, 4, 8)
