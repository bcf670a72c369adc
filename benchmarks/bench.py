"""Runs of rows: each on a server of its own, which starts from a fresh copy of one that was filled before."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path

from benchmarks import openbao, raw_limits
from benchmarks.cold_start import cold_start
from benchmarks.load import Load, LoadFailed, replay, write_requests
from benchmarks.measurement import Measurement
from benchmarks.operations import OPERATIONS, introductions, stamped_requests
from benchmarks.population import NEW, UNDER_100_POLICIES, make_server, populate
from benchmarks.postgres_bench import PostgresBench
from benchmarks.rows import COLD, COLD_START, NO_LOGS, OPTIONS, POSTGRES, RECONNECT, START, Row
from benchmarks.servers import COUNTERSEAL, LOG_FILE, Command, Server, counterseal_server
from benchmarks.start import start_to_ready
from counterseal.data_directory import STORE_FILE

_WARM_UP = Load(connections=8, seconds=20)
_SIGNED_SECONDS = 40 * 60.0
"""How long signed requests are used: a submission may be an hour old."""

_LONGER = 2
"""Writes run for so many times as long: SQLite's log is moved into the file several times meanwhile."""

Around = Callable[[Server], AbstractContextManager[object]]


class Bench:
    """A populated server and signed requests, in ``directory``. It was filled by the program ``command``."""

    def __init__(
        self,
        directory: Path,
        *,
        rows: Iterable[Row],
        seconds: int,
        organizations: int,
        command: Command = COUNTERSEAL,
        on_postgres: PostgresBench | None = None,
    ) -> None:
        self._directory = directory
        self._on_postgres = on_postgres
        self._seconds = seconds
        self._template = directory / "populated"
        self._empty = directory / "empty"
        make_server(self._empty, command=command)
        operations = {row.operation for row in rows if row.store != POSTGRES}
        groups = {NEW, UNDER_100_POLICIES} | {OPERATIONS[name].group for name in operations}
        self._population = populate(self._template, groups=groups, organizations=organizations, command=command)
        self._signed_at: dict[str, float] = {}
        for name in operations:
            self._sign(name)

    def raw_limits(self) -> dict[str, Callable[[], Measurement]]:
        """The measurements of raw limits, by the names of their rows."""
        empty = partial(raw_limits.empty_http, self._directory)
        return {
            "empty_server/1w/1c": partial(empty, Load(connections=1, seconds=1)),
            "empty_server/1w/32c": partial(empty, Load(connections=32, seconds=1)),
            "disk_write/20kB": partial(raw_limits.disk_write, self._directory, seconds=0.5),
            "sqlite_commit/groups_of_1": partial(self._sqlite_commit, 1),
            "sqlite_commit/groups_of_32": partial(self._sqlite_commit, 32),
            COLD_START: partial(cold_start, self._template, self._population[UNDER_100_POLICIES][0]),
            START: partial(start_to_ready, self._empty),
        }

    def peers(self, rows: Iterable[Row]) -> dict[str, Callable[[], Measurement]]:
        """What others do that is made for it, beside the rows that do the same; nothing where it is not installed."""
        bao = openbao.program()
        if bao is None or all(row.operation != "sign_raw_payload" for row in rows):
            return {}
        return {openbao.ROW: openbao.OpenBao(self._directory, bao, seconds=self._seconds * _LONGER).run}

    def run(self, row: Row, *, command: Command = COUNTERSEAL, around: Around = nullcontext) -> Measurement:
        """One run of a row by the program ``command``. Raises LoadFailed, also if the log lacks a request.

        ``around`` is entered when all is ready and left when the last reply has come.
        """
        operation = OPERATIONS[row.operation]
        if self._on_postgres is not None and row.store == POSTGRES:
            seconds = self._seconds * (_LONGER if operation.is_write else 1)
            return self._on_postgres.run(row, seconds=seconds, command=command)
        options = OPTIONS.get(row.variant, ())
        senders = len(self._population[operation.group])
        load = Load(
            connections=row.connections,
            seconds=self._seconds * (_LONGER if operation.is_write else 1),
            keep_alive=row.variant != RECONNECT,
            requests_max=senders if row.variant == COLD else operation.each_max * senders,
        )
        if time.monotonic() > self._signed_at[row.operation] + _SIGNED_SECONDS:
            self._sign(row.operation)
        data = self._fresh_copy()
        warmed = 0
        with counterseal_server(data, workers=row.workers, options=options, command=command) as server:
            if row.variant != COLD:
                warm_up = self._introductions(row.operation)
                warmed = replay(server, warm_up, _WARM_UP, good_reply_contains='"userId"').served
            with around(server):
                measured = replay(
                    server, self._requests(row.operation), load, good_reply_contains=operation.good_reply_contains
                )
        if row.variant != NO_LOGS and server.requests_logged() < warmed + measured.served:
            raise LoadFailed(
                f"{server.requests_logged()} lines for {warmed + measured.served} replies: the log lacks some"
            )
        return measured

    def _sign(self, name: str) -> None:
        operation = OPERATIONS[name]
        senders = self._population[operation.group]
        write_requests(self._requests(name), stamped_requests(operation, senders))
        write_requests(self._introductions(name), introductions(operation, senders))
        self._signed_at[name] = time.monotonic()

    def _sqlite_commit(self, group: int) -> Measurement:
        return raw_limits.sqlite_commit(self._fresh_copy(), self._population[NEW], group=group, seconds=0.5)

    def _fresh_copy(self) -> Path:
        """On the disk, so that nothing that is measured waits until it is there."""
        copy = self._directory / "data"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(self._template, copy, ignore=shutil.ignore_patterns(LOG_FILE))
        with (copy / STORE_FILE).open("rb") as file:
            os.fsync(file.fileno())
        return copy

    def _requests(self, name: str) -> Path:
        return self._directory / f"{name}.requests"

    def _introductions(self, name: str) -> Path:
        return self._directory / f"{name}.introductions"
