"""``counterseal policy``: try policies out before anybody depends on them. Nothing here writes anything."""

from __future__ import annotations

import click

from counterseal.cli.policy.cases import cases_command
from counterseal.cli.policy.check import check_command
from counterseal.cli.policy.test import test_command


@click.group()
def policy() -> None:
    """Check policies and test them, by the code that decides live requests. Nothing is written."""


for _command in (cases_command, check_command, test_command):
    policy.add_command(_command)

__all__ = ["policy"]
