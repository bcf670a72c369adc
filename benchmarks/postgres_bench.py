"""Runs of rows on PostgreSQL: equal processes on a database, each run on a fresh copy of one that was filled before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks.load import Load, LoadFailed, StampedRequest, replay, write_requests
from benchmarks.machine import is_in_memory
from benchmarks.measurement import Measurement
from benchmarks.operations import OPERATIONS, introductions, stamped_requests
from benchmarks.population import NEW, populate
from benchmarks.rows import OPTIONS, POSTGRES, Row
from benchmarks.servers import COUNTERSEAL, Command, counterseal_server
from tests.postgres_server import PostgresServer, running_postgres

_POPULATED, _RUN = "populated", "run"
_WARM_UP = Load(connections=8, seconds=20)


@contextmanager
def postgres_bench(
    directory: Path, *, rows: Sequence[Row], organizations: int, command: Command = COUNTERSEAL
) -> Iterator[PostgresBench | None]:
    """A PostgreSQL of its own, filled, if a row asks for one. Its files are where temporary files are, on a disk."""
    if all(row.store != POSTGRES for row in rows):
        yield None
        return
    with running_postgres(shared_buffers="256MB", max_wal_size="4GB") as postgres:
        if is_in_memory(postgres.folder):
            raise LoadFailed(
                f"{postgres.folder} lies in memory, where a commit waits for no disk: set TMPDIR to one on one"
            )
        yield PostgresBench(directory / "postgres", postgres, organizations=organizations, command=command)


class PostgresBench:
    """A populated database, and servers on copies of it, with what they log in ``directory``."""

    def __init__(self, directory: Path, postgres: PostgresServer, *, organizations: int, command: Command) -> None:
        directory.mkdir()
        self._directory = directory
        self._postgres = postgres
        postgres.run(f"CREATE DATABASE {_POPULATED}")
        self._senders = populate(
            directory / "data",
            groups={NEW},
            organizations=organizations,
            command=command,
            database=postgres.socket_url(_POPULATED),
        )[NEW]

    def run(self, row: Row, *, seconds: int, command: Command = COUNTERSEAL) -> Measurement:
        """One run of a row: its connections are shared out evenly, and each user's requests go to all processes."""
        operation, everybody = OPERATIONS[row.operation], self._directory / "introductions"
        write_requests(everybody, introductions(operation, self._senders))
        parts = [self._directory / f"requests-{number}" for number in range(row.workers)]
        for part, requests in zip(parts, self._dealt(row), strict=True):
            write_requests(part, requests)
        self._postgres.run(
            f"DROP DATABASE IF EXISTS {_RUN}", f"CREATE DATABASE {_RUN} TEMPLATE {_POPULATED}", "CHECKPOINT"
        )
        with ExitStack() as stack:
            servers = [
                stack.enter_context(
                    counterseal_server(
                        self._directory / "data",
                        options=OPTIONS.get(row.variant, ()),
                        command=command,
                        database=self._postgres.socket_url(_RUN),
                        log=self._directory / f"log-{number}",
                    )
                )
                for number in range(row.workers)
            ]
            warmed = sum(replay(each, everybody, _WARM_UP, good_reply_contains='"userId"').served for each in servers)
            load = Load(connections=row.connections // row.workers, seconds=seconds)
            with ThreadPoolExecutor(row.workers) as threads:
                replays = [
                    threads.submit(replay, server, part, load, good_reply_contains=operation.good_reply_contains)
                    for server, part in zip(servers, parts, strict=True)
                ]
                measured = _together([each.result() for each in replays])
            logged = sum(server.requests_logged() for server in servers)
        if logged < warmed + measured.served:
            raise LoadFailed(f"{logged} lines for {warmed + measured.served} replies: the log lacks some")
        return measured

    def _dealt(self, row: Row) -> list[list[StampedRequest]]:
        dealt: list[list[StampedRequest]] = [[] for _ in range(row.workers)]
        for number, request in enumerate(stamped_requests(OPERATIONS[row.operation], self._senders)):
            dealt[(number + number // len(self._senders)) % row.workers].append(request)
        return dealt


def _together(found: Sequence[Measurement]) -> Measurement:
    """Processor time is the servers' alone. The database is among the others, whose share is not told."""
    served = sum(each.served for each in found)
    return Measurement(
        requests_per_s=sum(each.requests_per_s for each in found),
        p50_ms=sum(each.p50_ms * each.served for each in found) / served,
        p99_ms=max(each.p99_ms for each in found),
        served=served,
        cpu_us=sum((each.cpu_us or 0.0) * each.served for each in found) / served,
    )
