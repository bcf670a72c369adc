"""``python -m benchmarks.many_organizations``: what a server costs whose parent has a million sub-organizations.

The same users send the same requests in turns to two servers: one with the organizations of these users alone, and one
whose store has a million others as well. Those are written through the store, without activities of their own: a
million stamped requests would take an hour.
"""

from __future__ import annotations

import asyncio
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

import click

from benchmarks.load import Load, StampedRequest, replay, write_requests
from benchmarks.measurement import Measurement
from benchmarks.operations import OPERATIONS, introductions, stamped_requests
from benchmarks.population import NEW, populate
from benchmarks.servers import LOG_FILE, Server, counterseal_server
from benchmarks.workplace import workplace
from counterseal.contract.shapes import CredentialType
from counterseal.crypto import Curve
from counterseal.data_directory import DataDirectory
from counterseal.organizations import ApiKey, ApiKeyAdded, OrganizationCreated, Quorum, User, UserAdded, fold
from counterseal.store import Commit
from counterseal.store.postgres import DatabaseUrl
from counterseal.world import SystemClock, SystemRandom, World
from tests.postgres_server import PostgresServer, running_postgres

_SENDERS = 2_000
_AT_ONCE = 500
_MEASURED = ("whoami", "create_api_keys")
_FEW, _MANY = "few", "many"
_PATH = click.Path(path_type=Path, exists=True)


@click.command()
@click.option("--count", default=1_000_000, show_default=True)
@click.option("--rounds", default=4, show_default=True, help="How often each server has its turn.")
@click.option("--seconds", default=2, show_default=True, help="Of each turn.")
@click.option("--postgres", "on_postgres", is_flag=True, help="In a PostgreSQL that is started for it, not on SQLite.")
@click.option("--directory", type=_PATH, help="Where the data goes, on a disk. By default .bench in the checkout.")
def main(*, count: int, rounds: int, seconds: int, on_postgres: bool, directory: Path | None) -> None:
    """Fill, measure, print."""
    with workplace(directory) as own, ExitStack() as stack:
        postgres = None
        if on_postgres:
            postgres = stack.enter_context(running_postgres(shared_buffers="256MB", max_wal_size="4GB"))
            postgres.run(f"CREATE DATABASE {_FEW}")
        senders = populate(own / _FEW, groups={NEW}, organizations=_SENDERS, database=_url(postgres, _FEW))[NEW]
        if postgres is not None:
            postgres.run(f"CREATE DATABASE {_MANY} TEMPLATE {_FEW}")
        shutil.copytree(own / _FEW, own / _MANY)
        asyncio.run(_fill(own / _MANY, _url(postgres, _MANY), senders[0].organization_id, count))
        if postgres is not None:
            postgres.run("VACUUM ANALYZE", "CHECKPOINT", database=_MANY)
        write_requests(own / "introductions", introductions(OPERATIONS["whoami"], senders))
        servers = {name: stack.enter_context(_started(own / name, _url(postgres, name))) for name in (_FEW, _MANY)}
        for server in servers.values():
            replay(server, own / "introductions", Load(8, 60), good_reply_contains='"userId"')
        for operation in _MEASURED:
            _take_turns(servers, own, operation, [*stamped_requests(OPERATIONS[operation], senders)], rounds, seconds)


def _take_turns(
    servers: dict[str, Server],
    own: Path,
    operation: str,
    requests: list[StampedRequest],
    rounds: int,
    seconds: int,
) -> None:
    """No request is sent twice: the second time it would be a read."""
    found: dict[str, list[Measurement]] = {name: [] for name in servers}
    for number in range(rounds):
        write_requests(own / operation, requests[number::rounds])
        for name, server in servers.items():
            contains = OPERATIONS[operation].good_reply_contains
            found[name].append(replay(server, own / operation, Load(32, seconds), good_reply_contains=contains))
    for name, measured in found.items():
        rate = median(each.requests_per_s for each in measured)
        p50, p99 = (median(getattr(each, which) for each in measured) for which in ("p50_ms", "p99_ms"))
        cpu = median(each.cpu_us or 0.0 for each in measured)
        print(
            f"{name}: {operation} {rate:,.0f}/s, p50 {p50:.1f} ms, p99 {p99:.1f} ms, {cpu:.0f} us of processor time"
            f" each, {_resident(servers[name].process_id)}",
            flush=True,
        )


def _url(postgres: PostgresServer | None, name: str) -> str | None:
    return None if postgres is None else postgres.socket_url(name)


@contextmanager
def _started(data: Path, database: str | None) -> Iterator[Server]:
    """A server, once it is ready, which says how long that took."""
    started = time.perf_counter()
    with counterseal_server(data, database=database, log=data / LOG_FILE) as server:
        seconds = time.perf_counter() - started
        print(f"{data.name}: ready after {seconds:.2f} s, {_resident(server.process_id)}", flush=True)
        yield server


def _resident(process_id: int) -> str:
    (line,) = [each for each in Path(f"/proc/{process_id}/status").read_text().splitlines() if each.startswith("VmRSS")]
    return f"{int(line.split()[1]) // 1024} MiB of memory"


async def _fill(data: Path, database: str | None, sibling_id: str, count: int) -> None:
    url = None if database is None else DatabaseUrl(database)
    store = await DataDirectory(data, url).open_store()
    try:
        sibling = await store.snapshot(sibling_id)
        if sibling is None or sibling.parent_id is None:
            raise RuntimeError(f"{sibling_id} should be a sub-organization")
        started = time.perf_counter()
        made = _organizations(sibling.parent_id, count)
        for first in made:
            await store.commit([first, *(commit for commit, _ in zip(made, range(_AT_ONCE - 1), strict=False))])
        print(f"{count:,} organizations in {time.perf_counter() - started:.0f} s", flush=True)
    finally:
        await store.close()


def _organizations(parent_id: str, count: int) -> Iterator[Commit]:
    """Each of one user with a key that nobody has: it has the form of one, and is no point."""
    world = World(SystemClock().now_ms(), SystemRandom())
    for number in range(count):
        organization_id, user_id = world.new_id(), world.new_id()
        created = OrganizationCreated(
            name=f"Family {number}",
            parent_id=parent_id,
            created_ms=world.now_ms,
            quorum=Quorum(threshold=1, user_ids=(user_id,)),
            features={},
        )
        user = User(id=user_id, name=f"User {number}", created_ms=world.now_ms, updated_ms=world.now_ms)
        key = ApiKey(
            id=world.new_id(),
            user_id=user_id,
            name="Stamping key",
            type=CredentialType.API_KEY_P256,
            curve=Curve.P256,
            public_key="02" + secrets.token_hex(32),
            created_ms=world.now_ms,
        )
        step = fold(None, organization_id, [created, UserAdded(user=user), ApiKeyAdded(api_key=key)])
        yield Commit(activity=None, is_new=False, new_votes=(), steps=(step,))


if __name__ == "__main__":
    main()
