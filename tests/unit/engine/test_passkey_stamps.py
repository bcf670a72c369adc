"""Passkeys' stamps: in which organization they are found, and what is verified of them."""

from __future__ import annotations

import json

import msgspec
import pytest

from composed import Actor, ComposedServer
from counterseal.crypto import ApiKeyScheme, Curve, generate_key_pair, sign_stamp
from counterseal.engine import Caller, Voter
from counterseal.engine.who.lookup import CredentialIdLookup, Lookup, PublicKeyLookup
from passkey_holders import HEADER, Holder, found, register, sub_organization
from software_authenticator import ES256, SoftwareAuthenticator, b64u, new_key

ORIGINS = "FEATURE_NAME_WEBAUTHN_ORIGINS"


class TestLookUp:
    async def test_an_unknown_passkey_is_told_in_the_words_that_clients_match(self, server: ComposedServer) -> None:
        (sub,) = await server.add_sub_organization("ann")
        stranger = SoftwareAuthenticator()
        for organization_id, where in (
            (server.root.organization_id, "organization"),
            (sub.organization_id, "organization or parent organization"),
        ):
            reply = await Holder(server, organization_id, "", stranger).query("list_users")
            assert reply.error == (404, 5, "CREDENTIAL_NOT_FOUND")
            assert reply.message == (
                f"webauthn authenticator not found in {where} organizationId={organization_id}"
                f" credentialId={stranger.id}"
            )

    async def test_a_parent_s_passkey_reads_below_and_writes_nothing(self, server: ComposedServer) -> None:
        holder = await register(server, server.root)
        (sub,) = await server.add_sub_organization("ann")
        users = await holder.query("list_users", organizationId=sub.organization_id)
        assert [user["userId"] for user in users.json["users"]] == [sub.user_id]
        assert found(await holder.whoami(sub.organization_id)) == (holder.organization_id, holder.user_id)
        parameters = {"userId": sub.user_id, "authenticators": [SoftwareAuthenticator().registration()]}
        reply = await holder.submit("CREATE_AUTHENTICATORS_V2", parameters, organization_id=sub.organization_id)
        assert reply.error == (400, 3, "ORGANIZATION_MISMATCH")

    async def test_whoami_finds_a_sub_organization_s_passkey_under_the_parent_s_id(
        self, server: ComposedServer
    ) -> None:
        holder = await sub_organization(server, SoftwareAuthenticator())
        assert found(await holder.whoami()) == (holder.organization_id, holder.user_id)
        assert found(await holder.whoami(server.root.organization_id)) == (holder.organization_id, holder.user_id)

    async def test_a_session_is_opened_under_the_parent_s_id(self, server: ComposedServer) -> None:
        holder = await sub_organization(server, SoftwareAuthenticator())
        key = generate_key_pair(Curve.P256)
        parameters = {"publicKey": key.public_key.hex(), "expirationSeconds": "900"}
        reply = await holder.submit("STAMP_LOGIN", parameters, organization_id=server.root.organization_id)
        assert reply.activity["organizationId"] == holder.organization_id
        session = Actor(holder.organization_id, holder.user_id, key)
        assert found(await server.query("whoami", by=session)) == (holder.organization_id, holder.user_id)

    async def test_other_operations_do_not_look_below(self, server: ComposedServer) -> None:
        holder = await sub_organization(server, SoftwareAuthenticator())
        reply = await holder.query("list_users", organizationId=server.root.organization_id)
        assert reply.error == (404, 5, "CREDENTIAL_NOT_FOUND")

    async def test_the_reverse_look_up_finds_nothing(self, server: ComposedServer) -> None:
        stranger = SoftwareAuthenticator()
        reply = await Holder(server, server.root.organization_id, "", stranger).whoami()
        assert reply.error == (401, 16, "CREDENTIAL_NOT_FOUND")
        assert reply.message == (
            "credential ID could not be found in organization or its parent organization"
            f" organizationId={server.root.organization_id} credentialId={stranger.id}"
        )

    async def test_one_passkey_in_two_sub_organizations_is_ambiguous(self, server: ComposedServer) -> None:
        passkey = SoftwareAuthenticator()
        one, two = await sub_organization(server, passkey), await sub_organization(server, passkey)
        reply = await one.whoami(server.root.organization_id)
        assert reply.error == (401, 16, "CREDENTIAL_CONFLICT")
        assert reply.message == f"more than one suborg associated with a credential ID credentialId={passkey.id}"
        for holder in (one, two):
            assert found(await holder.whoami()) == (holder.organization_id, holder.user_id)

    async def test_whoever_registers_a_foreign_credential_id_gains_nothing_and_stops_nobody(
        self, server: ComposedServer
    ) -> None:
        """A credential id is no secret: any page may learn it from an allow-list."""
        victim = SoftwareAuthenticator()
        thief = SoftwareAuthenticator(credential_id=victim.credential_id)
        first = await sub_organization(server, thief)
        holder = await sub_organization(server, victim)
        last = await sub_organization(server, SoftwareAuthenticator(credential_id=victim.credential_id))
        parent_id = server.root.organization_id
        for each in (first, holder, last):
            assert found(await each.whoami(parent_id)) == (each.organization_id, each.user_id)

    async def test_a_poll_without_an_organization_is_of_the_passkey_s(self, server: ComposedServer) -> None:
        holder = await sub_organization(server, SoftwareAuthenticator())
        passkey = SoftwareAuthenticator()
        parameters = {"userId": holder.user_id, "authenticators": [passkey.registration()]}
        activity_id = (await holder.submit("CREATE_AUTHENTICATORS_V2", parameters)).activity["id"]
        body = json.dumps({"activityId": activity_id}).encode()
        assert (await holder.post("/public/v1/query/get_activity", body)).activity["id"] == activity_id
        stranger = Holder(server, "", "", SoftwareAuthenticator())
        reply = await stranger.post("/public/v1/query/get_activity", body)
        assert reply.error == (401, 16, "CREDENTIAL_NOT_FOUND")


