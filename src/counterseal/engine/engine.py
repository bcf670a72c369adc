"""One stamped request, from bytes to bytes, one way. HTTP above it, the store below it."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import msgspec
import structlog

from counterseal.activities import unit_of
from counterseal.contract import (
    Body,
    Operation,
    all_extensions,
    all_operations,
    organization_id_of,
    refuse_activity,
)
from counterseal.contract.errors import NotImplementedHere, Refused, Unauthenticated, Unavailable
from counterseal.engine.decide.reading import Words
from counterseal.engine.decide.submission import LARGE_BYTES, Submission
from counterseal.engine.decide.submit import denial_of
from counterseal.engine.decide.vote import VOTES
from counterseal.engine.show.render import Renderer
from counterseal.engine.show.simulate import Simulator
from counterseal.engine.state.snapshots import Snapshots
from counterseal.engine.trace import Trace
from counterseal.engine.who.authenticate import Authentication, Caller
from counterseal.engine.who.claim import Claim, claim_of
from counterseal.engine.who.read_only import ReadOnlySessions
from counterseal.engine.who.session_scope import facts_of_query, require_scope
from counterseal.engine.write.writes import Writes
from counterseal.organizations import Snapshot
from counterseal.queries import Query, QueryContext, Reader, ReplyIsLarge, Viewer, query_of
from counterseal.stamps import StampHeader
from counterseal.store import Store, StoreError
from counterseal.world import Clock, Turns

Admit = Callable[[Snapshot, int], None]
"""Raises LimitExceeded for an organization that has sent too much at an instant (Unix milliseconds)."""

_log = structlog.get_logger("counterseal.engine")


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What the engine needs of a request: the operation, the exact body, and the stamp or else the session, if any.

    ``client_address`` is where it comes from: an IP address, empty if that is not known.
    ``take_turn`` is awaited before a large body is gone through of which it is not known yet whose it is.
    ``take_place`` is awaited, with the id of the user's organization, before a large reply is made.
    """

    operation: Operation
    body: bytes
    stamp: StampHeader | None
    session: str | None = None
    client_address: str = ""
    trace: Trace
    take_turn: Callable[[], Awaitable[None]]
    take_place: Callable[[str], Awaitable[None]]


