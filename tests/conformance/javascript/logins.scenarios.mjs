// stamp_login: a key of the client's becomes a session, and a JWT says so. By sdk-server and http here, by browsers'
// clients in core.scenarios.mjs and sdk_browser.scenarios.mjs.

import assert from "node:assert/strict";

import { generateP256KeyPair, verifySessionJwtSignature } from "@turnkey/crypto";

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
  outOfScope,
  post,
  refused,
  root,
  server,
  solanaWallet,
  stamperOf,
} from "./clients.mjs";
import { scenario } from "./scenario.mjs";

const PATH = "/public/v1/submit/stamp_login";
const LOGIN = "CREDENTIAL_TYPE_LOGIN";
const home = await newOrganization();
const [owner] = home.users;
const { notarizer } = await (await fetch(`${server.url}/.well-known/counterseal`)).json();

/** What a JWT says, read as browser clients read it: `atob` knows no `-` and no `_`. */
const claimsOf = (jwt) => JSON.parse(atob(jwt.split(".")[1]));

/** A login by `client`: its new key, the JWT and what it says. */
async function login(client, more = {}) {
  const key = newKey();
  const { session, activity } = await client.stampLogin({ publicKey: key.publicKey, ...more });
  return { key, session, activity, claims: claimsOf(session) };
}

const loginKeysOf = async ({ id, client }) =>
  (await client.getApiKeys({ userId: id })).apiKeys.filter((key) => key.credential.type === LOGIN);

await scenario("the JWT is the notarizer's, and describes the session", async () => {
  const user = await newUser(home);
  const { key, session, claims } = await login(user.client);
  assert.equal(await verifySessionJwtSignature(session, notarizer), true);
  assert.equal(await verifySessionJwtSignature(session, generateP256KeyPair().publicKeyUncompressed), false);
  const [header, payload, signature] = session.split(".");
  const forged = Buffer.from(JSON.stringify({ ...claims, user_id: owner.id })).toString("base64url");
  assert.equal(await verifySessionJwtSignature([header, forged, signature].join("."), notarizer), false);
  assert.match(payload, /^[A-Za-z0-9]+$/);
  const { exp, ...rest } = claims;
  assert.deepEqual(rest, {
    public_key: key.publicKey,
    session_type: "SESSION_TYPE_READ_WRITE",
    user_id: user.id,
    organization_id: home.id,
  });
  const inSeconds = exp - Date.now() / 1000;
  assert.ok(inSeconds > 890 && inSeconds <= 900, String(inSeconds));
});

await scenario("the key acts, and is a login key", async () => {
  const user = await newUser(home);
  const { key, activity } = await login(user.client, { expirationSeconds: "60" });
  assert.equal(activity.type, "ACTIVITY_TYPE_STAMP_LOGIN");
  assert.deepEqual(activity.intent, { stampLoginIntent: { publicKey: key.publicKey, expirationSeconds: "60" } });
  const client = clientOf(key, home.id);
  assert.equal((await client.getWhoami()).userId, user.id);
  const { apiKeyIds } = await client.createApiKeys({ userId: user.id, apiKeys: [asParameter(newKey())] });
  assert.equal(apiKeyIds.length, 1);
  const [apiKey] = await loginKeysOf(user);
  assert.deepEqual(apiKey.credential, { publicKey: key.publicKey, type: LOGIN });
  assert.equal(apiKey.expirationSeconds, "60");
  assert.match(apiKey.apiKeyName, /^Login Session - \d{10}$/);
});

await scenario("http logs in", async () => {
  const key = newKey();
  const { activity } = await httpClientOf(owner.key).stampLogin({
    type: "ACTIVITY_TYPE_STAMP_LOGIN",
    timestampMs: now(),
    organizationId: home.id,
    parameters: { publicKey: key.publicKey },
  });
  assert.equal(activity.status, "ACTIVITY_STATUS_COMPLETED");
  assert.equal(claimsOf(activity.result.stampLoginResult.session).user_id, owner.id);
  assert.equal((await httpClientOf(key).getWhoami({ organizationId: home.id })).userId, owner.id);
});

await scenario("wallets log in under the parent's id, and the JWT names their own organization", async () => {
  for (const wallet of [ethereumWallet(), solanaWallet()]) {
    const user = await newUser(home);
    await user.client.createApiKeys({ userId: user.id, apiKeys: [asParameter(wallet)] });
    const { key, claims, activity } = await login(clientWith(wallet.stamper, server.organizationId));
    assert.deepEqual([claims.organization_id, claims.user_id], [home.id, user.id]);
    assert.equal(activity.organizationId, home.id);
    const whoami = await clientOf(key, server.organizationId).getWhoami();
    assert.deepEqual([whoami.organizationId, whoami.userId], [home.id, user.id]);
  }
});

await scenario("one of a quorum of two logs in alone", async () => {
  const shared = await newOrganization({ rootUsers: 3, threshold: 2 });
  const [ann] = shared.users;
  const { key, activity } = await login(ann.client);
  assert.equal(activity.status, "ACTIVITY_STATUS_COMPLETED");
  assert.equal((await clientOf(key, shared.id).getWhoami()).userId, ann.id);
});

