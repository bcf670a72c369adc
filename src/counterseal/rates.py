"""The limits of requests a second that the settings ask for."""

from __future__ import annotations

from counterseal.engine.engine import Admit
from counterseal.http import ClientRate, SubOrganizationRate, TrustedProxies
from counterseal.settings import Settings
from counterseal.world import Clock


def client_rate(settings: Settings, clock: Clock) -> ClientRate | None:
    """Of each client address; None without a limit."""
    if settings.requests_per_second is None:
        return None
    trusted = TrustedProxies(settings.trusted_proxies or ())
    return ClientRate(settings.requests_per_second, clock=clock, trusted_proxies=trusted)


def sub_organization_rate(settings: Settings) -> Admit | None:
    """Of each sub-organization; None without a limit."""
    if settings.sub_organization_requests_per_second is None:
        return None
    return SubOrganizationRate(settings.sub_organization_requests_per_second).admit
