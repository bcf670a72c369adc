"""A few places, in turn, and never all for one."""

from __future__ import annotations

import asyncio

import pytest

from counterseal.engine.decide.places import OF_ONE, PLACES, Places


class Guests:
    """Each holds a place until told to leave."""

    def __init__(self) -> None:
        self.places = Places()
        self.seated: list[str] = []
        self._leave: dict[str, asyncio.Event] = {}

    def come(self, whose: str, name: str) -> asyncio.Task[None]:
        return asyncio.create_task(self._sit(whose, name))

    async def _sit(self, whose: str, name: str) -> None:
        async with self.places.one_for(whose):
            self.seated.append(name)
            leave = self._leave[name] = asyncio.Event()
            await leave.wait()

    async def go(self, name: str) -> None:
        self._leave[name].set()
        await settled()


async def settled() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_one_organization_never_has_all_of_them() -> None:
    guests = Guests()
    tasks = [guests.come("many", f"many {at}") for at in range(PLACES + 2)]
    await settled()
    assert len(guests.seated) == OF_ONE < PLACES
    tasks.append(guests.come("few", "few 0"))
    await settled()
    assert guests.seated[-1] == "few 0"
    for task in tasks:
        task.cancel()


async def test_organizations_take_turns() -> None:
    guests = Guests()
    tasks = [guests.come(whose, f"{whose} {at}") for whose in ("a", "b") for at in range(4)]
    await settled()
    assert guests.seated == ["a 0", "a 1", "a 2", "b 0"]
    await guests.go("a 0")
    assert guests.seated[4:] == ["a 3"], "who has waited longest"
    await guests.go("a 1")
    assert guests.seated[5:] == ["b 1"]
    for task in tasks:
        task.cancel()


async def test_whoever_gives_up_gives_the_place_to_the_next() -> None:
    guests = Guests()
    tasks = [guests.come("a", f"a {at}") for at in range(OF_ONE + 3)]
    await settled()
    tasks[OF_ONE].cancel()  # one who waits
    await settled()
    tasks[0].cancel()  # one who is seated
    await settled()
    assert guests.seated[OF_ONE:] == [f"a {OF_ONE + 1}"]
    with pytest.raises(asyncio.CancelledError):
        await tasks[OF_ONE]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert not guests.places._held
    assert not guests.places._lines
