"""DELETE_API_KEYS: remove API keys from a user."""

from __future__ import annotations

from msgspec.structs import replace

from counterseal.activities.registry import Outcome, activity
from counterseal.activities.users.credential_floor import keep_credential_floor
from counterseal.contract.rules import uuid, uuids
from counterseal.contract.shapes import DeleteApiKeysIntent, DeleteApiKeysResult
from counterseal.organizations import ApiKeyRemoved, View
from counterseal.world import World


@activity("DELETE_API_KEYS")
def delete_api_keys(intent: DeleteApiKeysIntent, view: View, _world: World) -> Outcome:
    """Remove API keys, session keys among them: all of them or none. The key that stamps may be one of them.

    Errors: an empty list or the user's last lasting credential (400), an unknown user or key (404).
    Source: Turnkey API reference, delete_api_keys; the credential floor of users.
    """
    user = view.user(uuid(intent.user_id, "userId"))
    ids = uuids(intent.api_key_ids, "parameters.apiKeyIds")
    removed = [view.api_key(user, id_) for id_ in ids]
    rest = tuple(key for key in user.api_keys if key.id not in ids)
    keep_credential_floor(replace(user, api_keys=rest), view.organization.features)
    return Outcome(
        result=DeleteApiKeysResult(api_key_ids=ids), changes=tuple(ApiKeyRemoved(api_key=key) for key in removed)
    )
