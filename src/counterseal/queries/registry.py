"""Which function answers which query.

A query is stamped like a write, runs no policy and changes nothing. It reads the organization it was sent to, which is
the caller's own or, for a parent's user, one of its sub-organizations.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any

import msgspec

from counterseal.contract import Operation, all_extensions, decode, encode
from counterseal.contract.extensions import SimulateActivityResponse
from counterseal.organizations import Snapshot, User
from counterseal.policy import Budget
from counterseal.queries.reader import Reader
from counterseal.queries.room import Room
from counterseal.store import StoredActivity
from counterseal.world import Turns


class Viewer(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Who will read the reply, and when: ``organization_id`` is the user's own.

    ``has_fresh_stamp``: nobody but the user can have sent this request. It is false for a read-only session, and for
    the bytes of a recorded activity, whose stamp every reader of that activity knows.
    ``budget`` pays for what policies say about all that is shown; ``room`` is there for it.
    """

    organization_id: str
    user_id: str
    now_ms: int
    has_fresh_stamp: bool
    budget: Budget = msgspec.field(default_factory=Budget)
    room: Room = msgspec.field(default_factory=Room)

    def with_a_place(self) -> Viewer:
        """The same, for a reply that is begun again and may become large."""
        return msgspec.structs.replace(self, budget=Budget(), room=Room(None))


class QueryContext(msgspec.Struct, frozen=True, kw_only=True):
    """What a query may use. ``render_activity`` gives JSON, in parts to be joined.

    ``organization`` is the one that was asked about, and ``reader`` is bound to it; ``callers_organization`` is the
    viewer's own, which is another one for a parent's user, and ``parent`` that of a sub-organization.
    """

    organization: Snapshot
    viewer: Viewer
    callers_organization: Callable[[], Awaitable[Snapshot | None]]
    parent: Callable[[], Awaitable[Snapshot | None]]
    reader: Reader
    turns: Turns
    render_activity: Callable[[StoredActivity, Viewer], Awaitable[list[bytes]]]
    simulate: Callable[[Snapshot, User, str | None, str, int], Awaitable[SimulateActivityResponse]]


Answer = Callable[[Any, QueryContext], Awaitable[Any]]
"""Gives a shape or a mapping, which is encoded as it is, or JSON."""


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """One query's behaviour."""

    name: str
    run: Answer
    may_name_parent: bool
    may_omit_organization: bool

    async def answer(self, tree: dict[str, Any], operation: Operation, context: QueryContext) -> bytes:
        """The reply's body. Raises Refused, ReplyIsLarge."""
        if operation.request is None:
            raise TypeError(f"{operation.path} is not a query")
        reply = await self.run(decode(tree, operation.request), context)
        return reply if isinstance(reply, bytes) else encode(reply)


_queries: dict[str, Query] = {}


def query(
    name: str, *, may_name_parent: bool = False, may_omit_organization: bool = False
) -> Callable[[Answer], Answer]:
    """Register the answer to a query by the last part of its path; a second owner is refused.

    * ``may_name_parent``: a sub-organization's user may send it under the parent's id (reverse look-up).
    * ``may_omit_organization``: without an organization the stamping key's is meant.
    """

    def register(run: Answer) -> Answer:
        if name in _queries:
            raise ValueError(f"{name} has an owner already: {_queries[name].run.__module__}")
        _queries[name] = Query(
            name=name, run=run, may_name_parent=may_name_parent, may_omit_organization=may_omit_organization
        )
        return run

    return register


def query_of(name: str) -> Query | None:
    """The query by the last part of its path, or None for one without behaviour."""
    return _all_queries().get(name)


def implemented_queries() -> frozenset[str]:
    """The queries of the API that have behaviour; operations of our own are not of the API."""
    return frozenset(_all_queries()) - {each.name for each in all_extensions()}


@cache
def _all_queries() -> dict[str, Query]:
    package = importlib.import_module("counterseal.queries")
    for module in pkgutil.walk_packages(package.__path__, "counterseal.queries."):
        importlib.import_module(module.name)
    return _queries
