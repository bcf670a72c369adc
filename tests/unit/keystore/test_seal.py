"""The contract of `Seal`: every implementation runs all of it. A third seal adds one entry to ``KINDS``."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from counterseal.keystore.errors import SealError
from counterseal.keystore.file_seal import FileSeal
from counterseal.keystore.keys import RootKey
from counterseal.keystore.passphrase_seal import Argon2Cost, PassphraseSeal
from counterseal.keystore.seal import Seal
from counterseal.keystore.seals import seal_of

PASSPHRASE = "correct horse battery staple"
CHEAP = Argon2Cost(memory_kib=32, iterations=1, lanes=1)


def passphrase_seal(directory: Path) -> Seal:
    return PassphraseSeal(directory, PASSPHRASE, cost=CHEAP)


KINDS: dict[str, tuple[Callable[[Path], Seal], str, str | None]] = {
    "file": (FileSeal, "root.key", None),
    "passphrase": (passphrase_seal, "root.sealed.json", PASSPHRASE),
}


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def seal(kind: str, tmp_path: Path) -> Seal:
    return KINDS[kind][0](tmp_path)


@pytest.fixture
def file(kind: str, tmp_path: Path) -> Path:
    return tmp_path / KINDS[kind][1]


def test_has_its_name(seal: Seal, kind: str) -> None:
    assert seal.name == kind


def test_gives_back_what_it_was_given(seal: Seal, kind: str, tmp_path: Path) -> None:
    root_key = RootKey.generate()
    seal.create(root_key)
    assert seal.unseal().reveal() == root_key.reveal()
    assert KINDS[kind][0](tmp_path).unseal().reveal() == root_key.reveal()


def test_is_recognised_by_its_files(seal: Seal, kind: str, tmp_path: Path) -> None:
    root_key = RootKey.generate()
    seal.create(root_key)
    found = seal_of(tmp_path, passphrase=KINDS[kind][2])
    assert found.name == kind
    assert found.unseal().reveal() == root_key.reveal()


def test_never_overwrites(seal: Seal) -> None:
    first = RootKey.generate()
    seal.create(first)
    with pytest.raises(SealError, match="exists already"):
        seal.create(RootKey.generate())
    assert seal.unseal().reveal() == first.reveal()


def test_is_private_whatever_the_umask(seal: Seal, file: Path) -> None:
    before = os.umask(0)
    try:
        seal.create(RootKey.generate())
    finally:
        os.umask(before)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_has_its_full_mode_under_the_strictest_umask(seal: Seal, file: Path) -> None:
    before = os.umask(0o777)
    try:
        seal.create(RootKey.generate())
    finally:
        os.umask(before)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o610, 0o666, 0o601])
def test_refuses_looser_modes_and_says_how_to_mend_it(seal: Seal, file: Path, mode: int) -> None:
    seal.create(RootKey.generate())
    file.chmod(mode)
    with pytest.raises(SealError, match=rf"mode {mode:04o}.*chmod 600"):
        seal.unseal()


def test_accepts_a_read_only_file(seal: Seal, file: Path) -> None:
    seal.create(RootKey.generate())
    file.chmod(0o400)
    seal.unseal()


def test_refuses_another_owner(seal: Seal, monkeypatch: pytest.MonkeyPatch) -> None:
    seal.create(RootKey.generate())
    somebody_else = os.geteuid() + 1
    monkeypatch.setattr(os, "geteuid", lambda: somebody_else)
    with pytest.raises(SealError, match=f"runs as user {somebody_else}"):
        seal.unseal()


def test_does_not_read_through_a_symbolic_link(seal: Seal, file: Path) -> None:
    seal.create(RootKey.generate())
    file.rename(file.with_name("elsewhere"))
    file.symlink_to(file.with_name("elsewhere"))
    with pytest.raises(SealError, match="symbolic link"):
        seal.unseal()


def test_does_not_write_through_a_symbolic_link(seal: Seal, file: Path) -> None:
    target = file.with_name("elsewhere")
    file.symlink_to(target)
    with pytest.raises(SealError, match="exists already"):
        seal.create(RootKey.generate())
    assert not target.exists()


def test_a_pipe_in_its_place_does_not_hang_it(seal: Seal, file: Path) -> None:
    os.mkfifo(file, 0o600)
    with pytest.raises(SealError, match="not a regular file"):
        seal.unseal()


def test_says_when_there_is_nothing(seal: Seal, file: Path) -> None:
    with pytest.raises(SealError, match=f"{file.name}: No such file"):
        seal.unseal()


def test_says_when_the_directory_is_missing(kind: str, tmp_path: Path) -> None:
    with pytest.raises(SealError, match="No such file or directory"):
        KINDS[kind][0](tmp_path / "absent").create(RootKey.generate())


def test_a_failed_write_leaves_nothing_behind(seal: Seal, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full_disk(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full_disk)
        with pytest.raises(SealError, match="No space left on device"):
            seal.create(RootKey.generate())
    assert not file.exists()
    seal.create(RootKey.generate())


def test_whatever_fails_leaves_nothing_behind(seal: Seal, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: RootKey) -> bytes:
        raise KeyboardInterrupt

    descriptors = len(list(Path("/proc/self/fd").iterdir()))
    with monkeypatch.context() as patch:
        patch.setattr(RootKey, "reveal", interrupted)
        with pytest.raises(KeyboardInterrupt):
            seal.create(RootKey.generate())
    assert not file.exists()
    assert len(list(Path("/proc/self/fd").iterdir())) == descriptors
    seal.create(RootKey.generate())


def test_file_and_directory_are_synced(seal: Seal, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    real = os.fsync

    def recording(descriptor: int) -> None:
        synced.append(os.fstat(descriptor).st_ino)
        real(descriptor)

    monkeypatch.setattr(os, "fsync", recording)
    seal.create(RootKey.generate())
    assert synced == [file.stat().st_ino, file.parent.stat().st_ino]


def test_refuses_a_flipped_bit_anywhere(seal: Seal, file: Path) -> None:
    root_key = RootKey.generate()
    seal.create(root_key)
    original = file.read_bytes()
    for position in range(len(original)):
        altered = bytearray(original)
        altered[position] ^= 0x80
        file.write_bytes(altered)
        with pytest.raises(SealError):
            seal.unseal()


@pytest.mark.parametrize("content", [b"", b"\n", b"{}", b"x" * 4096, b"\xff\xfe"])
def test_refuses_another_file(seal: Seal, file: Path, content: bytes) -> None:
    seal.create(RootKey.generate())
    file.write_bytes(content)
    with pytest.raises(SealError, match=file.name):
        seal.unseal()


def test_refuses_a_file_cut_short(seal: Seal, file: Path) -> None:
    seal.create(RootKey.generate())
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2])
    with pytest.raises(SealError):
        seal.unseal()


def test_says_when_the_file_is_far_too_long(seal: Seal, file: Path) -> None:
    seal.create(RootKey.generate())
    file.write_bytes(b"x" * 100_000)
    with pytest.raises(SealError, match="has 100000 bytes where at most 4096 are expected"):
        seal.unseal()
