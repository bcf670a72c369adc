"""The keys by which webhooks are signed, read from the store again and again: another process may have added one."""

from __future__ import annotations

import asyncio

import msgspec
import structlog

from counterseal.keystore import Keystore, KeystoreError, SealedSecret, WebhookKey, WebhookKeys
from counterseal.settings import Settings
from counterseal.store import Store, StoreError
from counterseal.webhooks import key_set, max_age_seconds
from counterseal.world import Clock

READ_SECONDS = 20.0
"""After so long another key is known to whoever signs: long before it may be used."""

_log = structlog.get_logger("counterseal")


class KeysOfWebhooks:
    """What signs, and the key set that is published."""

    def __init__(self, store: Store, keystore: Keystore, settings: Settings, clock: Clock) -> None:
        self._store = store
        self._keystore = keystore
        self._max_age = max_age_seconds(is_development=settings.signing.private_webhooks)
        self._clock = clock
        self._keys: WebhookKeys | None = None

    @property
    def cache_control(self) -> bytes:
        """For how long the key set may be kept (RFC 9111)."""
        return f"public, max-age={self._max_age}, s-maxage={self._max_age}".encode()

    async def signing(self, now_ms: int) -> WebhookKey:
        """The key that signs at this moment. Raises StoreError, KeystoreError."""
        return (self._keys or await self._read()).signing(now_ms)

    async def key_set(self) -> bytes:
        """The JWKS as JSON. Raises StoreError, KeystoreError."""
        return msgspec.json.encode(key_set((await self._read()).published(self._clock.now_ms())))

    async def keep_up(self) -> None:
        """Read them from time to time until cancelled."""
        while True:
            await asyncio.sleep(READ_SECONDS)
            try:
                await self._read()
            except (StoreError, KeystoreError) as error:
                _log.error("keys of webhooks not read", error=str(error))

    async def _read(self) -> WebhookKeys:
        """All there are now."""
        sealed = [
            SealedSecret(name=each.name, public_key=each.public_key, sealed=each.sealed)
            for each in await self._store.sealed_secrets()
        ]
        self._keys = self._keystore.webhook_keys(sealed, max_age_seconds=self._max_age)
        return self._keys
