"""How the demo tells what it does: numbered steps with their ids, and an end that is clear either way."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager


class Failed(Exception):
    """A step did not do what it promised."""


class Story:
    """Prints steps as they succeed. A step that raises ends the demo, and ``Failed`` says which one it was."""

    def __init__(self) -> None:
        self.steps: list[str] = []

    @contextmanager
    def step(self, title: str, client: str) -> Iterator[dict[str, str]]:
        """One step: put what it yields into the dictionary."""
        facts: dict[str, str] = {}
        try:
            yield facts
        except Exception as error:
            raise Failed(f"{title}: {error}") from error
        self.tell(title, client, facts)

    def tell(self, title: str, client: str, facts: Mapping[str, str]) -> None:
        """Print a step that has succeeded."""
        self.steps.append(title)
        print(f"\n{len(self.steps):2}. {title}  [{client}]")
        for name, value in facts.items():
            print(f"      {name:<16}{value}")

    def continue_in_node(self, script: str, environment: Mapping[str, str]) -> None:
        """Run a script that prints its steps as lines of JSON: ``{title, client, facts}`` or ``{title, failure}``."""
        command = ["node", script]
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, encoding="utf-8") as process:
            assert process.stdout is not None
            for line in process.stdout:
                step = json.loads(line)
                if "failure" in step:
                    raise Failed(f"{step['title']}: {step['failure']}")
                self.tell(step["title"], step["client"], step["facts"])
        if process.returncode != 0:
            raise Failed(f"{script} ended with exit code {process.returncode}")
