"""The machine that is measured on: what it is, whether its disk is one, and what else it does meanwhile."""

from __future__ import annotations

import os
import platform
import re
import resource
import sqlite3
import time
from pathlib import Path
from typing import NamedTuple, Self

from cryptography.hazmat.backends.openssl.backend import backend

from benchmarks.servers import Server

_IN_MEMORY = {"tmpfs", "ramfs"}


class Usage(NamedTuple):
    """Processor time taken so far: by the server, by children that have ended (the load), and by all processes."""

    server_seconds: float
    load_seconds: float
    all_seconds: float
    wall_seconds: float

    @classmethod
    def now(cls, server: Server) -> Self:
        """As the kernel counts it, in hundredths of a second."""
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        user, nice, system, _idle, _waiting, interrupts, soft_interrupts, stolen = map(
            int, Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]
        )
        busy = user + nice + system + interrupts + soft_interrupts + stolen
        return cls(
            server_seconds=server.cpu_seconds(),
            load_seconds=children.ru_utime + children.ru_stime,
            all_seconds=busy / os.sysconf("SC_CLK_TCK"),
            wall_seconds=time.monotonic(),
        )

    def __sub__(self, before: Usage) -> Usage:
        return Usage(*(now - then for now, then in zip(self, before, strict=True)))

    @property
    def others(self) -> float:
        """The share of the machine's processor time that neither the server nor the load took; not below 0."""
        others = self.all_seconds - self.server_seconds - self.load_seconds
        return max(others, 0.0) / (self.wall_seconds * (os.cpu_count() or 1))


def file_system_of(directory: Path) -> str:
    """The type of file system on which a directory lies, as ``/proc/self/mountinfo`` calls it."""
    device = directory.stat().st_dev
    number = f"{os.major(device)}:{os.minor(device)}"
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        mounted, _, of_file_system = line.partition(" - ")
        if mounted.split()[2] == number:
            return of_file_system.split()[0]
    return "unknown"


def is_in_memory(directory: Path) -> bool:
    """Whether nothing that is written there can reach a disk."""
    return file_system_of(directory) in _IN_MEMORY


def description(directory: Path) -> str:
    """One line for whoever reads the results."""
    model = re.search(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return (
        f"{os.cpu_count()} processors ({model[1] if model else platform.machine()}), {file_system_of(directory)},"
        f" Linux {platform.release()}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version},"
        f" {backend.openssl_version_text()}"
    )
