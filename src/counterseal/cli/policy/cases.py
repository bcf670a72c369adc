"""``counterseal policy cases``: run a file of cases, each with policies of its own."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import click

from counterseal.cli.options import explained
from counterseal.policy import CaseResult, read_cases, run_case


@click.command("cases")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def cases_command(file: Path) -> None:
    """Run the cases of a JSON FILE (format: docs/policy-language.md). Exit code 1 if one fails."""
    with explained():
        results = [run_case(case) for case in read_cases(file.read_bytes())]
    report(results)


def report(results: Iterable[CaseResult]) -> None:
    """Print what failed, with the reasons, and ``N passed, M failed``; exit with 1 if any did."""
    passed = failed = 0
    for result in results:
        if result.passed:
            passed += 1
            continue
        failed += 1
        click.echo(f"FAILED {result.name}: expected {result.expected}, got {result.actual}")
        click.echo("\n".join(f"    {line}" for line in result.explanation.splitlines()))
    click.echo(f"{passed} passed, {failed} failed")
    if failed:
        sys.exit(1)
