"""``open_read_only`` asked for the schema on the store's own connections: when it refused the file, it left behind two
connections that nobody could close.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from counterseal.store import SqliteStore, StoreError


def open_files(path: Path) -> int:
    """How many descriptors of this process are of the file."""
    found = 0
    for descriptor in Path("/proc/self/fd").iterdir():
        try:
            found += descriptor.readlink() == path
        except FileNotFoundError:  # the one by which the directory is read
            continue
    return found


async def test_of_a_refused_file_nothing_stays_open(tmp_path: Path) -> None:
    path = tmp_path.resolve() / "empty.db"
    path.touch()
    refusals = []  # which hold on to the frames in which they were raised
    for _ in range(3):
        with pytest.raises(StoreError, match="schema version 0") as refusal:
            SqliteStore.open_read_only(path)
        refusals.append(refusal)
    assert open_files(path) == 0
    store = SqliteStore.create(tmp_path / "sound.db")
    assert open_files(tmp_path.resolve() / "sound.db") > 0, "open files are seen"
    await store.close()
    assert open_files(tmp_path.resolve() / "sound.db") == 0
