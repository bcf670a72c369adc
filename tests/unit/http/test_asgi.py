"""HTTP at the edge: routes, methods, headers, limits and pages."""

from __future__ import annotations

import json

import pytest

from composed import ComposedServer
from counterseal.contract import all_operations
from counterseal.crypto import sign_stamp
from counterseal.store import StoreError

WHOAMI = "/public/v1/query/whoami"


OTHER_SPELLINGS = [
    *["//{0}", "/.{0}", "/%2e{0}", "{0}/", "{0}//", "{0}?", "{0}?a=b", "{0};a", "{0}%00", "{0}%20", "{0} ", "{0}."],
    *["/a/..{0}", "\\{0}", "", "*"],
]


def spelt_otherwise(path: str) -> list[str]:
    """``path`` as others write it who mean the same."""
    first, last = path[1:2], path[-1:]
    escaped = [f"/%{ord(first):02x}{path[2:]}", f"{path[:-1]}%{ord(last):02X}", path.replace("/", "%2f"), path[1:]]
    return (
        [each.format(path) for each in OTHER_SPELLINGS]
        + escaped
        + [path.upper(), path.title(), path.replace("/", "//")]
    )


@pytest.mark.parametrize("path", [WHOAMI, "/livez", "/readyz", "/metrics", "/.well-known/counterseal"])
async def test_a_path_has_one_spelling(server: ComposedServer, path: str) -> None:
    method = "POST" if path == WHOAMI else "GET"
    assert (await server.call(method, path)).status != 404
    for other in spelt_otherwise(path):
        assert (await server.call(method, other)).error == (404, 5, ""), other


@pytest.mark.parametrize(
    "path", ["/", "/public/v1/query/nothing", "/public/v1/submit/whoami", f"{WHOAMI}/", "/livez/x"]
)
async def test_an_unknown_path_is_not_found(server: ComposedServer, path: str) -> None:
    for method in "POST", "GET", "OPTIONS", "DELETE":
        reply = await server.call(method, path)
        assert reply.error == (404, 5, "")
        assert reply.json == {"code": 5, "message": "Not Found", "details": [], "turnkeyErrorCode": ""}


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH"])
async def test_the_api_takes_posts_only(server: ComposedServer, method: str) -> None:
    reply = await server.call(method, WHOAMI)
    assert reply.status == 501
    if method == "HEAD":
        assert reply.body == b""
    else:
        assert reply.json == {"code": 12, "message": "Method Not Allowed", "details": [], "turnkeyErrorCode": ""}


async def test_every_path_of_the_contract_is_a_route(server: ComposedServer) -> None:
    for operation in all_operations():
        reply = await server.post(operation.path, b"{}", by=None)
        assert reply.status in (401, 501), operation.path
        assert reply.status == 401 or reply.message == f"{operation.path} is not implemented"


async def test_no_content_type_is_asked_for(server: ComposedServer) -> None:
    assert (await server.query("whoami")).status == 200


async def test_replies_are_json_without_a_charset_and_carry_their_id(server: ComposedServer) -> None:
    success, failure = await server.query("whoami"), await server.post(WHOAMI, b"{}", by=None)
    for reply in success, failure, await server.call("GET", "/nothing"):
        assert reply.headers["content-type"] == "application/json"
        assert reply.headers["content-length"] == str(len(reply.body))
        assert reply.headers["access-control-allow-origin"] == "*"
    assert success.headers["x-request-id"] != failure.headers["x-request-id"]


async def test_a_browser_may_ask_first(server: ComposedServer) -> None:
    for path in WHOAMI, "/public/v1/submit/create_users":
        reply = await server.call("OPTIONS", path, headers=[("Access-Control-Request-Method", "POST")])
        assert (reply.status, reply.body) == (204, b"")
        assert reply.headers["access-control-allow-origin"] == "*"
        assert reply.headers["access-control-allow-methods"] == "POST, GET, OPTIONS"
        allowed = reply.headers["access-control-allow-headers"].split(", ")
        assert {"Content-Type", "X-Stamp", "X-Stamp-WebAuthn", "X-Session", "X-Client-Version"} <= set(allowed)
        assert int(reply.headers["access-control-max-age"]) >= 3600
        assert "content-length" not in reply.headers


class TestBody:
    """How large a body may be."""

    limit = 1024 * 1024

    @pytest.mark.parametrize("chunks", [1, 7])
    async def test_one_mebibyte_is_read_and_no_byte_more(self, server: ComposedServer, chunks: int) -> None:
        text = json.dumps({"organizationId": server.root.organization_id, "padding": ""}).encode()
        body = text.replace(b'""', b'"' + b"x" * (self.limit - len(text)) + b'"')
        assert len(body) == self.limit
        stamp = await _stamp(server, body)
        assert (await server.call("POST", WHOAMI, body, stamp, chunks=chunks)).status == 200
        reply = await server.call("POST", WHOAMI, body + b" ", await _stamp(server, body + b" "), chunks=chunks)
        assert reply.error == (413, 3, "REQUEST_INVALID")
        assert reply.message == f"request body too large: expected at most {self.limit} bytes"
        assert reply.headers["connection"] == "close"

    @pytest.mark.parametrize("length", ["1048577", "9" * 5000])
    async def test_a_length_that_is_too_large_is_refused_before_the_body_comes(
        self, server: ComposedServer, length: str
    ) -> None:
        reply = await server.call("POST", WHOAMI, b"", [("Content-Length", length)])
        assert reply.error == (413, 3, "REQUEST_INVALID")

    @pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"text"', b"null", b"\xff", b'\xef\xbb\xbf{"a":1}'])
    async def test_a_body_that_is_no_json_object_is_a_bad_request(self, server: ComposedServer, body: bytes) -> None:
        assert (await server.post(WHOAMI, body, by=server.root)).error == (400, 3, "REQUEST_INVALID")


