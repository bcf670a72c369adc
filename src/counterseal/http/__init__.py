"""The only room that knows HTTP: routes, limits, headers, the rendering of errors, health."""

from counterseal.http.asgi import HttpApp, HttpLimits

__all__ = ["HttpApp", "HttpLimits"]
