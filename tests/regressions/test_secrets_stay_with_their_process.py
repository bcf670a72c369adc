"""What others could read: a passphrase file of mode 0644 was taken, workers inherited COUNTERSEAL_PASSPHRASE, a data
directory that was there before ``init`` kept its mode 0755, and files of metrics followed the umask.
"""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from workers.connections import wait_until

COMMAND = [sys.executable, "-m", "counterseal"]
PASSPHRASE = "correct horse battery staple"


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        env=os.environ | environment,
        umask=0,
        check=False,
    )


def init(data: Path, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return run("init", f"--data={data}", "--organization=A", "--user-name=root", "--json", *options, **environment)


@contextmanager
def serving(data: Path, *options: str, **environment: str) -> Iterator[int]:
    """The process id of a server that is ready."""
    command = [*COMMAND, "serve", f"--data={data}", "--port=0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | environment, umask=0) as process:
        assert process.stdout is not None
        assert "is ready" in process.stdout.readline()
        yield process.pid
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0


def processes_of(pid: int) -> set[int]:
    """A server and its workers."""
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    rows = [tuple(map(int, line.split())) for line in listed.splitlines()]
    return {pid} | {child for child, parent in rows if parent == pid}


def modes_under(*directories: Path) -> dict[str, int]:
    found = [path for directory in directories for path in (directory, *directory.rglob("*"))]
    return {str(path): stat.S_IMODE(path.stat().st_mode) for path in found}


@pytest.mark.parametrize("command", ["init", "keys", "serve"])
def test_a_passphrase_file_that_others_can_read_is_refused(tmp_path: Path, command: str) -> None:
    data, file = tmp_path / "data", tmp_path / "passphrase"
    file.write_text(PASSPHRASE)
    file.chmod(0o600)
    if command != "init":
        assert init(data, f"--passphrase-file={file}").returncode == 0
    file.chmod(0o644)
    options = ["--organization=A", "--user-name=root"] if command == "init" else []
    refused = run(command, f"--data={data}", f"--passphrase-file={file}", *options)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert f"{file} has mode 0644, so others may reach it: run `chmod 600 {file}`" in refused.stderr
    assert data.exists() == (command != "init")


def test_workers_do_not_inherit_the_passphrase_and_nobody_shows_it(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert init(data, COUNTERSEAL_PASSPHRASE=PASSPHRASE).returncode == 0
    with serving(data, "--workers=2", COUNTERSEAL_PASSPHRASE=PASSPHRASE, BESIDE="kept") as pid:
        processes = processes_of(pid)
        assert len(processes) == 3
        for each in processes:
            try:
                shown = Path(f"/proc/{each}/environ").read_bytes()
            except PermissionError:  # the process is not dumpable, and these tests are not root's
                continue
            assert b"BESIDE=kept" in shown
            assert b"horse" not in shown


@pytest.mark.parametrize("workers", [1, 2])
def test_everything_a_server_makes_is_its_owner_s_alone(tmp_path: Path, workers: int) -> None:
    data, temporary = tmp_path / "data", tmp_path / "temporary"
    data.mkdir()
    temporary.mkdir(mode=0o700)
    data.chmod(0o755)
    made = init(data)
    assert made.returncode == 0
    modes = modes_under(data)
    with serving(data, f"--workers={workers}", TMPDIR=str(temporary)) as pid:
        wait_until(lambda: len(processes_of(pid)) == (1 if workers == 1 else workers + 1))
        modes |= modes_under(data, temporary)
    modes |= modes_under(data)
    assert {path: f"{mode:o}" for path, mode in modes.items() if mode & 0o077} == {}
    assert json.loads(made.stdout)["apiPrivateKeyFile"] in modes
    assert any(path.endswith("-wal") for path in modes)
    assert any("metrics" in path for path in modes) == (workers > 1)


def test_files_of_metrics_have_no_holes_to_be_filled_on_a_full_disk(tmp_path: Path) -> None:
    data, temporary = tmp_path / "data", tmp_path / "temporary"
    temporary.mkdir()
    assert init(data).returncode == 0
    with serving(data, "--workers=2", TMPDIR=str(temporary)):
        files = list(temporary.rglob("*.db"))
        assert len(files) == 3 * 4
        for file in files:
            status = file.stat()
            assert status.st_blocks * 512 >= status.st_size == 1024 * 1024
