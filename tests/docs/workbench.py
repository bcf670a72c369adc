"""Runs the blocks of one page as a reader would: in order, in an empty directory, on free ports for 8080 and 8081."""

from __future__ import annotations

import os
import re
import select
import signal
import socket
import subprocess
import sys
from pathlib import Path

from docs.pages import PROJECT, Block

_PATIENCE_SECONDS = 120
_PORT = re.compile(r"\b808[01]\b")
_EXPORT = re.compile(r'^declare -x (COUNTERSEAL_\w+)="(.*)"$', re.MULTILINE)
_NODE_PACKAGES = PROJECT / "tests" / "conformance" / "node_modules"
_INTERPRETERS = {"python": sys.executable, "js": "node"}
_SHELL = ("bash", "-euo", "pipefail", "-c")


class Workbench:
    """Where the blocks of one page run. ``clear_up`` ends what they started."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory / "work"
        self._directory.mkdir()
        (self._directory / "node_modules").symlink_to(_NODE_PACKAGES)
        self._log = directory / "server.log"
        self._exports = directory / "exports"
        self._exports.touch()
        self._ports = {"8080": _free_port(), "8081": _free_port()}
        self._printed = ""
        self._servers: list[subprocess.Popen[str]] = []

    def follow(self, block: Block) -> None:
        """Do what the block's instruction says. Raises AssertionError, with its place, if that does not work out."""
        match block.instruction.split():
            case ["run"]:
                self._run(block, [*_SHELL, f"{self._text(block)}\nexport -p >'{self._exports}'"])
            case ["run", "as", name]:
                self._save(block, name)
                self._run(block, [_INTERPRETERS[block.language], name])
            case ["run", "in", "the", "background"]:
                self._serve(block)
            case ["save", "as", name]:
                self._save(block, name)
            case ["prints"]:
                self._compare(block)
            case _:
                raise AssertionError(f"{block}: the instruction `{block.instruction}` is not known")

    def clear_up(self) -> None:
        """Stop the servers."""
        for server in self._servers:
            with server:
                os.killpg(server.pid, signal.SIGTERM)
                server.wait(_PATIENCE_SECONDS)

    def _run(self, block: Block, command: list[str]) -> None:
        done = subprocess.run(
            command,
            cwd=self._directory,
            env=self._environment(),
            capture_output=True,
            text=True,
            timeout=_PATIENCE_SECONDS,
            check=False,
        )
        assert done.returncode == 0, f"{block} ended with {done.returncode}\n{done.stdout}{done.stderr}"
        self._printed = done.stdout

    def _serve(self, block: Block) -> None:
        with self._log.open("a") as log:
            server = subprocess.Popen(
                [*_SHELL, self._text(block)],
                cwd=self._directory,
                env=self._environment(),
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        self._servers.append(server)
        assert server.stdout is not None
        readable, _, _ = select.select([server.stdout], [], [], _PATIENCE_SECONDS)
        self._printed = server.stdout.readline() if readable else ""
        assert " is ready on " in self._printed, f"{block} did not start: {self._printed}{self._log.read_text()}"

    def _save(self, block: Block, name: str) -> None:
        (self._directory / name).write_text(self._text(block), "utf-8")

    def _compare(self, block: Block) -> None:
        expected = ".*".join(re.escape(part) for part in self._text(block).strip().split("…"))
        assert re.fullmatch(expected, self._printed.strip()), f"{block} is not what was printed:\n{self._printed}"

    def _text(self, block: Block) -> str:
        return _PORT.sub(lambda port: self._ports[port[0]], block.text)

    def _environment(self) -> dict[str, str]:
        """What a reader has who has installed the project and exported what the page says."""
        readers_own = {name: value for name, value in os.environ.items() if not name.startswith("COUNTERSEAL_")}
        readers_own["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{readers_own['PATH']}"
        ports = {
            "COUNTERSEAL_PORT": self._ports["8080"],
            "COUNTERSEAL_URL": f"http://127.0.0.1:{self._ports['8080']}",
        }
        return readers_own | ports | dict(_EXPORT.findall(self._exports.read_text()))


def _free_port() -> str:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return str(listener.getsockname()[1])
