"""Where our copy of the model and the types of Turnkey's npm packages differ.

    .venv/bin/python scripts/contract_drift.py [PACKAGES] [--known FILE]

PACKAGES is a directory with ``@turnkey`` in it; those of the conformance tests unless it is given. Each difference is
a line, such as ``missing here: field User.userName``; *here* is ``contract/data``, *there* are the packages, all of
them together, with what they bring along. A member is ``optional`` there if one of them says so. FILE has lines of that
form, ``*`` standing for anything, under comments that explain them; what they match is not printed. Exit code 1: there
is a difference that FILE does not explain, or FILE has a line that matches none.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

from counterseal.contract.generator.model import Model, model

INSTALLED = Path(__file__).parents[1] / "tests" / "conformance" / "node_modules"

TYPES = "public_api.types.d.ts"
"""A package's copy of the OpenAPI document, as openapi-typescript writes it: one line a member."""

_PATH = re.compile(r"""["'`](/(?:public|tkhq/api)/v1/[\w/-]+)["'`]""")
_ACTIVITY_TYPE = re.compile(r"\bACTIVITY_TYPE_[A-Z0-9_]+")
_DEFINITIONS = re.compile(r"^export type definitions = \{$(.*?)^\};$", re.DOTALL | re.MULTILINE)
_DEFINITION = re.compile(r'^    "?([\w.]+)"?: (?:\{$(.*?)^    \}|([^{\n]*);$)', re.DOTALL | re.MULTILINE)
_MEMBER = re.compile(r'^        "?([\w@]+)"?(\??): (.*)$', re.MULTILINE)
_VALUE = re.compile(r'"([\w:.+/-]+)"(?=[ ;)])')


def facts_here(ours: Model) -> set[str]:
    """Everything of the model that has a name, as ``operation …``, ``activity type …``, ``definition …`` and so on."""
    facts = {f"operation {operation['path']}" for operation in ours.operations}
    for activity in ours.activities:
        types = [variant["type"] for variant in activity["variants"]]
        types += activity.get("nonstandard_types_sent_by_clients", [])
        facts |= {f"activity type {type_name}" for type_name in types}
        if activity["request_schema"]:
            facts |= {f"value {activity['request_schema']}.type.{type_name}" for type_name in types}
    for name, schema in ours.definitions.items():
        short = _short(name.rpartition(".")[2])
        facts.add(f"definition {short}")
        facts |= {f"value {short}.{value}" for value in schema.get("enum", ())}
        for member, type_ in schema.get("properties", {}).items():
            facts.add(f"field {short}.{member}")
            if member not in schema.get("required", ()):
                facts.add(f"optional {short}.{member}")
            values = type_.get("enum", type_.get("items", {}).get("enum", ()))
            facts |= {f"value {short}.{member}.{value}" for value in values}
    return facts


def facts_there(packages: Path) -> set[str]:
    """The same of all packages together: what one of them has, they have."""
    facts: set[str] = set()
    for file in sorted((packages / "@turnkey").rglob("*")):
        if not file.name.endswith((".d.ts", ".mjs")):
            continue
        text = file.read_text("utf-8")
        facts |= {f"operation {path}" for path in _PATH.findall(text)}
        facts |= {f"activity type {type_name}" for type_name in _ACTIVITY_TYPE.findall(text)}
        if file.name == TYPES and (found := _DEFINITIONS.search(text)):
            facts.update(_facts_of_types(found[1]))
    return facts


def _facts_of_types(definitions: str) -> Iterator[str]:
    for name, members, alias in _DEFINITION.findall(definitions):
        short = _short(name)
        yield f"definition {short}"
        yield from (f"value {short}.{value}" for value in _VALUE.findall(f"{alias};"))
        for member, mark, type_ in _MEMBER.findall(members):
            yield f"field {short}.{member}"
            if mark:
                yield f"optional {short}.{member}"
            if "[" not in type_ or type_.startswith("("):
                yield from (f"value {short}.{member}.{value}" for value in _VALUE.findall(type_))


def _short(name: str) -> str:
    """A definition's name without its package: ``Timestamp`` of ``externaldatav1Timestamp``.

    Definitions that are then called the same count as one.
    """
    return re.sub(r"^[a-z0-9]+", "", name)


def drift(here: set[str], there: set[str]) -> set[str]:
    """The differences as lines. Of a definition or a member that one side lacks altogether nothing more is told."""
    return set(_missing("here", there - here)) | set(_missing("there", here - there))


def _missing(where: str, facts: set[str]) -> Iterator[str]:
    for fact in facts:
        kind, _, name = fact.partition(" ")
        definition, _, member = name.partition(".")
        wholes = {f"definition {definition}", f"field {definition}.{member.partition('.')[0]}"} - {fact}
        if kind in ("field", "optional", "value") and facts & wholes:
            continue
        yield f"missing {where}: {fact}"


def known_lines(text: str) -> list[str]:
    """The patterns of a file of known differences: its lines but for comments and empty ones."""
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def unexplained(found: set[str], known: list[str]) -> list[str]:
    """The differences that no pattern matches, and ``no longer so: …`` for each pattern that matches none."""
    left = sorted(line for line in found if not any(fnmatchcase(line, pattern) for pattern in known))
    idle = [pattern for pattern in known if not any(fnmatchcase(line, pattern) for line in found)]
    return [*left, *(f"no longer so: {pattern}" for pattern in idle)]


def main(arguments: list[str]) -> int:
    """The command. Returns its exit code."""
    parser = argparse.ArgumentParser(description="differences between our copy of the model and npm packages")
    parser.add_argument("packages", nargs="?", type=Path, default=INSTALLED)
    parser.add_argument("--known", type=Path, help="a file of differences that are not to be printed")
    options = parser.parse_args(arguments)
    there = facts_there(options.packages)
    if not there:
        sys.stderr.write(f"no types of Turnkey's packages in {options.packages}\n")
        return 1
    known = known_lines(options.known.read_text("utf-8")) if options.known else []
    lines = unexplained(drift(facts_here(model()), there), known)
    sys.stdout.writelines(f"{line}\n" for line in lines)
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
