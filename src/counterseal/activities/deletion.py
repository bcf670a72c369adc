"""What is deleted that holds keys: it must have been exported before, unless the request says that it need not.

Sources: Turnkey docs, delete wallets, delete wallet accounts, delete private keys, API errors (texts).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TypeVar

from counterseal.contract.errors import InvalidRequest, quoted
from counterseal.contract.rules import some
from counterseal.contract.submit import UUID
from counterseal.organizations import Row, View
from counterseal.store import RowKey

DELETED_AT_ONCE_MAX = 100

Kind = TypeVar("Kind", bound=Row)


def keys_of(ids: Collection[str], kind: type[Row], *, what: str, field: str) -> list[RowKey]:
    """What asks for those that are to go. ``what`` is what one is called, ``field`` the list's name on the wire.

    Raises InvalidRequest for none, too many, an id that is no UUID, and for one that comes twice.
    """
    some(ids, field)
    if len(ids) > DELETED_AT_ONCE_MAX:
        raise InvalidRequest(
            f"invalid request body: expected at most {DELETED_AT_ONCE_MAX} items at `{field}`, got {len(ids)}"
        )
    for id_ in ids:
        if not UUID.fullmatch(id_.lower()):
            raise InvalidRequest(f"invalid {what} UUID: {quoted(id_)}")
    lower = [id_.lower() for id_ in ids]
    if len(set(lower)) != len(lower):
        raise InvalidRequest(f"invalid request body: expected different ids, got one twice at `{field}`")
    return [RowKey(kind=kind, value=id_) for id_ in lower]


def found_of(keys: Collection[RowKey], kind: type[Kind], view: View, *, what: str) -> list[Kind]:
    """Those that were asked for, all of them. Raises InvalidRequest."""
    rows: list[Kind] = []
    for key in keys:
        found = [row for row in view.rows[key] if isinstance(row, kind)]
        if not found:
            raise InvalidRequest(f"{what} not part of your organization: {key.value}")
        rows += found
    return rows


def not_exported(what: str, id_: str, *, code: str = "REQUEST_INVALID") -> InvalidRequest:
    """The answer where something would be lost."""
    return InvalidRequest(f"{what} has not been exported: {id_}", code=code)
