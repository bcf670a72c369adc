"""``counterseal webhooks``: dead letters are listed and sent again, and another key takes over."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from msgspec.structs import replace

import outbox_samples
import sample
from counterseal.cli import main
from counterseal.data_directory import DataDirectory
from counterseal.organizations import Put, WebhookEndpoint
from counterseal.store import Ending, NewDelivery, RowChanges, Store
from counterseal.webhooks import key_id_of
from outbox_samples import ENDPOINT, HERE, THERE


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, [*arguments])


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A server's directory."""
    done = run("init", f"--data={tmp_path / 'data'}", "--organization=Acme", "--user-name=root", "--json")
    assert done.exit_code == 0, done.output
    return tmp_path / "data"


def in_store(data: Path, work) -> None:  # type: ignore[no-untyped-def]
    async def go() -> None:
        store = await DataDirectory(data).open_store()
        try:
            await work(store)
        finally:
            await store.close()

    asyncio.run(go())


async def bury(store: Store, *numbers: int) -> None:
    """Events of an endpoint of the first organization, which have all been given up."""
    (owner_id,) = await store.organization_ids(after=None, limit=1)
    organization = await store.snapshot(owner_id)
    assert organization is not None
    row = WebhookEndpoint(id=ENDPOINT, name="hook", url="https://hooks.example.com", channel_id=THERE)
    told = tuple(
        NewDelivery(
            channel_id=HERE,
            organization_id=owner_id,
            owner_id=owner_id,
            endpoint_id=ENDPOINT,
            event_id=sample.uuid(number),
            created_ms=sample.NOW_MS,
            body=b"{}",
        )
        for number in numbers
    )
    rows = RowChanges(organization=organization, changes=(Put(row=row),))
    rests_on = ((owner_id, organization.version),)
    activity = sample.activity(owner_id)
    await store.commit([replace(sample.commit(activity, deliveries=told, rows=(rows,)), rests_on=rests_on)])
    (line,) = await store.lines_due(HERE, now_ms=sample.NOW_MS, limit=1)
    await store.settle(
        [outbox_samples.ended(line, Ending.BURIED, at=at, reason="status 410") for at in range(len(numbers))]
    )


def test_dead_letters_are_listed_and_sent_again(data: Path) -> None:
    in_store(data, lambda store: bury(store, 1, 2, 3))
    listed = run("webhooks", "dead", "list", f"--data={data}", "--json")
    letters = [json.loads(line) for line in listed.stdout.splitlines()]
    assert [letter["event_id"] for letter in letters] == [sample.uuid(number) for number in (1, 2, 3)]
    assert {letter["reason"] for letter in letters} == {"status 410"}
    words = run("webhooks", "dead", "list", f"--data={data}").stdout.splitlines()
    assert [word.split()[0] for word in words] == [sample.uuid(number) for number in (1, 2, 3)]
    nobody = run("webhooks", "dead", "list", f"--data={data}", f"--organization={sample.uuid(9)}")
    assert (nobody.exit_code, nobody.stdout) == (0, "")

    assert run("webhooks", "dead", "retry", f"--data={data}").exit_code == 2
    one = run("webhooks", "dead", "retry", f"--data={data}", sample.uuid(2))
    assert one.stdout == "1 on their way again\n"
    rest = run("webhooks", "dead", "retry", f"--data={data}", "--all")
    assert rest.stdout == "2 on their way again\n"
    assert run("webhooks", "dead", "list", f"--data={data}").stdout == ""

    async def look(store: Store) -> None:
        (line,) = await store.lines_due(THERE, now_ms=1 << 50, limit=5)
        assert [event.event_id for event in line.events] == [sample.uuid(number) for number in (2, 1, 3)]

    in_store(data, look)


def test_another_key_is_published_and_only_one_at_a_time(data: Path) -> None:
    first = run("webhooks", "rotate-key", f"--data={data}")
    assert first.exit_code == 0, first.output
    again = run("webhooks", "rotate-key", f"--data={data}")
    assert again.exit_code == 1
    assert "a key was added already, which signs from " in again.output

    async def look(store: Store) -> None:
        names = {each.name: each.public_key for each in await store.sealed_secrets()}
        (added,) = [name for name in names if name.startswith("webhook:")]
        assert f"key {key_id_of(bytes.fromhex(names[added]))} is published, and signs from " in first.stdout

    in_store(data, look)
    assert run("keys", f"--data={data}").exit_code == 0  # the key store opens with it
