"""A Counterseal server in a temporary directory, for as long as the demo runs."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from story import Failed

COUNTERSEAL = str(Path(sys.executable).with_name("counterseal"))


@dataclass(frozen=True)
class DemoServer:
    """Where it listens, and its first organization with its root user."""

    url: str
    data: Path
    organization_id: str
    user_id: str
    public_key: str
    private_key: str


@contextmanager
def demo_server() -> Iterator[DemoServer]:
    """Make a data directory, serve it on a free port, and remove everything in the end. Raises Failed."""
    with tempfile.TemporaryDirectory(prefix="counterseal-demo-") as directory:
        data, log = Path(directory, "data"), Path(directory, "log")
        command = [COUNTERSEAL, "init", f"--data={data}", "--organization=Demo", "--user-name=root", "--json"]
        init = subprocess.run(command, check=False, capture_output=True, text=True)
        if init.returncode != 0:
            raise Failed(f"counterseal init: {init.stderr}")
        made = json.loads(init.stdout)
        with log.open("wb") as errors:
            serving = subprocess.Popen(
                [COUNTERSEAL, "serve", f"--data={data}", "--port=0"], stdout=subprocess.PIPE, stderr=errors, text=True
            )
        with serving:
            try:
                assert serving.stdout is not None
                ready = serving.stdout.readline()
                if " is ready on " not in ready:
                    raise Failed(f"counterseal serve: {ready}{log.read_text()}")
                yield DemoServer(
                    url=ready.split()[-1],
                    data=data,
                    organization_id=made["organizationId"],
                    user_id=made["userId"],
                    public_key=made["apiPublicKey"],
                    private_key=Path(made["apiPrivateKeyFile"]).read_text(),
                )
            finally:
                serving.terminate()
