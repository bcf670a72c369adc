"""``counterseal policy check``: type-check policies and point out those that are sound but probably not meant."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from counterseal.cli.options import explained
from counterseal.cli.policy.sources import (
    NamedPolicy,
    organization_in,
    organization_options,
    policies_in,
    policies_of,
    problems,
)
from counterseal.contract import all_operations
from counterseal.engine.judge import roster_of
from counterseal.organizations import Snapshot
from counterseal.policy import compile_policy, lint
from counterseal.store.postgres import DatabaseUrl


@click.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
@organization_options
def check_command(
    file: Path | None, directory: Path | None, database: DatabaseUrl | None, organization_id: str | None
) -> None:
    """Check the policies of a JSON FILE, or without one those of an organization.

    With --organization, also whether its present users can reach each consensus. Warnings leave the exit code 0;
    a policy that the server would refuse makes it 1.
    """
    if file is None and organization_id is None:
        raise click.UsageError("give a FILE, or --data and --organization")
    with explained():
        organization = None if organization_id is None else organization_in(directory, database, organization_id)
        policies = _policies(file, organization)
    errors = problems(policies)
    for sentence in errors:
        click.echo(f"error: {sentence}")
    compiled = [compile_policy(each.rule) for each in policies]
    names = {each.rule.id: each.name for each in policies}
    findings = lint(
        [each for each in compiled if not each.unreadable],
        roster=None if organization is None else roster_of(organization),
        activities=_activities(),
    )
    for finding in findings:
        click.echo(f"warning: {names[finding.policy_id]}: {finding.message} [{finding.lint}]")
    click.echo(f"{len(policies)} checked, {len(errors)} errors, {len(findings)} warnings")
    if errors:
        sys.exit(1)


def _policies(file: Path | None, organization: Snapshot | None) -> list[NamedPolicy]:
    if file is not None:
        return policies_in(file)
    return [] if organization is None else policies_of(organization)


def _activities() -> dict[str, tuple[str | None, str | None, str | None]]:
    """Every activity type that can be submitted, with the kind, resource and action that policies see."""
    return {
        each.type: (each.policy_kind, each.resource, each.action)
        for operation in all_operations()
        for each in operation.variants.values()
    }
