"""A node of Ethereum of the demo's own (anvil), on a free port of the loopback interface."""

from __future__ import annotations

import re
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from story import Failed

_PACKAGES = Path(__file__).parent / "node_modules" / "@foundry-rs"
_READY = re.compile(r"^Listening on (\S+)\n", re.MULTILINE)


@contextmanager
def demo_chain() -> Iterator[str]:
    """Its URL; it is gone at the end. Raises Failed."""
    programs = sorted(_PACKAGES.glob("anvil-*/bin/anvil"))
    if not programs:
        raise Failed("anvil is not installed: run `make demo`, or `npm ci` in tests/conformance")
    with tempfile.TemporaryDirectory(prefix="counterseal-chain-") as directory:
        log = Path(directory, "log")
        command = [programs[0], "--host=127.0.0.1", "--port=0"]
        with log.open("wb") as said:
            process = subprocess.Popen(command, env={"HOME": directory}, stdout=said, stderr=said)
        with process:
            try:
                while not (ready := _READY.search(log.read_text())):
                    if process.poll() is not None:
                        raise Failed(f"anvil: {log.read_text()}")
                    time.sleep(0.01)
                yield f"http://{ready[1]}"
            finally:
                process.terminate()
