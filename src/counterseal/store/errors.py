"""What goes wrong in a store, by what is known of the commit."""

from __future__ import annotations

from collections.abc import Iterable


class StoreError(Exception):
    """The store could not be opened, read or written; a commit that raises it has left nothing behind."""


class Conflict(StoreError):
    """What a commit rests on is not so any more: somebody else was first. Nothing is left behind.

    Decide anew on fresh state. ``organization_ids`` are those that are known to have another version.
    """

    def __init__(self, message: str, *, organization_ids: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.organization_ids = frozenset(organization_ids)


class Unknown(Exception):
    """The connection broke while a commit was under way: all of it is durable, or nothing.

    Look the fingerprints up before anybody is answered.
    """
