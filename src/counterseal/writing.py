"""Who writes, put together, and the task that does it."""

from __future__ import annotations

import asyncio

import structlog

from counterseal.engine import Snapshots
from counterseal.engine.decide.decider import Decider
from counterseal.engine.decide.judge import Judge
from counterseal.engine.write.writes import Writes
from counterseal.keystore import Keystore
from counterseal.metrics import Metrics
from counterseal.organizations import SigningRules
from counterseal.store import Store
from counterseal.world import Random, Turns

_log = structlog.get_logger("counterseal")


class Writing:
    """A writer and the task that runs it."""

    def __init__(self, writer: Writes) -> None:
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


def compose_decider(
    snapshots: Snapshots,
    store: Store,
    keystore: Keystore,
    random: Random,
    metrics: Metrics | None,
    *,
    turns: Turns,
    signing: SigningRules,
) -> Decider:
    """All that decides, for the writer of a store or for lanes in it."""
    if metrics is not None:
        metrics.started()
    judge = Judge(store, turns, random, is_waited_for=True, signing=signing)
    return Decider(snapshots, store, judge, keystore, random=random, turns=turns)
