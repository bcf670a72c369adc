"""CREATE_WEBHOOK_ENDPOINT: one more address that is told of events."""

from __future__ import annotations

from counterseal.activities.needs import AllOf, Reading
from counterseal.activities.registry import Outcome, activity
from counterseal.activities.webhook_endpoints.subscriptions import subscriptions_of
from counterseal.contract.errors import LimitExceeded
from counterseal.contract.rules import label
from counterseal.contract.shapes import CreateWebhookEndpointIntent, CreateWebhookEndpointResult
from counterseal.contract.webhook_urls import webhook_url
from counterseal.organizations import WEBHOOK_ENDPOINTS_MAX, Put, View, WebhookEndpoint
from counterseal.world import World

_ALL = AllOf(kind=WebhookEndpoint, at_most=WEBHOOK_ENDPOINTS_MAX)


def all_endpoints(_intent: CreateWebhookEndpointIntent, _view: View) -> Reading:
    """To be counted."""
    yield [_ALL]


@activity("CREATE_WEBHOOK_ENDPOINT", needs=all_endpoints)
def create_webhook_endpoint(intent: CreateWebhookEndpointIntent, view: View, world: World) -> Outcome:
    """Make an endpoint, active from the start. Its subscriptions cannot be changed later.

    Errors: a bad name, an address that is not public, https and plain, a bad subscription (400), one that is the
    parent's (403), one to what never happens here (501), more than 10 endpoints (429).
    Source: Turnkey API reference, create_webhook_endpoint; Turnkey docs, webhooks.
    """
    organization = view.organization
    endpoint = WebhookEndpoint(
        id=world.dated_id(),
        name=label(intent.name, "name"),
        url=webhook_url(intent.url, is_private_allowed=view.signing.private_webhooks),
        subscriptions=subscriptions_of(intent.subscriptions or [], organization),
    )
    if len(view.rows[_ALL]) >= WEBHOOK_ENDPOINTS_MAX:
        raise LimitExceeded(
            f"organization has exceeded maximum webhook endpoints: at most {WEBHOOK_ENDPOINTS_MAX} are allowed"
        )
    made, changes = endpoint.opened(world.dated_id())
    return Outcome(
        result=CreateWebhookEndpointResult(endpoint_id=made.id, webhook_endpoint=made.shown_in(organization.id)),
        changes=changes,
        rows=(Put(row=made),),
    )
