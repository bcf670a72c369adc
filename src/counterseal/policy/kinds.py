"""The kinds of activity that the decision treats apart from the policies."""

from __future__ import annotations

# Types without an activity.kind, which no policy can allow (Turnkey docs, "Policy language: root quorum activities").
ROOT_QUORUM_ONLY_TYPES = frozenset(
    {
        "ACTIVITY_TYPE_UPDATE_ROOT_QUORUM",
        "ACTIVITY_TYPE_SET_ORGANIZATION_FEATURE",
        "ACTIVITY_TYPE_REMOVE_ORGANIZATION_FEATURE",
        "ACTIVITY_TYPE_UPDATE_ORGANIZATION_NAME",
    }
)

# Kinds that every user may submit for itself unless a policy decides otherwise (Turnkey docs, "Policy engine"), and the
# sessions that follow from it (docs/divergences.md).
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


def is_own_credential(*, kind: str | None, initiator_id: str, target_id: str | None) -> bool:
    """Whether the activity is about the initiator's own credentials or sessions; without a target, it is."""
    return kind in OWN_CREDENTIAL_KINDS and (not target_id or target_id == initiator_id)
