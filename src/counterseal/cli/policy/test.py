"""``counterseal policy test``: run a file of cases against policies from a file or of an organization."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import msgspec

from counterseal.cli.options import explained
from counterseal.cli.policy.cases import report
from counterseal.cli.policy.sources import organization_in, organization_options, policies_in, policies_of, problems
from counterseal.engine.decide.judge import roster_of
from counterseal.organizations import Snapshot
from counterseal.policy import PolicyCase, read_cases, run_case
from counterseal.store.postgres import DatabaseUrl


@click.command("test")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--policies", "policy_file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@organization_options
def test_command(
    file: Path,
    policy_file: Path | None,
    directory: Path | None,
    database: DatabaseUrl | None,
    organization_id: str | None,
) -> None:
    """Run the cases of a JSON FILE against the policies of a file or of an organization. Exit code 1 if one fails.

    FILE is as for `policy cases`; its cases leave their policies out. With --organization, they are about its users:
    an approver is named by its id alone, and `org_users` and `root_quorum` are the organization's own unless given.
    """
    if (policy_file is None) == (organization_id is None):
        raise click.UsageError("give either --policies or --data and --organization")
    with explained():
        cases = read_cases(file.read_bytes())
        if policy_file is not None:
            policies = policies_in(policy_file)
        else:
            organization = organization_in(directory, database, organization_id or "")
            policies = policies_of(organization)
            cases = [_in(organization, case) for case in cases]
        wrong = problems(policies)
        if wrong:
            raise click.ClickException("\n".join(wrong))
        results = [run_case(case, policies=[each.rule for each in policies]) for case in cases]
    report(results)


def _in(organization: Snapshot, case: PolicyCase) -> PolicyCase:
    """The case with what it leaves out taken from the organization."""
    users: dict[str, dict[str, Any]] = {user.id: msgspec.to_builtins(user) for user in roster_of(organization).users}
    approvers = [
        users.get(each.get("id", ""), {}) | each if isinstance(each, dict) else each
        for each in case.context.get("approvers", [])
    ]
    context = {
        "org_users": list(users.values()),
        "root_quorum": {"threshold": organization.quorum.threshold, "user_ids": organization.quorum.user_ids},
        **case.context,
        "approvers": approvers,
    }
    return msgspec.structs.replace(case, context=context)
