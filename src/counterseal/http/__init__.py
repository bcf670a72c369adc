"""The only room that knows HTTP: routes, limits, headers, the rendering of errors, health."""

from counterseal.http.asgi import HttpApp, HttpLimits, Page, PageReply
from counterseal.http.protocol import ConnectionLimits, protocol_with
from counterseal.http.rate_limit import ClientRate, SubOrganizationRate

__all__ = [
    "ClientRate",
    "ConnectionLimits",
    "HttpApp",
    "HttpLimits",
    "Page",
    "PageReply",
    "SubOrganizationRate",
    "protocol_with",
]
