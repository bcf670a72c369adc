"""One try to deliver an event: signed anew, sent, and what its response means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Protocol

from counterseal import __version__
from counterseal.followers.dialling import NotReached
from counterseal.keystore import WebhookKey
from counterseal.store import Ending, QueuedEvent
from counterseal.webhooks import ACTIVITY_UPDATES, signed_headers
from counterseal.world import Clock

_USER_AGENT = f"counterseal-webhook/{__version__}"


class Dials(Protocol):
    """Who makes requests; see ``Dialler``."""

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        """The status of the response. Raises NotReached."""
        ...


class Keys(Protocol):
    """Who has the keys of webhooks."""

    async def signing(self, now_ms: int) -> WebhookKey:
        """The one that signs at this moment."""
        ...


class Try(NamedTuple):
    """What became of it, and why if it did not arrive."""

    ending: Ending
    reason: str = ""


class Sender:
    """Signs and sends."""

    def __init__(self, dialler: Dials, keys: Keys, clock: Clock) -> None:
        self._dialler = dialler
        self._keys = keys
        self._clock = clock

    async def send(self, event: QueuedEvent, *, url: str, owner_id: str) -> Try:
        """Try once. What no repetition would change is given up: any status but 2xx and 5xx."""
        now_ms = self._clock.now_ms()
        key = await self._keys.signing(now_ms)
        headers = signed_headers(
            event.body,
            event_id=event.event_id,
            event_type=ACTIVITY_UPDATES,
            organization_id=owner_id,
            timestamp_ms=now_ms,
            public_key=key.public_key,
            sign=key.sign,
        )
        try:
            status = await self._dialler.post(url, {"User-Agent": _USER_AGENT, **headers}, event.body)
        except NotReached as reason:
            return Try(Ending.TRIED, str(reason))
        if 200 <= status < 300:
            return Try(Ending.DELIVERED)
        return Try(Ending.TRIED if status >= 500 else Ending.BURIED, f"status {status}")
