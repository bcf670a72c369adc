"""What an activity makes of an organization, as a digest that whoever has the organization's items works out again.

A step leads from one version of an organization to the next. It is a text of lines, in the order of their bytes: one
for each item that begins or ends with it, and for the first version one more for the organization itself. The digest
is the SHA-256 of the text.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import NamedTuple, Self

from counterseal.ledger.errors import Malformed

_ID, _VERSION, _DIGEST = 16, 8, 32
_SIZE = _ID + _VERSION + _DIGEST


class Effect(NamedTuple):
    """The organization (16 bytes) that has this version from now on, and the digest of the step to it (32 bytes)."""

    organization_id: bytes
    version: int
    digest: bytes


def item_line(kind: str, owner_id: bytes, id_: bytes, place: int | None, data: bytes | None) -> str:
    """An item that has another value now. ``place`` is None if it keeps its own, ``data`` if the item has ended."""
    value = "-" if data is None else sha256(data).hexdigest()
    return f"{kind} {owner_id.hex()} {id_.hex()} {'-' if place is None else place} {value}\n"


def organization_line(parent_id: bytes | None, created_ms: int) -> str:
    """An organization that begins."""
    return f"organization {'-' if parent_id is None else parent_id.hex()} {created_ms}\n"


class ItemRow(NamedTuple):
    """A value of an item: live from version ``since`` up to, but not at, ``until``."""

    owner_id: bytes
    kind: str
    id: bytes
    since: int
    until: int | None
    place: int
    data: bytes


def state_digest(parent_id: bytes | None, created_ms: int, items: Iterable[ItemRow], *, version: int) -> bytes:
    """Of an organization as it was at a version, with its past: 32 bytes. Later items are left out."""
    lines = [organization_line(parent_id, created_ms)]
    for owner_id, kind, id_, since, until, place, data in items:
        if since <= version:
            ends = "-" if until is None or until > version else until
            value = sha256(data).hexdigest()
            lines.append(f"{kind} {owner_id.hex()} {id_.hex()} {since} {ends} {place} {value}\n")
    return digest_of(lines)


def digest_of(lines: Iterable[str]) -> bytes:
    """32 bytes."""
    return sha256("".join(sorted(lines)).encode()).digest()


def packed(effects: Iterable[Effect]) -> bytes:
    """56 bytes for each, as a row has them."""
    return b"".join([id_ + version.to_bytes(_VERSION) + digest for id_, version, digest in effects])


class Effects(tuple[Effect, ...]):
    """Those of one record, in the order in which they were made."""

    __slots__ = ()

    @classmethod
    def of(cls, content: bytes | None) -> Self:
        """The same from a row. Raises ``Malformed``."""
        content = content or b""
        if len(content) % _SIZE:
            raise Malformed(f"effects have {len(content)} bytes, expected {_SIZE} for each")
        return cls(_effect(content[at : at + _SIZE]) for at in range(0, len(content), _SIZE))


def _effect(content: bytes) -> Effect:
    return Effect(content[:_ID], int.from_bytes(content[_ID : _ID + _VERSION]), content[_ID + _VERSION :])
