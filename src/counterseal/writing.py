"""Who writes, put together, and the task that does it."""

from __future__ import annotations

import asyncio

import structlog

from counterseal.attesting import AttestedKey
from counterseal.engine import Snapshots
from counterseal.engine.decide.decider import Decider
from counterseal.engine.decide.judge import Judge
from counterseal.engine.decide.proving import Prover
from counterseal.engine.show.announce import Announcer
from counterseal.engine.write.writes import Writes
from counterseal.keystore import Keystore
from counterseal.metrics import Metrics
from counterseal.organizations import SigningRules
from counterseal.settings import Settings
from counterseal.store import Store
from counterseal.world import Clock, Random, Turns

_log = structlog.get_logger("counterseal")


class Writing:
    """A writer and the task that runs it; with it ends the making of what vouches for the key of its proofs."""

    def __init__(self, writer: Writes, attested: AttestedKey | None = None) -> None:
        self.writer = writer
        self._attested = attested
        self.has_failed = False
        self._running = asyncio.create_task(writer.run())
        self._running.add_done_callback(self._on_end)

    async def stop(self) -> None:
        """Finish what is waiting."""
        self.writer.close()
        await asyncio.wait([self._running])
        if self._attested is not None:
            await self._attested.stop()

    def _on_end(self, running: asyncio.Task[None]) -> None:
        fault = None if running.cancelled() else running.exception()
        if fault is not None:
            self.has_failed = True
            _log.error("writer ended", kind=type(fault).__name__, exc_info=fault)


def compose_announcer(store: Store, keystore: Keystore, random: Random) -> Announcer:
    """What tells webhooks of what is decided."""
    return Announcer(Judge(store, Turns(), random), keystore, random)


def compose_decider(
    snapshots: Snapshots,
    store: Store,
    keystore: Keystore,
    random: Random,
    metrics: Metrics | None,
    *,
    turns: Turns,
    signing: SigningRules,
    attested: AttestedKey | None,
) -> Decider:
    """All that decides, for the writer of a store or for lanes in it. Without a key nobody is given proofs."""
    if metrics is not None:
        metrics.started()
    judge = Judge(store, turns, random, is_waited_for=True, signing=signing)
    prover = None if attested is None else Prover(attested, snapshots, turns)
    return Decider(snapshots, store, judge, keystore, random=random, turns=turns, prover=prover)


def attested_key(settings: Settings, keystore: Keystore, store: Store, clock: Clock) -> AttestedKey | None:
    """The key of proofs of a process that decides; None where the settings want none. Call it on the event loop."""
    if not settings.proofs or keystore.boot_root is None:
        return None
    return AttestedKey(settings, keystore, keystore.boot_root, store, clock)
