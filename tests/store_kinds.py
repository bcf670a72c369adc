"""On which store a test runs: on SQLite and then on PostgreSQL, unless its file, or the test, is in the list below.

Whatever starts a server or opens a store asks ``store_kind`` where. So do the fixtures on which others are built, such
as ``server``: a test that takes one of these runs on both without saying so. ``make check`` runs it on SQLite only.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from counterseal.store import SqliteStore, Store
from counterseal.store.postgres import DatabaseUrl, PostgresStore
from postgres_server import PostgresServer

_HERE = Path(__file__).parent

_WRITER = "only the writer of SQLite decides while a commit is under way"
_STEPS = "counts the steps of SQLite's machine; unit/store/test_postgres_plans.py reads PostgreSQL's plans"
_FILE = "looks into the file of SQLite"
_WORKERS = "about workers, which a server has on SQLite only; tests/postgres has equal processes instead"
_ABOVE = "about what is above the store, at a size that takes long"
_NO_STORE = "about sockets, bytes or processes: nothing of it comes to the store"

SQLITE_ONLY = {
    "faults/test_commit.py::test_a_commit_is_on_its_way": _WRITER,
    "faults/test_core_dumps_of_servers.py": _NO_STORE,
    "faults/test_conflicts.py": "test_lanes.py and faults/test_commit.py have the conflicts of PostgreSQL",
    "faults/test_commit.py::test_clients_that_wait": _WRITER,
    "faults/test_decisions_over_failed_commits.py": _WRITER,
    "faults/test_rows_over_failed_commits.py": _WRITER,
    "faults/test_disk_full.py": "the disk of SQLite's file",
    "faults/test_kill.py": f"{_FILE}; tests/postgres kills servers and databases",
    "faults/test_ledger.py": f"{_FILE}; tests/postgres has equal processes",
    "hostile/test_largest_replies.py": _ABOVE,
    "hostile/test_no_query_keeps_the_loop.py": _STEPS,
    "hostile/test_slow_clients.py": _NO_STORE,
    "properties/test_spans.py": "an expression of SQL, which SQLite works out in memory",
    "regressions/test_a_client_with_many_organizations_keeps_no_large_reply_from_others.py": _ABOVE,
    "regressions/test_a_crowd_of_one_organization_is_not_before_another.py": _WRITER,
    "regressions/test_a_key_that_was_overlooked_spoils_no_other.py": "turns read rows by themselves; see test_lanes.py",
    "regressions/test_a_list_of_nothing_walks_nowhere.py::test_it_costs": _STEPS,
    "regressions/test_a_policy_that_was_never_stored_decides_nothing.py": _WRITER,
    "regressions/test_a_log_without_its_database_is_read_into_no_other.py": _FILE,
    "regressions/test_a_refused_file_is_not_left_open.py": _FILE,
    "regressions/test_a_rollback_that_failed_once.py": "about SQLite's transactions",
    "regressions/test_a_writer_that_ends_ends_the_server.py": _WORKERS,
    "regressions/test_an_empty_text_is_no_open_policy.py::test_what_was_stored": "older releases had files only",
    "regressions/test_denied_requests_do_not_fill_the_disk.py::test_the_witness": _FILE,
    "regressions/test_denied_requests_do_not_fill_the_disk.py::test_what_is_kept": _FILE,
    "regressions/test_forwarded_addresses_are_not_believed.py": _NO_STORE,
    "regressions/test_half_sent_requests_shut_nobody_out.py": _NO_STORE,
    "regressions/test_large_replies_are_made_a_few_at_a_time.py": _ABOVE,
    "regressions/test_large_submissions_of_organizations_take_turns.py": _WRITER,
    "regressions/test_one_activity_is_no_larger_than_a_page.py::test_the_same_bytes": _FILE,
    "regressions/test_replies_that_nobody_takes_have_a_bound.py": _ABOVE,
    "regressions/test_the_last_records_are_missed_by_who_kept_one.py::test_the_last_record": _FILE,
    "unit/audit/test_lines.py": _FILE,
    "unit/audit/test_mutations.py": _FILE,
    "unit/cli/": "commands run on a directory; test_init.py and test_migrate_store.py run on databases too",
    "unit/engine/test_writer.py": _WRITER,
    "unit/http/": "about what is above the store",
    "unit/test_pages.py": _WRITER,
    "workers/test_currency.py": _WORKERS,
    "workers/test_dispatch.py": _WORKERS,
    "workers/test_metrics.py": _WORKERS,
    "workers/test_processes.py": _WORKERS,
    "workers/test_proofs.py": _WORKERS,
    "workers/test_sessions.py": _WORKERS,
    "workers/test_shared_bounds.py": _WORKERS,
}
"""By the beginning of a test's id: why it says nothing of PostgreSQL."""

_FEWER = 4
"""So many times fewer examples of a property are tried on PostgreSQL, where each takes longer."""


class StoreKind:
    """Either file or database; ``postgres`` is the server with the latter."""

    def __init__(self, postgres: PostgresServer | None = None) -> None:
        self._postgres = postgres
        self._urls: list[str] = []

    @property
    def is_shared(self) -> bool:
        """Whether other processes may write to it."""
        return self._postgres is not None

    def new_url(self) -> str | None:
        """Of an empty database, for ``--database``; None for a file in the data directory."""
        if self._postgres is None:
            return None
        self._urls.append(self._postgres.new_database())
        return self._urls[-1]

    def new_database(self) -> DatabaseUrl | None:
        """The same, for what is in this process."""
        url = self.new_url()
        return None if url is None else DatabaseUrl(url)

    async def create(self, folder: Path) -> Store:
        """A new store, in a file of the folder or in a database."""
        database = self.new_database()
        return SqliteStore.create(folder / "store.db") if database is None else await PostgresStore.create(database)

    def examples(self, count: int, **others: Any) -> settings:
        """Settings of a property: so many examples on SQLite."""
        return settings(max_examples=count if self._postgres is None else max(1, count // _FEWER), **others)

    def contents(self, url: str) -> bytes:
        """All values in the tables of one that ``new_url`` has given."""
        assert self._postgres is not None
        return self._postgres.contents(url)

    def clear(self) -> None:
        """Drop the databases: a thousand would be a gigabyte."""
        if self._postgres is not None and self._urls:
            self._postgres.drop(*self._urls)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """On both, the one after the other, so that fixtures of a module are made once for each."""
    name = f"{Path(metafunc.module.__file__).relative_to(_HERE)}::{metafunc.function.__name__}"
    if "store_kind" in metafunc.fixturenames and not name.startswith(tuple(SQLITE_ONLY)):
        kinds = ["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)]
        metafunc.parametrize("store_kind", kinds, indirect=True, scope="module")


@pytest.fixture(scope="module")
def store_kind(request: pytest.FixtureRequest) -> Iterator[StoreKind]:
    """Where the test is to make its stores."""
    is_shared = getattr(request, "param", "sqlite") == "postgresql"
    kind = StoreKind(request.getfixturevalue("postgres") if is_shared else None)
    yield kind
    kind.clear()
