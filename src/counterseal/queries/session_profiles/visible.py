"""Which session profiles an organization has, and how the wire shows one."""

from __future__ import annotations

from collections.abc import Mapping

from counterseal.contract import shapes, timestamp
from counterseal.organizations import SessionProfile
from counterseal.queries.registry import QueryContext


async def visible_profiles(context: QueryContext) -> Mapping[str, SessionProfile]:
    """By id: the parent's for a sub-organization, which has none of its own (Turnkey docs, session profiles)."""
    if not context.organization.is_sub_organization:
        return context.organization.session_profiles
    parent = await context.parent()
    return {} if parent is None else parent.session_profiles


def session_profile_object(profile: SessionProfile) -> shapes.SessionProfile:
    """The wire's session profile; it is never updated."""
    created_at = timestamp(profile.created_ms)
    return shapes.SessionProfile(
        session_profile_id=profile.id,
        session_profile_name=profile.name,
        scope=profile.scope,
        expiration_seconds=None if profile.expiration_seconds is None else str(profile.expiration_seconds),
        notes=profile.notes,
        created_at=created_at,
        updated_at=created_at,
    )
