"""The pages that people read, and the fenced blocks in them.

A comment on the line above a fence says what the tests do with the block; readers do not see it:

* ``<!-- run -->``: run it. Blocks of a page share a directory and, if they are shell, their exported variables.
* ``<!-- run as NAME -->``: put it into the file NAME, then run that.
* ``<!-- run in the background -->``: start it and go on once the server in it is ready.
* ``<!-- save as NAME -->``: put it into the file NAME.
* ``<!-- prints -->``: what the block before it printed; ``…`` stands for anything up to the end of the line or the text
  that follows.
* ``<!-- from PATH -->``: a passage of that file of the project, word for word.
* ``<!-- not run: WHY -->``: an example that no test can run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).parents[2]

GENERATED = PROJECT / "docs" / "coverage.md"

PAGES = sorted(
    page
    for page in [*PROJECT.glob("*.md"), *(PROJECT / "docs").glob("*.md")]
    if page != GENERATED and not page.name.startswith("policy")
)
"""Without the pages that other tests keep true, and without the dated notes under docs/decisions."""

_BLOCK = re.compile(
    r"(?:^<!-- (?P<instruction>[^\n]+) -->\n)?^```(?P<language>[^\n]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)


@dataclass(frozen=True)
class Block:
    """A fenced block. ``instruction`` is empty where no comment stands above it."""

    page: Path
    line: int
    language: str
    instruction: str
    text: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(PROJECT)}:{self.line}"


def blocks_of(page: Path) -> list[Block]:
    """All fenced blocks of a page, in order."""
    text = page.read_text("utf-8")
    return [
        Block(
            page=page,
            line=text.count("\n", 0, match.start("language")) + 1,
            language=match["language"],
            instruction=match["instruction"] or "",
            text=match["text"],
        )
        for match in _BLOCK.finditer(text)
    ]


def name_of(page: Path) -> str:
    """How reports call a page."""
    return str(page.relative_to(PROJECT))
