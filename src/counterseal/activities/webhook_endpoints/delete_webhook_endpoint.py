"""DELETE_WEBHOOK_ENDPOINT: an address is told of nothing more."""

from __future__ import annotations

from counterseal.activities.registry import Outcome, activity
from counterseal.activities.webhook_endpoints.endpoints import endpoint, the_one
from counterseal.contract.shapes import DeleteWebhookEndpointIntent, DeleteWebhookEndpointResult
from counterseal.organizations import Removed, View
from counterseal.world import World


@activity("DELETE_WEBHOOK_ENDPOINT", needs=the_one)
def delete_webhook_endpoint(intent: DeleteWebhookEndpointIntent, view: View, _world: World) -> Outcome:
    """Remove an endpoint with its subscriptions.

    Errors: an id that is no UUID (400), an unknown endpoint (404).
    Source: Turnkey API reference, delete_webhook_endpoint.
    """
    gone = endpoint(intent, view)
    _, changes = gone.closed()
    return Outcome(result=DeleteWebhookEndpointResult(endpoint_id=gone.id), changes=changes, rows=(Removed(row=gone),))
