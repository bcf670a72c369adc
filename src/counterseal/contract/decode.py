"""A parsed body, or a part of it, as a shape of the contract; and what is wrong with it in names of the wire."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from functools import cache
from typing import Any, NoReturn, TypeVar, get_args, get_origin

import msgspec

from counterseal.contract.errors import InvalidRequest, quoted
from counterseal.contract.shape import MAX_ITEMS, Shape, plain_type

ShapeT = TypeVar("ShapeT", bound=Shape)

NUMERIC_STRINGS = frozenset(
    {
        "deadline",
        "expirationSeconds",
        "gasLimit",
        "gasStationNonce",
        "limit",
        "maxFeePerGas",
        "maxPriorityFeePerGas",
        "nonce",
        "orgWindowLimitUsd",
        "sinceSeconds",
        "subOrgWindowLimitUsd",
        "windowDurationMinutes",
    }
)
"""Members that the model calls strings though they hold decimal integers: a JSON integer is taken for one too."""

MOST_CHOICES = 20
"""An enum with more values than this (activity types) is not spelt out in a message."""

_DECIMAL = re.compile(r"-?[0-9]{1,19}")
_WIRE_WORDS = {
    "Expected": "expected",
    " | null`": "`",
    "`str`": "string",
    "`int`": "integer",
    "`bool`": "boolean",
    "`float`": "number",
    "of length <=": "of length at most",
    "`": "",
}


def decode(tree: Any, shape: type[ShapeT], *, at: str = "") -> ShapeT:
    """``tree``, as ``parse_json`` gives it, as a ``shape``. Unknown members are ignored at every level.

    Integers and decimal strings stand for each other where the model names one and the client sends the other; the
    shape holds what the model says. ``at`` is where in the body ``tree`` stands, such as ``parameters``.

    Raises:
        InvalidRequest: a member is missing or not what the model says, or an array longer than ``MAX_ITEMS``.
    """
    try:
        return msgspec.convert(tree, shape)
    except msgspec.ValidationError:
        pass
    try:
        return msgspec.convert(_coerced(tree, shape), shape)
    except msgspec.ValidationError as error:
        _refuse(str(error), shape, at)


def missing(name: str) -> InvalidRequest:
    """The refusal of a body without the member ``name``."""
    return InvalidRequest(f"invalid request body: missing field `{name}`")


def _coerced(value: Any, expected: Any) -> Any:
    """``value`` with integers and decimal strings exchanged wherever ``expected`` asks for the other."""
    if expected is int and type(value) is str and _DECIMAL.fullmatch(value):
        return int(value)
    if get_origin(expected) is list and type(value) is list and len(value) <= MAX_ITEMS:
        item = plain_type(get_args(expected)[0])
        return [_coerced(each, item) for each in value]
    if isinstance(expected, type) and issubclass(expected, Shape) and type(value) is dict:
        members = _members(expected)
        return {name: _coerced_member(name, member, members.get(name)) for name, member in value.items()}
    return value


def _coerced_member(name: str, value: Any, expected: Any) -> Any:
    if expected is str and type(value) is int and name in NUMERIC_STRINGS:
        return str(value)
    return _coerced(value, expected)


@cache
def _members(shape: type[Shape]) -> Mapping[str, Any]:
    """The types of a shape's members by name on the wire."""
    return {member.encode_name: plain_type(member.type) for member in msgspec.structs.fields(shape)}


def _refuse(fault: str, shape: type[Shape], at: str) -> NoReturn:
    """Refuses with ``fault``, a message of msgspec's, said in words and names of the wire.

    Such a message reads "Expected `str`, got `int` - at `$.apiKeys[0].publicKey`".
    """
    reason, marked, path = fault.rpartition(" - at `$")
    if not marked:
        reason, path = fault, ""
    path = path.removesuffix("`").removeprefix(".")
    where = f"{at}.{path}" if at and path else at or path
    if reason.startswith("Object missing required field"):
        name = reason.split("`")[1]
        raise InvalidRequest(missing(name).message + (f" at `{where}`" if path else ""))
    if reason.startswith("Invalid enum value"):
        found = reason.removeprefix("Invalid enum value ")[1:-1]
        _refuse_at(where, _wrong_choice(found, _type_at(shape, path)))
    for phrase, words in _WIRE_WORDS.items():
        reason = reason.replace(phrase, words)
    _refuse_at(where, reason)


def _refuse_at(where: str, reason: str) -> NoReturn:
    raise InvalidRequest(f"invalid request body: {reason}" + (f" at `{where}`" if where else ""))


def _wrong_choice(found: str, expected: Any) -> str:
    choices = [str(each) for each in (expected if _is_enum(expected) else get_args(expected))]
    wanted = "one of " + ", ".join(choices) if len(choices) <= MOST_CHOICES else f"a value of {expected.__name__}"
    return f"expected {wanted}, got {quoted(found)}"


def _type_at(shape: type[Shape], path: str) -> Any:
    """The type of the member at ``path``, such as ``apiKeys[0].curveType``."""
    found: Any = shape
    for name in re.findall(r"([A-Za-z]\w*)|\[", path):
        found = _members(found)[name] if name else plain_type(get_args(found)[0])
    return found


def _is_enum(expected: Any) -> bool:
    return isinstance(expected, type) and issubclass(expected, Enum)
