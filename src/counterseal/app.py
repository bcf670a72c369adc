"""The composition root: builds the whole server from its settings, and takes it down again."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

import structlog

from counterseal.activities import implemented_kinds
from counterseal.data_directory import CHECKPOINT_FILE, DataDirectory
from counterseal.engine import Authentication, Engine, Snapshots, Writer
from counterseal.engine.decide.judge import Judge
from counterseal.engine.show.render import Renderer
from counterseal.engine.show.simulate import Simulator
from counterseal.engine.who.read_only import ReadOnlySessions
from counterseal.engine.write.lanes import Lanes
from counterseal.engine.write.writes import Writes, WritesElsewhere
from counterseal.followers.checkpoint_file import CheckpointFile
from counterseal.followers.forks import require_no_fork
from counterseal.followers.sequencer import Sequencer
from counterseal.following import Following
from counterseal.http import (
    Cors,
    HttpApp,
    HttpLimits,
    TrustedProxies,
)
from counterseal.http.asgi import Observe
from counterseal.keystore import Keystore
from counterseal.ledger_pages import LEDGER_PATH, ledger_page
from counterseal.metrics import Metrics, SharedMetrics
from counterseal.pages import pages
from counterseal.queries import implemented_queries
from counterseal.rates import client_rate, sub_organization_rate
from counterseal.settings import Settings
from counterseal.store import SharedStore, Store
from counterseal.webhook_delivery import WebhookDelivery
from counterseal.webhook_keys import KeysOfWebhooks
from counterseal.world import Clock, Random, SystemClock, SystemRandom, Turns
from counterseal.writing import Writing, attested_key, compose_announcer, compose_decider

_log = structlog.get_logger("counterseal")


class App:
    """A running server: an ASGI application (``http``) and the task by which it writes. Make one with ``start``."""

    def __init__(
        self,
        *,
        http: HttpApp,
        engine: Engine,
        writing: Writing,
        following: Following,
        store: Store,
        directory: DataDirectory,
    ) -> None:
        self.http = http
        self.engine = engine
        self._writing = writing
        self._following = following
        self._store = store
        self._directory = directory

    @classmethod
    async def start(cls, settings: Settings, *, clock: Clock | None = None, random: Random | None = None) -> App:
        """The whole server in this process: lock the data directory, unseal the keys, open the store.

        Raises DataDirectoryError, SealError, KeystoreError or StoreError, each of which says what to do.
        """
        directory = DataDirectory(settings.data, settings.database)
        store, keystore = await lock_and_open(directory, settings)
        if isinstance(store, SharedStore):
            await store.get_ready()
        return cls.compose(
            settings,
            directory=directory,
            store=store,
            keystore=keystore,
            clock=clock or SystemClock(),
            random=random or SystemRandom(),
            delivers_webhooks=True,
        )

    @classmethod
    async def start_worker(
        cls, settings: Settings, writer: WritesElsewhere, shared_metrics: SharedMetrics | None
    ) -> App:
        """A worker: it answers queries and verifies stamps here, and hands writes to the process that started it."""
        directory = DataDirectory(settings.data)
        store, keystore = await _open(directory, settings)
        snapshots = Snapshots(store, bytes_max=settings.snapshot_cache_bytes_max, is_only_writer=False)
        writer.follow_with(snapshots.follow)
        return cls._join(
            settings,
            directory=directory,
            store=store,
            keystore=keystore,
            snapshots=snapshots,
            writing=Writing(writer),
            following=Following(),
            metrics=None if shared_metrics is None else Metrics(shared_metrics),
            clock=SystemClock(),
            random=SystemRandom(),
            turns=Turns(),
            keys=KeysOfWebhooks(store, keystore, settings, SystemClock()),
        )

    @classmethod
    def compose(
        cls,
        settings: Settings,
        *,
        directory: DataDirectory,
        store: Store,
        keystore: Keystore,
        clock: Clock,
        random: Random,
        delivers_webhooks: bool = False,
    ) -> App:
        """Join the rooms of a server in one process. Call it on the event loop that will serve."""
        snapshots = Snapshots(
            store,
            bytes_max=settings.snapshot_cache_bytes_max,
            is_only_writer=not isinstance(store, SharedStore),
        )
        metrics, turns = Metrics() if settings.metrics else None, Turns(clock)
        attested = attested_key(settings, keystore, store, clock)
        decider = compose_decider(
            snapshots, store, keystore, random, metrics, turns=turns, signing=settings.signing, attested=attested
        )
        announce = compose_announcer(store, keystore, random).announce
        writer: Writes
        if isinstance(store, SharedStore):
            writer = Lanes(snapshots, store, decider, clock=clock, meter=metrics, announce=announce)
        else:
            writer = Writer(snapshots, store, decider, clock=clock, meter=metrics, announce=announce)
        following = followers(settings, store, keystore, clock=clock, random=random)
        keys = KeysOfWebhooks(store, keystore, settings, clock)
        if delivers_webhooks:
            following.add(
                WebhookDelivery(settings, store, keys, snapshots, writer, metrics=metrics, clock=clock, random=random)
            )
        return cls._join(
            settings,
            directory=directory,
            store=store,
            keystore=keystore,
            snapshots=snapshots,
            writing=Writing(writer, attested),
            following=following,
            metrics=metrics,
            clock=clock,
            random=random,
            turns=turns,
            keys=keys,
        )

    @classmethod
    def _join(
        cls,
        settings: Settings,
        *,
        directory: DataDirectory,
        store: Store,
        keystore: Keystore,
        snapshots: Snapshots,
        writing: Writing,
        following: Following,
        metrics: Metrics | None,
        clock: Clock,
        random: Random,
        turns: Turns,
        keys: KeysOfWebhooks,
    ) -> App:
        implemented_kinds()  # all units are imported here, so that no request waits for it or finds one broken
        implemented_queries()
        judge = Judge(store, turns, random, signing=settings.signing)
        engine = Engine(
            authentication=Authentication(snapshots, store),
            snapshots=snapshots,
            store=store,
            writer=writing.writer,
            renderer=Renderer(snapshots, store, judge, keystore, turns),
            simulator=Simulator(judge, store, random, turns),
            sessions=ReadOnlySessions(snapshots, keystore),
            turns=turns,
            clock=clock,
            admit=sub_organization_rate(settings),
        )
        http = HttpApp(
            engine,
            random=random,
            turns=turns,
            pages=pages(store, keystore, writing.writer, metrics, keys),
            pages_below={LEDGER_PATH: partial(ledger_page, store)} if settings.ledger else {},
            limits=HttpLimits(body_bytes_max=settings.body_bytes_max, body_seconds_max=settings.body_seconds_max),
            client_rate=client_rate(settings, clock),
            trusted_proxies=TrustedProxies(settings.trusted_proxies or ()),
            ip_allowlists=settings.ip_allowlists,
            cors=Cors(settings.cors_origins),
            observe=None if metrics is None else _observer(metrics, snapshots),
        )
        return cls(http=http, engine=engine, writing=writing, following=following, store=store, directory=directory)

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """ASGI; only HTTP is spoken."""
        await self.http(scope, receive, send)

    @property
    def writer_ended(self) -> asyncio.Event:
        """Set once there is nobody left who writes: then there is nothing to serve for."""
        return self._writing.writer.ended

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


def _observer(metrics: Metrics, snapshots: Snapshots) -> Observe:
    seen_hits = seen_misses = 0

    def observe(operation: str, status: int, seconds: float) -> None:
        nonlocal seen_hits, seen_misses
        metrics.request(operation, status, seconds)
        metrics.look_ups(hits=snapshots.hits - seen_hits, misses=snapshots.misses - seen_misses)
        seen_hits, seen_misses = snapshots.hits, snapshots.misses

    return observe


async def lock_and_open(directory: DataDirectory, settings: Settings) -> tuple[Store, Keystore]:
    """What a process that writes rests on. Raises what ``App.start`` raises."""
    directory.lock()
    try:
        store, keystore = await _open(directory, settings, is_writer=True)
        try:
            store.keeps_ledger = settings.ledger
            if settings.ledger:
                await require_no_fork(store, keystore, checkpoint_file(settings))
        except BaseException:
            await store.close()
            raise
        return store, keystore
    except BaseException:
        directory.unlock()
        raise


def checkpoint_file(settings: Settings) -> CheckpointFile:
    """Where the last checkpoint is kept."""
    return CheckpointFile(settings.ledger_checkpoint_file or settings.data / CHECKPOINT_FILE)


def followers(settings: Settings, store: Store, keystore: Keystore, *, clock: Clock, random: Random) -> Following:
    """Those of a process that writes. Call it on the event loop."""
    if not settings.ledger:
        return Following()
    return Following(Sequencer(store, keystore, clock=clock, random=random, file=checkpoint_file(settings)))


async def _open(directory: DataDirectory, settings: Settings, *, is_writer: bool = False) -> tuple[Store, Keystore]:
    """Whoever writes also makes the keys that earlier releases did not have."""
    store = await directory.open_store(others_write=not is_writer)
    try:
        seal, sealed = directory.seal(settings.passphrase), await directory.sealed_secrets(store)
        if not is_writer:
            return store, Keystore.open(seal, sealed)
        keystore, added = Keystore.complete(seal, sealed)
        if keystore.boot_root is None:
            added.append(keystore.new_boot_root(now_ms=SystemClock().now_ms()))
        if added:
            await directory.add_sealed_secrets(store, added)
            _log.warning("keys made", names=[each.name for each in added])
            keystore = Keystore.open(seal, await directory.sealed_secrets(store))  # another process may have been first
        return store, keystore
    except BaseException:
        await store.close()
        raise
