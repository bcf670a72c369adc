"""What the contract says of an operation that has no behaviour yet, as the text of a unit and of a test."""

from __future__ import annotations

import json
from collections.abc import Iterable
from importlib import resources
from string import Template
from typing import Any, NamedTuple

from counterseal.activities import implemented_kinds
from counterseal.contract import Operation, Shape, all_operations
from counterseal.engine.decide.vote import VOTES
from counterseal.queries import implemented_queries
from counterseal.scaffold.members import required_members

_LINE = 120


class NotWritten(Exception):
    """Why nothing is written."""


class Unit(NamedTuple):
    """A unit by its room (``activities``), its folder there and its name, with the texts of both files."""

    room: str
    noun: str
    name: str
    text: str
    test: str


def activity_unit(kind: str) -> Unit:
    """The unit of a kind, such as ``CREATE_WALLET``. Raises NotWritten."""
    by_kind = {each.kind: each for each in all_operations() if each.kind}
    votes = {kind for kind, each in by_kind.items() if each.name in VOTES}
    operation = _one_of(by_kind, kind, implemented_kinds() | votes)
    variant = next(each for each in operation.variants.values() if each.is_newest)
    intent, result = variant.intent.__name__, variant.result.__name__ if variant.result else "vote"
    text = _filled(
        "activity",
        kind=kind,
        said=_said(kind),
        intent=intent,
        result=result,
        signature=_signature(f"def {kind.lower()}", f"_intent: {intent}, _view: View, _world: World", "Outcome"),
        name=operation.name,
        refused=variant.type,
    )
    path = "" if operation.name == kind.lower() else f', path="{operation.name}"'
    call = f'submit("{variant.type.removeprefix("ACTIVITY_TYPE_")}", ASKED{path})'
    test = _test(kind, call=call, shape=variant.intent, refused=variant.type)
    return Unit("activities", _noun(operation), kind.lower(), text, test)


def query_unit(name: str) -> Unit:
    """The answer to a query, such as ``get_wallet``. Raises NotWritten."""
    by_name = {each.name: each for each in all_operations() if each.path == f"/public/v1/query/{each.name}"}
    operation = _one_of(by_name, name, implemented_queries())
    request, response = operation.request or Shape, operation.response.__name__
    text = _filled(
        "query",
        name=name,
        said=_said(name),
        shapes=_import("from counterseal.contract.shapes import", sorted((request.__name__, response))),
        signature=_signature(f"async def {name}", f"_request: {request.__name__}, _context: QueryContext", response),
        refused=operation.path,
    )
    test = _test(name, call=f'query("{name}", **ASKED)', shape=request, refused=operation.path)
    return Unit("queries", _noun(operation), name, text, test)


def _one_of(known: dict[str, Operation], name: str, implemented: Iterable[str]) -> Operation:
    if name in implemented:
        raise NotWritten(f"{name} has behaviour already")
    if name not in known:
        missing = "\n  ".join(sorted(known.keys() - set(implemented)))
        raise NotWritten(f"the contract has no {name}; without behaviour are:\n  {missing}")
    return known[name]


def _noun(operation: Operation) -> str:
    """The folder: what policies call the thing that is made, changed or shown, or else its part of the reference."""
    verb, _, thing = operation.name.partition("_")
    resources = {each.resource for one in all_operations() for each in one.variants.values() if each.resource}
    is_one = _plural(thing) in {_plural(resource.lower()) for resource in resources}
    if verb in {"create", "update", "delete", "get", "list"} and (is_one or not operation.tag):
        return _plural(thing)
    return operation.tag.lower().replace(" ", "_")


def _plural(noun: str) -> str:
    if noun.endswith("s"):
        return noun
    return f"{noun[:-1]}ies" if noun.endswith("y") and noun[-2] not in "aeiou" else f"{noun}s"


def _said(name: str) -> str:
    return name.capitalize().replace("_", " ")


def _import(beginning: str, names: list[str]) -> str:
    line, separator = f"{beginning} {', '.join(names)}", ",\n    "
    return line if len(line) <= _LINE else f"{beginning} (\n    {separator.join(names)},\n)"


def _signature(function: str, parameters: str, result: str) -> str:
    line = f"{function}({parameters}) -> {result}:"
    return line if len(line) <= _LINE else f"{function}(\n    {parameters}\n) -> {result}:"


def _test(title: str, *, call: str, shape: type[Shape], refused: str) -> str:
    return _filled("test", title=title, asked=_literal(required_members(shape)), call=call, refused=refused)


def _literal(value: Any, indent: str = "") -> str:
    """As it stands in a file, a member a line."""
    if not isinstance(value, dict) or not value:
        return str(value) if isinstance(value, bool) else json.dumps(value)
    lines = [f"{indent}    {json.dumps(name)}: {_literal(each, indent + '    ')},\n" for name, each in value.items()]
    return f"{{\n{''.join(lines)}{indent}}}"


def _filled(template: str, **parts: str) -> str:
    text = resources.files(__package__).joinpath("templates", f"{template}.txt").read_text("utf-8")
    return Template(text).substitute(parts)
