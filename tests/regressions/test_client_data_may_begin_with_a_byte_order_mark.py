"""``clientDataJSON`` with a byte order mark was refused: it is stripped before parsing (WebAuthn Level 2, section 7.1,
step 5, and 7.2, step 8), and what is hashed, and so signed, are the bytes as they were sent.
"""

from __future__ import annotations

from composed import ComposedServer
from passkey_holders import register
from software_authenticator import SoftwareAuthenticator, b64u, challenge_of

MARK = b"\xef\xbb\xbf"


async def test_a_registration(server: ComposedServer) -> None:
    passkey = SoftwareAuthenticator()
    params = passkey.registration(challenge=b"c")
    params["attestation"]["clientDataJson"] = b64u(MARK + passkey.client_data("webauthn.create", b64u(b"c")))
    parameters = {"userId": server.root.user_id, "authenticators": [params]}
    assert (await server.submit("CREATE_AUTHENTICATORS_V2", parameters)).result


async def test_a_stamp_is_verified_over_the_mark_too(server: ComposedServer) -> None:
    holder = await register(server, server.root)
    body = b'{"organizationId":"%b"}' % holder.organization_id.encode()
    client_data = holder.passkey.client_data("webauthn.get", b64u(challenge_of(body)))
    path = "/public/v1/query/whoami"
    assert (await holder.post(path, body, client_data=MARK + client_data)).status == 200
    twice = await holder.post(path, body, client_data=MARK + MARK + client_data)
    assert twice.error == (401, 16, "SIGNATURE_INVALID")
    signed_without = holder.passkey.assertion(body, client_data=client_data)
    sent_with = signed_without | {"clientDataJson": b64u(MARK + client_data)}
    assert signed_without != sent_with
    assert (await stamped(server, path, body, signed_without)) == 200
    assert (await stamped(server, path, body, sent_with)) == 401


async def stamped(server: ComposedServer, path: str, body: bytes, members: dict[str, str]) -> int:
    text = "{" + ",".join(f'"{name}":"{value}"' for name, value in members.items()) + "}"
    return (await server.call("POST", path, body, [("X-Stamp-WebAuthn", text)])).status
