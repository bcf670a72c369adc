"""The checkpoint beside the store: one note or the other, whenever the disk fails."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from composed import ComposedServer
from counterseal.followers.checkpoint_file import CheckpointFile
from counterseal.followers.log_key import origin_of, signer_of
from counterseal.ledger import Checkpoint


def notes(server: ComposedServer, *sizes: int) -> list[bytes]:
    origin = origin_of(server.keystore)
    signer = signer_of(server.keystore, origin)
    return [Checkpoint(origin, size, bytes(32)).note.signed(signer).content for size in sizes]


async def test_it_is_there_once_it_is_on_the_disk_and_for_its_owner_alone(
    server: ComposedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, (first, second) = CheckpointFile(tmp_path / "ledger.checkpoint"), notes(server, 1, 2)
    file.write(first)
    assert file.path.stat().st_mode & 0o777 == 0o600
    seen: list[bytes] = []
    fsync = os.fsync

    def looking(descriptor: int) -> None:
        seen.append(file.path.read_bytes())
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", looking)
    file.write(second)
    assert seen == [first, second], "the note before it is replaced, the name after"


async def test_a_disk_that_fails_leaves_the_one_before(
    server: ComposedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, (first, second) = CheckpointFile(tmp_path / "ledger.checkpoint"), notes(server, 1, 2)
    file.write(first)

    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    file.write(second)
    monkeypatch.undo()
    found = file.read()
    assert found is not None
    assert found.content == first
