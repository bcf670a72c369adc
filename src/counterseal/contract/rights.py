"""Who may do what by the published rules alone, whatever policies say: by kinds of activity."""

from __future__ import annotations

ROOT_QUORUM_ONLY_KINDS = frozenset(
    {
        "UPDATE_ROOT_QUORUM",
        "SET_ORGANIZATION_FEATURE",
        "REMOVE_ORGANIZATION_FEATURE",
        "UPDATE_ORGANIZATION_NAME",
        "DELETE_SUB_ORGANIZATION",
    }
)
"""What no policy can allow. Source: Turnkey docs, policy language, root quorum activities; and sub-organizations, for
the last one, which its own root users alone may start."""

OWN_CREDENTIAL_KINDS = frozenset(
    {
        "CREATE_API_KEYS",
        "DELETE_API_KEYS",
        "CREATE_AUTHENTICATORS",
        "DELETE_AUTHENTICATORS",
        "CREATE_OAUTH_PROVIDERS",
        "DELETE_OAUTH_PROVIDERS",
        "STAMP_LOGIN",
        "CREATE_READ_ONLY_SESSION",
        "CREATE_READ_WRITE_SESSION",
    }
)
"""What every user may do to credentials of its own unless a policy decides otherwise (Turnkey docs, policy engine), and
the sessions that follow from it (docs/divergences.md)."""


def owner_of(kind: str | None, *, initiator_id: str, user_id: str | None) -> str | None:
    """Whose credentials or sessions an activity of this kind touches: those of ``user_id`` or, where none is named, of
    its initiator; None for kinds that the right over one's own credentials does not cover."""
    return (user_id or initiator_id) if kind in OWN_CREDENTIAL_KINDS else None
