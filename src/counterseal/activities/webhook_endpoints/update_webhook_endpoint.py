"""UPDATE_WEBHOOK_ENDPOINT: another address or name for an endpoint, or a pause."""

from __future__ import annotations

from msgspec.structs import replace

from counterseal.activities.registry import Outcome, activity
from counterseal.activities.webhook_endpoints.endpoints import endpoint, the_one
from counterseal.contract.rules import label
from counterseal.contract.shapes import UpdateWebhookEndpointIntent, UpdateWebhookEndpointResult
from counterseal.contract.webhook_urls import webhook_url
from counterseal.organizations import Put, View
from counterseal.world import World


@activity("UPDATE_WEBHOOK_ENDPOINT", needs=the_one)
def update_webhook_endpoint(intent: UpdateWebhookEndpointIntent, view: View, world: World) -> Outcome:
    """Change what is given; the rest stays as it is.

    Errors: an id that is no UUID, a bad name or address (400), an unknown endpoint (404).
    Source: Turnkey API reference, update_webhook_endpoint.
    """
    before = endpoint(intent, view)
    is_private_allowed = view.signing.private_webhooks
    edited = replace(
        before,
        url=before.url if intent.url is None else webhook_url(intent.url, is_private_allowed=is_private_allowed),
        name=before.name if intent.name is None else label(intent.name, "name"),
        is_active=before.is_active if intent.is_active is None else intent.is_active,
    )
    after, changes = edited.opened(world.dated_id()) if edited.is_active else edited.closed()
    return Outcome(
        result=UpdateWebhookEndpointResult(endpoint_id=after.id, webhook_endpoint=after.shown_in(view.organization.id)),
        changes=changes,
        rows=(Put(row=after, replaces=before),),
    )
