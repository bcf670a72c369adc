"""What each step costs where there are few of something and where there are many, in turns on one store."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from statistics import median

import click

from benchmarks.population import make_server
from benchmarks.workplace import workplace
from counterseal.data_directory import DataDirectory
from counterseal.organizations import OrganizationCreated, Quorum, Snapshot, fold
from counterseal.store import Commit, Store
from counterseal.store.postgres import DatabaseUrl
from counterseal.world import SystemClock, SystemRandom, World
from tests.postgres_server import running_postgres

FEW = 10
TIMES = 400
"""How often each step is taken."""

_PATH = click.Path(path_type=Path, exists=True)

Try = Callable[[Store], Awaitable[None]]


def command(measure: Callable[[int], Try]) -> click.Command:
    """A command that makes a store of the kind that is asked for and hands it to ``measure(count)``."""

    @click.command()
    @click.option("--count", default=1_000_000, show_default=True)
    @click.option(
        "--postgres", "on_postgres", is_flag=True, help="In a PostgreSQL that is started for it, not on SQLite."
    )
    @click.option("--directory", type=_PATH, help="Where the data goes, on a disk. By default .bench in the checkout.")
    def main(*, count: int, on_postgres: bool, directory: Path | None) -> None:
        """Fill, measure, print."""
        with workplace(directory) as own:
            if not on_postgres:
                make_server(own / "data")
                asyncio.run(_with_store(DataDirectory(own / "data"), measure(count)))
                return
            with running_postgres(shared_buffers="256MB", max_wal_size="4GB") as postgres:
                postgres.run("CREATE DATABASE rows")
                url = postgres.socket_url("rows")
                make_server(own / "data", database=url)
                asyncio.run(_with_store(DataDirectory(own / "data", DatabaseUrl(url)), measure(count)))

    return main


async def new_organization(store: Store, name: str) -> Snapshot:
    """An organization without users, as the first one is made."""
    world = World(SystemClock().now_ms(), SystemRandom())
    quorum = Quorum(threshold=1, user_ids=(world.new_id(),))
    created = OrganizationCreated(name=name, parent_id=None, created_ms=world.now_ms, quorum=quorum, features={})
    step = fold(None, world.new_id(), [created])
    await store.commit([Commit(activity=None, is_new=False, new_votes=(), steps=(step,))])
    return step.after


async def take_turns(few: object, many: object, steps: Sequence[str], *, count: int) -> None:
    """Each step, a coroutine of that name, of both by turns; its medians are printed."""
    for name in steps:
        seconds: list[list[float]] = [[], []]
        for number in range(TIMES):
            for each, spent in zip((few, many), seconds, strict=True):
                started = time.perf_counter()
                await getattr(each, name)(number)
                spent.append(time.perf_counter() - started)
        among_few, among_many = (median(spent) * 1e3 for spent in seconds)
        print(f"{name}: {among_few:.3f} ms among {FEW}, {among_many:.3f} ms among {count:,}", flush=True)


async def _with_store(directory: DataDirectory, try_: Try) -> None:
    store = await directory.open_store(others_write=True)  # so that each read is one
    try:
        await try_(store)
    finally:
        await store.close()
