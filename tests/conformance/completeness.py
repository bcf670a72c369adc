"""Whether all conformance tests of a run took part and passed. A report of fewer would say less than is true."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest


class Completeness:
    """Told by pytest's hooks what becomes of the test files of ``directory``."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._lacking: list[str] = []

    def collected(self, items: Iterable[pytest.Item], arguments: Iterable[str]) -> None:
        """Which tests there are; ``arguments`` are those of the command line, which may name single ones."""
        files = {item.path for item in items}
        missing = sorted(file.name for file in self._directory.glob("test_*.py") if file not in files)
        self._lacking += [f"{name} did not run" for name in missing]
        self._lacking += [f"only {argument} was asked for" for argument in arguments if "::" in argument]

    def deselected(self, items: Iterable[pytest.Item]) -> None:
        """Which of them will not run."""
        self._lacking += [f"{item.name} was not selected" for item in items if item.path.parent == self._directory]

    def ran(self, report: pytest.TestReport) -> None:
        """How one of them ended."""
        if not report.passed:
            self._lacking.append(f"{report.nodeid} {report.outcome}")

    def lacking(self) -> str:
        """What it lacks, in short; empty if it is complete."""
        more = f" and {len(self._lacking) - 1} more" if len(self._lacking) > 1 else ""
        return self._lacking[0] + more if self._lacking else ""
