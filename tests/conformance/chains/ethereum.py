"""A node of Ethereum: anvil, as Foundry publishes it on npm, on a free port of the loopback interface."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PACKAGES = Path(__file__).parents[1] / "node_modules" / "@foundry-rs"
_OPTIONS = ("--host=127.0.0.1", "--port=0", "--hardfork=prague", "--prune-history")
"""Prague, because blobs are proven otherwise in the fork after it, and clients leave that to whoever has the blobs."""
_READY = re.compile(r"^Listening on (\S+)\n", re.MULTILINE)


@contextmanager
def ethereum_node(directory: Path) -> Iterator[str]:
    """Its URL. It mines a block for each transaction; whatever it writes is in ``directory``."""
    (program,) = _PACKAGES.glob("anvil-*/bin/anvil")
    log = directory / "anvil.log"
    with log.open("wb") as said:
        process = subprocess.Popen(
            [program, *_OPTIONS], env={"HOME": str(directory)}, stdin=subprocess.DEVNULL, stdout=said, stderr=said
        )
    with process:
        try:
            while not (ready := _READY.search(log.read_text())):
                if process.poll() is not None:
                    raise RuntimeError(f"anvil did not start: {log.read_text()}")
                time.sleep(0.01)
            yield f"http://{ready[1]}"
        finally:
            process.terminate()
