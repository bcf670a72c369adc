"""``python -m counterseal.contract.generate [--check]``: writes the generated modules, or says which are stale."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from counterseal.contract.generator.model import model
from counterseal.contract.generator.shapes_source import shapes_source
from counterseal.contract.generator.table_source import table_source

ROOM = Path(__file__).parent


def generated() -> dict[Path, str]:
    """The generated modules by path, as they should read."""
    return {
        ROOM / "shapes.py": shapes_source(model()),
        ROOM / "operations_table.py": table_source(model()),
    }


def stale() -> list[Path]:
    """The generated modules that do not read as they should."""
    return [path for path, text in generated().items() if not path.exists() or path.read_text("utf-8") != text]


def main(arguments: list[str]) -> int:
    """The command. Returns its exit code: 1 if ``--check`` finds a stale module."""
    parser = argparse.ArgumentParser(prog="python -m counterseal.contract.generate", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail if a module is stale")
    if parser.parse_args(arguments).check:
        behind = stale()
        sys.stderr.writelines(f"stale: {path.name}\n" for path in behind)
        return 1 if behind else 0
    for path, text in generated().items():
        path.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
