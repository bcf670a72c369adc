"""list_webhook_endpoints: every endpoint of the organization."""

from __future__ import annotations

from counterseal.contract.shapes import ListWebhookEndpointsRequest, ListWebhookEndpointsResponse
from counterseal.organizations import WEBHOOK_ENDPOINTS_MAX, WebhookEndpoint
from counterseal.queries.registry import QueryContext, query


@query("list_webhook_endpoints")
async def list_webhook_endpoints(
    _request: ListWebhookEndpointsRequest, context: QueryContext
) -> ListWebhookEndpointsResponse:
    """All endpoints with their subscriptions, oldest first, without pages: there are at most 10.

    Source: Turnkey API reference, list_webhook_endpoints.
    """
    endpoints = await context.reader.all_of(WebhookEndpoint, at_most=WEBHOOK_ENDPOINTS_MAX)
    shown = [endpoint.shown_in(context.organization.id) for endpoint in endpoints]
    return ListWebhookEndpointsResponse(webhook_endpoints=shown)
