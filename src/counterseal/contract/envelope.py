"""A refusal as the service's clients read it. Source: Turnkey docs, API errors."""

from __future__ import annotations

from typing import Any

from counterseal.contract.encode import encode
from counterseal.contract.errors import Refused
from counterseal.contract.shapes import Status

DETAIL = "type.googleapis.com/errors.v1.TurnkeyErrorDetail"


def error_envelope(refused: Refused) -> bytes:
    """The body of an error reply: JSON ``{code, message, details, turnkeyErrorCode}``, all four always there.

    ``code`` is the gRPC code; ``turnkeyErrorCode`` is empty where the service has none.
    """
    return encode(
        {
            "code": refused.grpc,
            "message": refused.message,
            "details": _details(refused),
            "turnkeyErrorCode": refused.code,
        }
    )


def failure(refused: Refused) -> Status:
    """What an activity's ``failure`` says when carrying it out was refused."""
    return Status(code=refused.grpc, message=refused.message, details=_details(refused))


def _details(refused: Refused) -> list[dict[str, Any]]:
    if refused.details_given or not refused.code:
        return refused.details
    return [{"@type": DETAIL, "turnkeyErrorCode": refused.code}]
