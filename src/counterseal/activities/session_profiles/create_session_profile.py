"""CREATE_SESSION_PROFILE: a limit under which sessions may be opened."""

from __future__ import annotations

from counterseal.activities.organizations.callers import refuse_sub_organization
from counterseal.activities.registry import Outcome, activity
from counterseal.contract.errors import InvalidRequest, LimitExceeded
from counterseal.contract.rules import label, positive_seconds, prose
from counterseal.contract.shapes import CreateSessionProfileIntent, CreateSessionProfileResult
from counterseal.organizations import SessionProfile, SessionProfileAdded, Snapshot, View
from counterseal.policy import Budget, check_scope
from counterseal.world import World

SESSION_PROFILES_MAX = 100
NOTES_CHARACTERS_MAX = 4096
SCOPE_CHARACTERS_MAX = 4096
"""It is kept with every key that it binds."""

BUILT_IN_SESSION_TYPES = frozenset({"SESSION_TYPE_READ_WRITE", "SESSION_TYPE_READ_ONLY"})
"""What clients take a session for that has no profile: no profile may pass for one."""


@activity("CREATE_SESSION_PROFILE")
def create_session_profile(intent: CreateSessionProfileIntent, view: View, world: World) -> Outcome:
    """Add a profile for sessions of this organization and its sub-organizations. Nothing alters or removes it.

    Errors: called by a sub-organization, a bad name, one that is taken or is a session type of the service's own, a
    scope that does not check or costs too much, a bad lifetime (400), more than 100 profiles (429).
    Source: Turnkey API reference, create_session_profile; Turnkey docs, session profiles.
    """
    organization = view.organization
    refuse_sub_organization(organization, "create session profiles")
    name = _unique_name(intent.session_profile_name, organization)
    prose(intent.scope, "scope", longest=SCOPE_CHARACTERS_MAX)
    check_scope(intent.scope, budget=Budget())
    seconds = intent.expiration_seconds
    profile = SessionProfile(
        id=world.new_id(),
        name=name,
        scope=intent.scope,
        expiration_seconds=None if seconds is None else positive_seconds(seconds, "session profile expiration"),
        notes=None if intent.notes is None else prose(intent.notes, "notes", longest=NOTES_CHARACTERS_MAX),
        created_ms=world.now_ms,
    )
    if len(organization.session_profiles) >= SESSION_PROFILES_MAX:
        raise LimitExceeded(
            "organization has exceeded maximum session profiles: it has"
            f" {len(organization.session_profiles)} of at most {SESSION_PROFILES_MAX}"
        )
    return Outcome(
        result=CreateSessionProfileResult(session_profile_id=profile.id),
        changes=(SessionProfileAdded(session_profile=profile),),
    )


def _unique_name(text: str, organization: Snapshot) -> str:
    name = label(text, "sessionProfileName")
    if name in BUILT_IN_SESSION_TYPES:
        raise InvalidRequest(f"session profile name {name} is the session type of sessions without a profile")
    if any(profile.name == name for profile in organization.session_profiles.values()):
        raise InvalidRequest(
            f"session profile name must be unique: {name!r} is taken in organization {organization.id}"
        )
    return name
