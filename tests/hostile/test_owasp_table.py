"""The threat model names tests that are there, for every entry of the OWASP API Security Top 10."""

from __future__ import annotations

import re
from pathlib import Path

PROJECT = Path(__file__).parents[2]
PAGE = PROJECT / "docs" / "threat-model.md"


def test_every_entry_is_shown_by_tests_that_exist() -> None:
    rows = re.findall(r"^\| API(\d+) [^|]+\|[^|]+\|([^|]+)\|$", PAGE.read_text("utf-8"), re.MULTILINE)
    assert [int(number) for number, _ in rows] == list(range(1, 11))
    for number, shown_by in rows:
        tests = re.findall(r"`(tests/[^`]+)`", shown_by)
        assert tests, f"API{number} is shown by nothing"
        assert not [test for test in tests if not (PROJECT / test).is_file()]
