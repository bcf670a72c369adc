"""No regular expression goes over a text more than once: whoever sends the text would choose how long others wait."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import counterseal
from pattern_work import regrets

SOURCES = sorted(Path(counterseal.__file__).parent.rglob("*.py"))


def named() -> Iterator[tuple[str, re.Pattern[Any]]]:
    """Those that are made once and kept under a name."""
    for module in pkgutil.walk_packages(counterseal.__path__, "counterseal."):
        if module.name.endswith("__main__"):
            continue
        for name, value in vars(importlib.import_module(module.name)).items():
            found = value if isinstance(value, re.Pattern) else getattr(value, "__self__", None)
            if isinstance(found, re.Pattern):
                yield f"{module.name}.{name}", found


def written_in_place() -> Iterator[tuple[str, re.Pattern[Any]]]:
    """Those that stand where they are used."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {f"re.{name}" for name in ONCE}:
                first = node.args[0]
                assert isinstance(first, ast.Constant), f"{path.name}:{node.lineno}: a pattern with a name is looked at"
                yield f"{path.name}:{node.lineno}", re.compile(first.value)


ONCE = ("match", "fullmatch", "search", "sub", "split", "findall", "finditer")
PATTERNS = [*named(), *written_in_place()]


def test_there_are_some() -> None:
    assert len(PATTERNS) > 20


@pytest.mark.parametrize("pattern", [pattern for _, pattern in PATTERNS], ids=[name for name, _ in PATTERNS])
def test_none_parts_a_text_in_several_ways(pattern: re.Pattern[Any]) -> None:
    assert regrets(pattern) == []


@pytest.mark.parametrize(
    "text",
    ["0+([0-9]+)", "a*a*b", "(a+)+", "(?:a|b+)*c", ".*x.*y", r"\s*,?\s*x", r"\w+\d*$", "(?:[a-z]+,?)*", "a*?a*"],
)
def test_those_that_do_are_found(text: str) -> None:
    assert regrets(re.compile(text))


@pytest.mark.parametrize(
    "text", ["a+b+", "[a-z]+://[a-z]+", r"\w+(?:\.\w+)*", "a{1,99}a{1,99}", "(?:b{0,61}a)+", "a*ba*"]
)
def test_those_that_do_not_are_not(text: str) -> None:
    assert regrets(re.compile(text)) == []
