"""Which rows a unit needs before it can say anything, in steps: an account, then its wallet.

A unit's ``needs(intent, view)`` is a generator: what it yields is read, and is in ``view.rows`` when it goes on. So one
function serves submissions, approvals hours later, dry runs and tests, and knows no database.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import Any

import msgspec

from counterseal.contract.errors import NotFound
from counterseal.organizations import Key, Row, View
from counterseal.store import RowKey


class AllOf(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """All rows of a kind of which an organization has ``at_most`` so many, because a limit says so."""

    kind: type[Row]
    at_most: int

    def fits(self, row: Row) -> bool:
        """Whether a row is one of them."""
        return isinstance(row, self.kind)


class Sealed(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The secret that belongs to the row of this id: ``bytes`` that only the key store opens, one or none."""

    id: str


class NumberOf(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """How many stored rows of a kind have ``value`` for ``key``; no more than ``at_most`` are counted.

    For a bound that need not be kept to the row: what a batch has done and not yet committed is not reckoned in.
    """

    kind: type[Row]
    key: Key
    value: str
    at_most: int


Needed = RowKey | AllOf | Sealed | NumberOf
"""A question: its answer is a tuple of rows, in the order of ids, of sealed secrets, or of one number."""

Reading = Generator[Sequence[Needed], None, None]
Needs = Callable[[Any, View], Reading]
"""Raises Refused for what cannot be asked, such as an id that is none."""


def secret_of(id_: str, view: View) -> bytes:
    """The secret that `Sealed` has asked for.

    Raises NotFound if it is gone: who only reads may find a row, and then no secret, when both go in between.
    """
    found: tuple[bytes, ...] = view.rows[Sealed(id=id_)]
    if not found:
        raise NotFound(f"the secret of {id_} is gone from organization {view.organization.id}")
    return found[0]
