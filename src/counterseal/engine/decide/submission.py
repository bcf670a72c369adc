"""A stamped write on its way to the writer: everything that is known before anything is decided."""

from __future__ import annotations

from typing import Any

import msgspec

from counterseal.contract import Operation
from counterseal.engine.decide.reading import Words
from counterseal.engine.decide.work import Made
from counterseal.engine.who.authenticate import Caller

LARGE_BYTES = 16 * 1024
"""To go through a larger body takes some tenths of a millisecond at least."""


class Submission(msgspec.Struct, frozen=True, kw_only=True):
    """``body`` is the evidence, ``tree`` the same as JSON, ``fingerprint`` its SHA-256, ``now_ms`` its arrival.
    ``client_address`` is where it comes from, empty if that is not known.

    ``request_id`` is for the log, and for who is to be answered what. ``words`` are what the body says, and ``held`` is
    what has been made for the decision and is found by it as long as somebody holds it. ``made`` is what its unit has
    made of it, once it was allowed.
    """

    request_id: str
    operation: Operation
    body: bytes
    tree: dict[str, Any]
    words: Words
    fingerprint: bytes
    caller: Caller
    client_address: str = ""
    now_ms: int
    held: tuple[object, ...] = ()
    made: Made | None = None

    @property
    def is_heavy(self) -> bool:
        """Whether to decide on it, and to store what comes of it, may take milliseconds."""
        return len(self.body) > LARGE_BYTES
