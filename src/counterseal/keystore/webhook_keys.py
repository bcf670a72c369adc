"""The keys by which webhooks are signed: the one of the beginning, and those that were added to take its place.

A key that was added has the time at which it was first published in its name, which is sealed with it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from counterseal.crypto.ed25519 import Ed25519PrivateKey
from counterseal.keystore.cipher import Cipher
from counterseal.keystore.records import SealedSecret, only, open_secret, seal_secret
from counterseal.webhooks import keys_at, signs_from

FIRST = "webhook"
_ADDED = re.compile(r"webhook:(\d{1,15})")


@dataclass(frozen=True, slots=True)
class WebhookKey:
    """``sign`` makes 64 bytes of Ed25519; ``public_key`` has 32."""

    public_key: bytes
    sign: Callable[[bytes], bytes] = field(repr=False)


class WebhookKeys:
    """All of them, as they were read."""

    def __init__(self, keys: Sequence[tuple[int, WebhookKey]], *, max_age_seconds: int) -> None:
        """With the times at which they were first published (Unix milliseconds)."""
        self._keys = sorted(keys, key=lambda each: each[0])
        self._max_age_seconds = max_age_seconds

    def signing(self, now_ms: int) -> WebhookKey:
        """The one that signs now."""
        return keys_at(now_ms, self._keys, max_age_seconds=self._max_age_seconds).signing

    def published(self, now_ms: int) -> list[bytes]:
        """The public keys that receivers may need, the one that signs now first."""
        found = keys_at(now_ms, self._keys, max_age_seconds=self._max_age_seconds).published
        return [key.public_key for key in found]

    def all_sign_ms(self) -> int:
        """From when on the newest has its turn (Unix milliseconds)."""
        return signs_from(self._keys, max_age_seconds=self._max_age_seconds)


def is_of_webhooks(name: str) -> bool:
    """Whether a sealed secret of this name is a key that was added."""
    return _ADDED.fullmatch(name) is not None


def open_webhook_keys(sealed: Sequence[SealedSecret], cipher: Cipher, *, max_age_seconds: int) -> WebhookKeys:
    """All that are among the rows of a key store. Raises KeystoreError."""
    found = [(0, _opened(only(sealed, FIRST), cipher))]
    for record in sealed:
        match = _ADDED.fullmatch(record.name)
        if match is not None:
            found.append((int(match[1]), _opened(record, cipher)))
    return WebhookKeys(found, max_age_seconds=max_age_seconds)


def seal_new_webhook_key(cipher: Cipher, *, published_ms: int) -> SealedSecret:
    """A fresh key."""
    key = Ed25519PrivateKey.generate()
    return seal_secret(cipher, name=f"{FIRST}:{published_ms}", public_key=key.public_key.hex(), secret=key.secret)


def _opened(record: SealedSecret, cipher: Cipher) -> WebhookKey:
    key = Ed25519PrivateKey.from_secret(open_secret(cipher, record))
    return WebhookKey(key.public_key, key.sign)
