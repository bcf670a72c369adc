"""What touches a store runs on both kinds, or stands in the list of what does not, with its reason."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import store_kinds
from postgres_server import PostgresServer
from store_kinds import SQLITE_ONLY, StoreKind

TESTS = Path(store_kinds.__file__).parent
FOLDERS = ("faults", "hostile", "properties", "regressions", "workers")
KINDS = re.compile(r"PostgresServer|store_kind|start_on_each_store|: (ComposedServer|Office|Committee)\b")
SQLITE = re.compile(r"\bstart_server\(|ComposedServer\.start\((?!.*database=)|\bSqliteStore\.\w|sqlite3\.connect")


def files() -> list[str]:
    found = [path for folder in FOLDERS for path in sorted((TESTS / folder).glob("**/test_*.py"))]
    return [str(path.relative_to(TESTS)) for path in found]


@pytest.mark.parametrize("file", files())
def test_a_store_that_is_sqlite_s_for_sure_has_a_reason(file: str) -> None:
    if SQLITE.search((TESTS / file).read_text()):
        assert [name for name in SQLITE_ONLY if name.partition("::")[0] == file]


@pytest.mark.parametrize("name", SQLITE_ONLY)
def test_what_is_in_the_list_is_there(name: str) -> None:
    file, _, test = name.partition("::")
    assert (TESTS / file).exists()
    assert not test or f"def {test}" in (TESTS / file).read_text()
    assert len(SQLITE_ONLY[name]) > 10


def test_most_of_the_files_run_on_both() -> None:
    both = [file for file in files() if KINDS.search((TESTS / file).read_text()) and file not in SQLITE_ONLY]
    assert len(both) > 50


def test_places_are_new_and_go_with_their_module(postgres: PostgresServer) -> None:
    assert StoreKind().new_url() is None
    kind = StoreKind(postgres)
    one, other = kind.new_url(), kind.new_url()
    assert one != other
    assert one is not None
    postgres.run_at(one, "CREATE TABLE t AS SELECT 'what is in it' AS text")
    assert b"what is in it" in kind.contents(one)
    kind.clear()
    assert kind.contents(one) == b""
