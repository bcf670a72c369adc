"""Every example of the pages, run. A page's examples run in order, the pages beside each other."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from docs.pages import PAGES, blocks_of, name_of
from docs.workbench import Workbench

_FOLLOWED = ("run", "save", "prints")
_PAGES_WITH_EXAMPLES = [page for page in PAGES if any(b.instruction.startswith(_FOLLOWED) for b in blocks_of(page))]


@pytest.fixture(scope="module")
def readings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[Path, Future[None]]]:
    """One reader for each page, at work: most of their time is the start of the clients."""
    with ThreadPoolExecutor(len(_PAGES_WITH_EXAMPLES)) as readers:
        yield {page: readers.submit(_read, page, tmp_path_factory.mktemp("reader")) for page in _PAGES_WITH_EXAMPLES}


@pytest.mark.parametrize("page", _PAGES_WITH_EXAMPLES, ids=name_of)
def test_examples_do_what_the_page_says(page: Path, readings: dict[Path, Future[None]]) -> None:
    readings[page].result()


def test_the_pages_for_users_have_examples() -> None:
    assert {"README.md", "docs/operations.md", "docs/recipes.md"} <= {name_of(page) for page in _PAGES_WITH_EXAMPLES}


def _read(page: Path, directory: Path) -> None:
    bench = Workbench(directory)
    try:
        for block in blocks_of(page):
            if block.instruction.startswith(_FOLLOWED):
                bench.follow(block)
    finally:
        bench.clear_up()
