"""The headers that carry stamps; each is one kind of stamp."""

from __future__ import annotations

import enum

import msgspec


class StampKind(enum.StrEnum):
    """A kind of stamp, by the name of its header (Turnkey docs: stamps)."""

    API_KEY = "X-Stamp"
    WEBAUTHN = "X-Stamp-WebAuthn"


class StampHeader(msgspec.Struct, frozen=True, gc=False):
    """A stamp as it came: nothing of ``value`` is looked at yet."""

    kind: StampKind
    value: str
