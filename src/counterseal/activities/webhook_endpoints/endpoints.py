"""The one endpoint that an intent is about."""

from __future__ import annotations

from counterseal.activities.needs import Reading
from counterseal.contract.errors import NotFound
from counterseal.contract.rules import uuid
from counterseal.contract.shapes import DeleteWebhookEndpointIntent, UpdateWebhookEndpointIntent
from counterseal.organizations import View, WebhookEndpoint
from counterseal.store import RowKey

NamesOne = UpdateWebhookEndpointIntent | DeleteWebhookEndpointIntent


def the_one(intent: NamesOne, _view: View) -> Reading:
    """What is needed for it. Raises InvalidRequest for an id that is no UUID."""
    yield [_key(intent)]


def endpoint(intent: NamesOne, view: View) -> WebhookEndpoint:
    """It. Raises NotFound."""
    found: tuple[WebhookEndpoint, ...] = view.rows[_key(intent)]
    if not found:
        raise NotFound(f"unable to find webhook endpoint {intent.endpoint_id} in organization {view.organization.id}")
    return found[0]


def _key(intent: NamesOne) -> RowKey:
    return RowKey(kind=WebhookEndpoint, value=uuid(intent.endpoint_id, "endpointId"))
