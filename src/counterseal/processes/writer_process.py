"""The process that writes for its workers."""

from __future__ import annotations

from counterseal.app import followers, lock_and_open
from counterseal.attesting import AttestedKey
from counterseal.data_directory import DataDirectory
from counterseal.engine import Snapshots, Writer
from counterseal.following import Following
from counterseal.metrics import Metrics, SharedMetrics
from counterseal.settings import Settings
from counterseal.store import Store
from counterseal.webhook_delivery import WebhookDelivery
from counterseal.webhook_keys import KeysOfWebhooks
from counterseal.world import SystemClock, SystemRandom, Turns
from counterseal.writing import Writing, attested_key, compose_announcer, compose_decider


class WriterProcess:
    """The process that writes for its workers; it speaks no HTTP. Make one with ``start``."""

    def __init__(
        self,
        writer: Writer,
        following: Following,
        store: Store,
        directory: DataDirectory,
        attested: AttestedKey | None,
    ) -> None:
        self.writer = writer
        self._store = store
        self._directory = directory
        self._writing = Writing(writer, attested)
        self._following = following

    @classmethod
    async def start(cls, settings: Settings, shared_metrics: SharedMetrics | None) -> WriterProcess:
        """Lock the data directory, unseal the keys, open the store. Raises what ``App.start`` raises."""
        directory = DataDirectory(settings.data)
        store, keystore = await lock_and_open(directory, settings)
        snapshots = Snapshots(store, bytes_max=settings.snapshot_cache_bytes_max)
        metrics = None if shared_metrics is None else Metrics(shared_metrics)
        clock, random = SystemClock(), SystemRandom()
        attested = attested_key(settings, keystore, store, clock)
        decider = compose_decider(
            snapshots, store, keystore, random, metrics, turns=Turns(), signing=settings.signing, attested=attested
        )
        following = followers(settings, store, keystore, clock=clock, random=random)
        announce = compose_announcer(store, keystore, random).announce
        writer = Writer(snapshots, store, decider, clock=clock, meter=metrics, announce=announce)
        keys = KeysOfWebhooks(store, keystore, settings, clock)
        following.add(
            WebhookDelivery(settings, store, keys, snapshots, writer, metrics=metrics, clock=clock, random=random)
        )
        return cls(writer, following, store, directory, attested)

    @property
    def has_failed(self) -> bool:
        """Whether the writer has ended by a fault, which is in the log."""
        return self._writing.has_failed

    async def stop(self) -> None:
        """Finish the writes that are waiting and release everything."""
        await self._writing.stop()
        await self._following.stop()
        await self._store.close()
        self._directory.unlock()
