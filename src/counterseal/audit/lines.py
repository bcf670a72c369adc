"""The file that an auditor is given: lines of JSON, each rows of tables as they are, or what heads and ends the file.

Bytes are base64. Nothing in it is believed: all of it is checked against the checkpoint, which is signed.
"""

from __future__ import annotations

from typing import Annotated, Any, Union

import msgspec

from counterseal.ledger import Malformed
from counterseal.store.sql import tables
from counterseal.store.sql.query import Type
from counterseal.store.sql.tables import Table

VERSION = 1

_Number = Annotated[int, msgspec.Meta(ge=0, le=(1 << 63) - 1)]
_TYPES: dict[Type, Any] = {Type.BYTES: bytes, Type.NUMBER: _Number, Type.TEXT: str}
_MAY_BE_NULL = frozenset({"parent_id", "until", "result", "failure", "resolved", "decision", "effects"})
_Id = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{32}$")]


def may_be_null(column: str) -> bool:
    """Whether a table has nothing there in some rows."""
    return column in _MAY_BE_NULL


def _row(table: Table) -> Any:
    types = [_TYPES[type_] | None if may_be_null(name) else _TYPES[type_] for name, type_ in table.columns]
    return tuple.__class_getitem__(tuple(types))


_ACTIVITY, _VOTE = _row(tables.ACTIVITIES), _row(tables.VOTES)

_MEMBERS: dict[str, list[tuple[str, Any]]] = {
    "head": [("export", int), ("organization", _row(tables.ORGANIZATIONS))],
    "item": [("item", _row(tables.ITEMS))],
    "log": [("log", _row(tables.LEDGER_LOGS)), ("sizes", tuple[_Number, _Number, _Number]), ("found", str | None)],
    "fork": [("fork", _row(tables.LEDGER_ENTRIES))],
    "tile": [("tile", _row(tables.LEDGER_TILES))],
    "entry": [
        ("entry", _row(tables.LEDGER_ENTRIES)),
        ("activity", _ACTIVITY | None),
        ("vote", _VOTE | None),
        ("followed", bool),
    ],
    "end": [("end", _Number), ("strays", list[tuple[_Id, _Number]])],
}
_KINDS = {
    name: msgspec.defstruct(name, members, tag=name, tag_field="line", forbid_unknown_fields=True)
    for name, members in _MEMBERS.items()
}

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Union[tuple(_KINDS.values())]).decode  # noqa: UP007 - made of as many as there are


def line(kind: str, **members: Any) -> bytes:
    """One line: rows by the names of what they are, and what else belongs to its kind."""
    return _encode(_KINDS[kind](**members)) + b"\n"


def read(content: bytes) -> dict[str, Any]:
    """The members of a line, which is spelt as ``line`` spells it. Raises Malformed."""
    try:
        found = _decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
        raise Malformed(f"a line is not one of an export of the ledger: {fault}") from None
    if _encode(found) + b"\n" != content:
        raise Malformed("a line is spelt in another way than an export of the ledger is")
    return msgspec.structs.asdict(found)
