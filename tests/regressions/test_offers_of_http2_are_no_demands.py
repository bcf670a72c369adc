"""``curl --http2`` and Java's client offer HTTP/2 with their first request on plain HTTP, and every POST of theirs was
answered 400. Now the offer is ignored: the request is answered, whatever frames its body, and the connection goes on.
"""

from __future__ import annotations

import http.client
import json
from contextlib import closing
from urllib.parse import urlsplit

import pytest

from counterseal.crypto import sign_stamp
from served import RunningServer

OFFER = {"Connection": "Upgrade, HTTP2-Settings", "Upgrade": "h2c", "HTTP2-Settings": "AAMAAABkAAQCAAAAAAIAAAAA"}


@pytest.mark.parametrize("is_chunked", [False, True], ids=["length", "chunks"])
def test_a_stamped_request_with_an_offer_is_answered(running_server: RunningServer, is_chunked: bool) -> None:
    body = json.dumps({"organizationId": running_server.organization_id}).encode()
    headers = OFFER | {"X-Stamp": sign_stamp(running_server.key, body)}
    with closing(http.client.HTTPConnection(urlsplit(running_server.url).netloc, timeout=30)) as connection:
        for _ in range(3):
            parts = iter([body[:5], body[5:]]) if is_chunked else body
            connection.request("POST", "/public/v1/query/whoami", parts, headers, encode_chunked=is_chunked)
            reply = connection.getresponse()
            assert (reply.status, reply.version) == (200, 11)
            assert json.load(reply)["userId"] == running_server.user_id
            assert reply.headers["connection"] is None
