// create_read_write_session (both versions): a key made by the server, sealed to the client, opened by `@turnkey/crypto`.

import assert from "node:assert/strict";

import { decryptCredentialBundle, generateP256KeyPair, getPublicKey } from "@turnkey/crypto";

import {
  asParameter,
  clientOf,
  clientWith,
  ethereumWallet,
  httpClientOf,
  newKey,
  newOrganization,
  newUser,
  now,
  post,
  refused,
  root,
  server,
  sleep,
  stamperOf,
} from "./clients.mjs";
import { scenario } from "./scenario.mjs";

const PATH = "/public/v1/submit/create_read_write_session";
const SESSION = "CREDENTIAL_TYPE_READ_WRITE_SESSION_KEY_P256";
const home = await newOrganization();
const [owner] = home.users;

/** The session's key out of its bundle, as an API key. */
function opened(credentialBundle, target) {
  const privateKey = decryptCredentialBundle(credentialBundle, target.privateKey);
  return { privateKey, publicKey: Buffer.from(getPublicKey(privateKey, true)).toString("hex") };
}

/** A session asked for by `client`: its reply and its key. */
async function openSession(client, more = {}) {
  const target = generateP256KeyPair();
  const reply = await client.createReadWriteSession({ targetPublicKey: target.publicKeyUncompressed, ...more });
  return { ...reply, key: opened(reply.credentialBundle, target) };
}

const sessionsOf = async (user) =>
  (await user.client.getApiKeys({ userId: user.id })).apiKeys.filter((key) => key.credential.type === SESSION);

await scenario("without a user the session is the caller's, and its key acts", async () => {
  const user = await newUser(home);
  const session = await openSession(user.client);
  const { organizationId, organizationName, userId, username } = session;
  assert.deepEqual(
    { organizationId, organizationName, userId, username },
    { organizationId: home.id, organizationName: "Family", userId: user.id, username: "plain" },
  );
  const client = clientOf(session.key, home.id);
  assert.deepEqual(await client.getWhoami(), { organizationId, organizationName, userId, username });
  const { apiKeyIds } = await client.createApiKeys({ userId, apiKeys: [asParameter(newKey())] });
  assert.equal(apiKeyIds.length, 1);
  const { apiKey } = await client.getApiKey({ apiKeyId: session.apiKeyId });
  assert.deepEqual(apiKey.credential, { publicKey: session.key.publicKey, type: SESSION });
  assert.equal(apiKey.expirationSeconds, "900");
  assert.match(apiKey.apiKeyName, /^Read Write Session - \d{10}$/);
});

await scenario("the activity shows what was asked for and what came of it", async () => {
  const { activity, ...session } = await openSession(owner.client, { apiKeyName: "evening", expirationSeconds: "60" });
  assert.equal(activity.type, "ACTIVITY_TYPE_CREATE_READ_WRITE_SESSION_V2");
  const { targetPublicKey, ...intent } = activity.intent.createReadWriteSessionIntentV2;
  assert.match(targetPublicKey, /^04[0-9a-f]{128}$/);
  assert.deepEqual(intent, { apiKeyName: "evening", expirationSeconds: "60" });
  const { key, ...result } = session;
  assert.deepEqual(activity.result, { createReadWriteSessionResultV2: result });
  const { apiKey } = await owner.client.getApiKey({ apiKeyId: session.apiKeyId });
  assert.equal(apiKey.apiKeyName, "evening");
  assert.equal(apiKey.expirationSeconds, "60");
});

await scenario("http opens a session", async () => {
  const target = generateP256KeyPair();
  const { activity } = await httpClientOf(owner.key).createReadWriteSession({
    type: "ACTIVITY_TYPE_CREATE_READ_WRITE_SESSION_V2",
    timestampMs: now(),
    organizationId: home.id,
    parameters: { targetPublicKey: target.publicKeyUncompressed, userId: owner.id },
  });
  const { credentialBundle } = activity.result.createReadWriteSessionResultV2;
  const client = httpClientOf(opened(credentialBundle, target));
  assert.equal((await client.getWhoami({ organizationId: home.id })).userId, owner.id);
});

await scenario("a wallet opens a session", async () => {
  const wallet = ethereumWallet();
  await owner.client.createApiKeys({ userId: owner.id, apiKeys: [asParameter(wallet)] });
  const { key } = await openSession(clientWith(wallet.stamper, home.id));
  assert.equal((await clientOf(key, home.id).getWhoami()).userId, owner.id);
});

await scenario("the first version finds its user by e-mail", async () => {
  const user = await newUser(home, { userEmail: "Ada@example.com" });
  const target = generateP256KeyPair();
  const body = {
    type: "ACTIVITY_TYPE_CREATE_READ_WRITE_SESSION",
    timestampMs: now(),
    organizationId: home.id,
    parameters: { targetPublicKey: target.publicKeyUncompressed, email: "ada@example.com" },
  };
  const { status, reply } = await post(PATH, body, stamperOf(user.key));
  assert.equal(status, 200, reply.message);
  assert.equal(reply.activity.type, "ACTIVITY_TYPE_CREATE_READ_WRITE_SESSION");
  assert.deepEqual(reply.activity.intent, { createReadWriteSessionIntent: body.parameters });
  const { credentialBundle, userId } = reply.activity.result.createReadWriteSessionResult;
  assert.equal(userId, user.id);
  assert.equal((await clientOf(opened(credentialBundle, target), home.id).getWhoami()).userId, user.id);
  const stranger = { ...body, parameters: { ...body.parameters, email: "nobody@example.com" } };
  const missing = await post(PATH, stranger, stamperOf(user.key));
  assert.equal(missing.status, 404);
  assert.equal(missing.reply.code, 5);
});