await scenario("invalidateExisting ends that user's logins, and nothing else", async () => {
  const [user, bystander] = [await newUser(home), await newUser(home)];
  const target = generateP256KeyPair().publicKeyUncompressed;
  const { apiKeyId } = await user.client.createReadWriteSession({ targetPublicKey: target });
  const [one, two] = [await login(user.client), await login(user.client)];
  const theirs = await login(bystander.client);
  const last = await login(clientOf(one.key, home.id), { invalidateExisting: true });
  assert.deepEqual((await loginKeysOf(user)).map((key) => key.credential.publicKey), [last.key.publicKey]);
  assert.deepEqual((await loginKeysOf(bystander)).map((key) => key.credential.publicKey), [theirs.key.publicKey]);
  assert.equal((await user.client.getApiKey({ apiKeyId })).apiKey.apiKeyId, apiKeyId);
  for (const { key } of [one, two]) {
    const gone = /^could not find public key in organization or its parent organization/;
    await refused(clientOf(key, home.id).getWhoami(), 16, gone, "PUBLIC_KEY_NOT_FOUND");
  }
});

await scenario("a key that lives here already is in the way, unless the login replaces it", async () => {
  const user = await newUser(home);
  const { key } = await login(user.client);
  for (const taken of [key, user.key, owner.key]) {
    const text = `public key ${taken.publicKey} already exists in organization ${home.id}`;
    await refused(user.client.stampLogin({ publicKey: taken.publicKey }), 6, text, "");
  }
  const again = { publicKey: key.publicKey, expirationSeconds: "60", invalidateExisting: true };
  await user.client.stampLogin(again);
  const [apiKey] = await loginKeysOf(user);
  assert.deepEqual([apiKey.credential.publicKey, apiKey.expirationSeconds], [key.publicKey, "60"]);
});

await scenario("keys and lifetimes that are no good", async () => {
  const { publicKey, publicKeyUncompressed } = generateP256KeyPair();
  await refused(owner.client.stampLogin({}), 3, "invalid request body: missing field `publicKey`");
  for (const bad of ["", "02", `02${"f".repeat(64)}`, publicKeyUncompressed, solanaWallet().publicKey]) {
    await refused(owner.client.stampLogin({ publicKey: bad }), 3, /^invalid `publicKey`/);
  }
  for (const bad of ["0", "-1", "forever", "3153600001"]) {
    const call = owner.client.stampLogin({ publicKey, expirationSeconds: bad });
    await refused(call, 3, /^invalid api key expiration/);
  }
  const profile = "3f0b1d6e-9c9b-4d5b-8c35-0a2f0c1d9e77";
  await refused(owner.client.stampLogin({ publicKey, sessionProfileId: profile }), 5, /unable to find session profile/, "");
});

await scenario("the parent may not log in to its sub-organizations", async () => {
  const call = root.client.stampLogin({ organizationId: home.id, publicKey: newKey().publicKey });
  await refused(call, 3, /^organization mismatch/, "ORGANIZATION_MISMATCH");
});

await scenario("the same bytes again are the same session", async () => {
  const { publicKey } = newKey();
  const body = JSON.stringify({
    type: "ACTIVITY_TYPE_STAMP_LOGIN",
    timestampMs: now(),
    organizationId: home.id,
    parameters: { publicKey },
  });
  const first = await post(PATH, body, stamperOf(owner.key));
  const second = await post(PATH, body, stamperOf(owner.key));
  assert.equal(first.status, 200);
  assert.deepEqual(second.reply.activity.result, first.reply.activity.result);
});

await scenario("a session with a profile may ask for what its scope says", async () => {
  const scope = "activity.kind in ['CREATE_USER_TAG', 'STAMP_LOGIN', 'WHOAMI']";
  const sessionProfileName = `tagging ${now()}`;
  const made = await root.client.createSessionProfile({ sessionProfileName, scope, expirationSeconds: "60" });
  const { sessionProfile } = await owner.client.getSessionProfile({ sessionProfileId: made.sessionProfileId });
  assert.equal(sessionProfile.scope, scope);
  const { sessionProfiles } = await owner.client.getSessionProfiles({});
  assert.ok(sessionProfiles.some((each) => each.sessionProfileId === made.sessionProfileId));
  const { key, claims } = await login(owner.client, { sessionProfileId: made.sessionProfileId });
  assert.equal(claims.session_type, sessionProfileName);
  assert.deepEqual([claims.session_profile_id, claims.scope], [made.sessionProfileId, scope]);
  const session = clientOf(key, home.id);
  assert.equal((await session.getWhoami({})).userId, owner.id);
  await session.createUserTag({ userTagName: `by a session ${now()}`, userIds: [] });
  await outOfScope(session.getUsers({}));
  await outOfScope(session.updateOrganizationName({ organizationName: "x" }));
  const unknown = "3f0b1d6e-9c9b-4d5b-8c35-0a2f0c1d9e77";
  await refused(owner.client.getSessionProfile({ sessionProfileId: unknown }), 5, /unable to find session profile/, "");
  await outOfScope(session.getSessionProfiles({}));
  const bad = { sessionProfileName: "bad", scope: "maybe" };
  await refused(root.client.createSessionProfile(bad), 3, /^invalid session profile scope: line 1, column 1/);
  const next = await login(session);
  assert.equal(next.claims.session_profile_id, made.sessionProfileId);
});