class TestVerification:
    async def test_a_stamp_over_other_bytes_or_by_another_key_is_refused(self, server: ComposedServer) -> None:
        holder = await register(server, server.root)
        for wrong in ({"sign_with": new_key(ES256)}, {"challenge": b64u(b"0" * 64)}, {"flags": 0}):
            reply = await holder.query("whoami", wrong=wrong)
            assert reply.error == (401, 16, "SIGNATURE_INVALID")
            assert reply.message.startswith("could not verify WebAuthN signature: ")

    async def test_the_relying_party_is_remembered_from_the_registration(self, server: ComposedServer) -> None:
        holder = await register(server, server.root, SoftwareAuthenticator(rp_id="example.com"))
        assert (await holder.whoami()).status == 200
        await server.restart()
        assert (await holder.whoami()).status == 200
        holder.passkey.rp_id = "evil.example"
        assert (await holder.whoami()).error == (401, 16, "SIGNATURE_INVALID")

    async def test_a_header_that_is_no_stamp(self, server: ComposedServer) -> None:
        await register(server, server.root)
        body = json.dumps({"organizationId": server.root.organization_id}).encode()
        for header in ("", "{}", "AAAA", sign_stamp(server.root.key, body), '{"credentialId":"\xe9"}'):
            reply = await server.call("POST", "/public/v1/query/whoami", body, [(HEADER, header)])
            assert reply.error == (401, 16, "UNAUTHENTICATED")
            assert reply.message.startswith("could not extract webauthn stamp")

    async def test_two_stamps_are_refused(self, server: ComposedServer) -> None:
        holder = await register(server, server.root)
        body = json.dumps({"organizationId": server.root.organization_id}).encode()
        key_stamp = ("X-Stamp", sign_stamp(server.root.key, body))
        passkey_stamp = (HEADER, holder.passkey.stamp(body))
        for headers in ([key_stamp, passkey_stamp], [passkey_stamp, passkey_stamp], [key_stamp, key_stamp]):
            reply = await server.call("POST", "/public/v1/query/whoami", body, headers)
            assert reply.error == (401, 16, "UNAUTHENTICATED")
            assert reply.message == "malformed activity stamp: found 2 stamp headers, expected one"

    async def test_the_name_of_the_header_has_any_case(self, server: ComposedServer) -> None:
        holder = await register(server, server.root)
        body = json.dumps({"organizationId": server.root.organization_id}).encode()
        for name in ("X-Stamp-Webauthn", "x-stamp-webauthn", "X-STAMP-WEBAUTHN"):
            reply = await server.call("POST", "/public/v1/query/whoami", body, [(name, holder.passkey.stamp(body))])
            assert reply.status == 200


class TestOrigins:
    async def allow(self, server: ComposedServer, value: str, *, by: Actor | Holder | None = None) -> None:
        parameters = {"name": ORIGINS, "value": value}
        if isinstance(by, Holder):
            assert (await by.submit("SET_ORGANIZATION_FEATURE", parameters)).result
        else:
            assert (await server.submit("SET_ORGANIZATION_FEATURE", parameters, by=by)).result

    async def test_only_allowed_origins_stamp(self, server: ComposedServer) -> None:
        holder = await register(server, server.root)
        await self.allow(server, f"https://example.com, {holder.passkey.origin}")
        assert (await holder.whoami()).status == 200
        refused = await holder.query("whoami", wrong={"origin": "https://evil.example"})
        assert refused.error == (401, 16, "SIGNATURE_INVALID")
        await self.allow(server, "https://example.com")
        assert (await holder.whoami()).error == (401, 16, "SIGNATURE_INVALID")
        assert (await server.submit("REMOVE_ORGANIZATION_FEATURE", {"name": ORIGINS})).result
        assert (await holder.whoami()).status == 200

    async def test_a_sub_organization_has_its_parent_s_unless_it_names_its_own(self, server: ComposedServer) -> None:
        holder = await sub_organization(server, SoftwareAuthenticator())
        await self.allow(server, "https://example.com")
        assert (await holder.whoami()).error == (401, 16, "SIGNATURE_INVALID")
        await self.allow(server, f"https://example.com,{holder.passkey.origin}")
        assert (await holder.whoami()).status == 200
        await self.allow(server, holder.passkey.origin, by=holder)
        await self.allow(server, "https://example.com")
        assert (await holder.whoami()).status == 200


@pytest.mark.parametrize("lookup", [PublicKeyLookup("02ab", ApiKeyScheme.SECP256K1), CredentialIdLookup("-__-AA")])
def test_a_voter_crosses_to_the_process_that_writes(lookup: Lookup) -> None:
    names = ("organization_id", "user_id", "credential_id", "public_key", "scheme", "signature")
    voter = Voter(**{name: name for name in names}, lookup=lookup)
    caller = Caller(voter=voter, organization_id="target")
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(caller), type=Caller) == caller
