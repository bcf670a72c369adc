"""What a server said, but for what is never the same twice: ids, keys, signatures and tokens."""

from __future__ import annotations

import re

from composed import Reply

_NEVER_THE_SAME = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}|[A-Za-z0-9_.-]{60,}")
_TIMES = re.compile(r"\b1[89]\d{8}(?:\d{3})?\b")


class Names:
    """Numbers what is never the same in the order in which it comes: two that are one have one number."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def without(self, reply: Reply) -> str:
        """Status and body."""
        return f"{reply.status} {_NEVER_THE_SAME.sub(self._number, reply.body.decode())}"

    def _number(self, found: re.Match[str]) -> str:
        return f"#{self._numbers.setdefault(found[0], len(self._numbers))}"


def without_times(said: str) -> str:
    """The same of another day: seconds and milliseconds since 1970 are gone."""
    return _TIMES.sub("then", said)
