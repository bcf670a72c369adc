"""An organization of 100 policies that nobody has asked for since the server started."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from benchmarks.client import Stamper
from benchmarks.measurement import Measurement, of_durations
from counterseal.data_directory import DataDirectory
from counterseal.engine.judge import roster_of
from counterseal.policy.compile.expression import ExpressionCache


def cold_start(data: Path, stamper: Stamper, *, times: int = 5) -> Measurement:
    """Load the organization from its rows, compile its policies, list its voters."""
    return asyncio.run(_cold_start(data, stamper.organization_id, times))


async def _cold_start(data: Path, organization_id: str, times: int) -> Measurement:
    durations = []
    for _ in range(times):
        cache = ExpressionCache()  # as empty as after a start
        store = await DataDirectory(data).open_store_as_it_is()
        started = time.perf_counter()
        organization = await store.snapshot(organization_id)
        if organization is None or len(organization.policies) != 100:
            raise RuntimeError(f"organization {organization_id} should have 100 policies")
        for policy in organization.policies.values():
            for place, text in ("condition", policy.condition), ("consensus", policy.consensus):
                if text:
                    cache.get(text, place=place)
        votes = roster_of(organization).votes
        durations.append(time.perf_counter() - started)
        await store.close()
        if not votes:
            raise RuntimeError(f"organization {organization_id} should have users")
    return of_durations(durations)
