"""One spelling of each value: an intent means the same to whoever reads it, however its bytes were written.

Several texts can say one thing: an id in upper case, a point in its compressed form, ``0900`` seconds. Policies compare
texts, so they would see another value than the one that is acted on. Hence an intent is brought into one spelling right
after it is decoded, and nothing reads it before. Text that is not what its member should hold stays as it is: to refuse
it is the business of the unit.
"""

from __future__ import annotations

import re
from binascii import unhexlify
from collections.abc import Callable
from functools import cache
from operator import attrgetter, is_
from typing import Any, TypeVar, get_args, get_origin

import msgspec

from counterseal.contract.decode import NUMERIC_STRINGS
from counterseal.contract.networks import network_of
from counterseal.contract.shape import Shape, plain_type
from counterseal.crypto import base64url
from counterseal.crypto.errors import InvalidEncoding
from counterseal.crypto.p256 import encode_point, parse_target
from counterseal.crypto.points import COMPRESSED_SIZE

ShapeT = TypeVar("ShapeT", bound=Shape)
Spelling = Callable[[str], str]

_UUID = re.compile(r"[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}")
_HEX = re.compile(r"[0-9A-Fa-f]+")


def canonical(intent: ShapeT) -> ShapeT:
    """``intent`` with every value in its one spelling, at every depth; itself if it is so already."""
    plan = _plan(intent.__class__)
    if plan is None:
        return intent
    spellings, values_of = plan
    changed: dict[str, Any] = {}
    for (name, spell), value in zip(spellings, values_of(intent), strict=True):
        if value is not None:
            spelt = spell(value)
            if spelt is not value:
                changed[name] = spelt
    return msgspec.structs.replace(intent, **changed) if changed else intent


def _lower_id(text: str) -> str:
    """An id in lower case (RFC 9562, section 4)."""
    lower = text.lower()
    return lower if lower != text and _UUID.fullmatch(text) else text


def _lower_hex(text: str) -> str:
    """A public key in lower case, as stamps carry it."""
    lower = text.lower()
    return lower if lower != text and _HEX.fullmatch(text) else text


def _uncompressed(text: str) -> str:
    """A target key as the official clients write it: 130 digits, the uncompressed point."""
    lower = _lower_hex(text)
    if len(lower) != 2 * COMPRESSED_SIZE:
        return lower
    try:
        return encode_point(parse_target(unhexlify(lower))).hex()
    except ValueError:
        return lower


def _decimal(text: str) -> str:
    """A decimal integer without leading zeros."""
    is_padded = text[:1] == "0" and len(text) > 1 and text.isascii() and text.isdigit()
    return (text.lstrip("0") or "0") if is_padded else text


def _network(text: str) -> str:
    """A network by its first address."""
    try:
        spelt = str(network_of(text))
    except ValueError:
        return text
    return text if spelt == text else spelt


def _base64url(text: str) -> str:
    """Bytes in base64url without padding, whichever alphabet they came in."""
    try:
        spelt = base64url.encode(base64url.decode(text))
    except InvalidEncoding:
        return text
    return text if spelt == text else spelt


_SPELLINGS: dict[str, Spelling] = {
    "user_tags": _lower_id,
    "private_key_tags": _lower_id,
    "receiver_user_tags": _lower_id,
    "sign_with": _lower_id,  # a private key; an address is no UUID
    "public_key": _lower_hex,
    "target_public_key": _uncompressed,
    "credential_id": _base64url,
    "raw_id": _base64url,
    "client_data_json": _base64url,
    "attestation_object": _base64url,
    "cidr": _network,
}
"""By the name of the member; others are ids or numbers by their names."""

_OTHER_IDS = frozenset({"client_id", "social_linking_client_ids"})
"""Chosen by somebody else, where letters in the other case may be another id."""


def _spelling_of(field: msgspec.structs.FieldInfo, shape: type[Shape]) -> Spelling | None:
    if field.name in _SPELLINGS:
        return _SPELLINGS[field.name]
    if field.encode_name in NUMERIC_STRINGS:
        return _decimal
    if field.name == "id" and "raw_id" in shape.__struct_fields__:  # a browser's credential: the id as text
        return _base64url
    if field.name == "id" or (field.name.endswith(("_id", "_ids")) and field.name not in _OTHER_IDS):
        return _lower_id
    return None


@cache
def _plan(shape: type[Shape]) -> tuple[list[tuple[str, Callable[[Any], Any]]], Callable[[Any], tuple[Any, ...]]] | None:
    """The members of a shape that may have several spellings, each with how it gets its one; and how all are read."""
    spellings: list[tuple[str, Callable[[Any], Any]]] = []
    for field in msgspec.structs.fields(shape):
        kind, depth = plain_type(field.type), 0
        while get_origin(kind) is list:
            kind, depth = plain_type(get_args(kind)[0]), depth + 1
        spell: Callable[[Any], Any] | None = None
        if kind is str:
            spell = _spelling_of(field, shape)
        elif isinstance(kind, type) and issubclass(kind, Shape) and _plan(kind):
            spell = canonical
        if spell is not None:
            for _ in range(depth):
                spell = _of_each(spell)
            spellings.append((field.name, spell))
    if not spellings:
        return None
    names = [name for name, _ in spellings]
    return spellings, attrgetter(*names) if len(names) > 1 else _alone(names[0])


def _alone(name: str) -> Callable[[Any], tuple[Any, ...]]:
    """Several attributes are read as a tuple by ``attrgetter``, a single one is not."""
    read = attrgetter(name)
    return lambda shape: (read(shape),)


def _of_each(spell: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def spell_each(items: list[Any]) -> list[Any]:
        spelt = [spell(item) for item in items]
        return items if all(map(is_, spelt, items)) else spelt

    return spell_each
