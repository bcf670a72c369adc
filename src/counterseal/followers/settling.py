"""What tries came to is remembered for many at a time: it shares the disk with those who commit."""

from __future__ import annotations

import asyncio

import structlog

from counterseal.store import Outbox, Settlement, StoreError, Unknown

PAUSE_SECONDS = 0.02
"""From one commit to the next."""

_log = structlog.get_logger("counterseal.webhooks")


class Settler:
    """Collects settlements and stores them one commit after another. Run it with ``run``."""

    def __init__(self, store: Outbox) -> None:
        self._store = store
        self._waiting: list[tuple[Settlement, asyncio.Future[bool]]] = []
        self._wake = asyncio.Event()

    def add(self, settlement: Settlement) -> asyncio.Future[bool]:
        """Done once it is durable (True), or has been tried in vain: then the event is sent again."""
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((settlement, future))
        self._wake.set()
        return future

    async def run(self) -> None:
        """Until cancelled; then what waits is stored."""
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                await self._store_all()
                await asyncio.sleep(PAUSE_SECONDS)
        finally:
            await self._store_all()

    async def _store_all(self) -> None:
        taken, self._waiting = self._waiting, []
        if not taken:
            return
        is_stored = False
        try:
            await self._store.settle([settlement for settlement, _ in taken])
            is_stored = True
        except (StoreError, Unknown) as error:
            _log.error("deliveries not remembered", events=len(taken), error=str(error))
        finally:
            for _, future in taken:
                if not future.done():
                    future.set_result(is_stored)
