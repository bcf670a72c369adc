"""The composition root: what a start takes, and that a start that fails gives it back."""

from __future__ import annotations

from pathlib import Path

import pytest

from composed import ComposedServer
from counterseal.app import App
from counterseal.data_directory import DataDirectory, DataDirectoryError
from counterseal.keystore import SealError
from counterseal.settings import Settings


async def test_a_start_that_fails_leaves_nothing_locked_and_nothing_open(tmp_path: Path) -> None:
    server = await ComposedServer.start(tmp_path)
    await server.app.stop()
    settings, root_key = Settings(data=tmp_path), tmp_path / "root.key"
    root_key.rename(tmp_path / "aside")
    with pytest.raises(SealError):
        await App.start(settings)
    assert not (tmp_path / "counterseal.db-wal").exists(), "the store is closed"
    (tmp_path / "aside").rename(root_key)
    app = await App.start(settings)
    with pytest.raises(DataDirectoryError, match="in use"):
        await App.start(settings)
    await app.stop()
    await (await App.start(settings)).stop()


def test_settings_do_not_show_the_passphrase() -> None:
    settings = Settings(data=Path("/data"), passphrase="correct horse battery staple")
    assert repr(settings) == "Settings(data='/data')"
    assert "horse" not in str(settings)


def test_a_directory_that_is_not_there_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(DataDirectoryError, match="counterseal init"):
        DataDirectory(tmp_path / "none").lock()


def test_a_lock_is_let_go(tmp_path: Path) -> None:
    first, second = DataDirectory(tmp_path), DataDirectory(tmp_path)
    first.lock()
    with pytest.raises(DataDirectoryError, match="in use by another counterseal server"):
        second.lock()
    first.unlock()
    first.unlock()
    second.lock()
    second.unlock()
