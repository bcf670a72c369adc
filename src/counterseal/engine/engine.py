"""One stamped request, from bytes to bytes, one way. HTTP above it, the store below it."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

from counterseal.activities import unit_of
from counterseal.contract import Operation, encode, organization_id_of, parse_json
from counterseal.contract.errors import NotImplementedHere, Refused, Unauthenticated
from counterseal.engine.authenticate import Authenticator, Caller
from counterseal.engine.render import Renderer
from counterseal.engine.snapshots import Snapshots
from counterseal.engine.submission import Submission
from counterseal.engine.submit import denial_of
from counterseal.engine.writer import VOTES, Writer
from counterseal.queries import Query, QueryContext, Viewer, query_of
from counterseal.store import Store
from counterseal.world import Clock


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What the engine needs of a request: the operation, the exact body and the ``X-Stamp`` header, if any."""

    operation: Operation
    body: bytes
    stamp: str | None


class Engine:
    """Answers requests with the raw reply, or raises Refused."""

    def __init__(
        self,
        *,
        authenticator: Authenticator,
        snapshots: Snapshots,
        store: Store,
        writer: Writer,
        renderer: Renderer,
        clock: Clock,
    ) -> None:
        self._authenticator = authenticator
        self._snapshots = snapshots
        self._store = store
        self._writer = writer
        self._renderer = renderer
        self._clock = clock

    def require_behaviour(self, operation: Operation) -> None:
        """Raise NotImplementedHere for an operation without behaviour; this is told before any stamp is looked at."""
        if query_of(operation.name) is None and not _has_unit(operation):
            raise NotImplementedHere(f"{operation.path} is not implemented")

    async def answer(self, request: Request) -> bytes:
        """The reply's body. The steps are those of the contract, in its order."""
        now_ms = self._clock.now_ms()
        if request.stamp is None:
            raise Unauthenticated(
                "no valid authentication signature found for request: expected an X-Stamp header",
                code="SIGNATURE_MISSING",
            )
        tree = parse_json(request.body)
        query = query_of(request.operation.name)
        if query is None:
            return await self._submit(request, tree, now_ms)
        return await self._query(request, query, tree, now_ms)

    async def _submit(self, request: Request, tree: dict[str, Any], now_ms: int) -> bytes:
        caller = await self._authenticate(
            request, tree, now_ms, may_name_parent=_may_name_parent(request.operation), may_omit_organization=False
        )
        submission = Submission(
            operation=request.operation,
            body=request.body,
            tree=tree,
            fingerprint=hashlib.sha256(request.body).digest(),
            caller=caller,
            now_ms=now_ms,
        )
        activity = await self._writer.submit(submission)
        denial = denial_of(activity)
        if denial is not None and request.operation.name not in VOTES:
            raise denial
        return await self._renderer.activity_reply(activity, _viewer(caller, now_ms))

    async def _query(self, request: Request, query: Query, tree: dict[str, Any], now_ms: int) -> bytes:
        caller = await self._authenticate(
            request,
            tree,
            now_ms,
            may_name_parent=query.may_name_parent,
            may_omit_organization=query.may_omit_organization,
        )
        organization = await self._snapshots.get(caller.organization_id)
        if organization is None:
            raise Refused("failed to load organizations", code="ORGANIZATION_NOT_FOUND")
        context = QueryContext(
            organization=organization,
            viewer=_viewer(caller, now_ms),
            snapshots=self._snapshots,
            store=self._store,
            render_activity=self._renderer.activity,
        )
        tree["organizationId"] = caller.organization_id  # a poll may have left it out
        return encode(await query.answer(tree, request.operation, context))

    async def _authenticate(
        self,
        request: Request,
        tree: dict[str, Any],
        now_ms: int,
        *,
        may_name_parent: bool,
        may_omit_organization: bool,
    ) -> Caller:
        omitted = may_omit_organization and not tree.get("organizationId")
        return await self._authenticator.by_stamp(
            request.stamp or "",
            request.body,
            organization_id=None if omitted else organization_id_of(tree),
            may_name_parent=may_name_parent,
            now_ms=now_ms,
        )


def _has_unit(operation: Operation) -> bool:
    return operation.name in VOTES or any(unit_of(variant.kind) for variant in operation.variants.values())


def _may_name_parent(operation: Operation) -> bool:
    units = (unit_of(variant.kind) for variant in operation.variants.values())
    return any(unit is not None and unit.may_name_parent for unit in units)


def _viewer(caller: Caller, now_ms: int) -> Viewer:
    return Viewer(organization_id=caller.voter.organization_id, user_id=caller.voter.user_id, now_ms=now_ms)
