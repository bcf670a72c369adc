"""Passphrases in files and in the environment: who else could read them."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import textwrap
import threading
from pathlib import Path
from typing import cast

import pytest

from counterseal.keystore import SealError, passphrase_in_file, take_secret
from counterseal.keystore.passphrase_source import _refuse_if_open_to_others

PASSPHRASE = "correct horse battery stäple"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "passphrase"
    made.write_text(f"{PASSPHRASE}\nsecond line\n", "utf-8")
    made.chmod(0o600)
    return made


class Status:
    """What the system says of a file."""

    def __init__(self, *, mode: int, owner: int) -> None:
        self.st_mode = stat.S_IFREG | mode
        self.st_uid = owner


def check(monkeypatch: pytest.MonkeyPatch, *, user: int, owner: int, mode: int) -> None:
    """As a process of ``user`` would."""
    monkeypatch.setattr(os, "geteuid", lambda: user)
    _refuse_if_open_to_others(Path("passphrase"), cast(os.stat_result, Status(mode=mode, owner=owner)))


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_the_first_line_of_a_private_file_is_the_passphrase(file: Path, mode: int) -> None:
    file.chmod(mode)
    assert passphrase_in_file(file) == PASSPHRASE


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o620, 0o602, 0o610, 0o601, 0o666])
def test_a_file_that_others_can_reach_is_refused(file: Path, mode: int) -> None:
    file.chmod(mode)
    with pytest.raises(SealError, match=rf"mode {mode:04o}.*chmod 600"):
        passphrase_in_file(file)


@pytest.mark.parametrize("mode", [0o400, 0o440, 0o640, 0o600])
def test_root_may_hand_one_to_a_group(monkeypatch: pytest.MonkeyPatch, mode: int) -> None:
    check(monkeypatch, user=1000, owner=0, mode=mode)


@pytest.mark.parametrize("mode", [0o444, 0o644, 0o660, 0o604])
def test_but_not_to_all_and_not_to_write(monkeypatch: pytest.MonkeyPatch, mode: int) -> None:
    with pytest.raises(SealError, match=f"mode {mode:04o}"):
        check(monkeypatch, user=1000, owner=0, mode=mode)


def test_a_file_of_another_user_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SealError, match="belongs to user 1001"):
        check(monkeypatch, user=1000, owner=1001, mode=0o600)


def test_a_link_is_followed_to_what_it_stands_for(file: Path) -> None:
    link = file.with_name("link")
    link.symlink_to(file)
    assert passphrase_in_file(link) == PASSPHRASE
    file.chmod(0o644)
    with pytest.raises(SealError, match="mode 0644"):
        passphrase_in_file(link)


def test_a_pipe_will_do(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writing = threading.Thread(target=pipe.write_text, args=(f"{PASSPHRASE}\n",), kwargs={"encoding": "utf-8"})
    writing.start()
    assert passphrase_in_file(pipe) == PASSPHRASE
    writing.join()


@pytest.mark.parametrize(
    ("content", "words"), [(b"x" * 4097, "more than 4096 bytes"), (b"correct\xff horse", "not a text file")]
)
def test_what_is_no_passphrase_is_not_shown(file: Path, content: bytes, words: str) -> None:
    file.write_bytes(content)
    with pytest.raises(SealError, match=words) as refused:
        passphrase_in_file(file)
    assert "xxx" not in str(refused.value)
    assert "horse" not in str(refused.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SealError, match=r"cannot read .*/none: No such file"):
        passphrase_in_file(tmp_path / "none")
    with pytest.raises(SealError, match="Is a directory"):
        passphrase_in_file(tmp_path)


def test_it_is_taken_from_the_environment_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_PASSPHRASE", PASSPHRASE)
    assert take_secret("A_PASSPHRASE") == PASSPHRASE
    assert "A_PASSPHRASE" not in os.environ
    assert take_secret("A_PASSPHRASE") is None
    monkeypatch.setenv("A_PASSPHRASE", "")
    assert take_secret("A_PASSPHRASE") is None


def test_what_is_not_text_is_refused_and_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_PASSPHRASE", "correct\udcff horse")
    with pytest.raises(SealError, match="A_PASSPHRASE is not UTF-8 text"):
        take_secret("A_PASSPHRASE")
    assert "A_PASSPHRASE" not in os.environ


def test_neither_the_system_nor_a_child_has_it_afterwards() -> None:
    program = """
        import pathlib, subprocess, sys
        from counterseal.keystore import take_secret
        before = pathlib.Path("/proc/self/environ").read_bytes()
        assert b"horse" in before and b"BESIDE=kept" in before
        assert take_secret("A_PASSPHRASE") == sys.argv[1]
        after = pathlib.Path("/proc/self/environ").read_bytes()
        assert b"horse" not in after and b"BESIDE=kept" in after
        child = "import os; assert 'BESIDE' in os.environ and 'A_PASSPHRASE' not in os.environ"
        subprocess.run([sys.executable, "-c", child], check=True)
    """
    environment = os.environ | {"A_PASSPHRASE": PASSPHRASE, "BESIDE": "kept"}
    command = [sys.executable, "-c", textwrap.dedent(program), PASSPHRASE]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
