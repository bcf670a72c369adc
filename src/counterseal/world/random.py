"""Randomness as a value that is handed in. Only ids come from here: keys are made by the cryptographic libraries."""

from __future__ import annotations

import os
import random
from typing import Protocol

_ASKED_FOR = 1024


class Random(Protocol):
    """Gives random bytes."""

    def bytes(self, count: int) -> bytes:
        """``count`` random bytes."""
        ...


class SystemRandom:
    """The operating system's generator, asked for many ids at once; for use by one thread.

    Each question is a system call that lets another thread in, which costs more than what is asked for. A process that
    forks shares nothing of what is left over.
    """

    def __init__(self) -> None:
        self._left = b""
        os.register_at_fork(after_in_child=self._forget)

    def bytes(self, count: int) -> bytes:
        """``count`` random bytes, none of which is given twice."""
        if len(self._left) < count:
            self._left = os.urandom(max(count, _ASKED_FOR))
        given, self._left = self._left[:count], self._left[count:]
        return given

    def _forget(self) -> None:
        self._left = b""


class SeededRandom:
    """A reproducible generator for tests. Never for anything secret."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - reproducibility is its purpose

    def bytes(self, count: int) -> bytes:
        """``count`` pseudo-random bytes."""
        return self._random.randbytes(count)
