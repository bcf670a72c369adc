"""``python -m benchmarks.many_organizations``: what a server costs whose parent has a million sub-organizations.

The same users send the same requests to two servers, one after the other: one with the organizations of these users
alone, and one whose store has a million others as well. Those are written through the store, without activities of
their own: a million stamped requests would take an hour.
"""

from __future__ import annotations

import asyncio
import secrets
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import click

from benchmarks.load import Load, replay, write_requests
from benchmarks.operations import OPERATIONS, introductions, stamped_requests
from benchmarks.population import NEW, populate
from benchmarks.servers import counterseal_server
from benchmarks.workplace import workplace
from counterseal.contract.shapes import CredentialType
from counterseal.crypto import Curve
from counterseal.data_directory import DataDirectory
from counterseal.organizations import ApiKey, ApiKeyAdded, OrganizationCreated, Quorum, User, UserAdded, fold
from counterseal.store import Commit
from counterseal.world import SystemClock, SystemRandom, World

_SENDERS = 2_000
_AT_ONCE = 500
_MEASURED = ("whoami", "create_api_keys")
_PATH = click.Path(path_type=Path, exists=True)


@click.command()
@click.option("--count", default=1_000_000, show_default=True)
@click.option("--seconds", default=5, show_default=True)
@click.option("--directory", type=_PATH, help="Where the data goes, on a disk. By default .bench in the checkout.")
def main(*, count: int, seconds: int, directory: Path | None) -> None:
    """Fill, measure, print."""
    with workplace(directory) as own:
        few, many = own / "few", own / "many"
        senders = populate(few, groups={NEW}, organizations=_SENDERS)[NEW]
        for name in _MEASURED:
            write_requests(own / name, stamped_requests(OPERATIONS[name], senders))
        write_requests(own / "introductions", introductions(OPERATIONS["whoami"], senders))
        shutil.copytree(few, many)
        asyncio.run(_fill(many, senders[0].organization_id, count))
        for data in few, many:
            _measure(data, own, seconds)


def _measure(data: Path, requests: Path, seconds: int) -> None:
    started = time.perf_counter()
    with counterseal_server(data) as server:
        print(f"{data.name}: ready after {time.perf_counter() - started:.2f} s, {_resident(server.process_id)}")
        replay(server, requests / "introductions", Load(8, 60), good_reply_contains='"userId"')
        for name in _MEASURED:
            contains = OPERATIONS[name].good_reply_contains
            found = replay(server, requests / name, Load(32, seconds), good_reply_contains=contains)
            print(
                f"{data.name}: {name} {found.requests_per_s:,.0f}/s, p50 {found.p50_ms:.1f} ms, p99 {found.p99_ms:.1f}"
                f" ms, {found.cpu_us:.0f} us of processor time each, {_resident(server.process_id)}"
            )


def _resident(process_id: int) -> str:
    (line,) = [each for each in Path(f"/proc/{process_id}/status").read_text().splitlines() if each.startswith("VmRSS")]
    return f"{int(line.split()[1]) // 1024} MiB of memory"


async def _fill(data: Path, sibling_id: str, count: int) -> None:
    store = await DataDirectory(data).open_store()
    try:
        sibling = await store.snapshot(sibling_id)
        if sibling is None or sibling.parent_id is None:
            raise RuntimeError(f"{sibling_id} should be a sub-organization")
        started = time.perf_counter()
        made = _organizations(sibling.parent_id, count)
        for first in made:
            await store.commit([first, *(commit for commit, _ in zip(made, range(_AT_ONCE - 1), strict=False))])
        size = sum(file.stat().st_size for file in data.iterdir() if file.is_file()) / 1e9
        print(f"{count:,} organizations in {time.perf_counter() - started:.0f} s, {size:.1f} GB", flush=True)
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
