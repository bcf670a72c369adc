"""The steps that bring a database's tables up to date: numbered files, in the types of the database.

Steps 1 to 3 were SQLite's alone and stand with it; a new database begins with step 4.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib import resources

from counterseal.store.errors import StoreError

_FILE_NAME = re.compile(r"(\d{4})_[a-z0-9_]+\.sql")


def steps(words: Mapping[str, str]) -> list[tuple[int, str]]:
    """Each step's number and its script, with the database's own ``words`` for types and the like."""
    found = []
    for file in resources.files(__package__).joinpath("migrations").iterdir():
        match = _FILE_NAME.fullmatch(file.name)
        if match:
            found.append((int(match[1]), file.read_text("utf-8").format_map(words)))
    return sorted(found)


def refuse_newer(current: int, *, newest: int) -> None:
    """Raise StoreError for tables that a newer release has made."""
    if current > newest:
        raise StoreError(
            f"the store has schema version {current}, this release knows up to {newest}: use a newer release"
        )
