"""Rows of uncommitted batches over a real store are what a plain dictionary says, whatever is made, altered, removed,
sent on its way, committed or lost.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from msgspec.structs import replace

import sample
import stored
from counterseal.activities import AllOf, Needed, Unit
from counterseal.contract.shapes import CreateReadOnlySessionIntent
from counterseal.engine.state.draft_rows import DraftRows, read_needs
from counterseal.organizations import Put, Removed, RemovedAll, Row, RowChange, Snapshot, UserAdded, View
from counterseal.store import Commit, RowChanges, RowKey, Store
from sample import COLOUR, DOOR_NAME, ORGANIZATION_ID, Door, door
from store_kinds import StoreKind

NAMES, COLOURS, NUMBERS = ("front", "back", "side"), ("green", "red"), range(4)

OPERATIONS = ("put", "put", "put", "remove", "remove all", "send", "committed", "lost")

Step = tuple[str, int, str, str]
State = dict[int, tuple[str, str]]
"""Name and colour of a door by its number."""

steps = st.lists(
    st.tuples(st.sampled_from(OPERATIONS), st.sampled_from(NUMBERS), st.sampled_from(NAMES), st.sampled_from(COLOURS)),
    max_size=40,
)

QUESTIONS: tuple[Needed, ...] = (
    AllOf(kind=Door, at_most=len(NUMBERS)),
    *(RowKey(kind=Door, value=door(number).id) for number in NUMBERS),
    *(RowKey(kind=Door, key=DOOR_NAME, value=name) for name in NAMES),
    *(RowKey(kind=Door, key=COLOUR, value=colour) for colour in COLOURS),
)

ASKS_EVERYTHING = Unit(
    kind="OPEN_DOOR",
    first=lambda *_: None,
    second=None,
    needs=lambda *_: iter([QUESTIONS]),  # type: ignore[arg-type, return-value]
    resolve=None,
    may_name_parent=False,
    show=None,
)


class House:
    """A batch that is made, perhaps one that is on its way, and what is stored; and what there should be in each."""

    def __init__(self, store: Store, organization: Snapshot) -> None:
        self.store = store
        self.organization = organization
        self.made, self.changes, self.state = DraftRows(), list[RowChange](), State()
        self.under_way: list[RowChange] | None = None
        self.sent = State()
        self.durable = State()

    async def take(self, operation: str, number: int, name: str, colour: str) -> None:
        match operation:
            case "put" if self._is_free(name, number):
                self._stage(Put(row=await self._altered(number, name, colour), replaces=await self._door(number)))
                self.state[number] = (name, colour)
            case "remove" if (row := await self._door(number)) is not None:
                self._stage(Removed(row=row))
                del self.state[number]
            case "remove all":
                self._stage(RemovedAll(kind=Door, key=COLOUR, value=colour) if number else RemovedAll(kind=Door))
                self.state = {other: door for other, door in self.state.items() if number and door[1] != colour}
            case "send" if self.under_way is None:
                self.under_way, self.changes, self.sent = self.changes, [], dict(self.state)
                self.made = DraftRows(self.made)
            case "committed" if self.under_way is not None:
                await self.store.commit(list(self._commits(self.under_way)))
                self.made.settle()
                self.under_way, self.durable = None, self.sent
            case "lost" if self.under_way is not None:
                self.made, self.changes, self.state = DraftRows(), [], dict(self.durable)
                self.under_way = None

    async def check(self) -> None:
        found = await self._rows()
        for question in QUESTIONS:
            expected = [row for row in self._expected() if question.fits(row)]
            assert [replace(row, revision=0) for row in found[question]] == expected, question

    def _expected(self) -> Iterator[Door]:
        for number, (name, colour) in sorted(self.state.items()):
            yield door(number, name=name, colour=colour)

    def _is_free(self, name: str, number: int) -> bool:
        return all(taken != name or other == number for other, (taken, _) in self.state.items())

    async def _rows(self) -> dict[Needed, tuple[Row, ...]]:
        view = View(self.organization, initiator_id=sample.uuid(1))
        await read_needs(ASKS_EVERYTHING, CreateReadOnlySessionIntent(), view, self.store, over=self.made)
        return view.rows

    async def _door(self, number: int) -> Door | None:
        found = (await self._rows())[RowKey(kind=Door, value=door(number).id)]
        return cast(Door, found[0]) if found else None

    async def _altered(self, number: int, name: str, colour: str) -> Door:
        before = await self._door(number)
        return replace(before or door(number), name=name, colour=colour)

    def _stage(self, change: RowChange) -> None:
        self.made.stage(ORGANIZATION_ID, [change])
        self.changes.append(change)

    def _commits(self, changes: list[RowChange]) -> Iterator[Commit]:
        for change in changes:
            rows = RowChanges(organization=self.organization, changes=(change,))
            yield sample.commit(sample.activity(), rows=(rows,))


def test_rows_are_those_of_a_dictionary(store_kind: StoreKind) -> None:
    async def replay(path: Path, history: list[Step]) -> None:
        store = await store_kind.create(path)
        organization = await stored.make(store, ORGANIZATION_ID, UserAdded(user=sample.user()))
        house = House(store, organization)
        for step in history:
            await house.take(*step)
            await house.check()
        await store.close()

    @store_kind.examples(60, suppress_health_check=[HealthCheck.too_slow])
    @given(steps)
    def they_are(history: list[Step]) -> None:
        with tempfile.TemporaryDirectory() as directory:
            asyncio.run(replay(Path(directory), history))

    they_are()
