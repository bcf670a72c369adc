"""CBOR (RFC 8949), decoded as passkeys need it: one item, whatever follows it, no tags, no deep nesting."""

from __future__ import annotations

import io
from typing import Any, NoReturn

import cbor2

from counterseal.crypto.errors import InvalidEncoding

NESTING_MAX = 8
"""Levels of arrays and maps. Authenticators keep to four (CTAP 2.1 §8, canonical CBOR encoding)."""


def _refuse_tag(*_: object) -> NoReturn:
    raise InvalidEncoding("a tag")


# Authenticators use none (CTAP 2.1 §8); the library would make regular expressions, e-mails and cycles of these.
_TAGS = (0, 1, 2, 3, 4, 5, 25, 28, 29, 30, 35, 36, 37, 52, 54, 100, 256, 258, 260, 261, 1004, 43000, 55799)
_NO_TAGS = dict.fromkeys(_TAGS, _refuse_tag)


def decode_first(data: bytes) -> tuple[Any, int]:
    """The item at the start of ``data``, and the number of bytes it takes.

    Raises ``InvalidEncoding``, for tags, duplicate keys and deep nesting too.
    """
    stream = io.BytesIO(data)
    try:
        item = cbor2.CBORDecoder(
            stream,
            max_depth=NESTING_MAX,
            allow_duplicate_keys=False,
            semantic_decoders=_NO_TAGS,
            tag_hook=_refuse_tag,
        ).decode()
    except (cbor2.CBORError, ValueError, TypeError, RecursionError):
        raise InvalidEncoding("not well-formed CBOR") from None
    return item, stream.tell()


def decode(data: bytes) -> Any:
    """The one item that ``data`` is. Raises ``InvalidEncoding``."""
    item, size = decode_first(data)
    if size != len(data):
        raise InvalidEncoding(f"CBOR item is {size} bytes long, expected the {len(data)} that were given")
    return item
