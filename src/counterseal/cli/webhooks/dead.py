"""``counterseal webhooks dead``: events that were given up, listed and sent again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import click
import msgspec

from counterseal.cli.options import data_option, database_option, explained, keep_secrets_to_this_process
from counterseal.data_directory import DataDirectory
from counterseal.organizations import WebhookEndpoint
from counterseal.store import Conflict, DeadLetter, RowKey, Store, StoreError
from counterseal.store.postgres import DatabaseUrl
from counterseal.world import Clock, SystemClock

_AT_ONCE = 100
_ATTEMPTS = 10

organization_option = click.option(
    "--organization", "organization_id", type=click.UUID, help="Of endpoints of this organization alone."
)


@click.group()
def dead() -> None:
    """Events that were given up. They are kept for 30 days."""


@dead.command("list")
@data_option
@database_option
@organization_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
def list_command(directory: Path, database: DatabaseUrl | None, organization_id: object, *, as_json: bool) -> None:
    """List them, the oldest first: event, endpoint, organization, when it was given up, and why."""
    keep_secrets_to_this_process()
    owner_id = None if organization_id is None else str(organization_id)
    with explained():
        asyncio.run(_list(DataDirectory(directory, database), owner_id, as_json=as_json))


@dead.command("retry")
@data_option
@database_option
@organization_option
@click.argument("event_ids", nargs=-1, type=click.UUID, metavar="[EVENT]…")
@click.option("--all", "is_all", is_flag=True, help="All of them.")
def retry_command(
    directory: Path,
    database: DatabaseUrl | None,
    organization_id: object,
    event_ids: tuple[object, ...],
    *,
    is_all: bool,
) -> None:
    """Send events again that were given up: each at the end of what its endpoint is told of its organization.

    An endpoint that is switched off or gone is told of nothing.
    """
    keep_secrets_to_this_process()
    if bool(event_ids) == is_all:
        raise click.UsageError("give the ids of events, or --all")
    owner_id = None if organization_id is None else str(organization_id)
    wanted = None if is_all else {str(each) for each in event_ids}
    with explained():
        asyncio.run(_retry(DataDirectory(directory, database), owner_id, wanted))


async def _list(directory: DataDirectory, owner_id: str | None, *, as_json: bool) -> None:
    store = await directory.open_store_as_it_is()
    try:
        async for letter in _letters(store, owner_id):
            if as_json:
                click.echo(msgspec.json.encode(letter).decode())
            else:
                died = datetime.fromtimestamp(letter.died_ms // 1000, UTC).isoformat()
                click.echo(f"{letter.event_id} {letter.endpoint_id} {letter.organization_id} {died} {letter.reason}")
    finally:
        await store.close()


async def _retry(directory: DataDirectory, owner_id: str | None, wanted: set[str] | None) -> None:
    store, clock = await directory.open_store_beside_server(), SystemClock()
    sent = left = 0
    try:
        async for letter in _letters(store, owner_id):
            if wanted is None or letter.event_id in wanted:
                if await _send_again(store, letter, clock):
                    sent += 1
                else:
                    left += 1
    finally:
        await store.close()
    click.echo(f"{sent} on their way again")
    if left:
        click.echo(f"{left} left: their endpoints are gone, or are not told of activities now", err=True)


async def _letters(store: Store, owner_id: str | None) -> AsyncIterator[DeadLetter]:
    after: DeadLetter | None = None
    while letters := await store.dead_letters(owner_id=owner_id, after=after, limit=_AT_ONCE):
        for letter in letters:
            yield letter
        after = letters[-1]


async def _send_again(store: Store, letter: DeadLetter, clock: Clock) -> bool:
    key = RowKey(kind=WebhookEndpoint, value=letter.endpoint_id)
    for endpoint in (await store.rows(letter.owner_id, [key]))[key]:
        if isinstance(endpoint, WebhookEndpoint) and endpoint.channel_id is not None:
            return await _revive(store, letter, endpoint.channel_id, clock)
    return False


async def _revive(store: Store, letter: DeadLetter, channel_id: str, clock: Clock) -> bool:
    """While the server adds to the same line, one of the two goes first."""
    for _ in range(_ATTEMPTS):
        try:
            return await store.revive(letter, channel_id=channel_id, now_ms=clock.now_ms())
        except Conflict:
            continue
    raise StoreError(f"the event {letter.event_id} could not be put on its way: try again")
