"""What every generated shape is made of: an immutable record whose members carry the model's names on the wire."""

from __future__ import annotations

import types
from typing import Annotated, Any, TypeAlias, TypeVar, Union, get_args, get_origin

from msgspec import Meta, Struct

MAX_ITEMS = 1_000
"""The longest array a request may carry. The service publishes no limit; no operation of it takes nearly as many."""

T = TypeVar("T")

Items: TypeAlias = Annotated[list[T], Meta(max_length=MAX_ITEMS)]
"""An array of a request."""

Int32: TypeAlias = Annotated[int, Meta(ge=-(2**31), le=2**31 - 1)]
Int64: TypeAlias = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]


class Shape(Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel", gc=False):
    """A JSON object of the contract: ``snake_case`` here, ``camelCase`` on the wire.

    A member that was not given is ``None`` and left out when encoded. Unknown members are ignored when decoded
    (official clients send some). Shapes cannot form cycles, so the garbage collector need not track them.
    """


def empty() -> list[Any]:
    """The default of a required array. Not ``list`` itself, which msgspec would leave out of the encoding.

    Clients insist on required arrays, even empty ones.
    """
    return []


def plain_type(annotation: Any) -> Any:
    """The type without its bounds and without "or nothing"."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return plain_type(get_args(annotation)[0])
    if origin is Union or origin is types.UnionType:
        return plain_type(next(each for each in get_args(annotation) if each is not types.NoneType))
    return annotation
