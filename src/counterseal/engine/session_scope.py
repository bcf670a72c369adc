"""What the profile of a session lets it ask. It comes before policies and the root quorum: it limits root users, too.

A submission is seen as policies see it. A vote is seen as the activity that it is about: whoever may not ask for
something may not approve it. A query is no activity; it is seen as one whose action is READ, so that a scope can tell
queries from each other and from everything else. What cannot be evaluated is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from counterseal import policy
from counterseal.contract import Operation
from counterseal.contract.errors import PermissionDenied
from counterseal.organizations import ApiKey, SessionScope


def scope_of(credential: object) -> SessionScope | None:
    """What binds the session whose key this is; None for every other credential."""
    return credential.session if isinstance(credential, ApiKey) else None


def require_scope(scope: SessionScope | None, facts: Callable[[], Mapping[str, Any]], *, budget: policy.Budget) -> None:
    """Raises PermissionDenied unless the request is within the scope, if there is one. ``budget`` pays for it."""
    if scope is None or policy.scope_holds(scope.scope, facts(), budget=budget):
        return
    raise PermissionDenied(
        "You don't have sufficient permissions to take this action: the scope of session profile"
        f" {scope.profile_id} does not allow this session to ask for it.",
        code="",
        details=[
            {
                "@type": "type.googleapis.com/errors.v1.PolicyEnginePermissionError",
                "message": "No policies evaluated to outcome: Allow",
                "policyEvaluations": [],
            }
        ],
    )


def facts_of_query(operation: Operation) -> dict[str, Any]:
    """A query as a scope sees it: ``list_users`` is of kind LIST_USERS."""
    kind = operation.name.upper()
    seen = {"type": f"QUERY_TYPE_{kind}", "kind": kind, "resource": "QUERY", "action": "READ", "params": {}}
    return policy.facts({"activity": seen})
