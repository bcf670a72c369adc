"""``python -m counterseal.coverage [--check]``: write docs/coverage.md from what has behaviour, or see it is so."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from counterseal.activities import implemented_kinds
from counterseal.contract import operation_for
from counterseal.contract.coverage import coverage_page
from counterseal.engine.decide.vote import VOTES
from counterseal.queries import implemented_queries

PAGE = Path(__file__).parents[2] / "docs" / "coverage.md"


def current_page() -> str:
    """The page as it should be: units and queries by their registries, votes by the engine."""
    votes = {operation.kind for name in VOTES if (operation := operation_for(f"/public/v1/submit/{name}"))}
    return coverage_page(implemented_kinds() | {kind for kind in votes if kind}, implemented_queries())


def main(arguments: list[str]) -> int:
    """The command. Returns its exit code: 1 if ``--check`` finds that the page is not current."""
    parser = argparse.ArgumentParser(prog="python -m counterseal.coverage", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail if the page is not current")
    if not parser.parse_args(arguments).check:
        PAGE.write_text(current_page(), "utf-8")
        return 0
    if PAGE.is_file() and PAGE.read_text("utf-8") == current_page():
        return 0
    sys.stderr.write(f"not current: {PAGE.name}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
