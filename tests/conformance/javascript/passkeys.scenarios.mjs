// Passkeys: registered as @turnkey/http does it in a browser, stamping through @turnkey/webauthn-stamper, and gone.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";

import { getWebAuthnAttestation, TurnkeyClient } from "@turnkey/http";
import { WebauthnStamper } from "@turnkey/webauthn-stamper";

import {
  asParameter,
  asUser,
  clientWith,
  newKey,
  newOrganization,
  newUser,
  now,
  post,
  refused,
  root,
  send,
  server,
} from "./clients.mjs";
import { scenario } from "./scenario.mjs";
import { SoftwareAuthenticator } from "./software_authenticator.mjs";

const RP_ID = "example.com";
const NOBODY = "3f0b1d6e-9c9b-4d5b-8c35-0a2f0c1d9e77";
const home = await newOrganization();
const [owner] = home.users;

/** A new passkey, made as the clients' examples make one: `{params, stamper}`. */
async function newPasskey(options) {
  const authenticator = new SoftwareAuthenticator(options).install();
  const challenge = randomBytes(32);
  const attestation = await getWebAuthnAttestation({
    publicKey: {
      rp: { id: RP_ID, name: "Example" },
      challenge,
      pubKeyCredParams: [{ type: "public-key", alg: -7 }, { type: "public-key", alg: -257 }],
      user: { id: randomBytes(16), name: "ada", displayName: "Ada" },
    },
  });
  const stamper = {
    // several passkeys take turns in one process
    stamp: (payload) => {
      authenticator.install();
      return new WebauthnStamper({ rpId: RP_ID }).stamp(payload);
    },
  };
  return {
    params: { authenticatorName: "Laptop", challenge: challenge.toString("base64url"), attestation },
    credentialId: attestation.credentialId,
    authenticator,
    stamper,
  };
}

/** A passkey of the owner's: `{id, client, …}`. */
async function registered(user = owner, organizationId = home.id) {
  const passkey = await newPasskey();
  const { authenticatorIds } = await user.client.createAuthenticators({
    userId: user.id,
    authenticators: [passkey.params],
  });
  return { ...passkey, id: authenticatorIds[0], client: clientWith(passkey.stamper, organizationId) };
}

await scenario("a passkey on P-256 registers, reads and acts", async () => {
  const user = await newUser(home);
  const passkey = await registered(user);
  const whoami = await passkey.client.getWhoami();
  assert.deepEqual(whoami, { organizationId: home.id, organizationName: "Family", userId: user.id, username: "plain" });
  const { authenticator } = await passkey.client.getAuthenticator({ authenticatorId: passkey.id });
  assert.equal(authenticator.credentialId, passkey.credentialId);
  assert.equal(authenticator.attestationType, "none");
  assert.equal(authenticator.credential.type, "CREDENTIAL_TYPE_WEBAUTHN_AUTHENTICATOR");
  assert.deepEqual(authenticator.transports, ["AUTHENTICATOR_TRANSPORT_HYBRID", "AUTHENTICATOR_TRANSPORT_INTERNAL"]);
  const { activity } = await passkey.client.createApiKeys({
    userId: user.id,
    apiKeys: [asParameter(newKey(), "clé 🔑")],
  });
  assert.equal(activity.status, "ACTIVITY_STATUS_COMPLETED");
  const [vote] = activity.votes;
  assert.equal(vote.scheme, "SIGNATURE_SCHEME_TK_WEBAUTHN");
  assert.equal(vote.publicKey, authenticator.credential.publicKey);
  assert.equal(JSON.parse(vote.signature).credentialId, passkey.credentialId);
  assert.deepEqual(vote.user.authenticators, [authenticator]);
});

await scenario("a passkey on RSA does too", async () => {
  const passkey = await newPasskey({ algorithm: -257 });
  await owner.client.createAuthenticators({ userId: owner.id, authenticators: [passkey.params] });
  const client = clientWith(passkey.stamper, home.id);
  assert.equal((await client.getWhoami()).userId, owner.id);
  const { activity } = await client.createApiKeys({ userId: owner.id, apiKeys: [asParameter(newKey())] });
  assert.equal(activity.votes[0].scheme, "SIGNATURE_SCHEME_TK_WEBAUTHN");
});

await scenario("http stamps with it as well", async () => {
  const passkey = await registered();
  const client = new TurnkeyClient({ baseUrl: server.url }, passkey.stamper);
  assert.equal((await client.getWhoami({ organizationId: home.id })).userId, owner.id);
});

await scenario("a sub-organization may begin with a passkey, which is found under the parent's id", async () => {
  const passkey = await newPasskey();
  const { subOrganizationId, rootUserIds } = await root.client.createSubOrganization({
    subOrganizationName: "Passkeys only",
    rootQuorumThreshold: 1,
    rootUsers: [asUser("ada", [], { authenticators: [passkey.params] })],
  });
  const underParent = clientWith(passkey.stamper, server.organizationId);
  const found = await underParent.getWhoami();
  assert.deepEqual([found.organizationId, found.userId], [subOrganizationId, rootUserIds[0]]);
  const client = clientWith(passkey.stamper, subOrganizationId);
  assert.equal((await client.updateOrganizationName({ organizationName: "Renamed" })).organizationId, subOrganizationId);
  await refused(
    underParent.getUsers(),
    5,
    `webauthn authenticator not found in organization organizationId=${server.organizationId}` +
      ` credentialId=${passkey.credentialId}`,
    "CREDENTIAL_NOT_FOUND",
  );
});

