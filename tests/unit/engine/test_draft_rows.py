"""What a unit is given: rows as uncommitted batches have left them, laid over what is stored."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import Any, cast

import pytest
from msgspec.structs import replace

import sample
from counterseal.activities import AllOf, Needed, Unit
from counterseal.contract.errors import InternalFault
from counterseal.engine.draft_rows import DraftRows, read_needs
from counterseal.organizations import Put, Removed, Row, View
from counterseal.store import Reads, RowKey
from sample import COLOUR, DOOR_NAME, ORGANIZATION_ID, PARENT_ID, Door, door

ALL = AllOf(kind=Door, at_most=5)
GREEN = RowKey(kind=Door, key=COLOUR, value="green")


class StoredRows:
    """Rows in memory, all of one organization; ``meanwhile`` happens after they have been looked at."""

    def __init__(self, *rows: Row) -> None:
        self.rows_there = sorted(rows, key=lambda row: row.id)
        self.meanwhile: Callable[[], None] = lambda: None
        self.asked: list[Sequence[RowKey]] = []

    async def rows(self, _organization_id: str, keys: Sequence[RowKey]) -> dict[RowKey, tuple[Row, ...]]:
        self.asked.append(keys)
        found = {key: tuple(row for row in self.rows_there if key.fits(row)) for key in keys}
        self.meanwhile()
        return found

    async def page(self, _organization_id: str, kind: type[Row], *, limit: int, **_: Any) -> list[Row]:
        found = [row for row in self.rows_there[::-1] if isinstance(row, kind)][:limit]
        self.meanwhile()
        return found


def unit_that_needs(needs: Callable[[Any, View], Generator[Sequence[Needed], None, None]]) -> Unit:
    return Unit(
        kind="OPEN_DOOR",
        first=lambda *_: None,
        second=None,
        needs=needs,
        resolve=None,
        may_name_parent=False,
        reads_parent=False,
        show=None,
    )


def by_name(name: str) -> RowKey:
    return RowKey(kind=Door, key=DOOR_NAME, value=name)


def by_id(number: int) -> RowKey:
    return RowKey(kind=Door, value=door(number).id)


async def found(stored: StoredRows, over: DraftRows | None, *wanted: Needed) -> list[tuple[Row, ...]]:
    view = View(sample.organization(sample.user()), initiator_id=sample.uuid(1))
    await read_needs(unit_that_needs(lambda *_: iter([wanted])), None, view, cast(Reads, stored), over=over)  # type: ignore[arg-type, return-value]
    return [view.rows[each] for each in wanted]


async def test_steps_see_what_the_steps_before_have_found() -> None:
    def needs(_intent: Any, view: View) -> Generator[Sequence[Needed], None, None]:
        yield [by_name("front")]
        (front,) = view.rows[by_name("front")]
        yield [by_name(front.colour)]

    stored = StoredRows(door(1, name="front", colour="back"), door(2, name="back"))
    view = View(sample.organization(sample.user()), initiator_id=sample.uuid(1))
    await read_needs(unit_that_needs(needs), None, view, cast(Reads, stored))  # type: ignore[arg-type]
    assert stored.asked == [[by_name("front")], [by_name("back")]]
    assert [row.id for row in view.rows[by_name("back")]] == [door(2).id]


async def test_what_is_staged_lies_over_what_is_stored() -> None:
    stored = StoredRows(*(door(number, revision=3) for number in (1, 2, 3)))
    draft = DraftRows()
    one, two, four = door(1, revision=3), door(2, revision=3), door(4)
    draft.stage(ORGANIZATION_ID, [Put(row=replace(one, name="new", colour="red"), replaces=one), Removed(row=two)])
    draft.stage(ORGANIZATION_ID, [Put(row=four)])
    red, three, new = replace(one, name="new", colour="red", revision=4), door(3, revision=3), door(4, revision=1)
    assert await found(stored, draft, ALL, GREEN, by_name("door 1"), by_name("new"), by_id(1), by_id(2), by_id(4)) == [
        (red, three, new),
        (three, new),
        (),
        (red,),
        (red,),
        (),
        (new,),
    ]
    assert await found(stored, DraftRows(), ALL) == [tuple(door(number, revision=3) for number in (1, 2, 3))]


async def test_a_row_is_stored_once_a_batch_and_once_more_by_the_next() -> None:
    stored = StoredRows()
    first = DraftRows()
    first.stage(ORGANIZATION_ID, [Put(row=door(1))])
    for name in ("a", "b"):
        ((row,),) = await found(stored, first, by_id(1))
        first.stage(ORGANIZATION_ID, [Put(row=replace(cast(Door, row), name=name), replaces=row)])
    assert await found(stored, first, by_id(1)) == [(door(1, name="b", revision=1),)]
    second = DraftRows(first)
    for name in ("c", "d"):
        ((row,),) = await found(stored, second, by_id(1))
        second.stage(ORGANIZATION_ID, [Put(row=replace(cast(Door, row), name=name), replaces=row)])
    assert await found(stored, second, by_id(1)) == [(door(1, name="d", revision=2),)]
    assert await found(stored, first, by_id(1)) == [(door(1, name="b", revision=1),)]
    stored.rows_there = [door(1, name="b", revision=1)]
    second.settle()
    assert await found(stored, second, by_id(1), by_name("b")) == [(door(1, name="d", revision=2),), ()]


async def test_other_organizations_and_other_kinds_are_not_touched() -> None:
    class Window(Row, frozen=True, kw_only=True, gc=False):
        KIND = "window"

    draft = DraftRows()
    draft.stage(PARENT_ID, [Put(row=door(1))])
    draft.stage(ORGANIZATION_ID, [Put(row=Window(id=door(2).id))])
    assert await found(StoredRows(), draft, ALL, GREEN, by_id(1), by_id(2)) == [()] * 4


@pytest.mark.parametrize("wanted", [ALL, by_id(1), by_name("door 1"), GREEN])
async def test_a_commit_that_ends_while_the_store_is_read_hides_nothing(wanted: Needed) -> None:
    first = DraftRows()
    first.stage(ORGANIZATION_ID, [Put(row=door(1))])
    second, stored = DraftRows(first), StoredRows()
    stored.meanwhile = second.settle
    assert await found(stored, second, wanted) == [(door(1, revision=1),)]


async def test_more_rows_than_a_limit_allows_are_a_fault() -> None:
    with pytest.raises(InternalFault, match="an organization has more than 5 rows of door"):
        await found(StoredRows(*map(door, range(6))), None, ALL)
