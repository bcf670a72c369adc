"""The organization is the wall: every SQL statement of the store names the organization whose rows it reads or writes.

The look-ups that cannot are in one file, ``unscoped``. Statements are found in the source, so that a new one is covered
as soon as it is written; the few exceptions are listed here with their reasons.
"""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import pytest

from counterseal.store import sql
from counterseal.store.sql import tables

FILES_THAT_MAY = {
    *(
        "unscoped.py",
        "tables.py",
        "ledger.py",
        "ledger_export.py",
        "ledger_statements.py",
        "webhook_queue.py",
        "webhook_statements.py",
    )
}
"""The look-ups that the contract demands; what is written, of which each statement is looked at below; the ledger,
which is one of all organizations; and what one follower sends and remembers for all of them."""

EXCEPTIONS = {
    ("organizations.py", "SELECT organizations"): "the question is whether anything can be read",
    ("boot_proofs.py", "SELECT boot_proofs"): "what vouches for the server's own keys, for every member of any",
    ("sealed_secrets.py", "SELECT sealed_secrets"): "the server's own keys",
    ("pieces.py", "SELECT {table"): "a whole store is moved, by its operator, while nobody is served",
}

TABLES_WITHOUT = {
    "organizations": "they are organizations",
    "votes": "votes belong to an activity, which is written in its organization, in the same batch",
    "boot_proofs": "what vouches for the server's own keys",
    "sealed_secrets": "the server's own keys",
    "ledger_logs": "the ledger is one of all organizations",
    "ledger_tiles": "the ledger is one of all organizations",
    "webhook_deaths": "a channel is of one endpoint, and that of one organization",
    "leases": "of processes",
}
LEDGER = ("ledger_logs", "ledger_tiles", "ledger_pending")
"""What is put in is found by its place in the ledger."""

_STATEMENT = re.compile(r"(SELECT|INSERT|UPDATE|DELETE)\b")
_TABLE = re.compile(r"\b(?:FROM|INTO|UPDATE) ([\w{}]+)")
_COMPARED = re.compile(r"\b(organization_id|organization_number|parent_id)(, \w+\))? (= |IN )")
_INSERTED = re.compile(r"^INSERT INTO \w+ \([^)]*\b(organization_id|organization_number)\b")
_ORGANIZATION_ITSELF = re.compile(r"FROM organizations WHERE id = \?|INTO organizations|organizations\.id = given\.id")
_NAMES_IT = (
    r"\w+\.organization_id = given\.organization_id|\(.*organization_id.*\) IN|ON CONFLICT \(organization_id[,)]"
)


class Statement(NamedTuple):
    """SQL, and all other text of the function that puts it together, if there is one."""

    file: str
    text: str
    around: str

    @property
    def name(self) -> tuple[str, str]:
        """Where it is, its verb and its first table."""
        table = _TABLE.search(self.text)
        return self.file, f"{self.text.split()[0]} {table[1] if table else ''}"

    def names_its_organization(self) -> bool:
        """A new row carries it, any other row is found by it; what is pieced together has it in one of the pieces."""
        if _COMPARED.search(self.text) or _ORGANIZATION_ITSELF.search(self.text):
            return True
        if "ON CONFLICT" in self.text:
            return False
        return _INSERTED.search(self.text) is not None or (
            "{" in self.text and _COMPARED.search(self.around) is not None
        )


def statements() -> list[Statement]:
    """Every statement in the files of the store."""
    found = []
    for path in sorted(Path(sql.__path__[0]).glob("*.py")):
        module = importlib.import_module(f"{sql.__name__}.{path.stem}")
        for scope in _scopes(ast.parse(path.read_text())):
            texts = [_rendered(node, module) for node in _strings(scope)]
            around = "\n".join(texts) if isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef) else ""
            found += [Statement(path.name, text, around) for text in texts if _STATEMENT.match(text)]
    return found


def _scopes(tree: ast.Module) -> list[ast.AST]:
    """The functions and methods of a module, and each of its other statements."""
    classes = [each for each in tree.body if isinstance(each, ast.ClassDef)]
    return [*(each for each in tree.body if each not in classes), *(each for one in classes for each in one.body)]


def _strings(node: ast.AST) -> Iterator[ast.Constant | ast.JoinedStr]:
    if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str)):
        yield node
        return
    for child in ast.iter_child_nodes(node):
        yield from _strings(child)


def _rendered(node: ast.Constant | ast.JoinedStr, module: ModuleType) -> str:
    """The text; constants of the module are filled in, anything else stays as ``{source}``."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    parts = []
    for part in node.values:
        if isinstance(part, ast.Constant):
            parts.append(str(part.value))
        elif isinstance(part, ast.FormattedValue):
            source = ast.unparse(part.value)
            value = getattr(module, source, None)
            parts.append(value if isinstance(value, str) else f"{{{source}}}")
    return "".join(parts)


def test_every_statement_names_its_organization() -> None:
    found = [each for each in statements() if each.file not in FILES_THAT_MAY]
    assert len(found) >= 20, "the statements are somewhere else now"
    assert {each.name for each in found if not each.names_its_organization()} == set(EXCEPTIONS)


def test_everything_that_is_written_names_its_organization() -> None:
    written = [each for each in vars(tables).values() if isinstance(each, tables.Statement)]
    assert len(written) == len(re.findall(r" = Statement\(", Path(tables.__file__).read_text()))
    for statement in written:
        names = {name for name, _ in statement.columns}
        if not any(f"{table} " in statement.text for table in ("organizations", "sealed_secrets", *LEDGER)):
            assert "organization_id" in names
            assert re.search(_NAMES_IT, statement.text)
    without = {table.name for table in tables.TABLES if "organization_id" not in dict(table.columns)}
    assert without == set(TABLES_WITHOUT)


@pytest.mark.parametrize(
    "text",
    [
        "UPDATE users SET until = ? WHERE id = ? AND until IS NULL",
        "SELECT id, organization_id FROM activities WHERE id = ?",
        "INSERT INTO votes (id) VALUES (?)",
        "INSERT INTO tags (id, organization_id) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET name = excluded.name",
        "UPDATE organizations SET name = 'x'",
        "DELETE FROM tags WHERE id IN (SELECT id FROM users)",
    ],
)
def test_one_that_does_not_is_noticed(text: str) -> None:
    assert not Statement("file.py", text, "").names_its_organization()