await scenario("users bring passkeys with them", async () => {
  const passkey = await newPasskey();
  const user = await newUser(home, { authenticators: [passkey.params] });
  const { authenticators } = await owner.client.getAuthenticators({ userId: user.id });
  assert.deepEqual(authenticators.map((each) => each.credentialId), [passkey.credentialId]);
  assert.equal((await clientWith(passkey.stamper, home.id).getWhoami()).userId, user.id);
});

await scenario("the first version of create_authenticators registers too", async () => {
  const { params, stamper, credentialId } = await newPasskey();
  const { clientDataJson, attestationObject, transports } = params.attestation;
  const attestation = {
    id: credentialId,
    rawId: credentialId,
    type: "public-key",
    response: { clientDataJson, attestationObject, transports },
    clientExtensionResults: {},
  };
  const { authenticatorName, challenge } = params;
  const { reply } = await post(
    "/public/v1/submit/create_authenticators",
    {
      type: "ACTIVITY_TYPE_CREATE_AUTHENTICATORS",
      timestampMs: now(),
      organizationId: home.id,
      parameters: {
        userId: owner.id,
        authenticators: [{ authenticatorName, userId: owner.id, challenge, attestation }],
      },
    },
    owner.client.stamper,
  );
  assert.equal(reply.activity.type, "ACTIVITY_TYPE_CREATE_AUTHENTICATORS");
  assert.equal(reply.activity.result.createAuthenticatorsResult.authenticatorIds.length, 1);
  assert.equal((await clientWith(stamper, home.id).getWhoami()).userId, owner.id);
});

await scenario("a body changed after it was stamped is refused", async () => {
  const passkey = await registered();
  const stamped = await passkey.client.stampGetWhoami({ organizationId: home.id });
  assert.equal((await send(stamped)).status, 200);
  const { status, reply } = await send({ ...stamped, body: stamped.body.replace("}", " }") });
  assert.equal(status, 401);
  assert.match(reply.message, /^could not verify WebAuthN signature: challenge/);
  assert.equal(reply.turnkeyErrorCode, "SIGNATURE_INVALID");
});

await scenario("only the origins that the organization allows may use passkeys", async () => {
  const other = await newOrganization();
  const [user] = other.users;
  const passkey = await registered(user, other.id);
  const allow = (value) => user.client.setOrganizationFeature({ name: "FEATURE_NAME_WEBAUTHN_ORIGINS", value });
  await allow(`https://other.example.com,${passkey.authenticator.origin}`);
  assert.equal((await passkey.client.getWhoami()).userId, user.id);
  await allow("https://other.example.com");
  const text = /^could not verify WebAuthN signature: origin `https:\/\/app\.example\.com`/;
  await refused(passkey.client.getWhoami(), 16, text, "SIGNATURE_INVALID");
});

await scenario("a deleted passkey is unknown on the next request", async () => {
  const user = await newUser(home);
  const passkey = await registered(user);
  const { authenticatorIds } = await passkey.client.deleteAuthenticators({
    userId: user.id,
    authenticatorIds: [passkey.id],
  });
  assert.deepEqual(authenticatorIds, [passkey.id]);
  await refused(passkey.client.getUsers(), 5, /^webauthn authenticator not found in organization/, "CREDENTIAL_NOT_FOUND");
  await refused(
    passkey.client.getWhoami(),
    5,
    /^webauthn authenticator not found in organization or parent organization/,
    "CREDENTIAL_NOT_FOUND",
  );
  await refused(
    clientWith(passkey.stamper).getWhoami(),
    16,
    `credential ID could not be found in organization or its parent organization` +
      ` organizationId=${server.organizationId} credentialId=${passkey.credentialId}`,
    "CREDENTIAL_NOT_FOUND",
  );
});

await scenario("what cannot be registered, deleted or read says why", async () => {
  const { params } = await newPasskey();
  const create = (changed, userId = owner.id) =>
    owner.client.createAuthenticators({ userId, authenticators: [{ ...params, ...changed }] });
  await refused(create({ challenge: "b3RoZXI" }), 3, /^invalid authenticator attestation: challenge/);
  const { attestation } = params;
  const without = { attestation: { ...attestation, attestationObject: "" } };
  await refused(create(without), 3, /^missing parameter: user authenticator attestation at/);
  await refused(create({}, NOBODY), 5, /^unable to find user/, "");
  await create({});
  await refused(create({}), 6, /^credential ID .* already exists in organization/, "");
  const gone = { userId: owner.id, authenticatorIds: [NOBODY] };
  await refused(owner.client.deleteAuthenticators(gone), 5, /^unable to find authenticator/, "");
  await refused(owner.client.getAuthenticator({ authenticatorId: NOBODY }), 5, /^unable to find authenticator/, "");
  await refused(owner.client.getAuthenticators({ userId: NOBODY }), 5, /^unable to find user/, "");
});
