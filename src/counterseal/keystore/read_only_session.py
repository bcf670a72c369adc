"""Read-only sessions: a token that proves itself by an HMAC under a server key, so that nothing secret is stored.

What is stored is the token without its HMAC: an id, which only the keystore can complete. Layout: organization (16
bytes), user (16), expiry in Unix seconds (8, big-endian), session id (16), HMAC-SHA256 (32).
"""

from __future__ import annotations

import hmac
import uuid
from dataclasses import dataclass
from typing import Protocol

from counterseal.crypto import base64url
from counterseal.crypto.errors import InvalidEncoding

_ID_LENGTH = 56
_TOKEN_LENGTH = _ID_LENGTH + 32
TEXT_MAX = 200
"""Characters of a token. Ours have 118."""

_PURPOSE = b"read-only session\x00"


class SessionTokenMac(Protocol):
    """What a keystore does for these tokens."""

    def session_token_mac(self, data: bytes) -> bytes:
        """HMAC-SHA256 under the key of read-only sessions."""
        ...


@dataclass(frozen=True, slots=True)
class ReadOnlySession:
    """Who may read what until when. Ids are UUID text, ``expires_s`` Unix seconds."""

    organization_id: str
    user_id: str
    expires_s: int
    id: str

    def stored_text(self) -> str:
        """The id that is stored: worth nothing without its HMAC."""
        return base64url.encode(self._bytes())

    def _bytes(self) -> bytes:
        return (
            uuid.UUID(self.organization_id).bytes
            + uuid.UUID(self.user_id).bytes
            + self.expires_s.to_bytes(8)
            + uuid.UUID(self.id).bytes
        )


def token_of(stored_text: str, keystore: SessionTokenMac) -> str:
    """The token of a stored session, for its own user's eyes."""
    stored = base64url.decode(stored_text)
    return base64url.encode(stored + keystore.session_token_mac(_PURPOSE + stored))


def session_of(token: str, keystore: SessionTokenMac) -> ReadOnlySession | None:
    """The session of a token that this keystore has made, expired or not; None for anything else."""
    if len(token) > TEXT_MAX:
        return None
    try:
        raw = base64url.decode(token)
    except InvalidEncoding:
        return None
    if len(raw) != _TOKEN_LENGTH or base64url.encode(raw) != token:  # one session, one text
        return None
    stored, mac = raw[:_ID_LENGTH], raw[_ID_LENGTH:]
    if not hmac.compare_digest(mac, keystore.session_token_mac(_PURPOSE + stored)):
        return None
    return ReadOnlySession(
        organization_id=str(uuid.UUID(bytes=stored[:16])),
        user_id=str(uuid.UUID(bytes=stored[16:32])),
        expires_s=int.from_bytes(stored[32:40]),
        id=str(uuid.UUID(bytes=stored[40:56])),
    )
