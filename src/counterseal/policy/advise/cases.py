"""Policy cases: given facts and votes, what must the outcome be? (format: docs/policy-language.md, "Cases")

A case of kind ``policy`` or ``batch`` states the outcome of the one policy it holds; ``request`` that of all of its
``policies`` together with the root quorum. They run on the code that decides live requests.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from counterseal.chains.decoding import decode
from counterseal.contract import variant
from counterseal.contract.errors import InvalidRequest
from counterseal.contract.rights import ROOT_QUORUM_ONLY_KINDS, owner_of
from counterseal.policy.advise.explain import explain_decision, explain_policy, render
from counterseal.policy.compile.budget import Budget
from counterseal.policy.decide.decision import Decision, decide
from counterseal.policy.decide.evaluation import Request
from counterseal.policy.decide.policies import (
    CompiledPolicy,
    Effect,
    Policy,
    check_policy,
    compile_policies,
    compile_policy,
)
from counterseal.policy.language.cron_span import InvalidCronSpan, parse_timestamp
from counterseal.policy.language.electorate import Approval, Credential, RootQuorum, Roster, User
from counterseal.policy.language.facts import facts

_YEARS = range(1970, 9000)  # in which every zone has every day of a span
_EITHER_ERROR = "CREATE_ERROR_OR_OUTCOME_ERROR"


class _Activity(msgspec.Struct, frozen=True):
    type: str | None = None
    kind: str | None = None
    params: dict[str, Any] = {}


class _Signed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the activity is to sign. ``content`` and ``interface`` are text, or the JSON that the text would be."""

    kind: str
    content: str | dict[str, Any]
    signer: str = ""
    interface: str | list[Any] | dict[str, Any] | None = None


class _Context(msgspec.Struct, frozen=True):
    """The parts of a context that are more than facts."""

    approvers: tuple[User, ...] = ()
    org_users: tuple[User, ...] = ()
    credentials: tuple[Credential, ...] = ()
    time_now: str = "1970-01-01T00:00:00Z"
    root_quorum: RootQuorum = RootQuorum(threshold=1, user_ids=frozenset())
    eth_batch: tuple[dict[str, Any], ...] = ()
    own_credential: bool | None = None
    activity: _Activity = _Activity()
    signed: _Signed | None = None


_NOT_FACTS = frozenset(_Context.__struct_fields__) - {"activity"}


class CasePolicy(msgspec.Struct, frozen=True, kw_only=True):
    """A policy as a case writes it."""

    effect: Effect
    id: str = ""
    condition: str | None = None
    consensus: str | None = None
    time: str | None = None


class PolicyCase(msgspec.Struct, frozen=True, kw_only=True):
    """One case. ``context`` holds the facts by keyword, and ``approvers``, ``org_users``, ``credentials`` (of the
    approvals), ``time_now``, ``root_quorum``, ``eth_batch``, ``own_credential``, ``signed``."""

    name: str
    context: dict[str, Any]
    expected: str
    kind: str = "request"
    effect: Effect | None = None
    condition: str | None = None
    consensus: str | None = None
    time: str | None = None
    policies: tuple[CasePolicy, ...] | None = None


class CaseResult(msgspec.Struct, frozen=True, kw_only=True):
    """``explanation`` is for a person: why the outcome was what it was."""

    name: str
    passed: bool
    expected: str
    actual: str
    explanation: str


def read_cases(document: bytes) -> list[PolicyCase]:
    """The cases of a JSON file: a list of them. Raises ``InvalidRequest`` that says what is wrong where."""
    try:
        return msgspec.json.decode(document, type=list[PolicyCase])
    except msgspec.DecodeError as problem:
        raise InvalidRequest(f"not a file of policy cases: {problem}") from problem


def run_case(case: PolicyCase, *, policies: Sequence[Policy] | None = None) -> CaseResult:
    """Run one case; ``policies`` take the place of those a ``request`` case does not bring itself.

    Raises ``InvalidRequest`` for a context that cannot be read.
    """
    try:
        actual, explanation = _request_case(case, policies) if case.kind == "request" else _policy_case(case)
    except (msgspec.ValidationError, InvalidCronSpan, InvalidRequest) as problem:
        raise InvalidRequest(f"case '{case.name}': {problem}") from problem
    passed = actual in ("CREATE_ERROR", "OUTCOME_ERROR") if case.expected == _EITHER_ERROR else actual == case.expected
    return CaseResult(name=case.name, passed=passed, expected=case.expected, actual=actual, explanation=explanation)


