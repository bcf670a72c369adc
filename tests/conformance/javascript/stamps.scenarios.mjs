// Who signed: every official stamper in every run-time it has in node, and what they hear when the stamp is no good.

import assert from "node:assert/strict";

import { TurnkeyClient, TurnkeyApi, init, sealAndStampRequestBody } from "@turnkey/http";
import { verifyStampSignature } from "@turnkey/crypto";

import {
  asParameter,
  asUser,
  clientOf,
  clientWith,
  ethereumWallet,
  httpClientOf,
  newKey,
  newOrganization,
  now,
  post,
  refused,
  root,
  send,
  server,
  solanaWallet,
  stamperOf,
} from "./clients.mjs";
import { scenario } from "./scenario.mjs";

const WHOAMI = "/public/v1/query/whoami";
const home = await newOrganization();
const [owner] = home.users;
const identity = { organizationId: home.id, organizationName: "Family", userId: owner.id, username: "root-1" };

async function asExtraKey(credential) {
  const { apiKeyIds } = await owner.client.createApiKeys({ userId: owner.id, apiKeys: [asParameter(credential)] });
  return apiKeyIds[0];
}

const signsIn = (runtime) => async () => {
  const client = clientWith(stamperOf(owner.key, runtime), home.id);
  for (let turn = 0; turn < 8; turn += 1) {
    assert.deepEqual(await client.getWhoami(), identity);
  }
};

await scenario("api-key-stamper signs with node's crypto", signsIn("node"));
await scenario("api-key-stamper signs with WebCrypto, as in a browser", signsIn("browser"));
await scenario("api-key-stamper signs in pure JavaScript", signsIn("purejs"));

await scenario("wallet-stamper signs with an Ethereum wallet, and the wallet acts", async () => {
  const wallet = ethereumWallet();
  const id = await asExtraKey(wallet);
  const client = clientWith(wallet.stamper, home.id);
  assert.deepEqual(await client.getWhoami(), identity);
  const { apiKey } = await client.getApiKey({ apiKeyId: id });
  assert.deepEqual(apiKey.credential, { publicKey: wallet.publicKey, type: "CREDENTIAL_TYPE_API_KEY_SECP256K1" });
  const { activity } = await client.createApiKeys({ userId: owner.id, apiKeys: [asParameter(newKey(), "clé 🔑")] });
  assert.equal(activity.status, "ACTIVITY_STATUS_COMPLETED");
  assert.equal(activity.votes[0].scheme, "SIGNATURE_SCHEME_TK_API_SECP256K1_EIP191");
  assert.equal(activity.votes[0].publicKey, wallet.publicKey);
});

await scenario("wallet-stamper signs with a Solana wallet, and the wallet acts", async () => {
  const wallet = solanaWallet();
  const id = await asExtraKey(wallet);
  const client = clientWith(wallet.stamper, home.id);
  assert.deepEqual(await client.getWhoami(), identity);
  const { apiKey } = await client.getApiKey({ apiKeyId: id });
  assert.deepEqual(apiKey.credential, { publicKey: wallet.publicKey, type: "CREDENTIAL_TYPE_API_KEY_ED25519" });
  const { activity } = await client.createApiKeys({ userId: owner.id, apiKeys: [asParameter(newKey(), "clé 🔑")] });
  assert.equal(activity.status, "ACTIVITY_STATUS_COMPLETED");
  assert.equal(activity.votes[0].scheme, "SIGNATURE_SCHEME_TK_API_ED25519");
  assert.equal(activity.votes[0].publicKey, wallet.publicKey);
});

await scenario("http signs with wallets too", async () => {
  const wallet = ethereumWallet();
  await asExtraKey(wallet);
  const client = new TurnkeyClient({ baseUrl: server.url }, wallet.stamper);
  assert.deepEqual(await client.getWhoami({ organizationId: home.id }), identity);
});

