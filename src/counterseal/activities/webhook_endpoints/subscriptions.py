"""What a new endpoint wants to be told of. Sources: Turnkey docs, webhooks, event types; docs/divergences.md."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from counterseal.contract.errors import InvalidRequest, NotImplementedHere, PermissionDenied, quoted
from counterseal.contract.parse import NotStrictJson, read_json
from counterseal.contract.shapes import ActivityStatus, ActivityType, WebhookSubscriptionParams
from counterseal.organizations import Snapshot, WebhookSubscription
from counterseal.webhooks import ACTIVITY_UPDATES

SUBSCRIPTIONS_MAX = 10
FILTERS_CHARACTERS_MAX = 16_384
"""All types of activities and all statuses are some 9,000."""

_OF_BILLING = ("BALANCE_CONFIRMED_UPDATES", "BALANCE_FINALIZED_UPDATES", "SEND_TRANSACTION_STATUS_UPDATES")
"""Of an organization and all below it: only its own endpoints are told."""

_FILTERS: dict[str, frozenset[str]] = {
    "types": frozenset(each.value for each in ActivityType),
    "statuses": frozenset(each.value for each in ActivityStatus),
}


def subscriptions_of(
    given: Sequence[WebhookSubscriptionParams], organization: Snapshot
) -> tuple[WebhookSubscription, ...]:
    """The subscriptions of a new endpoint, which may be none; active unless they say otherwise.

    Raises InvalidRequest, PermissionDenied for what belongs to the parent, NotImplementedHere for what never happens
    on this server.
    """
    if len(given) > SUBSCRIPTIONS_MAX:
        raise InvalidRequest(f"invalid request body: expected at most {SUBSCRIPTIONS_MAX} items at `subscriptions`")
    for at, each in enumerate(given):
        _check_type(each.event_type, f"subscriptions[{at}].eventType", organization)
        if each.event_type in [other.event_type for other in given[:at]]:
            raise _invalid(f"subscriptions[{at}].eventType", f"expected different types, got {each.event_type} twice")
        if each.filters_json is not None:
            check_filters(each.filters_json, f"subscriptions[{at}].filtersJson")
    return tuple(
        WebhookSubscription(
            event_type=each.event_type, filters=each.filters_json, is_active=each.is_active is not False
        )
        for each in given
    )


def check_filters(text: str, field: str) -> None:
    """A JSON object with ``types`` and ``statuses`` of activities: each, if given, some different names.

    Raises InvalidRequest.
    """
    if len(text) > FILTERS_CHARACTERS_MAX:
        raise _invalid(field, f"expected at most {FILTERS_CHARACTERS_MAX} characters, got {len(text)}")
    try:
        filters = read_json(text.encode())
    except NotStrictJson as fault:
        raise _invalid(field, str(fault)) from None
    for name, values in filters.items():
        if name not in _FILTERS:
            raise _invalid(field, f"expected `types` and `statuses`, got {quoted(name)}")
        _check_names(values, _FILTERS[name], f"{field}.{name}")


def _check_type(name: str, field: str, organization: Snapshot) -> None:
    if name == ACTIVITY_UPDATES:
        return
    if name not in _OF_BILLING:
        expected = ", ".join((ACTIVITY_UPDATES, *_OF_BILLING))
        raise _invalid(field, f"expected one of {expected}, got {quoted(name)}")
    if organization.is_sub_organization:
        raise PermissionDenied(f"a sub-organization cannot subscribe to {name}: its parent can")
    raise NotImplementedHere(f"`{field}` {name} is not implemented")


def _check_names(values: Any, known: frozenset[str], field: str) -> None:
    if not isinstance(values, list) or not values:
        raise _invalid(field, "expected an array with at least one item")
    for value in values:
        if not isinstance(value, str) or value not in known:
            raise _invalid(field, f"expected names of the API, got {quoted(str(value))}")
    if len(set(values)) != len(values):
        raise _invalid(field, "expected different names, got one twice")


def _invalid(field: str, reason: str) -> InvalidRequest:
    return InvalidRequest(f"invalid request body: {reason} at `{field}`")