def _policy_case(case: PolicyCase) -> tuple[str, str]:
    own = CasePolicy(
        effect=case.effect or Effect.ALLOW, condition=case.condition, consensus=case.consensus, time=case.time
    )
    try:
        policy = _policy(own, number=1)
    except InvalidRequest as problem:
        return "CREATE_ERROR", problem.message
    trace = explain_policy(policy, request_of(case.context), budget=Budget())
    return trace.outcome, render(trace)


def _request_case(case: PolicyCase, policies: Sequence[Policy] | None) -> tuple[str, str]:
    try:
        own = [_policy(each, number=number) for number, each in enumerate(case.policies or (), start=1)]
    except InvalidRequest as problem:
        return "CREATE_ERROR", problem.message
    if case.policies is None and policies is not None:
        own = list(compile_policies(policies))
    decision = decide(request_of(case.context), own, budget=Budget())
    return decision.outcome, describe(decision)


def describe(decision: Decision) -> str:
    """A decision for a person: the rule that made it, then each policy's trace."""
    return "\n".join([f"{decision.outcome}: {decision.reason}", *map(render, explain_decision(decision, Budget()))])


def request_of(context: Mapping[str, Any]) -> Request:
    """The request that a case's context describes. The first approver is the initiator.

    Raises ``msgspec.ValidationError`` or ``InvalidCronSpan`` for a context that cannot be read, ``InvalidRequest`` for
    something to sign that the server would refuse.
    """
    read = msgspec.convert(context, _Context)
    given = {keyword: value for keyword, value in context.items() if keyword not in _NOT_FACTS}
    return Request(
        facts=facts(given | _facts_of(read.signed, given)),
        calls=tuple(facts({"eth": {"tx": call}}) for call in read.eth_batch),
        approvals=_approvals(read),
        roster=Roster(read.org_users),
        root_quorum=read.root_quorum,
        now_ms=_now_ms(read.time_now),
        root_quorum_only=_kind(read.activity) in ROOT_QUORUM_ONLY_KINDS,
        owner_id=_owner_id(read),
    )


def _facts_of(signed: _Signed | None, given: Mapping[str, Any]) -> dict[str, Any]:
    """What policies see of what is to be signed, by the code that shows it to them."""
    if signed is None:
        return {}
    interface = "" if signed.interface is None else _as_text(signed.interface)
    found = decode(signed.kind, _as_text(signed.content), signer=signed.signer, interface=interface).facts
    for keyword in found.keys() & given.keys():
        raise InvalidRequest(f"{keyword} is given twice: as facts, and by what is signed")
    return found


def _as_text(written: str | dict[str, Any] | list[Any]) -> str:
    return written if isinstance(written, str) else json.dumps(written)


def _kind(activity: _Activity) -> str | None:
    """The kind that the case names, or that of the type it names."""
    if activity.kind is not None or activity.type is None:
        return activity.kind
    try:
        return variant(activity.type).kind
    except KeyError:
        return None


def _owner_id(read: _Context) -> str | None:
    """Whose credentials the activity touches; the case may say that they are, or are not, the initiator's."""
    initiator_id = read.approvers[0].id if read.approvers else ""
    if read.own_credential is not None:
        return initiator_id if read.own_credential else None
    target = read.activity.params.get("user_id")
    return owner_of(
        _kind(read.activity), initiator_id=initiator_id, user_id=target if isinstance(target, str) else None
    )


def _now_ms(text: str) -> int:
    now = parse_timestamp(text)
    if not _YEARS.start <= now.year < _YEARS.stop:
        raise InvalidCronSpan(
            found=f"'{text}' as time_now", expected=f"a year from {_YEARS.start} to {_YEARS.stop - 1}"
        )
    return int(now.timestamp() * 1000)


def _approvals(read: _Context) -> tuple[Approval, ...]:
    """One for each credential of the context that the approver used; without any, one with none."""
    approvals: list[Approval] = []
    for user in read.approvers:
        used = [credential for credential in read.credentials if credential.user_id == user.id]
        approvals += [Approval(user, credential) for credential in used] or [Approval(user)]
    return tuple(approvals)


def _policy(given: CasePolicy, *, number: int) -> CompiledPolicy:
    """As create_policy takes it: a text that is given must check, but an empty ``time`` is none."""
    time = given.time or None
    check_policy(condition=given.condition, consensus=given.consensus, time=time)
    return compile_policy(
        Policy(
            id=given.id or f"policy {number}",
            effect=given.effect,
            condition=given.condition,
            consensus=given.consensus,
            time=time,
        )
    )
