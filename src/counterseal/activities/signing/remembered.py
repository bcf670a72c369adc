"""What has been read ahead of a decision, found again by it for as long as somebody holds it."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Any, TypeVar
from weakref import WeakValueDictionary

import msgspec

Value = TypeVar("Value")


class Held(msgspec.Struct, frozen=True, weakref=True):
    """Something that was read."""

    value: Any


_Key = tuple[Callable[..., Any], bytes, tuple[Any, ...]]
_held: WeakValueDictionary[_Key, Held] = WeakValueDictionary()


def read_ahead(read: Callable[..., Any], text: str, *more: Any) -> Held:
    """Read ``text`` as ``read(text, *more)`` does, to be held. Raises what that raises."""
    held = Held(read(text, *more))
    _held[_key(read, text, more)] = held
    return held


def read_once(read: Callable[..., Value], text: str, *more: Any) -> Value:
    """``read(text, *more)``, or what has come of it before, if that is held."""
    found = _held.get(_key(read, text, more)) if _held else None
    if found is not None:
        value: Value = found.value
        return value
    return read(text, *more)


def _key(read: Callable[..., Any], text: str, more: tuple[Any, ...]) -> _Key:
    return read, sha256(text.encode()).digest(), more
