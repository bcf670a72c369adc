"""Our copy of the model against the types that the official packages bring: the next drift is seen here."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

NEW_TYPES = """
export type definitions = {
    v1User: {
        /** @description Human-readable name for a User. */
        userName?: string;
        shoeSize: string;
        mood: "MOOD_GOOD" | "MOOD_BAD";
        tagIds: definitions["v1Tag"][];
    };
    /** @enum {string} */
    v1Effect: "EFFECT_ALLOW" | "EFFECT_PERHAPS";
    v1ShoeParams: {
        shoeName: string;
    };
};
export type operations = {};
"""
NEW_CLIENT = """
this.fitShoe = async () => this.command("/public/v1/submit/fit_shoe", {}, "ACTIVITY_TYPE_FIT_SHOE");
this.whoami = async () => this.request("/public/v1/query/whoami", {});
"""


def drift(*arguments: str | Path) -> tuple[int, list[str]]:
    """Exit code and lines of the script."""
    command = [sys.executable, ROOT / "scripts" / "contract_drift.py", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, (done.stdout + done.stderr).splitlines()


def test_every_difference_is_explained_and_every_explanation_is_needed() -> None:
    assert drift("--known", ROOT / "scripts" / "known_drift.txt") == (0, [])


def test_what_a_package_gains_is_told(tmp_path: Path) -> None:
    package = tmp_path / "@turnkey" / "shoes" / "dist"
    package.mkdir(parents=True)
    (package / "public_api.types.d.ts").write_text(NEW_TYPES)
    (package / "client.mjs").write_text(NEW_CLIENT)
    code, lines = drift(tmp_path)
    assert code == 1
    assert [line for line in lines if line.startswith("missing here: ")] == [
        "missing here: activity type ACTIVITY_TYPE_FIT_SHOE",
        "missing here: definition ShoeParams",
        "missing here: field User.mood",
        "missing here: field User.shoeSize",
        "missing here: field User.tagIds",
        "missing here: operation /public/v1/submit/fit_shoe",
        "missing here: optional User.userName",
        "missing here: value Effect.EFFECT_PERHAPS",
    ]
    assert "missing there: field User.userId" in lines
    assert "missing there: value Effect.EFFECT_DENY" in lines
    assert "missing there: definition ApiKey" in lines
    assert not any("User.userEmail" in line and "field" not in line for line in lines)
    assert "missing there: operation /public/v1/query/whoami" not in lines


def test_an_explanation_of_nothing_is_told(tmp_path: Path) -> None:
    known = tmp_path / "known.txt"
    known.write_text("# all of it\nmissing *\n\nmissing here: operation /public/v1/query/get_shoes\n")
    assert drift("--known", known) == (1, ["no longer so: missing here: operation /public/v1/query/get_shoes"])


def test_packages_that_are_not_there_are_not_in_step(tmp_path: Path) -> None:
    assert drift(tmp_path) == (1, [f"no types of Turnkey's packages in {tmp_path}"])