class Engine:
    """Answers requests with the raw reply, or raises Refused."""

    def __init__(
        self,
        *,
        authentication: Authentication,
        snapshots: Snapshots,
        store: Store,
        writer: Writes,
        renderer: Renderer,
        simulator: Simulator,
        sessions: ReadOnlySessions,
        turns: Turns,
        clock: Clock,
        admit: Admit | None = None,
    ) -> None:
        self._authentication = authentication
        self._snapshots = snapshots
        self._store = store
        self._writer = writer
        self._renderer = renderer
        self._simulator = simulator
        self._sessions = sessions
        self._turns = turns
        self._clock = clock
        self._admit = admit
        # Looked up once, here, where every unit and query is imported: not by the first request.
        operations = (*all_operations(), *all_extensions())
        self._implemented = frozenset(each.path for each in operations if query_of(each.name) or _has_unit(each))
        self._may_name_parent = frozenset(each.path for each in operations if _may_name_parent(each))

    def require_behaviour(self, operation: Operation) -> None:
        """Raise NotImplementedHere for an operation without behaviour; this is told before any stamp is looked at."""
        if operation.path not in self._implemented:
            raise NotImplementedHere(f"{operation.path} is not implemented")

    async def answer(self, request: Request) -> bytes:
        """The reply's body. The steps are those of the contract, in its order."""
        now_ms = self._clock.now_ms()
        self._snapshots.begin_request()
        query = query_of(request.operation.name)
        try:
            if request.stamp is None and request.session is not None and query is not None:
                return await self._query_by_session(request, request.session, query, now_ms)
            if request.stamp is None:
                raise _no_stamp(request)
            claim = claim_of(request.stamp)
            body = await _body(request)
            if query is None:
                return await self._submit(request, claim, body, now_ms)
            return await self._query_by_stamp(request, query, claim, body, now_ms)
        except StoreError as error:
            _log.error("store failed", request_id=request.trace.request_id, error=str(error))
            raise Unavailable("the store cannot be read now: send the same request again") from None

    async def _submit(self, request: Request, claim: Claim, body: Body, now_ms: int) -> bytes:
        caller = await self._authenticate(
            claim,
            body,
            now_ms,
            address=request.client_address,
            may_name_parent=request.operation.path in self._may_name_parent,
            may_omit_organization=False,
        )
        request.trace.organization_id = caller.organization_id
        tree = await self._tree(body, caller.voter.organization_id)
        submission = Submission(
            request_id=request.trace.request_id,
            operation=request.operation,
            body=request.body,
            tree=tree,
            words=Words(tree, request.operation),
            fingerprint=hashlib.sha256(request.body).digest(),
            caller=caller,
            client_address=request.client_address,
            now_ms=now_ms,
        )
        activity = await self._writer.submit(submission)
        request.trace.activity_id, request.trace.activity_type = activity.id, activity.type
        denial = denial_of(activity)
        if denial is not None and request.operation.name not in VOTES:
            raise denial
        viewer = _viewer(caller, now_ms, has_fresh_stamp=activity.made_by == submission.request_id)
        reply = partial(self._renderer.activity_reply, activity, submission=submission)
        return await _in_its_place(request, viewer, reply)

    async def _query_by_stamp(self, request: Request, query: Query, claim: Claim, body: Body, now_ms: int) -> bytes:
        caller = await self._authenticate(
            claim,
            body,
            now_ms,
            address=request.client_address,
            may_name_parent=query.may_name_parent,
            may_omit_organization=query.may_omit_organization,
        )
        request.trace.organization_id = caller.organization_id
        viewer = _viewer(caller, now_ms, has_fresh_stamp=True)
        require_scope(caller.voter.session, lambda: (facts_of_query(request.operation),), budget=viewer.budget)
        await self._turns.begin(viewer.organization_id)
        tree = await self._tree(body, viewer.organization_id)
        reply = partial(self._query, request.operation, query, tree, caller.organization_id)
        return await _in_its_place(request, viewer, reply)

    async def _query_by_session(self, request: Request, session: str, query: Query, now_ms: int) -> bytes:
        body = await _body(request)
        reader = await self._sessions.reader(
            session,
            organization_id=_organization_id(body, may_omit=query.may_omit_organization),
            may_name_parent=query.may_name_parent,
            address=request.client_address,
            now_ms=now_ms,
        )
        request.trace.organization_id = reader.organization_id
        await self._admit_to(reader.organization_id, now_ms)
        await self._turns.begin(reader.viewer.organization_id)
        tree = await self._tree(body, reader.viewer.organization_id)
        reply = partial(self._query, request.operation, query, tree, reader.organization_id)
        return await _in_its_place(request, reader.viewer, reply)

    async def _query(
        self, operation: Operation, query: Query, tree: dict[str, Any], organization_id: str, viewer: Viewer
    ) -> bytes:
        refuse_activity(tree)
        organization = await self._snapshots.get(organization_id)
        if organization is None:
            raise Refused("failed to load organizations", code="ORGANIZATION_NOT_FOUND")
        context = QueryContext(
            organization=organization,
            viewer=viewer,
            callers_organization=partial(self._snapshots.get, viewer.organization_id),
            parent=partial(self._parent_of, organization),
            reader=Reader(self._store, organization),
            turns=self._turns,
            render_activity=self._renderer.activity,
            simulate=self._simulator.simulate,
        )
        tree["organizationId"] = organization_id  # a poll may have left it out
        return await query.answer(tree, operation, context)

    async def _parent_of(self, organization: Snapshot) -> Snapshot | None:
        return None if organization.parent_id is None else await self._snapshots.get(organization.parent_id)

    async def _tree(self, body: Body, whose: str) -> dict[str, Any]:
        """All of it: the signature holds. Of many large ones one is gone through after another; others are served."""
        if len(body.raw) > LARGE_BYTES:
            await self._turns.next(whose)
        return body.tree()

    async def _authenticate(
        self,
        claim: Claim,
        body: Body,
        now_ms: int,
        *,
        address: str,
        may_name_parent: bool,
        may_omit_organization: bool,
    ) -> Caller:
        caller = await self._authentication.by_stamp(
            claim,
            body.raw,
            organization_id=_organization_id(body, may_omit=may_omit_organization),
            may_name_parent=may_name_parent,
            address=address,
            now_ms=now_ms,
        )
        await self._admit_to(caller.organization_id, now_ms)
        return caller

    async def _admit_to(self, organization_id: str, now_ms: int) -> None:
        if self._admit is not None:
            organization = await self._snapshots.get(organization_id)
            if organization is not None:
                self._admit(organization, now_ms)


async def _body(request: Request) -> Body:
    """Taken apart as far as is needed to find the key; large ones one after another, as in ``_tree``."""
    if len(request.body) > LARGE_BYTES:
        await request.take_turn()
    return Body(request.body)


async def _in_its_place(request: Request, viewer: Viewer, make: Callable[[Viewer], Awaitable[bytes]]) -> bytes:
    """A small reply is made at once; a large one is begun again when it has a place. Nothing is held meanwhile."""
    try:
        return await make(viewer)
    except ReplyIsLarge:
        pass
    await request.take_place(viewer.organization_id)
    return await make(viewer.with_a_place())


def _organization_id(body: Body, *, may_omit: bool) -> str | None:
    """The organization that a body names; None if it names none, or "" for it, and may do so."""
    if may_omit and body.envelope.get("organizationId") in (None, ""):
        return None
    return organization_id_of(body.envelope)


def _has_unit(operation: Operation) -> bool:
    return operation.name in VOTES or any(unit_of(variant.kind) for variant in operation.variants.values())


def _may_name_parent(operation: Operation) -> bool:
    units = (unit_of(variant.kind) for variant in operation.variants.values())
    return any(unit is not None and unit.may_name_parent for unit in units)


def _no_stamp(request: Request) -> Unauthenticated:
    if request.session is not None:
        words = "cannot authenticate public API activity request without a stamp (X-Stamp/X-Stamp-Webauthn header)"
        return Unauthenticated(f"{words}: X-Session is for queries", code="SIGNATURE_MISSING")
    return Unauthenticated(
        "no valid authentication signature found for request: expected an X-Stamp or X-Stamp-WebAuthn header",
        code="SIGNATURE_MISSING",
    )


def _viewer(caller: Caller, now_ms: int, *, has_fresh_stamp: bool) -> Viewer:
    voter = caller.voter
    return Viewer(
        organization_id=voter.organization_id, user_id=voter.user_id, now_ms=now_ms, has_fresh_stamp=has_fresh_stamp
    )
