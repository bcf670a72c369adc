"""Webhook endpoints: where an organization wants to be told of what happens in it."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from counterseal.contract.shapes import WebhookEndpointData, WebhookSubscriptionParams
from counterseal.organizations.rows import Row

WEBHOOK_ENDPOINTS_MAX = 10
"""Of an organization."""


class WebhookSubscription(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """One type of event of which an endpoint is told, ``filters`` being the JSON that says of which."""

    event_type: str
    filters: str | None = None
    is_active: bool = True


class WebhookEndpoint(Row, frozen=True, kw_only=True, gc=False):
    """An address to which events are sent."""

    KIND: ClassVar[str] = "webhook_endpoint"

    name: str
    url: str
    is_active: bool = True
    subscriptions: tuple[WebhookSubscription, ...] = ()

    def shown_in(self, organization_id: str) -> WebhookEndpointData:
        """The wire's endpoint."""
        return WebhookEndpointData(
            endpoint_id=self.id,
            organization_id=organization_id,
            url=self.url,
            name=self.name,
            is_active=self.is_active,
            subscriptions=[
                WebhookSubscriptionParams(
                    event_type=each.event_type, filters_json=each.filters, is_active=each.is_active
                )
                for each in self.subscriptions
            ],
        )
