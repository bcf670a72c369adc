"""Who may reach the data directory: its owner."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from counterseal.data_directory import DataDirectory, DataDirectoryError

FILES = ("counterseal.db", "counterseal.db-wal", "counterseal.db-shm", "counterseal.lock")


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_lock_takes_from_others_what_they_had(tmp_path: Path) -> None:
    tmp_path.chmod(0o2755)
    for name in FILES:
        (tmp_path / name).touch()
        (tmp_path / name).chmod(0o664)
    directory = DataDirectory(tmp_path)
    with capture_logs() as said:
        directory.lock()
    directory.unlock()
    assert (mode_of(tmp_path), {mode_of(tmp_path / name) for name in FILES}) == (0o700, {0o600})
    assert [line["event"] for line in said] == ["others had rights"] * 5
    with capture_logs() as said:
        directory.lock()
    directory.unlock()
    assert said == []


def test_a_lock_is_private_from_the_start(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        directory = DataDirectory(tmp_path)
        directory.lock()
        directory.unlock()
    finally:
        os.umask(before)
    assert mode_of(tmp_path / "counterseal.lock") == 0o600


def test_a_lock_is_not_made_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "counterseal.lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match=r"counterseal\.lock"):
        DataDirectory(tmp_path).lock()
    assert not (tmp_path / "elsewhere").exists()


def test_another_users_directory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: tmp_path.stat().st_uid + 1)
    with pytest.raises(DataDirectoryError, match=r"belongs to user .* run as its owner"):
        DataDirectory(tmp_path).lock()


def test_the_directory_may_be_reached_by_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir(mode=0o755)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    directory = DataDirectory(tmp_path / "link")
    directory.lock()
    directory.unlock()
    assert mode_of(tmp_path / "real") == 0o700