await scenario("http and its deprecated fetchers say who calls", async () => {
  assert.deepEqual(await httpClientOf(owner.key).getWhoami({ organizationId: home.id }), identity);
  init({ apiPublicKey: owner.key.publicKey, apiPrivateKey: owner.key.privateKey, baseUrl: server.url });
  assert.deepEqual(await TurnkeyApi.getWhoami({ body: { organizationId: home.id } }), identity);
});

await scenario("a request stamped now is good when it is sent by others", async () => {
  for (const stamped of [
    await owner.client.stampGetWhoami({}),
    await httpClientOf(owner.key).stampGetWhoami({ organizationId: home.id }),
  ]) {
    assert.deepEqual(await send(stamped), { status: 200, reply: identity });
  }
  const { sealedBody, xStamp } = await sealAndStampRequestBody({
    body: { organizationId: home.id },
    apiPublicKey: owner.key.publicKey,
    apiPrivateKey: owner.key.privateKey,
  });
  const stamp = { stampHeaderName: "X-Stamp", stampHeaderValue: xStamp };
  assert.deepEqual(await send({ url: server.url + WHOAMI, body: sealedBody, stamp }), { status: 200, reply: identity });
});

await scenario("a base URL that ends in a slash makes other paths, which are not there", async () => {
  const client = new TurnkeyClient({ baseUrl: `${server.url}/` }, stamperOf(owner.key));
  await assert.rejects(client.getWhoami({ organizationId: home.id }), /Not Found/);
});

await scenario("the vote on an activity is the stamp, and crypto verifies it", async () => {
  const stamped = await owner.client.stampCreateApiKeys({ userId: owner.id, apiKeys: [asParameter(newKey())] });
  const { reply } = await send(stamped);
  const [vote] = reply.activity.votes;
  const stamp = JSON.parse(Buffer.from(stamped.stamp.stampHeaderValue, "base64url"));
  assert.equal(vote.message, stamped.body);
  assert.equal(vote.signature, stamp.signature);
  assert.equal(vote.scheme, "SIGNATURE_SCHEME_TK_API_P256");
  assert.equal(await verifyStampSignature(vote.publicKey, vote.signature, vote.message), true);
});

await scenario("a body changed after it was stamped is refused", async () => {
  const stamped = await owner.client.stampGetWhoami({});
  const { status, reply } = await send({ ...stamped, body: stamped.body.replace("}", " }") });
  assert.equal(status, 401);
  assert.equal(reply.code, 16);
  assert.match(reply.message, /^could not verify api key signature/);
  assert.equal(reply.turnkeyErrorCode, "SIGNATURE_INVALID");
});

await scenario("a stamp by another key under this key's name is refused", async () => {
  const other = stamperOf(newKey());
  const forger = {
    stamp: async (payload) => {
      const { stampHeaderName, stampHeaderValue } = await other.stamp(payload);
      const stamp = JSON.parse(Buffer.from(stampHeaderValue, "base64url"));
      const forged = JSON.stringify({ ...stamp, publicKey: owner.key.publicKey });
      return { stampHeaderName, stampHeaderValue: Buffer.from(forged).toString("base64url") };
    },
  };
  const text = /^could not verify api key signature/;
  await refused(clientWith(forger, home.id).getWhoami(), 16, text, "SIGNATURE_INVALID");
});

await scenario("under a scheme of another curve the key is another key, which is unknown", async () => {
  const wallet = ethereumWallet();
  await asExtraKey(wallet);
  const confused = {
    stamp: async (payload) => {
      const { stampHeaderName, stampHeaderValue } = await wallet.stamper.stamp(payload);
      const stamp = JSON.parse(Buffer.from(stampHeaderValue, "base64url"));
      const changed = JSON.stringify({ ...stamp, scheme: "SIGNATURE_SCHEME_TK_API_P256" });
      return { stampHeaderName, stampHeaderValue: Buffer.from(changed).toString("base64url") };
    },
  };
  const text = /could not find public key in organization or its parent organization/;
  await refused(clientWith(confused, home.id).getUsers(), 16, text, "PUBLIC_KEY_NOT_FOUND");
});

