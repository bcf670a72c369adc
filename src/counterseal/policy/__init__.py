"""The policy language: check, compile, evaluate, decide, explain. Pure functions of values; nothing here does I/O."""

from counterseal.policy.advise.cases import Case, CaseResult, describe, read_cases, request_of, run_case
from counterseal.policy.advise.explain import PolicyTrace, Trace, explain_decision, explain_policy, render
from counterseal.policy.advise.lint import Finding, Lint, lint
from counterseal.policy.compile.budget import Budget, BudgetExhausted
from counterseal.policy.compile.expression import steps_of_reading
from counterseal.policy.decide.decision import Decision, PolicyEvaluation, Reason, decide
from counterseal.policy.decide.evaluation import Request
from counterseal.policy.decide.policies import (
    ORGANIZATION_COST_MAX,
    CompiledPolicy,
    Effect,
    Outcome,
    Policy,
    check_policy,
    compile_policies,
    compile_policy,
    rule_of,
)
from counterseal.policy.decide.record import DecisionRecord, decision_record, read_record, recorded_order
from counterseal.policy.decide.scope import check_scope, scope_holds
from counterseal.policy.decide.time_state import TimeState, read_time, time_states
from counterseal.policy.decide.voting import may_approve
from counterseal.policy.language.electorate import Approval, Credential, RootQuorum, Roster, User, roster_bytes
from counterseal.policy.language.facts import ethereum_call, facts
from counterseal.policy.language.values import HexText, Numeral, Unusable

__all__ = [
    "ORGANIZATION_COST_MAX",
    "Approval",
    "Budget",
    "BudgetExhausted",
    "Case",
    "CaseResult",
    "CompiledPolicy",
    "Credential",
    "Decision",
    "DecisionRecord",
    "Effect",
    "Finding",
    "HexText",
    "Lint",
    "Numeral",
    "Outcome",
    "Policy",
    "PolicyEvaluation",
    "PolicyTrace",
    "Reason",
    "Request",
    "RootQuorum",
    "Roster",
    "TimeState",
    "Trace",
    "Unusable",
    "User",
    "check_policy",
    "check_scope",
    "compile_policies",
    "compile_policy",
    "decide",
    "decision_record",
    "describe",
    "ethereum_call",
    "explain_decision",
    "explain_policy",
    "facts",
    "lint",
    "may_approve",
    "read_cases",
    "read_record",
    "read_time",
    "recorded_order",
    "render",
    "request_of",
    "roster_bytes",
    "rule_of",
    "run_case",
    "scope_holds",
    "steps_of_reading",
    "time_states",
]
