"""Why a policy said what it said: the tree of its sub-expressions with the values they had, for a person to read.

The traces come from the very closures that decide, compiled with a watcher on every node.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

import msgspec

from counterseal.policy.compile.budget import Budget, BudgetExhausted
from counterseal.policy.compile.closures import Closure, Scope, new_scope, spend
from counterseal.policy.compile.compiler import compile_tree
from counterseal.policy.compile.cost import Costs
from counterseal.policy.compile.expression import Expression
from counterseal.policy.decide.decision import Decision
from counterseal.policy.decide.evaluation import Evaluator, Request, facts_of_calls
from counterseal.policy.decide.policies import CompiledPolicy, Effect, Outcome
from counterseal.policy.language import syntax
from counterseal.policy.language.electorate import consensus_facts
from counterseal.policy.language.printer import Printer
from counterseal.policy.language.syntax import Expr
from counterseal.policy.language.values import MAX_SHOWN, EvaluationFailure, from_milliseconds, integer, shortened
from counterseal.policy.reach.reachability import completion

_MAX_PARTS = 20
_MAX_SEEN = 6
_STEPS_PER_EXPRESSION, _STEPS_PER_PART = 150, 45  # to keep what it gave, to show it, to find what is to blame
_TOO_COSTLY = "the evaluation budget is used up"


class Trace(msgspec.Struct, kw_only=True, omit_defaults=True, rename="camel"):
    """One evaluated sub-expression: ``value`` as text, or ``failure``; ``unseen`` counts parts that were left out."""

    expression: str
    value: str | None = None
    failure: str | None = None
    parts: list[Trace] = []
    unseen: int = 0


class PolicyTrace(msgspec.Struct, kw_only=True, omit_defaults=True, rename="camel"):
    """``condition``, ``consensus`` and ``time`` are missing where the policy has none.

    ``conditions_of_calls`` takes the place of ``condition`` for an activity of several calls. ``blame`` names what kept
    the policy from matching, one sentence each; ``missing`` the users whose approval would complete the consensus.
    """

    policy_id: str
    effect: Effect
    outcome: Outcome
    condition: Trace | None = None
    conditions_of_calls: list[Trace] = []
    consensus: Trace | None = None
    time: Trace | None = None
    blame: list[str] = []
    missing: list[str] = []


def explain_decision(decision: Decision, budget: Budget) -> tuple[PolicyTrace, ...]:
    """Why each consulted policy said what it said, as far as the budget goes."""
    if not decision.outcomes:
        return ()
    return tuple(
        explain_policy(policy, decision.request, budget=budget, outcome=outcome)
        for policy, outcome in zip(decision.policies, decision.outcomes, strict=True)
    )


def explain_policy(
    policy: CompiledPolicy, request: Request, *, budget: Budget, outcome: Outcome | None = None
) -> PolicyTrace:
    """What one policy says about a request, or said if ``outcome`` is given, with reasons. Never raises.

    Where the budget ends, so do the reasons, and they say so.
    """
    if outcome is None:
        outcome = _outcome(policy, request, budget)
    trace = PolicyTrace(policy_id=policy.id, effect=policy.effect, outcome=outcome)
    if policy.unreadable:
        trace.blame = [policy.unreadable]
        return trace
    if policy.condition is not None and request.calls:
        trace.conditions_of_calls = [watch(policy.condition, facts, budget) for facts in facts_of_calls(request)]
    elif policy.condition is not None:
        trace.condition = watch(policy.condition, request.facts, budget)
    if policy.consensus is not None:
        trace.consensus = watch(policy.consensus, consensus_facts(request.approvals), budget)
    if policy.time is not None:
        trace.time = watch(policy.time, {"time": {"now": from_milliseconds(request.now_ms)}}, budget)
    named = [("condition", each) for each in (trace.condition, *trace.conditions_of_calls)]
    named += [("consensus", trace.consensus), ("time", trace.time)]
    trace.blame = [f"{place}: {why}" for place, each in named if each is not None for why in blame(each)]
    if outcome is Outcome.REQUIRES_CONSENSUS and policy.consensus is not None:
        trace.missing = _missing(policy.consensus, request, budget)
    return trace


def _outcome(policy: CompiledPolicy, request: Request, budget: Budget) -> Outcome:
    try:
        return Evaluator(request, budget).outcomes([policy])[0]
    except BudgetExhausted:
        return Outcome.ERROR


def watch(expression: Expression, facts: Mapping[str, Any], budget: Budget) -> Trace:
    """Evaluate an expression and keep what every part of it gave."""
    watcher = _Watcher()
    try:
        budget.spend(_STEPS_PER_EXPRESSION + expression.reading * 4 // 5 + expression.cost)
        run = compile_tree(expression.tree, costs=Costs(), observe=watcher.watched)
        run(new_scope(facts, budget))
    except EvaluationFailure as problem:
        watcher.root.failure = watcher.root.failure or str(problem)
    except BudgetExhausted:
        watcher.root.expression = watcher.root.expression or shortened(expression.text)
        watcher.root.failure = _TOO_COSTLY
    return watcher.root


def blame(trace: Trace) -> list[str]:
    """The smallest sub-expressions that made the whole fail, or else be false; nothing if it is true."""
    failures = [_sentence(part) for part in _failed(trace)]
    return failures or [_sentence(part) for part in _false(trace)]


def render(trace: PolicyTrace) -> str:
    """The trace as an indented tree, one line a sub-expression."""
    lines = [f"policy {trace.policy_id} ({trace.effect}): {trace.outcome}"]
    lines += [f"  {sentence}" for sentence in trace.blame]
    if trace.missing:
        lines.append(f"  would be complete with the approval of: {', '.join(trace.missing)}")
    conditions = [trace.condition, *trace.conditions_of_calls]
    places = [*(("condition", each) for each in conditions), ("consensus", trace.consensus), ("time", trace.time)]
    for place, each in places:
        if each is not None:
            lines.append(f"  {place}")
            lines += _lines(each, indent=4)
    return "\n".join(lines)


class _Watcher:
    """Wraps closures so that each call adds a trace below that of the node it is part of."""

    def __init__(self) -> None:
        self.root = Trace(expression="")
        self._open: list[Trace] = []
        self._printer = Printer()

    def watched(self, node: Expr, closure: Closure) -> Closure:
        if _speaks_for_itself(node):
            return closure
        text = shortened(self._printer.show(node))

        def run(scope: Scope) -> Any:
            spend(scope, _STEPS_PER_PART)
            trace = Trace(expression=text, parts=[])
            self._enter(trace)
            try:
                value = closure(scope)
            except EvaluationFailure as problem:
                trace.failure = str(problem)
                raise
            finally:
                self._open.pop()
            trace.value = _shown(value)
            return value

        return run

    def _enter(self, trace: Trace) -> None:
        if not self._open:
            self.root = trace
        elif len(self._open[-1].parts) < _MAX_PARTS:
            self._open[-1].parts.append(trace)
        else:
            self._open[-1].unseen += 1
        self._open.append(trace)


def _speaks_for_itself(node: Expr) -> bool:
    if isinstance(node, syntax.ListOf):
        return all(_speaks_for_itself(item) for item in node.items)
    literals = syntax.Number | syntax.Text | syntax.Truth
    return isinstance(node, literals) or (isinstance(node, syntax.Call) and node.name == "Timestamp")


def _failed(trace: Trace) -> Iterator[Trace]:
    if trace.failure is None:
        return
    below = [part for part in trace.parts if part.failure is not None]
    if not below:
        yield trace
    for part in below:
        yield from _failed(part)


def _false(trace: Trace) -> Iterator[Trace]:
    """Down through the parts that are false; a part of another type ends the way down."""
    if trace.value != "false":
        return
    below = [part for part in trace.parts if part.value == "false"]
    truths = [part for part in trace.parts if part.value in ("true", "false")]
    if not below or len(truths) != len(trace.parts) or trace.unseen:
        yield trace
        return
    for part in below:
        yield from _false(part)


def _sentence(trace: Trace) -> str:
    if trace.failure is not None:
        return f"{trace.expression} failed: {trace.failure}"
    seen = list(dict.fromkeys(f"{leaf.expression} is {leaf.value}" for leaf in _leaves(trace) if leaf is not trace))
    more = ["…"] if len(seen) > _MAX_SEEN else []
    return f"{trace.expression} is {trace.value}" + (f" ({'; '.join(seen[:_MAX_SEEN] + more)})" if seen else "")


def _leaves(trace: Trace) -> Iterator[Trace]:
    if not trace.parts:
        yield trace
    for part in trace.parts:
        yield from _leaves(part)


def _lines(trace: Trace, *, indent: int) -> list[str]:
    said = f"failed: {trace.failure}" if trace.failure is not None else trace.value
    lines = [f"{' ' * indent}{trace.expression}  →  {said}"]
    for part in trace.parts:
        lines += _lines(part, indent=indent + 2)
    if trace.unseen:
        lines.append(f"{' ' * (indent + 2)}… {trace.unseen} more")
    return lines


def _shown(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return integer(value)
        case str():
            return f"'{shortened(value)}'"
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case list() | tuple():
            return shortened(f"[{_first_of(map(_shown_inside, value))}]")
        case dict():
            return shortened(_shown_inside(value))
    return str(value)


def _shown_inside(value: object) -> str:
    """A value inside a list; only the outermost list shows what is in it."""
    if isinstance(value, list | tuple):
        return "[…]"
    if not isinstance(value, dict):
        return _shown(value)
    name = value.get("id") or value.get("address")
    return f"{{{shortened(name) if isinstance(name, str) else _first_of(map(str, value))}}}"


def _first_of(texts: Iterable[str]) -> str:
    """As many as fit into one line, whatever their number."""
    found: list[str] = []
    length = 0
    for text in texts:
        if len(found) == _MAX_PARTS or length > MAX_SHOWN:
            return ", ".join([*found, "…"])
        found.append(shortened(text))
        length += len(text)
    return ", ".join(found)


def _missing(consensus: Expression, request: Request, budget: Budget) -> list[str]:
    added = completion(consensus, approvals=request.approvals, roster=request.roster, budget=budget) or ()
    return [approval.user.id for approval in added]
