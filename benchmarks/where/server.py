"""``counterseal`` with spans: ``python -m benchmarks.where.server FILE serve …``.

SIGUSR1 begins to count; SIGUSR2 ends it, and FILE appears with what has been counted.
"""

from __future__ import annotations

import importlib
import signal
import sqlite3
import sys
import threading
from collections.abc import Iterator
from functools import partial, reduce
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.where import spans
from benchmarks.where.steps import COMMIT, READS, STEPS, WRITES
from counterseal.activities import implemented_kinds
from counterseal.cli import main
from counterseal.queries import implemented_queries


def put_spans() -> None:
    """Every function of ``STEPS`` is replaced, wherever it has been imported."""
    implemented_kinds()  # what is imported later would have the functions as they are
    implemented_queries()
    for step, names in STEPS.items():
        for name in names:
            owner, attribute, function = found(name)
            put = spans.spanned(step, function)
            setattr(owner, attribute, put)
            for module, imported_as in _importers_of(function):
                setattr(module, imported_as, put)
    sqlite3.connect = partial(sqlite3.connect, factory=_Connection)  # type: ignore[assignment]


def found(name: str) -> tuple[Any, str, Any]:
    """A function by ``module:qualified.name``: what has it, under which name, and itself. Raises AttributeError."""
    module, _, path = name.partition(":")
    *outer, attribute = path.split(".")
    owner = reduce(getattr, outer, importlib.import_module(module))
    return owner, attribute, getattr(owner, attribute)


def _importers_of(function: Any) -> Iterator[tuple[Any, str]]:
    for module in [each for name, each in sys.modules.items() if name.startswith("counterseal")]:
        for name, value in list(vars(module).items()):
            if value is function:
                yield module, name


class _Connection(sqlite3.Connection):
    """What the main thread asks is a read: all writing is done by another."""

    def execute(self, statement: str, *parameters: Any) -> sqlite3.Cursor:
        cursor: sqlite3.Cursor
        if threading.current_thread() is threading.main_thread():
            cursor = _read(self, statement, *parameters)
        elif statement == "COMMIT":
            cursor = _commit(self, statement, *parameters)
        else:
            cursor = _write(self, statement, *parameters)
        return cursor


_read = spans.span_of_call(READS, sqlite3.Connection.execute)
_write = spans.span_of_call(WRITES, sqlite3.Connection.execute)
_commit = spans.span_of_call(COMMIT, sqlite3.Connection.execute)


def _count_into(file: Path) -> None:
    costs = spans.cost_of_spans()

    def end(*_: object) -> None:
        written = file.with_suffix(".part")
        written.write_bytes(msgspec.json.encode(spans.end(costs)))
        written.rename(file)

    signal.signal(signal.SIGUSR1, lambda *_: spans.begin())
    signal.signal(signal.SIGUSR2, end)


if __name__ == "__main__":
    put_spans()
    _count_into(Path(sys.argv[1]))
    main(sys.argv[2:])
