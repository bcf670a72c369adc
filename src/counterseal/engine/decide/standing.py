"""Where a submission stands at its decision: which organization is meant, and whether its credential is still live."""

from __future__ import annotations

from typing import NamedTuple

from counterseal.contract.errors import InvalidRequest
from counterseal.engine.decide.submission import Submission
from counterseal.engine.state.draft import Draft
from counterseal.engine.who.from_where import require_address
from counterseal.engine.who.lookup import expired
from counterseal.engine.who.session_scope import scope_of
from counterseal.organizations import SessionScope, Snapshot


class Standing(NamedTuple):
    """The organization meant, and what binds the session that asks, if one does that has a profile."""

    organization: Snapshot
    scope: SessionScope | None


async def current_standing(submission: Submission, draft: Draft) -> Standing:
    """Where a submission stands, once the credential is seen to be live in the voter's own organization now."""
    voter = submission.caller.voter
    target = home = await draft.snapshot(voter.organization_id)
    if submission.caller.organization_id != voter.organization_id:
        target = await draft.snapshot(submission.caller.organization_id)
    if home is None or target is None:
        raise InvalidRequest("failed to load organizations", code="ORGANIZATION_NOT_FOUND")
    credential = voter.lookup.credential_in(home)
    if credential is None or credential.id != voter.credential_id:
        raise voter.lookup.not_found_in(target)
    if credential.is_expired(submission.now_ms):
        raise expired(credential)
    require_address(home, credential, submission.client_address)
    return Standing(target, scope_of(credential))
