"""Whether requirements.lock is current: if not, ``scripts/lock-dependencies`` writes it anew."""

from __future__ import annotations

import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
DEPENDENCIES = [
    Requirement(each) for each in tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
]
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")


def locked() -> dict[str, tuple[Requirement, str]]:
    """By canonical name: what is locked, and the rest of its entry."""
    text = re.sub(r"^#.*\n", "", (ROOT / "requirements.lock").read_text(), flags=re.MULTILINE)
    entries = re.split(r"\n(?=\S)", text.replace("\\\n", " "))
    found = {}
    for entry in entries:
        head, _, rest = entry.partition(" --hash")
        requirement = Requirement(head.strip())
        found[canonicalize_name(requirement.name)] = requirement, f" --hash{rest}"
    return found


LOCKED = locked()


def here(requirement: Requirement) -> bool:
    return requirement.marker is None or requirement.marker.evaluate({"extra": ""})


@pytest.mark.parametrize("requirement", DEPENDENCIES, ids=str)
def test_what_the_project_asks_for_is_locked_at_a_version_that_will_do(requirement: Requirement) -> None:
    (pin,) = LOCKED[canonicalize_name(requirement.name)][0].specifier
    assert pin.operator == "=="
    assert requirement.specifier.contains(pin.version)


@pytest.mark.parametrize("name", LOCKED)
def test_each_version_has_the_hashes_of_its_files_and_is_the_one_under_test(name: str) -> None:
    requirement, rest = LOCKED[name]
    assert HASH.search(rest)
    if here(requirement):
        (pin,) = requirement.specifier
        assert metadata.version(name) == pin.version, "make a new environment: scripts/python-environment"


def test_all_that_these_need_is_locked_and_nothing_else() -> None:
    needed, waiting = set(), list(DEPENDENCIES)
    while waiting:
        name = canonicalize_name(waiting.pop().name)
        if name not in needed:
            needed.add(name)
            waiting += [each for each in map(Requirement, metadata.requires(name) or []) if here(each)]
    assert needed == {name for name, (requirement, _) in LOCKED.items() if here(requirement)}
