"""``make demo``: it succeeds as a whole, and says clearly what failed when something does."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

DEMO = Path(__file__).parents[2] / "examples" / "demo"

PROMISED = [
    "Three API keys on three curves",
    "Each of them signs",
    "A read-write session",
    "Its bundle, opened",
    "An act with the session's key",
    "An expired key is refused",
    "The same bytes, sent twice, are one activity",
    "A stamp over other bytes is refused",
    "Ada asks for a new user: it takes two",
    "Bob finds it and approves",
    "A wallet with an Ethereum account",
    "An agent may pay one address",
    "The agent pays it: signed here, carried out by the node",
    "To any other address it signs nothing",
    "Why? What would happen is asked",
    "A wallet is asked for with proofs",
    "The ledger, exported and verified offline",
    "One byte of a copy is altered, and named",
]


def test_it_shows_everything_it_promises():
    done = _python(DEMO / "run.py")
    assert done.returncode == 0, done.stdout + done.stderr
    told = done.stdout
    places = [told.find(title) for title in PROMISED]
    assert -1 not in places
    assert places == sorted(places)
    assert "All 22 steps did what they promised" in told


def test_it_shows_the_same_on_postgresql_to_three_processes():
    done = _python(DEMO / "run.py", "--postgres")
    assert done.returncode == 0, done.stdout + done.stderr
    told = done.stdout
    assert all(title in told for title in PROMISED)
    assert told.count(" requests\n") == 3
    assert "All 23 steps did what they promised" in told


@pytest.mark.parametrize(
    ("javascript", "message"),
    [
        ("await step('Two', 'js', async () => expect(1 === 2, 'one is not two'));", "Two: one is not two"),
        ("await step('Two', 'js', async () => refusal(Promise.resolve()));", "Two: the server did not refuse it"),
        ("process.exit(3);", "script.mjs ended with exit code 3"),
    ],
)
def test_a_step_that_fails_in_node_ends_the_demo(tmp_path, javascript, message):
    imports = f"import {{ expect, refusal, step }} from {str(DEMO / 'step.mjs')!r};"
    first = "await step('One', 'js', async () => ({ fact: 'good' }));"
    (tmp_path / "script.mjs").write_text("\n".join([imports, first, javascript]))
    failure = _fail(tmp_path, f"Story().continue_in_node({str(tmp_path / 'script.mjs')!r}, dict(os.environ))")
    assert failure.stdout.split() == ["1.", "One", "[js]", "fact", "good"]
    assert failure.stderr.strip().endswith(message)
    assert "story.Failed" in failure.stderr


def test_a_step_that_fails_in_python_ends_the_demo(tmp_path):
    failure = _fail(tmp_path, "with Story().step('One', 'python'): raise ValueError('no good')")
    assert failure.stdout == ""
    assert failure.stderr.strip().endswith("story.Failed: One: no good")


def test_without_node_it_says_so(tmp_path):
    failure = _fail(tmp_path, "official_clients()", PATH=str(tmp_path))
    assert "story.Failed: node is not installed" in failure.stderr


def _fail(directory: Path, statement: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """What becomes of a program that uses the demo's modules for a step that fails."""
    program = directory / "program.py"
    imports = ["import os, sys", f"sys.path.insert(0, {str(DEMO)!r})", "from story import Story"]
    program.write_text("\n".join([*imports, "from official_clients import official_clients", statement, ""]))
    done = _python(program, **environment)
    assert done.returncode == 1
    return done


def _python(program: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, program, *arguments],
        env=os.environ | environment,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
