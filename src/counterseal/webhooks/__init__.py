"""What is sent to webhooks, and how it is signed: functions of values. Nobody is called from here."""

from counterseal.webhooks.activity_updates import ACTIVITY_UPDATES, activity_update, is_told
from counterseal.webhooks.rotation import Keys, keys_at, max_age_seconds, signs_from
from counterseal.webhooks.signing import key_id_of, key_set, signed_headers

__all__ = [
    "ACTIVITY_UPDATES",
    "Keys",
    "activity_update",
    "is_told",
    "key_id_of",
    "key_set",
    "keys_at",
    "max_age_seconds",
    "signed_headers",
    "signs_from",
]
