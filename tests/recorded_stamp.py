"""The stamp of an activity, as every reader of it can put it together again."""

from __future__ import annotations

import json
from typing import Any

from counterseal.crypto import base64url


def stamp_in(activity: dict[str, Any]) -> tuple[bytes, str]:
    """The body and the stamp of a submission, from what readers are shown."""
    vote = activity["votes"][0]
    shown = {"publicKey": vote["publicKey"], "scheme": vote["scheme"], "signature": vote["signature"]}
    return vote["message"].encode(), base64url.encode(json.dumps(shown).encode())
