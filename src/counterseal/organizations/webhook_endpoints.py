"""Webhook endpoints: where an organization wants to be told of what happens in it."""

from __future__ import annotations

from typing import ClassVar

import msgspec
from msgspec.structs import replace

from counterseal.contract.shapes import WebhookEndpointData, WebhookSubscriptionParams
from counterseal.organizations.rows import Row
from counterseal.organizations.webhook_channels import WebhookChannel, WebhookChannelClosed, WebhookChannelOpened
from counterseal.webhooks import ACTIVITY_UPDATES

WEBHOOK_ENDPOINTS_MAX = 10
"""Of an organization."""


class WebhookSubscription(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """One type of event of which an endpoint is told, ``filters`` being the JSON that says of which."""

    event_type: str
    filters: str | None = None
    is_active: bool = True


class WebhookEndpoint(Row, frozen=True, kw_only=True, gc=False):
    """An address to which events are sent. ``channel_id`` is its channel while it is told of activities."""

    KIND: ClassVar[str] = "webhook_endpoint"

    name: str
    url: str
    is_active: bool = True
    subscriptions: tuple[WebhookSubscription, ...] = ()
    channel_id: str | None = None

    def opened(self, channel_id: str) -> tuple[WebhookEndpoint, tuple[WebhookChannelOpened, ...]]:
        """With a channel of this id, if it is to be told of activities and has none yet; and what that changes."""
        subscribed = [each for each in self.subscriptions if each.is_active and each.event_type == ACTIVITY_UPDATES]
        if not self.is_active or not subscribed or self.channel_id is not None:
            return self, ()
        channel = WebhookChannel(id=channel_id, endpoint_id=self.id, filters=subscribed[0].filters)
        return replace(self, channel_id=channel_id), (WebhookChannelOpened(channel=channel),)

    def closed(self) -> tuple[WebhookEndpoint, tuple[WebhookChannelClosed, ...]]:
        """Without its channel, if it has one, and what that changes."""
        if self.channel_id is None:
            return self, ()
        return replace(self, channel_id=None), (WebhookChannelClosed(channel_id=self.channel_id),)

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
