"""Submissions were decided in the order of their coming, up to 128 in one piece. Each may take milliseconds, so all
others waited for whatever one organization had sent at once. Organizations take turns, and a batch ends when it has
taken long to decide.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from composed import Actor, ComposedServer, Reply
from counterseal.engine.write.writer import BATCH_SECONDS
from counterseal.store import Commit
from gate import Gate

CROWD = 20


@pytest.mark.parametrize("takes_seconds", [0.0, BATCH_SECONDS])
async def test_another_organization_is_decided_second(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, takes_seconds: float
) -> None:
    server = await ComposedServer.start(tmp_path, wrap_store=Gate().before)
    ((adversary,), (bystander,)) = [await server.add_sub_organization(name) for name in ("eve", "bob")]
    committed: list[str] = []
    commit = server.store.commit

    async def watched(commits: Sequence[Commit]) -> None:
        committed.extend(each.activity.organization_id for each in commits)
        await commit(commits)

    monkeypatch.setattr(server.store, "commit", watched)
    server.clock.work_seconds = takes_seconds

    def rename(by: Actor, name: str) -> asyncio.Task[Reply]:
        return asyncio.create_task(server.submit("UPDATE_USER_NAME", {"userId": by.user_id, "userName": name}, by=by))

    crowd = [rename(adversary, str(number)) for number in range(CROWD)]
    replies = await asyncio.gather(*crowd, rename(bystander, "bob"))
    assert {reply.status for reply in replies} == {200}
    assert committed.index(bystander.organization_id) == 1
    await server.app.stop()
