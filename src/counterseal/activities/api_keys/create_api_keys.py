"""CREATE_API_KEYS: add API keys to a user."""

from __future__ import annotations

from counterseal.activities.api_keys.key_ring import add_api_keys, api_keys_from, refuse_repeated_public_keys
from counterseal.activities.registry import Outcome, activity
from counterseal.contract.rules import some, uuid
from counterseal.contract.shapes import CreateApiKeysIntentV2, CreateApiKeysResult
from counterseal.organizations import View
from counterseal.world import World


@activity("CREATE_API_KEYS")
def create_api_keys(intent: CreateApiKeysIntentV2, view: View, world: World) -> Outcome:
    """Add API keys to a user: all of them or none, ids in the order of the request.

    A key with ``expirationSeconds`` is expiring and may push out older ones; one without is long-lived and limited.
    Errors: an empty list, a bad label, curve, point or lifetime (400), an unknown user (404), a public key that
    lives in the organization already (409), too many (429).
    Source: Turnkey API reference, create_api_keys; resource limits.
    """
    some(intent.api_keys, "parameters.apiKeys")
    user = view.user(uuid(intent.user_id, "userId"))
    keys = api_keys_from(intent.api_keys, user_id=user.id, world=world)
    refuse_repeated_public_keys(keys)
    changes = add_api_keys(user, keys, organization=view.organization, world=world)
    return Outcome(result=CreateApiKeysResult(api_key_ids=[key.id for key in keys]), changes=tuple(changes))
