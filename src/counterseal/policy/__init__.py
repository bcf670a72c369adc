"""The policy language: check, compile, evaluate, decide, explain. Pure functions of values; nothing here does I/O."""

from counterseal.policy.advise.cases import CaseResult, PolicyCase, describe, read_cases, request_of, run_case
from counterseal.policy.advise.explain import PolicyTrace, Trace, explain_decision, explain_policy, render
from counterseal.policy.advise.lint import Finding, Lint, lint
from counterseal.policy.compile.budget import Budget, BudgetExhausted
from counterseal.policy.compile.expression import Expression, steps_of_reading
from counterseal.policy.decide.decision import Decision, PolicyEvaluation, Reason, decide
from counterseal.policy.decide.evaluation import Request, facts_of_calls
from counterseal.policy.decide.policies import (
    ORGANIZATION_COST_MAX,
    CompiledPolicy,
    Effect,
    Outcome,
    Policy,
    check_policy,
    compile_policies,
    compile_policy,
    read_text,
    rule_of,
)
from counterseal.policy.decide.record import DecisionRecord, decision_record, read_record, recorded_order
from counterseal.policy.decide.scope import check_scope, scope_holds
from counterseal.policy.decide.time_state import TimeState, read_time, time_states
from counterseal.policy.decide.voting import may_approve
from counterseal.policy.language.electorate import Approval, Credential, RootQuorum, Roster, User, roster_bytes
from counterseal.policy.language.facts import facts

__all__ = [
    "ORGANIZATION_COST_MAX",
    "Approval",
    "Budget",
    "BudgetExhausted",
    "CaseResult",
    "CompiledPolicy",
    "Credential",
    "Decision",
    "DecisionRecord",
    "Effect",
    "Expression",
    "Finding",
    "Lint",
    "Outcome",
    "Policy",
    "PolicyCase",
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
    "check_scope",
    "compile_policies",
    "compile_policy",
    "decide",
    "decision_record",
    "describe",
    "explain_decision",
    "explain_policy",
    "facts",
    "facts_of_calls",
    "lint",
    "may_approve",
    "read_cases",
    "read_record",
    "read_text",
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
