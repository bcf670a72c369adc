"""ACTIVITY_UPDATES: the activity itself, as nobody in particular may see it.

Official receivers want five texts at the top: sdk ``examples/access-control/with-cosigning`` and ``with-agent-wallet``,
``activity-updates/route.ts``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import msgspec

ACTIVITY_UPDATES = "ACTIVITY_UPDATES"
"""The one type of event that this server has to tell of."""

_TEXTS = ("id", "organizationId", "status", "type", "fingerprint")
_PENDING = "ACTIVITY_STATUS_CONSENSUS_NEEDED"
_FOR_ITS_OWNER = "session"


def activity_update(activity: Mapping[str, Any]) -> bytes:
    """The body of the event: compact JSON of the wire's activity, given as plain values or JSON of its own.

    ``canApprove`` and ``canReject`` say whether it still takes votes, since no caller asks; a session in its result is
    empty, whoever the activity was rendered for. Raises ``ValueError`` if it lacks one of the texts.
    """
    missing = [name for name in _TEXTS if not isinstance(activity.get(name), str)]
    if missing:
        raise ValueError(f"an activity has no {', '.join(missing)}")
    takes_votes = activity["status"] == _PENDING
    shown = {**activity, "canApprove": takes_votes, "canReject": takes_votes}
    result = activity.get("result") or {}
    shown["result"] = {name: _without_session(content) for name, content in result.items()}
    return msgspec.json.encode(shown)


def is_told(filters: str | None, activity: Mapping[str, Any]) -> bool:
    """Whether a subscription with these filters, the JSON that it was made with, is told of an activity."""
    if filters is None:
        return True
    wanted = json.loads(filters)
    return activity["type"] in wanted.get("types", (activity["type"],)) and activity["status"] in wanted.get(
        "statuses", (activity["status"],)
    )


def _without_session(content: Any) -> Any:
    if isinstance(content, Mapping) and _FOR_ITS_OWNER in content:
        return {**content, _FOR_ITS_OWNER: ""}
    return content
