"""CREATE_READ_ONLY_SESSION: a token for queries, for one hour."""

from __future__ import annotations

from msgspec.structs import replace

from counterseal.activities.registry import Outcome, activity
from counterseal.contract.shapes import CreateReadOnlySessionIntent, CreateReadOnlySessionResult
from counterseal.keystore import Keystore, ReadOnlySession, token_of
from counterseal.organizations import View
from counterseal.world import World

LIFETIME_SECONDS = 60 * 60


def show_token(
    result: CreateReadOnlySessionResult, keystore: Keystore, *, to_owner: bool
) -> CreateReadOnlySessionResult:
    """The result with the token for the session's own user, and with none for everybody else."""
    return replace(result, session=token_of(result.session, keystore) if to_owner else "")


@activity(
    "CREATE_READ_ONLY_SESSION",
    may_name_parent=True,
    show=show_token,
)
def create_read_only_session(_intent: CreateReadOnlySessionIntent, view: View, world: World) -> Outcome:
    """A session of the initiator's own, valid one hour, for the ``X-Session`` header of queries.

    What is stored is an id; the token is made of it when the user asks for this very activity with a stamp.
    ``sessionExpiry`` is in Unix seconds. Source: Turnkey API reference, create_read_only_session; sessions overview.
    """
    user = view.user(view.initiator_id)
    session = ReadOnlySession(
        organization_id=view.organization.id,
        user_id=user.id,
        expires_s=world.now_ms // 1000 + LIFETIME_SECONDS,
        id=world.new_id(),
    )
    return Outcome(
        result=CreateReadOnlySessionResult(
            organization_id=view.organization.id,
            organization_name=view.organization.name,
            user_id=user.id,
            username=user.name,
            session=session.stored_text(),
            session_expiry=str(session.expires_s),
        )
    )
