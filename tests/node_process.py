"""Questions to a JavaScript program: one process for all of them, a line of JSON each."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any


def answers_of(program: Path, questions: Sequence[Any]) -> list[Any]:
    """What it answers, an answer for each question; it runs in the folder whose packages it needs."""
    done = subprocess.run(
        ["node", program],
        cwd=program.parent,
        input="\n".join(map(json.dumps, questions)),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(questions)
    return answers
