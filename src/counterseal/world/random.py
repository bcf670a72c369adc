"""Randomness as a value that is handed in. Only ids come from here: keys are made by the cryptographic libraries."""

from __future__ import annotations

import os
import random
from typing import Protocol


class Random(Protocol):
    """Gives random bytes."""

    def bytes(self, count: int) -> bytes:
        """``count`` random bytes."""
        ...


class SystemRandom:
    """The operating system's generator."""

    def bytes(self, count: int) -> bytes:
        """``count`` random bytes."""
        return os.urandom(count)


class SeededRandom:
    """A reproducible generator for tests. Never for anything secret."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - reproducibility is its purpose

    def bytes(self, count: int) -> bytes:
        """``count`` pseudo-random bytes."""
        return self._random.randbytes(count)
