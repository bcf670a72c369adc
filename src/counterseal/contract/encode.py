"""Shapes as JSON: members that were not given are left out, required arrays are there even if empty."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from counterseal.contract.shape import Shape
from counterseal.contract.shapes import Timestamp

_ENCODER = msgspec.json.Encoder()


def encode(value: Shape | Mapping[str, Any] | str) -> bytes:
    """``value`` as compact JSON in UTF-8. ``msgspec.Raw`` members are copied as they are."""
    return _ENCODER.encode(value)


def timestamp(ms: int) -> Timestamp:
    """A point in time, given in Unix milliseconds, as replies write it: whole seconds, ``nanos`` always ``"0"``.

    Source: the replies captured in Turnkey's Rust SDK.
    """
    return Timestamp(seconds=str(ms // 1000), nanos="0")
