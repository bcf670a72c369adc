"""Operations of our own, which Turnkey's API does not have: stamped like its queries, under a prefix of their own."""

from __future__ import annotations

from typing import Any

from counterseal.contract.operations import Operation
from counterseal.contract.shape import Shape

PREFIX = "/counterseal/v1"


class SimulateActivityRequest(Shape, frozen=True, kw_only=True):
    """What would happen if ``user_id`` (the caller) stamped ``body``, the text of a submit's body, just now?

    ``credential_id`` says with which of its credentials; otherwise it is any live one.
    """

    organization_id: str
    body: str
    user_id: str | None = None
    credential_id: str | None = None


class SimulateActivityResponse(Shape, frozen=True, kw_only=True):
    """The decision, or the ``refusal`` that would come before it: an error envelope with its ``httpStatus``.

    ``outcome`` and ``policy_evaluations`` are as in ``get_policy_evaluations``; ``traces`` say why, policy by policy,
    and ``may_approve`` are the ids of those whose approval would count next. ``activity_id`` is there if the body
    is that of an existing activity.
    """

    outcome: str | None = None
    reason: str | None = None
    policy_evaluations: list[dict[str, str]] | None = None
    traces: list[Any] | None = None
    may_approve: list[str] | None = None
    activity_id: str | None = None
    refusal: dict[str, Any] | None = None


class GetDigestedObjectsRequest(Shape, frozen=True, kw_only=True):
    """Of what are the digests in the proof of this activity's policy outcome?"""

    organization_id: str
    activity_id: str


class GetDigestedObjectsResponse(Shape, frozen=True, kw_only=True):
    """The objects as canonical JSON, the very texts that were digested. The parent's is for the parent alone."""

    decision_context: str
    organization_data: str
    parent_organization_data: str | None = None


class GetLedgerProofRequest(Shape, frozen=True, kw_only=True):
    """Of which activity?"""

    organization_id: str
    activity_id: str


class GetLedgerProofResponse(Shape, frozen=True, kw_only=True):
    """Proof files, each a text."""

    proofs: list[str]


class GetLedgerConsistencyRequest(Shape, frozen=True, kw_only=True):
    """How many entries had the checkpoint of earlier?"""

    organization_id: str
    old_size: str


class GetLedgerConsistencyResponse(Shape, frozen=True, kw_only=True):
    """The last checkpoint, and hashes that lead to it."""

    checkpoint: str
    hashes: list[str]


def _query(name: str, request: type[Shape], response: type[Shape]) -> Operation:
    path = f"{PREFIX}/query/{name}"
    return Operation(path=path, name=name, tag="Counterseal", is_submit=False, request=request, response=response)


_BY_PATH = {
    operation.path: operation
    for operation in (
        _query("simulate_activity", SimulateActivityRequest, SimulateActivityResponse),
        _query("get_ledger_proof", GetLedgerProofRequest, GetLedgerProofResponse),
        _query("get_ledger_consistency", GetLedgerConsistencyRequest, GetLedgerConsistencyResponse),
        _query("get_digested_objects", GetDigestedObjectsRequest, GetDigestedObjectsResponse),
    )
}


def extension_for(path: str) -> Operation | None:
    """The operation of our own at ``path``; ``None`` if there is none."""
    return _BY_PATH.get(path)


def all_extensions() -> tuple[Operation, ...]:
    """Every operation of our own."""
    return tuple(_BY_PATH.values())
