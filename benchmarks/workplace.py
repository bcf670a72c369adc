"""Where benchmarks run: a directory of their own, on a disk."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.load import LoadFailed, require_wrk
from benchmarks.machine import description, is_in_memory

_DEFAULT = Path(__file__).parents[1] / ".bench"


@contextmanager
def workplace(directory: Path | None) -> Iterator[Path]:
    """An empty directory in ``directory``, by default in .bench in the checkout; the machine is described.

    Raises LoadFailed where nothing can be measured.
    """
    work = directory or _DEFAULT
    work.mkdir(exist_ok=True)
    if is_in_memory(work):
        raise LoadFailed(f"{work} lies in memory, where a commit waits for no disk: name a --directory on one")
    require_wrk()
    print(description(work), flush=True)
    with tempfile.TemporaryDirectory(dir=work) as own:
        yield Path(own)
