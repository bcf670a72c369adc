"""The page that says which part of the API this server implements: docs/coverage.md."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from counterseal.contract.operations import Operation, all_operations
from counterseal.contract.upgrades import can_upgrade

INTRODUCTION = """# Coverage

Generated from the published model of the API; do not edit. An operation without a check mark answers HTTP 501 and names
itself. Versions are those of the activity type that its path takes; those in parentheses are refused.
"""


def coverage_page(implemented_kinds: Collection[str], implemented_queries: Collection[str]) -> str:
    """The page, as Markdown.

    Args:
        implemented_kinds: kinds with a unit, such as ``CREATE_API_KEYS``.
        implemented_queries: names of queries with a unit, such as ``get_api_keys``.

    Raises:
        ValueError: the API has no such kind or query.
    """
    operations = all_operations()
    unknown = set(implemented_kinds) - {operation.kind for operation in operations}
    unknown |= set(implemented_queries) - {operation.name for operation in operations if not operation.is_submit}
    if unknown:
        raise ValueError(f"not in the API: {', '.join(sorted(unknown))}")
    done = {
        operation.path
        for operation in operations
        if (operation.kind in implemented_kinds if operation.is_submit else operation.name in implemented_queries)
    }
    by_tag: defaultdict[str, list[Operation]] = defaultdict(list)
    for operation in operations:
        by_tag[operation.tag.lower()].append(operation)
    sections = [_section(by_tag[tag], done) for tag in sorted(by_tag)]
    return "\n".join([INTRODUCTION, f"{len(done)} of {len(operations)} operations.\n", *sections])


def _section(operations: list[Operation], done: set[str]) -> str:
    rows = [
        f"| `{each.path}` | {_versions(each)} | {'✓' if each.path in done else ''} |"
        for each in sorted(operations, key=lambda each: each.path)
    ]
    title = min(each.tag for each in operations) or "Other"
    return "\n".join([f"## {title}\n", "| path | versions | implemented |", "|---|---|---|", *rows, ""])


def _versions(operation: Operation) -> str:
    return ", ".join(
        f"V{each.version}" if can_upgrade(each) else f"(V{each.version})"
        for each in dict.fromkeys(operation.variants.values())
    )
