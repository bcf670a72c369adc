"""``docs/conformance.md`` says what this run has seen. It runs after all other conformance tests."""

from __future__ import annotations

from difflib import unified_diff
from pathlib import Path

import pytest

from conformance.completeness import Completeness
from conformance.report import Report

PAGE = Path(__file__).parents[2] / "docs" / "conformance.md"


def test_the_page_is_what_was_seen(completeness: Completeness, report: Report) -> None:
    lacking = completeness.lacking()
    if lacking:
        pytest.skip(f"docs/conformance.md is not compared: {lacking}")
    seen, committed = report.page(), PAGE.read_text("utf-8") if PAGE.exists() else ""
    if seen == committed:
        return
    PAGE.write_text(seen, "utf-8")
    changes = unified_diff(committed.splitlines(), seen.splitlines(), "committed", "seen", lineterm="", n=0)
    pytest.fail("docs/conformance.md was out of date and is written anew:\n" + "\n".join(changes), pytrace=False)
