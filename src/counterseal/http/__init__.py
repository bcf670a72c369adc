"""The only room that knows HTTP: routes, limits, headers, the rendering of errors, health."""

from counterseal.http.addresses import TrustedProxies
from counterseal.http.asgi import HttpApp, HttpLimits, LogRequest, Page, PageReply
from counterseal.http.cors import ANY_ORIGIN, Cors
from counterseal.http.open_connections import ConnectionLimits
from counterseal.http.protocol import protocol_with
from counterseal.http.rate_limit import ClientRate, SubOrganizationRate

__all__ = [
    "ANY_ORIGIN",
    "ClientRate",
    "ConnectionLimits",
    "Cors",
    "HttpApp",
    "HttpLimits",
    "LogRequest",
    "Page",
    "PageReply",
    "SubOrganizationRate",
    "TrustedProxies",
    "protocol_with",
]
