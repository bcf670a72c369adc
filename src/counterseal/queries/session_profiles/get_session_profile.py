"""get_session_profile: one session profile by its id."""

from __future__ import annotations

from counterseal.contract.errors import NotFound
from counterseal.contract.rules import uuid
from counterseal.contract.shapes import GetSessionProfileRequest, GetSessionProfileResponse
from counterseal.queries.registry import QueryContext, query
from counterseal.queries.session_profiles.visible import session_profile_object, visible_profiles


@query("get_session_profile")
async def get_session_profile(request: GetSessionProfileRequest, context: QueryContext) -> GetSessionProfileResponse:
    """Errors: an id that is no UUID (400), an unknown profile (404). Source: Turnkey API reference,
    get_session_profile."""
    profile_id = uuid(request.session_profile_id, "sessionProfileId")
    profile = (await visible_profiles(context)).get(profile_id)
    if profile is None:
        raise NotFound(f"unable to find session profile {profile_id} for organization {context.organization.id}")
    return GetSessionProfileResponse(session_profile=session_profile_object(profile))
