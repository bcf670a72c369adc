"""``python -m counterseal.scaffold activity KIND`` or ``query NAME``; see docs/architecture.md, "The unit"."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from counterseal.scaffold.units import NotWritten, Unit, activity_unit, query_unit

PROJECT = Path(__file__).parents[3]


def write(unit: Unit) -> list[Path]:
    """Write a unit, its test, and the folder that they are the first of. Raises NotWritten if one is there."""
    folder = PROJECT / "src" / "counterseal" / unit.room / unit.noun
    test = PROJECT / "tests" / "unit" / unit.room / unit.noun / f"test_{unit.name}.py"
    texts = {folder / f"{unit.name}.py": unit.text, test: unit.test}
    if there := [path for path in texts if path.exists()]:
        raise NotWritten(f"{there[0]} is there already: nothing was written")
    if not (folder / "__init__.py").exists():
        texts[folder / "__init__.py"] = f'"""{unit.noun.capitalize().replace("_", " ")}."""\n'
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return list(texts)


def main(arguments: list[str]) -> int:
    """The command. Returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m counterseal.scaffold")
    parser.add_argument("what", choices=["activity", "query"])
    parser.add_argument("name", help="such as CREATE_WALLET, or get_wallet")
    asked = parser.parse_args(arguments)
    try:
        written = write((activity_unit if asked.what == "activity" else query_unit)(asked.name))
    except NotWritten as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.writelines(f"{path.relative_to(PROJECT)}\n" for path in written)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
