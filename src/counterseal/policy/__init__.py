"""The policy language: check, compile, evaluate, decide, explain. Pure functions of values; nothing here does I/O."""

from counterseal.policy.budget import Budget, BudgetExhausted
from counterseal.policy.cases import Case, CaseResult, describe, read_cases, request_of, run_case
from counterseal.policy.decision import Decision, PolicyEvaluation, Reason, decide
from counterseal.policy.electorate import Approval, Credential, RootQuorum, Roster, User, roster_bytes
from counterseal.policy.evaluation import Request
from counterseal.policy.explain import PolicyTrace, Trace, explain_policy, render
from counterseal.policy.expression import steps_of_reading
from counterseal.policy.facts import ethereum_call, facts
from counterseal.policy.lint import Finding, Lint, lint
from counterseal.policy.policies import (
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
from counterseal.policy.record import DecisionRecord, decision_record, read_record, recorded_order
from counterseal.policy.time_state import TimeState, read_time, time_states
from counterseal.policy.voting import may_approve

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
    "Lint",
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
    "User",
    "check_policy",
    "compile_policies",
    "compile_policy",
    "decide",
    "decision_record",
    "describe",
    "ethereum_call",
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
    "steps_of_reading",
    "time_states",
]
