"""Rows of a batch whose commit is under way are seen by what is decided over it, and go with it if it fails."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from composed import ComposedServer, Reply
from counterseal.engine.write.writer import TOGETHER
from counterseal.store import StoreError
from gate import Gate

URL = "https://hooks.example.com/"

Step = Callable[[], Coroutine[Any, Any, Reply]]


class Chain:
    """Groups of requests, each of which is decided over the commit of the group before."""

    def __init__(self, server: ComposedServer, gate: Gate) -> None:
        self.server = server
        self.gate = gate

    def step(self, kind: str, parameters: dict[str, Any]) -> Step:
        """The same bytes every time it is taken."""
        body = self.server.activity_body(kind, parameters)
        return lambda: self.server.post(f"/public/v1/submit/{kind.lower()}", body, by=self.server.root)

    def tag(self, name: str) -> Step:
        return self.step("CREATE_PRIVATE_KEY_TAG", {"privateKeyTagName": name})

    def rename(self, tag_id: str, name: str) -> Step:
        return self.step("UPDATE_PRIVATE_KEY_TAG", {"privateKeyTagId": tag_id, "newPrivateKeyTagName": name})

    def delete(self, tag_id: str) -> Step:
        return self.step("DELETE_PRIVATE_KEY_TAGS", {"privateKeyTagIds": [tag_id]})

    def endpoint(self, name: str) -> Step:
        return self.step("CREATE_WEBHOOK_ENDPOINT", {"url": URL, "name": name})

    async def names(self) -> list[str]:
        return [each["tagName"] for each in (await self.server.query("list_private_key_tags")).json["privateKeyTags"]]

    async def run(self, *groups: list[Step], failing: int | None = None) -> list[list[Reply]]:
        """The replies of each group, of which the commit of one may fail (counted from 0)."""
        first = len(self.gate.batches)
        self.gate.fails_at = None if failing is None else first + failing + 1
        self.gate.open.clear()
        running = []
        for number, group in enumerate(groups):
            # With so many waiting the writer decides while a commit is under way.
            fillers = [self.step("CREATE_READ_ONLY_SESSION", {}) for _ in range(TOGETHER)]
            running.append([asyncio.create_task(step()) for step in (*group, *fillers)])
            for _ in range(300):
                await asyncio.sleep(0)
            if number:
                await self.gate.let_one_through()
        self.gate.open.set()
        replies = [await asyncio.gather(*tasks) for tasks in running]
        assert len(self.gate.batches) == first + len(groups), "each group was a commit of its own"
        return [each[: len(group)] for each, group in zip(replies, groups, strict=True)]


@pytest_asyncio.fixture
async def chain(tmp_path: Path) -> AsyncIterator[Chain]:
    gate = Gate()
    server = await ComposedServer.start(tmp_path, wrap_store=gate.before)
    yield Chain(server, gate)
    await server.app.stop()


def statuses(replies: list[list[Reply]]) -> list[list[int]]:
    return [[reply.status for reply in group] for group in replies]


async def test_rows_that_are_not_stored_yet_are_seen_by_the_next_batch(chain: Chain) -> None:
    tag_id = (await chain.tag("old")()).result["privateKeyTagId"]
    replies = await chain.run(
        [chain.tag("one"), chain.rename(tag_id, "first"), chain.rename(tag_id, "second")],
        [chain.tag("one"), chain.tag("second"), chain.tag("old"), chain.rename(tag_id, "third")],
        [chain.tag("second"), chain.delete(tag_id), chain.tag("third"), chain.rename(tag_id, "gone")],
    )
    assert statuses(replies) == [[200] * 3, [400, 400, 200, 200], [200, 200, 200, 404]]
    assert sorted(await chain.names()) == ["old", "one", "second", "third"]


async def test_a_limit_is_exact_over_uncommitted_batches(chain: Chain) -> None:
    groups = [[chain.endpoint(f"{group} {number}") for number in range(4)] for group in range(3)]
    assert statuses(await chain.run(*groups)) == [[200] * 4, [200] * 4, [200, 200, 429, 429]]


@pytest.mark.parametrize(
    ("failing", "expected"),
    [
        (0, [[503] * 9, [200] * 4, [400, 400, 200]]),
        (1, [[200] * 9, [503] * 4, [200, 400, 200]]),
        (2, [[200] * 9, [400, 200, 200, 200], [503] * 3]),
    ],
)
async def test_what_was_seen_of_a_failed_commit_is_taken_back(
    chain: Chain, failing: int, expected: list[list[int]]
) -> None:
    groups = [
        [chain.tag("one"), *(chain.endpoint(str(number)) for number in range(8))],
        [chain.tag("one"), chain.tag("two"), chain.endpoint("8"), chain.endpoint("9")],
        [chain.tag("two"), chain.tag("one"), chain.endpoint("10")],
    ]
    assert statuses(await chain.run(*groups, failing=failing)) == expected
    names = await chain.names()
    assert sorted(names) == ["one", "two"]
    await chain.server.restart()
    assert await chain.names() == names


async def test_a_row_that_was_altered_by_a_failed_commit_is_as_it_was(chain: Chain) -> None:
    tag_id = (await chain.tag("old")()).result["privateKeyTagId"]
    replies = await chain.run(
        [chain.rename(tag_id, "lost"), chain.rename(tag_id, "lost, too")],
        [chain.tag("old"), chain.rename(tag_id, "new"), chain.tag("lost")],
        [chain.tag("old")],
        failing=0,
    )
    assert statuses(replies) == [[503] * 2, [400, 200, 200], [200]]
    assert sorted(await chain.names()) == ["lost", "new", "old"]


async def test_a_row_that_was_removed_by_a_failed_commit_is_there(chain: Chain) -> None:
    tag_id = (await chain.tag("old")()).result["privateKeyTagId"]
    chain.gate.failure, chain.gate.failures_left = StoreError("as the test wants it"), 1
    removal = chain.delete(tag_id)
    assert (await removal()).status == 503
    assert await chain.names() == ["old"]
    assert (await removal()).status == 200, "the same bytes again"
    assert (await removal()).status == 200
    assert await chain.names() == []
