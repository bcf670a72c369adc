"""The policy language: check, compile, evaluate, decide, explain. Pure functions of values; nothing here does I/O."""

from counterseal.policy.cases import Case, CaseResult, describe, read_cases, request_of, run_case
from counterseal.policy.decision import Decision, PolicyEvaluation, Reason, decide, may_approve
from counterseal.policy.electorate import Approval, Credential, RootQuorum, Roster, User
from counterseal.policy.evaluation import Request
from counterseal.policy.explain import PolicyTrace, Trace, explain_policy, render
from counterseal.policy.facts import ethereum_call, facts
from counterseal.policy.lint import Finding, Lint, lint
from counterseal.policy.policies import CompiledPolicy, Effect, Outcome, Policy, check_policy, compile_policy
from counterseal.policy.record import DecisionRecord, decision_record, read_record, recorded_order
from counterseal.policy.time_state import TimeState, time_states
from counterseal.policy.values import HexText, Numeral, Unusable

__all__ = [
    "Approval",
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
    "recorded_order",
    "render",
    "request_of",
    "run_case",
    "time_states",
]
