"""What the log is told of a request."""

from __future__ import annotations

import msgspec


class Trace(msgspec.Struct, kw_only=True):
    """Ids only, filled in as they become known: whatever answers or refuses the request, its log line has them."""

    request_id: str
    organization_id: str | None = None
    activity_id: str | None = None
    activity_type: str | None = None
