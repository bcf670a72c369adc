"""get_session_profiles: every session profile that the organization has."""

from __future__ import annotations

from counterseal.contract.shapes import GetSessionProfilesRequest
from counterseal.queries.pieces import array, joined
from counterseal.queries.registry import QueryContext, query
from counterseal.queries.session_profiles.visible import session_profile_object, visible_profiles


@query("get_session_profiles")
async def get_session_profiles(_request: GetSessionProfilesRequest, context: QueryContext) -> bytes:
    """All of them, oldest first, without pages: there are at most 100.

    Source: Turnkey API reference, get_session_profiles.
    """
    profiles = await visible_profiles(context)
    shown = await array(profiles.values(), session_profile_object, context)
    return await joined([b'{"sessionProfiles":', *shown, b"}"])