await scenario("a compressed target key will do", async () => {
  const target = generateP256KeyPair();
  const reply = await owner.client.createReadWriteSession({ targetPublicKey: target.publicKey });
  assert.equal((await clientOf(opened(reply.credentialBundle, target), home.id).getWhoami()).userId, owner.id);
});

await scenario("only the target's private key opens the bundle", async () => {
  const { credentialBundle } = await openSession(owner.client);
  assert.throws(() => decryptCredentialBundle(credentialBundle, newKey().privateKey), /Error decrypting bundle/);
});

await scenario("another user's session: the root quorum may, a plain user may not", async () => {
  const user = await newUser(home);
  const session = await openSession(owner.client, { userId: user.id });
  assert.equal((await clientOf(session.key, home.id).getWhoami()).userId, user.id);
  const error = await openSession(user.client, { userId: owner.id }).then(assert.fail, (reason) => reason);
  assert.equal(error.code, 7);
  assert.match(error.message, /^Turnkey error 7: You don't have sufficient permissions to take this action\./);
});

await scenario("invalidateExisting ends that user's sessions, and nothing else", async () => {
  const [user, bystander] = [await newUser(home), await newUser(home)];
  const expiring = asParameter(newKey(), "expiring", { expirationSeconds: "900" });
  await user.client.createApiKeys({ userId: user.id, apiKeys: [expiring] });
  const [one, two] = [await openSession(user.client), await openSession(user.client)];
  const theirs = await openSession(bystander.client);
  const last = await openSession(user.client, { invalidateExisting: true });
  assert.deepEqual((await sessionsOf(user)).map((key) => key.apiKeyId), [last.apiKeyId]);
  assert.deepEqual((await sessionsOf(bystander)).map((key) => key.apiKeyId), [theirs.apiKeyId]);
  const { apiKeys } = await user.client.getApiKeys({ userId: user.id });
  assert.ok(apiKeys.some((key) => key.credential.publicKey === expiring.publicKey));
  for (const { key } of [one, two]) {
    const where = `organizationId=${home.id} publicKey=${key.publicKey}`;
    await refused(
      clientOf(key, home.id).getWhoami(),
      16,
      `could not find public key in organization or its parent organization ${where}`,
      "PUBLIC_KEY_NOT_FOUND",
    );
  }
});

await scenario("an expired session is told so in the words by which clients end it", async () => {
  const { key } = await openSession(owner.client, { expirationSeconds: "1" });
  await sleep(1100);
  const text = `authentication failed: rpc error: code = Unauthenticated desc = expired api key publicKey=${key.publicKey}`;
  await refused(clientOf(key, home.id).getWhoami(), 16, text, "API_KEY_EXPIRED");
  await refused(openSession(clientOf(key, home.id)), 16, text, "API_KEY_EXPIRED");
});

await scenario("sessions count as expiring keys: the eleventh pushes the oldest out", async () => {
  const user = await newUser(home);
  const ids = [];
  for (let at = 0; at < 11; at += 1) {
    ids.push((await openSession(user.client)).apiKeyId);
  }
  assert.deepEqual((await sessionsOf(user)).map((key) => key.apiKeyId), ids.slice(1));
});

await scenario("under the parent's id the caller is found in its sub-organization", async () => {
  const user = await newUser(home);
  const client = clientOf(user.key, server.organizationId);
  const session = await openSession(client);
  assert.equal(session.organizationId, home.id);
  assert.equal(session.userId, user.id);
  assert.equal(session.activity.organizationId, home.id);
  const whoami = await clientOf(session.key, server.organizationId).getWhoami();
  assert.deepEqual([whoami.organizationId, whoami.userId], [home.id, user.id]);
  const { activity } = await user.client.getActivity({ activityId: session.activity.id });
  assert.equal(activity.fingerprint, session.activity.fingerprint);
});

await scenario("the parent may not open sessions in its sub-organizations", async () => {
  const target = generateP256KeyPair().publicKeyUncompressed;
  const text =
    `organization mismatch: request is targeting organization ("${home.id}"),` +
    ` but voters are in organization ("${server.organizationId}")`;
  for (const userId of [undefined, owner.id]) {
    const call = root.client.createReadWriteSession({ organizationId: home.id, targetPublicKey: target, userId });
    await refused(call, 3, text, "ORGANIZATION_MISMATCH");
  }
});

await scenario("targets, names and lifetimes that are no good", async () => {
  const target = generateP256KeyPair().publicKeyUncompressed;
  const ask = (parameters) => owner.client.createReadWriteSession(parameters);
  await refused(ask({}), 3, "invalid request body: missing field `targetPublicKey`");
  await refused(ask({ targetPublicKey: "04" }), 3, /^invalid `targetPublicKey`/);
  await refused(ask({ targetPublicKey: `04${"1".repeat(128)}` }), 3, /^invalid `targetPublicKey`/);
  await refused(ask({ targetPublicKey: target, apiKeyName: "" }), 3, /apiKeyName/);
  await refused(ask({ targetPublicKey: target, apiKeyName: "x".repeat(256) }), 3, /apiKeyName/);
  await refused(ask({ targetPublicKey: target, expirationSeconds: "0" }), 3, /^invalid api key expiration/);
  const nobody = "3f0b1d6e-9c9b-4d5b-8c35-0a2f0c1d9e77";
  const text = `unable to find user ${nobody} in organization ${home.id}`;
  await refused(ask({ targetPublicKey: target, userId: nobody }), 5, text, "");
});
