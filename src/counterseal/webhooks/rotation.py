"""Which of several keys signs at a moment, and which are published. Source: docs/divergences.md, webhooks.

Receivers keep the key set for its max-age, and caches before them may keep it as long again. So a new key is published
for two of these before it signs, and an old one for two after it has signed last.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, NamedTuple, TypeVar

Key = TypeVar("Key")

_MAX_AGE_SECONDS = 3_600
_MAX_AGE_SECONDS_OF_DEVELOPMENT = 60
_TIMES = 2


class Keys(NamedTuple, Generic[Key]):
    """At one moment: the key that signs, and all that are published, that one first."""

    signing: Key
    published: tuple[Key, ...]


def max_age_seconds(*, is_development: bool) -> int:
    """For how long receivers may keep the key set."""
    return _MAX_AGE_SECONDS_OF_DEVELOPMENT if is_development else _MAX_AGE_SECONDS


def signs_from(keys: Sequence[tuple[int, Key]], *, max_age_seconds: int) -> int:
    """From when on the last of these keys signs (Unix milliseconds); see ``keys_at``."""
    return 0 if len(keys) == 1 else keys[-1][0] + _TIMES * max_age_seconds * 1000


def keys_at(now_ms: int, keys: Sequence[tuple[int, Key]], *, max_age_seconds: int) -> Keys[Key]:
    """Of keys with the times at which they were first published (Unix milliseconds), the earliest first; at least one.

    The first has signed from the beginning.
    """
    delay = _TIMES * max_age_seconds * 1000
    at = max((number for number, (since, _) in enumerate(keys) if number == 0 or since + delay <= now_ms))
    retired = [number for number in range(at) if keys[number + 1][0] + 2 * delay <= now_ms]
    others = [key for number, (_, key) in enumerate(keys) if number != at and number not in retired]
    return Keys(keys[at][1], (keys[at][1], *others))
