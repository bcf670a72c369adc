"""The members of a submit's body, each read on its own, because the server's checks of them have an order.

``{type, timestampMs, organizationId, parameters, generateAppProofs?}``. Source: Turnkey docs, API
reference, activities.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from counterseal.contract.decode import decode, missing
from counterseal.contract.errors import InvalidRequest, quoted
from counterseal.contract.operations import Operation, Variant
from counterseal.contract.shape import Shape

UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
UUID_CHARACTERS = 36

_ACTIVITY_TYPE = "ACTIVITY_TYPE_"
"""So every type begins."""

_TYPES_OF_A_TIMESTAMP = frozenset((int, str))
_MILLISECONDS = re.compile(r"[0-9]{1,16}")


def organization_id_of(tree: dict[str, Any]) -> str:
    """The organization that a submit's or a query's body names, in lower case.

    Raises:
        InvalidRequest: the member is missing, or not a UUID (``INVALID_ORGANIZATION_ID``).
    """
    found = tree.get("organizationId")
    if found is None:
        raise missing("organizationId")
    if type(found) is not str or len(found) != UUID_CHARACTERS or not UUID.fullmatch(found.lower()):
        raise InvalidRequest("malformed organization ID provided", code="INVALID_ORGANIZATION_ID")
    return found.lower()


def timestamp_ms_of(tree: Mapping[str, Any]) -> int:
    """When the client says it made the body: ``timestampMs``, Unix milliseconds in decimal.

    Raises:
        InvalidRequest: the member is missing or anything else.
    """
    found = tree.get("timestampMs")
    if found is None:
        raise InvalidRequest("invalid request timestamp: missing field `timestampMs`")
    if type(found) not in _TYPES_OF_A_TIMESTAMP or not _MILLISECONDS.fullmatch(str(found)):
        raise InvalidRequest(
            f"invalid request timestamp: expected milliseconds since 1970 in decimal, got {quoted(str(found))}"
        )
    return int(found)


def asks_for_proofs(tree: Mapping[str, Any]) -> bool:
    """Whether ``generateAppProofs`` is true: official clients send it with every body, false mostly."""
    return tree.get("generateAppProofs") is True


class _WhatIsAsked(msgspec.Struct, rename="camel"):
    """Everything else is gone through, not made into values: that takes a fiftieth of the time."""

    generate_app_proofs: Any = None
    timestamp_ms: Any = None


_decode_what_is_asked = msgspec.json.Decoder(_WhatIsAsked).decode


def what_is_asked(body: bytes) -> dict[str, Any]:
    """``generateAppProofs`` and ``timestampMs`` of a body that was taken before; None for what it has not."""
    found = _decode_what_is_asked(body)
    return {"generateAppProofs": found.generate_app_proofs, "timestampMs": found.timestamp_ms}


def variant_of(tree: dict[str, Any], operation: Operation) -> Variant:
    """The activity type that the body names, which must be one of the path's.

    Raises:
        InvalidRequest: ``type`` is missing or belongs elsewhere.
    """
    found = tree.get("type")
    variant = operation.variants.get(found) if type(found) is str else None
    if variant is None:
        expected = ", ".join(dict.fromkeys(each.type for each in operation.variants.values()))
        named = "no `type`" if found is None else f"type {quoted(str(found))}"
        raise InvalidRequest(f"bad request body: found {named}, expected one of {expected}")
    return variant


def refuse_activity(tree: dict[str, Any]) -> None:
    """Refuse, as the body of a query, that of an activity.

    Every reader of an activity is shown its body and its stamp. Whatever else a query's body has is passed over, so
    this stamp would be one of its owner's for whoever sends it, for ever. No client sends a query with such a ``type``.

    Raises:
        InvalidRequest: it is one, by its ``type``.
    """
    found = tree.get("type")
    if type(found) is str and found.startswith(_ACTIVITY_TYPE):
        raise InvalidRequest(f"bad request body: it is an activity's, of type {quoted(found)}; expected a query's")


def intent_of(tree: dict[str, Any], variant: Variant) -> Shape:
    """``parameters`` as the variant's intent: an instance of ``variant.intent``.

    Raises:
        InvalidRequest: it is missing, or not what the model says.
    """
    if "parameters" not in tree:
        raise missing("parameters")
    return decode(tree["parameters"], variant.intent, at="parameters")
