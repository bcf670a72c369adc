"""Whoever checks a log needs one package beside the standard library."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import sys, {room}
rooms = {{name.split(".")[1] for name in sys.modules if name.startswith("counterseal.")}}
packages = {{name.partition(".")[0] for name in sys.modules if getattr(sys.modules[name], "__file__", None)}}
print(*sorted(packages - set(sys.stdlib_module_names)), "|", *sorted(rooms))
"""


@pytest.mark.parametrize(
    ("room", "rooms"), [("counterseal.ledger", {"ledger"}), ("counterseal.proofs", {"ledger", "proofs"})]
)
def test_only_cryptography_is_needed(room: str, rooms: set[str]) -> None:
    command = [sys.executable, "-I", "-c", PROGRAM.format(room=room)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    others, _, ours = done.stdout.partition("|")
    assert set(others.split()) - {"_cffi_backend", "_distutils_hack", "__main__"} == {"counterseal", "cryptography"}
    assert set(ours.split()) == rooms
