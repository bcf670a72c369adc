"""One error tree by meaning. Rooms raise it; only ``http`` turns it into a status and an envelope.

Source: Turnkey docs, API errors. ``grpc`` is the gRPC code in the envelope, ``http`` the status, ``code`` the
service's own ``turnkeyErrorCode`` (empty where the service has none).
"""

from __future__ import annotations

from typing import Any, ClassVar


class Refused(Exception):
    """A request that is not carried out, with the reason its caller may see. Nothing has been stored.

    ``details_given`` tells an empty list that was asked for from one that nobody gave: only the latter is filled in
    by the envelope.
    """

    http: ClassVar[int] = 400
    grpc: ClassVar[int] = 3
    code: str = "REQUEST_INVALID"

    def __init__(self, message: str, *, code: str | None = None, details: list[dict[str, Any]] | None = None) -> None:
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code
        self.details = details if details is not None else []
        self.details_given = details is not None


class InvalidRequest(Refused):
    """The body or a parameter is not what the contract asks for (400, INVALID_ARGUMENT)."""


class BodyTooLarge(Refused):
    """The body is over the size limit (413, INVALID_ARGUMENT)."""

    http = 413


class Unauthenticated(Refused):
    """The stamp is missing, malformed, unknown, expired or does not verify (401, UNAUTHENTICATED)."""

    http = 401
    grpc = 16
    code = "UNAUTHENTICATED"


class PermissionDenied(Refused):
    """The caller is known and may not do this (403, PERMISSION_DENIED)."""

    http = 403
    grpc = 7
    code = "REQUEST_NOT_AUTHORIZED"


class NotFound(Refused):
    """Nothing by that name in the organization (404, NOT_FOUND)."""

    http = 404
    grpc = 5
    code = ""


class AlreadyExists(Refused):
    """A name or key that must be unique is taken (409, ALREADY_EXISTS)."""

    http = 409
    grpc = 6
    code = ""


class LimitExceeded(Refused):
    """A limit of the user, the organization or the server is reached (429, RESOURCE_EXHAUSTED)."""

    http = 429
    grpc = 8
    code = ""


class NotImplementedHere(Refused):
    """The contract knows it, this server does not yet (501, UNIMPLEMENTED)."""

    http = 501
    grpc = 12
    code = ""


class Unavailable(Refused):
    """The server could not make the answer durable; the same request may be sent again (503, UNAVAILABLE)."""

    http = 503
    grpc = 14
    code = ""


class InternalFault(Refused):
    """A fault of this server, logged under the given id (500, INTERNAL)."""

    http = 500
    grpc = 13
    code = "INTERNAL"


def quoted(text: str, *, longest: int = 64) -> str:
    """The caller's own text as it may stand in a message: in backquotes, cut, without control characters."""
    shown = text if len(text) <= longest else f"{text[:longest]}…"
    printable = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in shown)
    return f"`{printable}`"
