"""How long does another organization wait while an adversary is served? ``make soak`` runs it, and so may you::

    PYTHONPATH=tests .venv/bin/python tests/hostile/soak.py [--only WORDS] [--rounds N]

The server is as shipped: one process, default settings, its log in a file. Over sockets of its own the bystander, an
organization that has nothing to do with the adversary, stamps ``whoami`` and makes API keys again and again, each one
after the other (``bystander.py``). Meanwhile the adversary of a case sends its requests; each time new ones, all made
beforehand, one after the other or, if it is a crowd, as many at once as it has connections. What counts is the longest
that the bystander has waited for any answer (p100), because a server of one process serves nobody while it is busy. It
may be 50 ms, for a read and for a write.

Noise of the machine only ever makes waits longer, so a case fails only if it is over the limit in every round, each on
the same server, with its honest twin in between: a request of the same size as an honest client would send it. The
least of the rounds is printed for both. Where the twin is over the limit too, either honest requests of that size keep
others waiting, which is as wrong, or the machine is too busy to say anything: ``idle``, the same measured while nobody
sends anything, tells the two apart.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import importlib
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hostile.bystander import PATIENCE_SECONDS, Bystander, Waits
from hostile.costly import CostlyCase, Stage
from hostile.exchange import Connection
from served import RunningServer

WAIT_MAX_MS = 50.0
ROUNDS = 5
REQUESTS_A_ROUND = 3
BETWEEN_SECONDS = 0.03
"""Between two requests of the adversary, or two crowds: none is to wait for another."""

IDLE_SECONDS = 1.0
HOPELESS_MS = 1000.0
"""No noise is as long: a wait like this needs no second round."""


@dataclass(frozen=True)
class Verdict:
    """What came of a case: the least of its rounds, in milliseconds, and the statuses that came back."""

    case: CostlyCase
    size: int
    adversarial: Waits
    honest: Waits
    rounds: int
    statuses: frozenset[int]
    honest_statuses: frozenset[int]

    @property
    def is_over(self) -> bool:
        """Whether the adversary kept others waiting for longer than they may."""
        return self.adversarial.longest > WAIT_MAX_MS

    @property
    def is_mistaken(self) -> bool:
        """Whether the server answered something else than the case says: then it has shown nothing."""
        return not (self.statuses <= self.case.answers and self.honest_statuses <= self.case.honest_answers)


def cases() -> list[CostlyCase]:
    """Those of every module ``costly_*`` beside this one."""
    found: list[CostlyCase] = []
    for path in sorted(Path(__file__).parent.glob("costly_*.py")):
        found += getattr(importlib.import_module(f"hostile.{path.stem}"), "CASES", ())
    return found


def run_case(case: CostlyCase, stage: Stage, bystander: Bystander, *, rounds: int = ROUNDS) -> Verdict:
    """Rounds of the adversary and its twin, until one is in order or there have been enough."""
    state = case.set_up(stage)
    least = honest_least = Waits(float("inf"), float("inf"))
    statuses: set[int] = set()
    honest_statuses: set[int] = set()
    size = played = 0
    for _ in range(rounds):
        requests = [case.adversarial(stage, state) for _ in range(REQUESTS_A_ROUND * case.connections)]
        twins = [case.honest(stage, state) for _ in range(REQUESTS_A_ROUND * case.connections)]
        size = max(map(len, requests))
        waits, answered = asyncio.run(longest_waits(stage, bystander, requests, connections=case.connections))
        honest, honestly_answered = asyncio.run(longest_waits(stage, bystander, twins, connections=case.connections))
        statuses |= answered
        honest_statuses |= honestly_answered
        least, honest_least, played = least.least(waits), honest_least.least(honest), played + 1
        if least.longest <= WAIT_MAX_MS or waits.longest > HOPELESS_MS:
            break
    return Verdict(case, size, least, honest_least, played, frozenset(statuses), frozenset(honest_statuses))


async def longest_waits(
    stage: Stage, bystander: Bystander, requests: Sequence[bytes], *, connections: int = 1
) -> tuple[Waits, set[int]]:
    """The bystander's longest waits while these are sent, and the statuses that they were answered."""
    host, port = stage.server.url.removeprefix("http://").split(":")
    statuses: set[int] = set()
    gc.collect()
    gc.disable()  # so that the adversary is quick
    try:
        bystander.begin()
        await asyncio.sleep(BETWEEN_SECONDS)
        for start in range(0, len(requests), connections):
            sent = [_answers(host, int(port), request) for request in requests[start : start + connections]]
            for answered in await asyncio.gather(*sent):
                statuses |= answered
            await asyncio.sleep(BETWEEN_SECONDS)
        return await asyncio.to_thread(bystander.end), statuses
    finally:
        gc.enable()


def idle_waits(bystander: Bystander) -> Waits:
    """The same while nobody sends anything."""
    bystander.begin()
    time.sleep(IDLE_SECONDS)
    return bystander.end()


async def _answers(host: str, port: int, request: bytes) -> set[int]:
    connection = Connection(host, port)
    with contextlib.suppress(TimeoutError):
        return set(await connection.statuses(request, half_closes=False, patience_seconds=PATIENCE_SECONDS))
    return set()


def main() -> int:
    arguments = argparse.ArgumentParser(description="how long others wait while an adversary is served")
    arguments.add_argument("--only", default="", help="only cases in whose names this occurs")
    arguments.add_argument("--rounds", type=int, default=ROUNDS)
    given = arguments.parse_args()
    chosen = [case for case in cases() if given.only in case.name]
    with tempfile.TemporaryDirectory(prefix="soak-") as directory:
        server = RunningServer(Path(directory) / "data", Path(directory) / "log")
        server.start()
        try:
            stage = Stage.build(server)
            with Bystander(stage) as bystander:
                verdicts = [_reported(run_case(case, stage, bystander, rounds=given.rounds)) for case in chosen]
                idle = idle_waits(bystander)
        finally:
            server.stop()
    wrong = [verdict for verdict in verdicts if verdict.is_over or verdict.is_mistaken]
    print(f"{len(verdicts)} cases, {len(wrong)} of them wrong; idle {_shown(idle)} ms, limit {WAIT_MAX_MS:.0f} ms")
    return 1 if wrong else 0


def _reported(verdict: Verdict) -> Verdict:
    word = "WAITS" if verdict.is_over else "MISTAKEN" if verdict.is_mistaken else "ok"
    answered = f"{sorted(verdict.statuses)} / {sorted(verdict.honest_statuses)}"
    print(
        f"{word:<9}{verdict.case.name:<58}{verdict.size:>8} B {_shown(verdict.adversarial)} ms"
        f"   honest {_shown(verdict.honest)} ms   {verdict.rounds} rounds   {answered}",
        flush=True,
    )
    return verdict


def _shown(waits: Waits) -> str:
    return f"read {waits.read:>7.1f} write {waits.write:>7.1f}"


if __name__ == "__main__":
    sys.exit(main())
