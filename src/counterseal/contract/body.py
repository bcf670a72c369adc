"""A request's body, taken apart no further than is needed: to find the key first, the rest once its signature holds."""

from __future__ import annotations

from typing import Any

import msgspec

from counterseal.contract.errors import InvalidRequest
from counterseal.contract.parse import NotStrictJson, check_structure, parse_json, text_of, values_at_most

LITTLE_VALUES, LITTLE_BYTES = 500, 16 * 1024
"""Up to so many values and bytes, as nearly all bodies have, reading all is no more work than the signature."""


class Body:
    """The bytes of a request, and what has been read of them.

    Raises:
        InvalidRequest: they are no JSON, or more than may be read. What else ``parse_json`` refuses, because it could
            be read in two ways or not be stored, is told by ``tree`` where there are more than ``LITTLE_VALUES`` or
            ``LITTLE_BYTES``.
    """

    __slots__ = ("_tree", "envelope", "raw")

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        is_little = len(raw) <= LITTLE_BYTES and values_at_most(raw) <= LITTLE_VALUES
        self._tree = parse_json(raw) if is_little else None
        self.envelope = _envelope_of(raw) if self._tree is None else self._tree
        """By which the key is found: ``organizationId``, if it is given. There may be other members."""

    def tree(self) -> dict[str, Any]:
        """All of it, as ``parse_json`` gives it: once it is known who signed. Raises InvalidRequest."""
        if self._tree is None:
            self._tree = parse_json(self.raw, is_checked=True)
        return self._tree


class _Envelope(msgspec.Struct, rename="camel"):
    """Everything else is gone through, not made into values: that takes a fiftieth of the time."""

    organization_id: msgspec.Raw = msgspec.Raw(b"null")


_decode_envelope = msgspec.json.Decoder(_Envelope).decode


def _envelope_of(raw: bytes) -> dict[str, Any]:
    try:
        text_of(raw)
        check_structure(raw)
        found = bytes(_decode_envelope(raw).organization_id)
    except (NotStrictJson, msgspec.DecodeError) as fault:
        raise InvalidRequest(f"invalid request body: {_in_our_words(fault)}") from None
    if found == b"null":
        return {}
    # Whatever is no string is left as it is: no id is like that.
    return {"organizationId": msgspec.json.decode(found, type=str) if found.startswith(b'"') else found}


def _in_our_words(fault: NotStrictJson | msgspec.DecodeError) -> str:
    if isinstance(fault, msgspec.ValidationError):
        return "expected a JSON object"
    return str(fault) if isinstance(fault, NotStrictJson) else f"expected JSON, got an error: {fault}"
