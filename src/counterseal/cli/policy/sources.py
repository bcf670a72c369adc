"""Where policies come from: a file, or an organization in a data directory, be its server running or not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec

from counterseal.cli.options import database_option
from counterseal.contract.errors import InvalidRequest, NotFound
from counterseal.contract.rules import uuid
from counterseal.data_directory import DataDirectory
from counterseal.organizations import Snapshot
from counterseal.policy import ORGANIZATION_COST_MAX, Effect, Policy, check_policy, rule_of
from counterseal.store.postgres import DatabaseUrl

Command = TypeVar("Command", bound=Callable[..., Any])


class NamedPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """A policy under the name by which reports speak of it."""

    name: str
    rule: Policy


class _Written(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    effect: Effect
    policy_id: str | None = None
    policy_name: str | None = None
    condition: str | None = None
    consensus: str | None = None
    time: str | None = None


class _Listed(msgspec.Struct, frozen=True):
    policies: list[_Written]


def organization_options(command: Command) -> Command:
    """``--organization`` with ``--data`` or ``--database``, or nothing of it."""
    command = click.option("--organization", "organization_id", help="An organization of that server, by its id.")(
        database_option(command)
    )
    return click.option(
        "--data",
        "directory",
        type=click.Path(file_okay=False, path_type=Path),
        envvar="COUNTERSEAL_DATA",
        show_envvar=True,
        help="The directory that holds a server's data; the server may be running.",
    )(command)


def policies_in(file: Path) -> list[NamedPolicy]:
    """The policies of a JSON file: a list of them as create_policy takes them, or the reply of list_policies.

    The reply shows absent texts as empty ones; create_policy refuses these. Raises InvalidRequest for a file of another
    form. The texts are not checked.
    """
    document = file.read_bytes()
    is_reply = document.lstrip()[:1] == b"{"
    try:
        written = (
            msgspec.json.decode(document, type=_Listed).policies
            if is_reply
            else msgspec.json.decode(document, type=list[_Written])
        )
    except msgspec.DecodeError as problem:
        raise InvalidRequest(f"{file} is not a file of policies: {problem}") from problem
    return [_named(each, number, empty_is_absent=is_reply) for number, each in enumerate(written, start=1)]


def policies_of(organization: Snapshot) -> list[NamedPolicy]:
    """The policies of an organization."""
    return [NamedPolicy(name=each.name, rule=rule_of(each)) for each in organization.policies.values()]


def organization_in(directory: Path | None, database: DatabaseUrl | None, organization_id: str) -> Snapshot:
    """The organization as it is now. Raises NotFound, StoreError or a usage error if nobody says where it is."""
    if directory is None and database is None:
        raise click.UsageError("--organization needs --data or --database")
    place = DataDirectory(directory or Path(), database)
    return asyncio.run(_organization_in(place, uuid(organization_id, "--organization")))


def problems(policies: Sequence[NamedPolicy]) -> list[str]:
    """For each policy whose texts do not check, what is wrong where; and whether all together cost too much."""
    found = []
    total = 0
    for each in policies:
        try:
            total += check_policy(condition=each.rule.condition, consensus=each.rule.consensus, time=each.rule.time)
        except InvalidRequest as problem:
            found.append(f"{each.name}: {problem.message}")
    if total > ORGANIZATION_COST_MAX:
        found.append(f"all policies together: {total} steps at least, expected at most {ORGANIZATION_COST_MAX}")
    return found


async def _organization_in(place: DataDirectory, organization_id: str) -> Snapshot:
    store = await place.open_store_as_it_is()
    try:
        organization = await store.snapshot(organization_id)
    finally:
        await store.close()
    if organization is None:
        raise NotFound(f"no organization found with the given ID {organization_id} in {place}")
    return organization


def _named(written: _Written, number: int, *, empty_is_absent: bool) -> NamedPolicy:
    id_ = written.policy_id or f"{number}"
    texts = [written.condition, written.consensus]
    if empty_is_absent:
        texts = [text or None for text in texts]
    return NamedPolicy(
        name=written.policy_name or written.policy_id or f"policy {number}",
        rule=Policy(
            id=id_,
            effect=written.effect,
            condition=texts[0],
            consensus=texts[1],
            time=written.time or None,
        ),
    )
