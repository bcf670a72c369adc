"""The table of decoders in the threat model says what the code does: its numbers are the constants that it names."""

from __future__ import annotations

import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import counterseal

PROJECT = Path(__file__).parents[2]
PAGE = (PROJECT / "docs" / "threat-model.md").read_text("utf-8")
SECTION = re.search(r"^## Decoders$(.*?)^## ", PAGE, re.MULTILINE | re.DOTALL)
TABLE = SECTION[1] if SECTION else ""
ROWS = [line for line in TABLE.splitlines() if line.startswith("| ")][1:]

NAMED = re.compile(r"([0-9,]+)\s\(((?:`[a-z0-9_.]+\.[A-Z0-9_]+`(?:, )?)+)\)")
"""A number, and the constants that have it: ``10,000 (`contract.parse.MAX_VALUES`)``."""

DECODERS = (
    "chains",
    "contract.body",
    "contract.parse",
    "contract.shape",
    "contract.webhook_urls",
    "crypto",
    "keystore.bundles",
    "ledger",
    "proofs",
    "stamps",
    "activities.authenticators",
    "activities.webhook_endpoints",
)
"""Where everything that bounds something is in the table."""

BOUNDS = re.compile(r"(?:^|_)(?:MAX|LONGEST|LARGEST|LITTLE)(?:_|$)")


def named() -> dict[str, int]:
    """The numbers of the table by the constants that they stand beside."""
    return {
        constant.strip("`"): int(number.replace(",", ""))
        for number, constants in NAMED.findall(TABLE)
        for constant in constants.split(", ")
    }


def value_of(constant: str) -> object:
    module, _, name = constant.rpartition(".")
    return getattr(importlib.import_module(f"counterseal.{module}"), name)


def modules() -> list[str]:
    """The modules of decoders, as the table names them."""
    found = pkgutil.walk_packages(counterseal.__path__, "counterseal.")
    names = [each.name.removeprefix("counterseal.") for each in found if not each.ispkg]
    return [name for name in names if name.startswith(DECODERS)]


def bounds_of(module: str) -> list[str]:
    """The bounds that a module states itself, and does not import."""
    source = (PROJECT / "src" / "counterseal" / (module.replace(".", "/") + ".py")).read_text("utf-8")
    stated = re.findall(r"^([A-Z][A-Z_0-9]*)(?:: Final)? = ", source, re.MULTILINE)
    return [name for name in stated if BOUNDS.search(name)]


@pytest.mark.parametrize(("constant", "number"), named().items(), ids=named())
def test_a_number_is_that_of_its_constant(constant: str, number: int) -> None:
    assert value_of(constant) == number


@pytest.mark.parametrize("module", modules())
def test_no_bound_of_a_decoder_is_missing(module: str) -> None:
    missing = [name for name in bounds_of(module) if f"{module}.{name}" not in named()]
    assert not missing, f"docs/threat-model.md, Decoders: {missing}"


@pytest.mark.parametrize("row", ROWS, ids=[row.split("|")[1].strip() for row in ROWS])
def test_a_row_is_whole_and_shown_by_tests_that_exist(row: str) -> None:
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert len(cells) == 6
    assert all(cells)
    tests = re.findall(r"`(tests/[^`]+)`", cells[-1])
    assert tests
    assert not [test for test in tests if not (PROJECT / test).is_file()]


def test_the_table_is_there() -> None:
    assert len(ROWS) >= 20
    assert len(named()) >= 20