class TestStampHeaders:
    """Which header counts."""

    async def test_two_stamps_are_malformed(self, server: ComposedServer) -> None:
        body = json.dumps({"organizationId": server.root.organization_id}).encode()
        (stamp,) = await _stamp(server, body)
        for other in stamp, ("X-STAMP", stamp[1]), ("X-Stamp-WebAuthn", "{}"), ("X-Stamp-Attested", "{}"):
            reply = await server.call("POST", WHOAMI, body, [stamp, other])
            assert reply.error == (401, 16, "UNAUTHENTICATED")
            assert reply.message.startswith("malformed activity stamp")

    async def test_the_header_s_name_is_read_in_any_case(self, server: ComposedServer) -> None:
        body = json.dumps({"organizationId": server.root.organization_id}).encode()
        ((_, value),) = await _stamp(server, body)
        assert (await server.call("POST", WHOAMI, body, [("x-sTAMP", value)])).status == 200

    async def test_a_stamp_counts_before_a_session(self, server: ComposedServer) -> None:
        body = json.dumps({"organizationId": server.root.organization_id}).encode()
        stamp = await _stamp(server, body)
        assert (await server.call("POST", WHOAMI, body, [("X-Session", "whatever"), *stamp])).status == 200

    @pytest.mark.parametrize("value", ["", "?", "e30", "bnVsbA", "x" * 5000, "é"])
    async def test_what_is_no_stamp_says_so(self, server: ComposedServer, value: str) -> None:
        reply = await server.call("POST", WHOAMI, b"{}", [("X-Stamp", value)])
        assert reply.error == (401, 16, "UNAUTHENTICATED")


class TestPages:
    """What is served beside the API."""

    async def test_the_server_is_live_and_ready(self, server: ComposedServer) -> None:
        for path, status in ("/livez", "live"), ("/readyz", "ready"):
            reply = await server.call("GET", path)
            assert (reply.status, reply.json) == (200, {"status": status})

    async def test_it_is_not_ready_while_the_store_cannot_be_read(
        self, server: ComposedServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def fail(*_: object) -> None:
            raise StoreError("gone")

        monkeypatch.setattr(server.store, "ping", fail)
        assert (await server.call("GET", "/readyz")).status == 503
        assert (await server.call("GET", "/livez")).status == 200

    async def test_the_public_identities_are_published(self, server: ComposedServer) -> None:
        reply = await server.call("GET", "/.well-known/counterseal")
        assert reply.json == server.keystore.public_identities()
        assert {"signer", "notarizer", "tls_fetcher"} <= set(reply.json)
        assert all(set(value) <= set("0123456789abcdef") for value in reply.json.values())

    @pytest.mark.parametrize("path", ["/livez", "/readyz", "/.well-known/counterseal"])
    async def test_a_head_tells_the_length_of_what_it_leaves_out(self, server: ComposedServer, path: str) -> None:
        whole, head = await server.call("GET", path), await server.call("HEAD", path)
        assert (head.status, head.body) == (200, b"")
        assert head.headers["content-length"] == str(len(whole.body))
        assert (await server.call("POST", path)).error == (501, 12, "")


async def test_a_store_that_cannot_be_read_is_unavailable(
    server: ComposedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise StoreError("disk I/O error")

    for name in "activity_ids", "known_fingerprints":
        monkeypatch.setattr(server.store, name, fail)
    assert (await server.query("list_activities")).error == (503, 14, "")
    assert (await server.submit("CREATE_USERS_V4", {"users": []})).error == (503, 14, "")


async def test_a_fault_is_told_by_its_id_alone(
    server: ComposedServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise RuntimeError("the inside of the server")

    monkeypatch.setattr(server.store, "activity_ids", fail)
    reply = await server.query("list_activities")
    assert reply.error == (500, 13, "INTERNAL")
    assert reply.message == f"internal server error ({reply.headers['x-request-id']})"
    assert reply.headers["x-request-id"] in capsys.readouterr().out
    monkeypatch.setattr(server.store, "known_fingerprints", fail)
    reply = await server.submit("CREATE_USERS_V4", {"users": []})
    assert reply.error == (500, 13, "INTERNAL")
    assert "inside" not in reply.message
    assert (await server.query("whoami")).status == 200


async def _stamp(server: ComposedServer, body: bytes) -> list[tuple[str, str]]:
    return [("X-Stamp", sign_stamp(server.root.key, body))]