await scenario("an unknown key is told so: in a parent, in a sub-organization, and by whoami's reverse look-up", async () => {
  const key = newKey();
  const inParent = `organizationId=${server.organizationId} publicKey=${key.publicKey}`;
  const inSubOrganization = `organizationId=${home.id} publicKey=${key.publicKey}`;
  const forCore = "could not find public key in organization or its parent organization";
  await refused(
    clientOf(key).getUsers(),
    16,
    `could not find public key in organization ${inParent}: ${forCore}`,
    "PUBLIC_KEY_NOT_FOUND",
  );
  await refused(
    clientOf(key, home.id).getUsers(),
    16,
    `could not find public key in organization or its parent organization ${inSubOrganization}`,
    "PUBLIC_KEY_NOT_FOUND",
  );
  await refused(
    clientOf(key).getWhoami(),
    16,
    `public key could not be found in organization or its parent organization ${inParent}: ${forCore}`,
    "PUBLIC_KEY_NOT_FOUND",
  );
});

await scenario("no stamp, an empty one, one that is none", async () => {
  const body = { organizationId: home.id };
  const fixed = (stampHeaderValue) => ({ stamp: async () => ({ stampHeaderName: "X-Stamp", stampHeaderValue }) });
  const missing = await post(WHOAMI, body);
  assert.equal(missing.status, 401);
  assert.equal(missing.reply.turnkeyErrorCode, "SIGNATURE_MISSING");
  assert.match(missing.reply.message, /^no valid authentication signature found for request/);
  await refused(clientWith(fixed("?"), home.id).getWhoami(), 16, /^malformed activity stamp/, "UNAUTHENTICATED");
  const text = /^could not extract api key stamp/;
  await refused(clientWith(fixed(""), home.id).getWhoami(), 16, text, "UNAUTHENTICATED");
  await refused(clientWith(fixed("e30"), home.id).getWhoami(), 16, text, "UNAUTHENTICATED");
});

await scenario("the sub-organization's user comes before the parent's with the same key", async () => {
  const { subOrganizationId, rootUserIds } = await root.client.createSubOrganization({
    subOrganizationName: "Shared key",
    rootQuorumThreshold: 1,
    rootUsers: [asUser("twin", [{ publicKey: root.publicKey, curveType: "API_KEY_CURVE_P256" }])],
  });
  const there = await root.client.getWhoami({ organizationId: subOrganizationId });
  assert.deepEqual([there.userId, there.organizationId], [rootUserIds[0], subOrganizationId]);
  assert.equal((await root.client.getWhoami()).userId, server.userId);
});

await scenario("a key in two sub-organizations is ambiguous under the parent's id", async () => {
  const key = newKey();
  const subOrganizationIds = [];
  for (const name of ["one", "two"]) {
    const { subOrganizationId } = await root.client.createSubOrganization({
      subOrganizationName: name,
      rootQuorumThreshold: 1,
      rootUsers: [asUser(name, [key])],
    });
    subOrganizationIds.push(subOrganizationId);
  }
  const text = `more than one suborg associated with a public key publicKey=${key.publicKey}`;
  await refused(clientOf(key).getWhoami(), 16, text, "CREDENTIAL_CONFLICT");
  for (const organizationId of subOrganizationIds) {
    assert.equal((await clientOf(key).getWhoami({ organizationId })).organizationId, organizationId);
  }
});

await scenario("older bodies are stamped as they stand: member order and white space do not matter", async () => {
  const body = `{ "parameters" : {"apiKeys":[${JSON.stringify(asParameter(newKey()))}],  "userId":"${owner.id}"},
    "timestampMs":"${now()}","type":"ACTIVITY_TYPE_CREATE_API_KEYS_V2","organizationId":"${home.id}"}`;
  const { status, reply } = await post("/public/v1/submit/create_api_keys", body, stamperOf(owner.key));
  assert.equal(status, 200);
  assert.equal(reply.activity.votes[0].message, body);
});
