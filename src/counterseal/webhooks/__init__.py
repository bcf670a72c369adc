"""What is sent to webhooks, and how it is signed: functions of values. Nobody is called from here."""

from counterseal.webhooks.activity_updates import activity_update, is_told
from counterseal.webhooks.signing import key_id_of, key_set, signed_headers

__all__ = ["activity_update", "is_told", "key_id_of", "key_set", "signed_headers"]
