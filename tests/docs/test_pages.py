"""What the pages say of the project is there: files, links, quoted passages, settings, dependencies."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import click
import pytest

from counterseal.cli import main
from docs.pages import PAGES, PROJECT, Block, blocks_of, name_of

_FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)")
_PATH = re.compile(r"`((?:benchmarks|docs|examples|scripts|src|tests)/[\w./-]+)`")
_INSTRUCTION = re.compile(r"run|run as \S+|run in the background|save as \S+|prints|from \S+|not run: .+")
_ROW = re.compile(r"^\| `(COUNTERSEAL_\w+)` \| (.*?) \| (.*?) \| (.*?) \|", re.MULTILINE)

BLOCKS = [block for page in PAGES for block in blocks_of(page)]


@pytest.mark.parametrize("block", [block for block in BLOCKS if block.language], ids=str)
def test_blocks_of_code_say_how_they_are_tested(block: Block) -> None:
    assert _INSTRUCTION.fullmatch(block.instruction), f"{block} needs one of the comments listed in tests/docs/pages.py"


@pytest.mark.parametrize("block", [b for b in BLOCKS if b.instruction.startswith("from ")], ids=str)
def test_quoted_passages_stand_in_their_files(block: Block) -> None:
    assert block.text in (PROJECT / block.instruction.removeprefix("from ")).read_text("utf-8")


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    for path, anchor in _LINK.findall(_prose(page)):
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{name_of(page)} links to {path}"
        if anchor:
            assert anchor in _anchors(target), f"{name_of(page)} links to {path}#{anchor}"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_files_that_are_named_exist(page: Path) -> None:
    missing = [path for path in _PATH.findall(_prose(page)) if not (PROJECT / path).exists()]
    assert not missing


def test_the_table_of_settings_is_that_of_the_commands() -> None:
    page = (PROJECT / "docs" / "operations.md").read_text("utf-8")
    documented = {variable: (option, commands, default) for variable, option, commands, default in _ROW.findall(page)}
    assert documented.pop("COUNTERSEAL_PASSPHRASE")[0] == "none"
    assert documented == _settings()


def test_every_dependency_is_justified() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))
    groups = project["dependency-groups"].values()
    names = {
        re.split(r"[<>=~! \[]", line)[0] for group in [project["project"]["dependencies"], *groups] for line in group
    }
    page = (PROJECT / "docs" / "dependencies.md").read_text("utf-8")
    assert set(re.findall(r"^\| `([\w.-]+)` \|", page, re.MULTILINE)) == names


def _settings() -> dict[str, tuple[str, str, str]]:
    """Variable → option, commands and default, as the table writes them."""
    found: dict[str, tuple[str, list[str], str]] = {}
    for name, command in main.commands.items():
        for parameter in command.params:
            if isinstance(parameter, click.Option) and isinstance(parameter.envvar, str):
                default = "required" if parameter.required else f"`{_shown(parameter.default)}`"
                option = f"`{parameter.opts[0]}`"
                commands = found.setdefault(parameter.envvar, (option, [], default))[1]
                commands.append(f"`{name}`")
    return {
        variable: (option, ", ".join(sorted(commands)), default)
        for variable, (option, commands, default) in found.items()
    }


def _shown(default: object) -> str:
    return str(default) if isinstance(default, str | int | float) else "none"


def _prose(page: Path) -> str:
    return _FENCED.sub("", page.read_text("utf-8"))


def _anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", _prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
