"""The least that a shape takes, to begin a test with."""

from __future__ import annotations

import enum
from typing import Any, Literal, get_args, get_origin

import msgspec

from counterseal.contract import Shape
from counterseal.contract.shape import plain_type


def required_members(shape: type[Shape]) -> dict[str, Any]:
    """By their names on the wire. The organization is left to whoever sends it."""
    return {
        field.encode_name: _value(field)
        for field in msgspec.structs.fields(shape)
        if field.default is msgspec.NODEFAULT and field.encode_name != "organizationId"
    }


def _value(field: msgspec.structs.FieldInfo) -> Any:
    type_ = plain_type(field.type)
    if get_origin(type_) is Literal:
        return get_args(type_)[0]
    if get_origin(type_) is not None:
        return [] if get_origin(type_) is list else {}
    if issubclass(type_, Shape):
        return required_members(type_)
    if issubclass(type_, enum.Enum):
        return next(iter(type_)).value
    return {str: field.encode_name, int: 1, bool: True}[type_]
