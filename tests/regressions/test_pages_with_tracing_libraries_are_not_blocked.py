"""Whatever headers a browser asked for, it was told a fixed list: a page whose library adds ``baggage`` and
``sentry-trace`` to each request could not send any.
"""

from __future__ import annotations

import http.client
from contextlib import closing
from urllib.parse import urlsplit

from served import RunningServer


def test_a_page_may_send_the_headers_of_its_tracing_library(running_server: RunningServer) -> None:
    asked = "baggage, sentry-trace, x-stamp"
    for path in "/public/v1/query/whoami", "/.well-known/counterseal":
        with closing(http.client.HTTPConnection(urlsplit(running_server.url).netloc, timeout=30)) as connection:
            headers = {"Origin": "https://app.example.com", "Access-Control-Request-Headers": asked}
            connection.request("OPTIONS", path, headers=headers | {"Access-Control-Request-Method": "POST"})
            reply = connection.getresponse()
            reply.read()
        assert reply.status == 204
        allowed = (reply.headers["access-control-allow-headers"] or "").lower().split(", ")
        assert {"baggage", "sentry-trace", "x-stamp"} <= set(allowed)
