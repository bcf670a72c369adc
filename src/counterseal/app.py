"""The composition root: builds the whole server from its settings, and takes it down again."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import structlog

from counterseal.data_directory import DataDirectory
from counterseal.engine import Authenticator, Engine, Snapshots, Writer
from counterseal.engine.render import Renderer
from counterseal.engine.submit import Submitter
from counterseal.engine.vote import VoteTaker
from counterseal.http import HttpApp, HttpLimits
from counterseal.keystore import Keystore
from counterseal.settings import Settings
from counterseal.store import Store, StoreError
from counterseal.world import Clock, Random, SystemClock, SystemRandom

_log = structlog.get_logger("counterseal")


class App:
    """A running server: an ASGI application (``http``) and the task that writes. Make one with ``start``."""

    def __init__(
        self, *, http: HttpApp, engine: Engine, writer: Writer, store: Store, directory: DataDirectory
    ) -> None:
        self.http = http
        self.engine = engine
        self._writer = writer
        self._store = store
        self._directory = directory
        self._writing = asyncio.create_task(writer.run())

    @classmethod
    async def start(cls, settings: Settings, *, clock: Clock | None = None, random: Random | None = None) -> App:
        """Lock the data directory, unseal the keys, open the store.

        Raises DataDirectoryError, SealError, KeystoreError or StoreError, each of which says what to do.
        """
        directory = DataDirectory(settings.data)
        directory.lock()
        store = directory.open_store()
        keystore = Keystore.open(directory.seal(settings.passphrase), await directory.sealed_secrets(store))
        return cls.compose(
            settings,
            directory=directory,
            store=store,
            keystore=keystore,
            clock=clock or SystemClock(),
            random=random or SystemRandom(),
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
    ) -> App:
        """Join the rooms. Call it on the event loop that will serve."""
        snapshots = Snapshots(store, bytes_max=settings.snapshot_cache_bytes_max)
        submitter = Submitter(keystore, random)
        writer = Writer(snapshots, store, submitter, VoteTaker(submitter, random))
        engine = Engine(
            authenticator=Authenticator(snapshots, store),
            snapshots=snapshots,
            store=store,
            writer=writer,
            renderer=Renderer(snapshots, store, keystore),
            clock=clock,
        )
        identities = msgspec.json.encode(keystore.public_identities())

        async def live() -> tuple[int, bytes]:
            return 200, b'{"status":"live"}'

        async def ready() -> tuple[int, bytes]:
            try:
                await store.ping()
            except StoreError as error:
                _log.error("not ready", error=str(error))
                return 503, b'{"status":"unavailable"}'
            return 200, b'{"status":"ready"}'

        async def well_known() -> tuple[int, bytes]:
            return 200, identities

        http = HttpApp(
            engine,
            random=random,
            pages={"/livez": live, "/readyz": ready, "/.well-known/counterseal": well_known},
            limits=HttpLimits(body_bytes_max=settings.body_bytes_max, body_seconds_max=settings.body_seconds_max),
        )
        return cls(http=http, engine=engine, writer=writer, store=store, directory=directory)

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """ASGI; only HTTP is spoken."""
        await self.http(scope, receive, send)

    async def stop(self) -> None:
        """Finish the writes that are waiting and release everything."""
        self._writer.close()
        await self._writing
        await self._store.close()
        self._directory.unlock()
