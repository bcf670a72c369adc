"""The follower that delivers webhooks, put together."""

from __future__ import annotations

import asyncio

from counterseal.engine import Snapshots
from counterseal.engine.write.deactivating import Deactivation
from counterseal.engine.write.writer import Writer
from counterseal.engine.write.writes import Writes
from counterseal.followers.dialling import Dialler
from counterseal.followers.sending import Sender
from counterseal.followers.webhooks import WebhookFollower
from counterseal.metrics import Metrics
from counterseal.settings import Settings
from counterseal.store import Store
from counterseal.webhook_keys import KeysOfWebhooks
from counterseal.world import Clock, Random


class WebhookDelivery:
    """See ``Follower``: it delivers, and keeps up with the keys by which is signed."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        keys: KeysOfWebhooks,
        snapshots: Snapshots,
        writer: Writes,
        *,
        metrics: Metrics | None,
        clock: Clock,
        random: Random,
    ) -> None:
        followers = writer.followers if isinstance(writer, Writer) else set()
        self._keys = keys
        self._dialler = Dialler(is_private_allowed=settings.signing.private_webhooks)
        self._follower = WebhookFollower(
            store,
            Sender(self._dialler, keys, clock),
            clock=clock,
            random=random,
            deactivate=Deactivation(snapshots, store, followers=followers).deactivate,
            meter=metrics,
        )

    async def run(self) -> None:
        """Until closed."""
        keeping_up = asyncio.create_task(self._keys.keep_up())
        try:
            await self._follower.run()
        finally:
            keeping_up.cancel()
            self._dialler.close()

    def close(self) -> None:
        """Begin nothing more; what is under way has some seconds."""
        self._follower.close()
