"""Commits that are a Conflict: whoever sent what can be stored is answered as if there had been none, whatever it was
that spoiled the batch, and nothing is there twice or by half.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from composed import ComposedServer, Reply, user_params
from counterseal.crypto import Curve, generate_key_pair
from counterseal.engine.write.anew import ALONE_ATTEMPTS
from counterseal.engine.write.writer import TOGETHER
from counterseal.store import Commit
from gate import Gate

GROUPS = 3
OF_A_GROUP = TOGETHER + 3
"""With so many waiting the writer decides them while the commit of the group before is under way."""

Step = Callable[[], Coroutine[Any, Any, Reply]]


class Crowd:
    """Groups of requests, each of which is decided over the commit of the group before."""

    def __init__(self, server: ComposedServer, gate: Gate) -> None:
        self.server = server
        self.gate = gate
        self.first = len(self.gate.batches)

    def step(self, kind: str, parameters: dict[str, Any]) -> Step:
        """The same bytes every time it is taken."""
        body = self.server.activity_body(kind, parameters)
        path = f"/public/v1/submit/{kind.partition('_V')[0].lower()}"
        return lambda: self.server.post(path, body, by=self.server.root)

    def tag(self, name: str) -> Step:
        return self.step("CREATE_PRIVATE_KEY_TAG", {"privateKeyTagName": name})

    def user(self, name: str) -> Step:
        return self.step("CREATE_USERS_V4", {"users": [user_params(name, generate_key_pair(Curve.P256))]})

    def groups(self) -> list[list[Step]]:
        """Users, rows, and what changes nothing; the tag of the first group is taken for those after it."""
        return [
            [
                self.tag("the first"),
                self.user(f"user {group}"),
                self.tag(f"tag {group}"),
                *(self.step("CREATE_READ_ONLY_SESSION", {}) for _ in range(TOGETHER)),
            ]
            for group in range(GROUPS)
        ]

    async def run(self, groups: Sequence[Sequence[Step]]) -> list[list[int]]:
        """The statuses of each group's replies."""
        self.gate.open.clear()
        running = []
        for number, group in enumerate(groups):
            running.append([asyncio.create_task(step()) for step in group])
            for _ in range(300):
                await asyncio.sleep(0)
            if number:
                await self.gate.let_one_through()
        self.gate.open.set()
        return [[reply.status for reply in await asyncio.gather(*tasks)] for tasks in running]

    async def found(self) -> tuple[list[str], list[str], int]:
        """The names of users and tags, and how many activities there are."""
        users = (await self.server.query("list_users")).json["users"]
        tags = (await self.server.query("list_private_key_tags")).json["privateKeyTags"]
        page = {"paginationOptions": {"limit": "100"}}
        activities = (await self.server.query("list_activities", **page)).json["activities"]
        assert len({each["id"] for each in activities}) == len(activities)
        return (
            [each["userName"] for each in users],
            sorted(each["tagName"] for each in tags),
            len(activities),
        )


@pytest_asyncio.fixture
async def crowd(tmp_path: Path) -> AsyncIterator[Crowd]:
    gate = Gate()
    server = await ComposedServer.start(tmp_path, wrap_store=gate.before)
    yield Crowd(server, gate)
    await server.app.stop()


EXPECTED = [[200] * OF_A_GROUP, *([[400, *[200] * (OF_A_GROUP - 1)]] * (GROUPS - 1))]
FOUND = (
    ["root", *(f"user {group}" for group in range(GROUPS))],
    sorted(["the first", *(f"tag {group}" for group in range(GROUPS))]),
    GROUPS * OF_A_GROUP - (GROUPS - 1),
)


async def both_before_and_after_a_start(crowd: Crowd) -> tuple[list[str], list[str], int]:
    found = await crowd.found()
    store = crowd.server.store
    await crowd.server.restart()
    assert await crowd.found() == found, "what is shown is what is stored"
    assert crowd.server.store is not store
    return found


async def test_without_any(crowd: Crowd) -> None:
    assert await crowd.run(crowd.groups()) == EXPECTED
    assert len(crowd.gate.batches) - crowd.first == GROUPS
    assert await both_before_and_after_a_start(crowd) == FOUND


@pytest.mark.parametrize("in_a_row", range(1, ALONE_ATTEMPTS + 2))
@pytest.mark.parametrize("at", range(1, GROUPS + OF_A_GROUP))
async def test_any_of_them_spoils_nothing(crowd: Crowd, at: int, in_a_row: int) -> None:
    numbers = range(crowd.first + at, crowd.first + at + in_a_row)
    crowd.gate.is_conflict = lambda number, _: number in numbers
    assert await crowd.run(crowd.groups()) == EXPECTED
    assert await both_before_and_after_a_start(crowd) == FOUND


@pytest.mark.parametrize("place", range(OF_A_GROUP))
@pytest.mark.parametrize("group", range(GROUPS))
async def test_one_that_can_never_be_stored_is_the_only_one_that_is_not(crowd: Crowd, group: int, place: int) -> None:
    groups = crowd.groups()
    groups[group].insert(place, crowd.user("a spoiler"))
    crowd.gate.is_conflict = lambda _, commits: any(map(_is_spoiler, commits))
    expected = [list(statuses) for statuses in EXPECTED]
    expected[group].insert(place, 503)
    assert await crowd.run(groups) == expected
    tries = 2 + OF_A_GROUP + ALONE_ATTEMPTS
    assert len(crowd.gate.batches) - crowd.first <= GROUPS + tries, "it ends"
    assert await both_before_and_after_a_start(crowd) == FOUND


@pytest.mark.parametrize("failing", range(2, OF_A_GROUP + 3))
async def test_a_store_that_fails_meanwhile_is_not_asked_for_each(crowd: Crowd, failing: int) -> None:
    """The second attempt fails; or the first two are a Conflict, and then that of one alone fails."""
    group, number = crowd.groups()[0], crowd.first
    crowd.gate.is_conflict = lambda at, _: at - number in range(1, min(failing, 3))
    crowd.gate.fails_at = number + failing
    stored = failing - 3 if failing > 2 else 0
    assert await crowd.run([group]) == [[200] * stored + [503] * (OF_A_GROUP - stored)]
    assert len(crowd.gate.batches) == number + failing
    assert [(await step()).status for step in group] == [200] * OF_A_GROUP, "the same bytes again"
    found = await both_before_and_after_a_start(crowd)
    assert found == (["root", "user 0"], ["tag 0", "the first"], OF_A_GROUP)


def _is_spoiler(commit: Commit) -> bool:
    return commit.activity is not None and b"a spoiler" in commit.activity.votes[0].message
