"""Who writes, put together, and the task that does it."""

from __future__ import annotations

import asyncio

import structlog

from counterseal.engine import Snapshots, Writer
from counterseal.engine.decider import Decider
from counterseal.engine.engine import AnyWriter
from counterseal.engine.judge import Judge
from counterseal.engine.lanes import Lanes
from counterseal.keystore import Keystore
from counterseal.metrics import Metrics
from counterseal.store import SharedStore, Store
from counterseal.world import Clock, Random, Turns

_log = structlog.get_logger("counterseal")


class Writing:
    """A writer and the task that runs it."""

    def __init__(self, writer: AnyWriter) -> None:
        self.writer = writer
        self.has_failed = False
        self._running = asyncio.create_task(writer.run())
        self._running.add_done_callback(self._on_end)

    async def stop(self) -> None:
        """Finish what is waiting."""
        self.writer.close()
        await asyncio.wait([self._running])

    def _on_end(self, running: asyncio.Task[None]) -> None:
        fault = None if running.cancelled() else running.exception()
        if fault is not None:
            self.has_failed = True
            _log.error("writer ended", kind=type(fault).__name__, exc_info=fault)


def compose_writer(
    snapshots: Snapshots,
    store: Store,
    keystore: Keystore,
    random: Random,
    metrics: Metrics | None,
    *,
    turns: Turns,
    clock: Clock,
) -> Writer:
    """The one writer of a store, with all that decides."""
    decider = _decider(snapshots, store, keystore, random, metrics, turns=turns)
    return Writer(snapshots, store, decider, clock=clock, meter=metrics)


def compose_lanes(
    snapshots: Snapshots,
    store: SharedStore,
    keystore: Keystore,
    random: Random,
    metrics: Metrics | None,
    *,
    turns: Turns,
    clock: Clock,
) -> Lanes:
    """The writer of a process that shares the store with others, with all that decides."""
    decider = _decider(snapshots, store, keystore, random, metrics, turns=turns)
    return Lanes(snapshots, store, decider, clock=clock, meter=metrics)


def _decider(
    snapshots: Snapshots, store: Store, keystore: Keystore, random: Random, metrics: Metrics | None, *, turns: Turns
) -> Decider:
    if metrics is not None:
        metrics.started()
    return Decider(snapshots, Judge(store, turns, is_waited_for=True), keystore, random, turns)
