// create_api_keys (both versions), delete_api_keys, get_api_key, get_api_keys.

import assert from "node:assert/strict";

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
  sleep,
  solanaWallet,
  stamperOf,
} from "./clients.mjs";
import { scenario } from "./scenario.mjs";

const PATH = "/public/v1/submit/create_api_keys";
const NOBODY = "3f0b1d6e-9c9b-4d5b-8c35-0a2f0c1d9e77";
const home = await newOrganization();
const [owner] = home.users;
const create = (apiKeys, userId = owner.id, client = owner.client) => client.createApiKeys({ userId, apiKeys });
const keysOf = async (user) => (await user.client.getApiKeys({ userId: user.id })).apiKeys;

await scenario("keys on three curves in one request, ids in its order, each key at work", async () => {
  const user = await newUser(home);
  const credentials = [newKey(), ethereumWallet(), solanaWallet()];
  const { apiKeyIds, activity } = await create(
    credentials.map((credential, at) => asParameter(credential, `key ${at}`, at ? {} : { expirationSeconds: "3600" })),
    user.id,
    user.client,
  );
  assert.equal(activity.type, "ACTIVITY_TYPE_CREATE_API_KEYS_V2");
  assert.deepEqual(Object.keys(activity.intent), ["createApiKeysIntentV2"]);
  assert.deepEqual(activity.result, { createApiKeysResult: { apiKeyIds } });
  const types = ["CREDENTIAL_TYPE_API_KEY_P256", "CREDENTIAL_TYPE_API_KEY_SECP256K1", "CREDENTIAL_TYPE_API_KEY_ED25519"];
  for (const [at, apiKeyId] of apiKeyIds.entries()) {
    const { apiKey } = await user.client.getApiKey({ apiKeyId });
    const { createdAt, updatedAt, ...rest } = apiKey;
    assert.deepEqual(rest, {
      apiKeyId,
      apiKeyName: `key ${at}`,
      credential: { publicKey: credentials[at].publicKey, type: types[at] },
      ...(at ? {} : { expirationSeconds: "3600" }),
    });
    assert.match(createdAt.seconds, /^\d+$/);
    assert.match(updatedAt.nanos, /^\d+$/);
  }
  for (const stamper of [stamperOf(credentials[0]), credentials[1].stamper, credentials[2].stamper]) {
    assert.equal((await clientWith(stamper, home.id).getWhoami()).userId, user.id);
  }
});

await scenario("http creates a key and reads it", async () => {
  const client = httpClientOf(owner.key);
  const { activity } = await client.createApiKeys({
    type: "ACTIVITY_TYPE_CREATE_API_KEYS_V2",
    timestampMs: now(),
    organizationId: home.id,
    parameters: { userId: owner.id, apiKeys: [asParameter(newKey(), "by http")] },
    generateAppProofs: true,
  });
  const [apiKeyId] = activity.result.createApiKeysResult.apiKeyIds;
  const { apiKey } = await client.getApiKey({ organizationId: home.id, apiKeyId });
  assert.equal(apiKey.apiKeyName, "by http");
  const { apiKeys } = await client.getApiKeys({ organizationId: home.id, userId: owner.id });
  assert.ok(apiKeys.some((each) => each.apiKeyId === apiKeyId));
});

await scenario("the first version has no curve and means P-256", async () => {
  const key = newKey();
  const body = {
    type: "ACTIVITY_TYPE_CREATE_API_KEYS",
    timestampMs: now(),
    organizationId: home.id,
    parameters: {
      userId: owner.id,
      apiKeys: [{ apiKeyName: "first version", publicKey: key.publicKey, expirationSeconds: "600" }],
    },
  };
  const { status, reply } = await post(PATH, body, stamperOf(owner.key));
  assert.equal(status, 200);
  assert.equal(reply.activity.type, "ACTIVITY_TYPE_CREATE_API_KEYS");
  assert.deepEqual(reply.activity.intent, { createApiKeysIntent: body.parameters });
  const [apiKeyId] = reply.activity.result.createApiKeysResult.apiKeyIds;
  const { apiKey } = await owner.client.getApiKey({ apiKeyId });
  assert.equal(apiKey.credential.type, "CREDENTIAL_TYPE_API_KEY_P256");
  assert.equal((await clientOf(key, home.id).getWhoami()).userId, owner.id);
});

await scenario("a user manages its own keys and nobody else's", async () => {
  const user = await newUser(home);
  const { apiKeyIds } = await create([asParameter(newKey())], user.id, user.client);
  const { apiKeyIds: deleted } = await user.client.deleteApiKeys({ userId: user.id, apiKeyIds });
  assert.deepEqual(deleted, apiKeyIds);
  const error = await create([asParameter(newKey())], owner.id, user.client).then(assert.fail, (reason) => reason);
  assert.equal(error.name, "TurnkeyRequestError");
  assert.equal(error.code, 7);
  assert.ok(error.message.startsWith("Turnkey error 7: You don't have sufficient permissions to take this action."));
  assert.deepEqual(error.details, [
    {
      "@type": "type.googleapis.com/errors.v1.PolicyEnginePermissionError",
      message: "No policies evaluated to outcome: Allow",
      policyEvaluations: [],
    },
  ]);
});

await scenario("a missing member is named as clients know it", async () => {
  const { apiKeyName, ...nameless } = asParameter(newKey());
  await refused(owner.client.createApiKeys({ apiKeys: [] }), 3, "invalid request body: missing field `userId`");
  await refused(owner.client.createApiKeys({ userId: owner.id }), 3, /parameters\.apiKeys/);
  await refused(create([nameless]), 3, /^invalid request body: missing field `apiKeyName` at `parameters\.apiKeys\[0\]/);
});

await scenario("values that are no good are refused: list, user id, curve, point, name, lifetime", async () => {
  const key = newKey();
  const bad = (change) => create([{ ...asParameter(key), ...change }]);
  await refused(create([]), 3, /parameters\.apiKeys/);
  await refused(create([asParameter(key)], "root"), 3, /userId/);
  await refused(bad({ curveType: "API_KEY_CURVE_P384" }), 3, /API_KEY_CURVE_P384/);
  await refused(bad({ publicKey: `02${"ff".repeat(32)}` }), 3, /apiKeys\[0\]\.publicKey/);
  await refused(bad({ publicKey: solanaWallet().publicKey }), 3, /apiKeys\[0\]\.publicKey/);
  await refused(bad({ apiKeyName: "" }), 3, /apiKeys\[0\]\.apiKeyName/);
  for (const expirationSeconds of ["0", "-1", "soon", "1.5"]) {
    await refused(bad({ expirationSeconds }), 3, /^invalid api key expiration/);
  }
});

await scenario("one bad key among good ones: none is created", async () => {
  const before = await keysOf(owner);
  await refused(create([asParameter(newKey()), { ...asParameter(newKey()), publicKey: "02" }]), 3, /apiKeys\[1\]/);
  assert.deepEqual(await keysOf(owner), before);
});

await scenario("an unknown user, an unknown key", async () => {
  await refused(
    create([asParameter(newKey())], NOBODY),
    5,
    `unable to find user ${NOBODY} in organization ${home.id}`,
    "",
  );
  await refused(owner.client.deleteApiKeys({ userId: owner.id, apiKeyIds: [NOBODY] }), 5, new RegExp(NOBODY), "");
  await refused(owner.client.getApiKey({ apiKeyId: NOBODY }), 5, new RegExp(NOBODY), "");
  const text = `unable to find user ${NOBODY} in organization ${home.id}`;
  await refused(owner.client.getApiKeys({ userId: NOBODY }), 5, text, "");
});

await scenario("a public key that lives in the organization already", async () => {
  await refused(create([asParameter(owner.key)]), 6, new RegExp(`public key ${owner.key.publicKey}`), "");
  const twice = newKey();
  await refused(create([asParameter(twice), asParameter(twice)]), 6, new RegExp(twice.publicKey), "");
});

await scenario("the eleventh long-lived key is refused", async () => {
  const user = await newUser(home);
  await create(Array.from({ length: 9 }, () => asParameter(newKey())), user.id, user.client);
  const eleventh = create([asParameter(newKey())], user.id, user.client);
  await refused(eleventh, 8, /^user has exceeded maximum long-lived api keys/, "");
  assert.equal((await keysOf(user)).length, 10);
});

await scenario("the eleventh expiring key pushes the oldest out; eleven at once are refused", async () => {
  const user = await newUser(home);
  const expiring = () => asParameter(newKey(), "expiring", { expirationSeconds: "900" });
  const first = await create(Array.from({ length: 10 }, expiring), user.id, user.client);
  const { apiKeyIds } = await create([expiring()], user.id, user.client);
  const left = (await keysOf(user)).filter((key) => key.expirationSeconds).map((key) => key.apiKeyId);
  assert.deepEqual(left, [...first.apiKeyIds.slice(1), ...apiKeyIds]);
  const eleven = create(Array.from({ length: 11 }, expiring), user.id, user.client);
  await refused(eleven, 8, /^user has exceeded maximum short-lived api keys/, "");
});

await scenario("an expired key is told so in the words by which clients end a session", async () => {
  const user = await newUser(home);
  const key = newKey();
  await create([asParameter(key, "brief", { expirationSeconds: "1" })], user.id, user.client);
  await sleep(1100);
  const text =
    "authentication failed: rpc error: code = Unauthenticated desc = expired api key" + ` publicKey=${key.publicKey}`;
  await refused(clientOf(key, home.id).getWhoami(), 16, text, "API_KEY_EXPIRED");
  await refused(create([asParameter(newKey())], user.id, clientOf(key, home.id)), 16, text, "API_KEY_EXPIRED");
  await create([asParameter(key, "again")], user.id, user.client); // an expired holder yields
  assert.equal((await clientOf(key, home.id).getWhoami()).userId, user.id);
});

await scenario("a deleted key is unknown at once, even the one that asked", async () => {
  const user = await newUser(home);
  const key = newKey();
  const { apiKeyIds } = await create([asParameter(key)], user.id, user.client);
  const client = clientOf(key, home.id);
  assert.deepEqual((await client.deleteApiKeys({ userId: user.id, apiKeyIds })).apiKeyIds, apiKeyIds);
  const where = `organizationId=${home.id} publicKey=${key.publicKey}`;
  await refused(
    client.getWhoami(),
    16,
    `could not find public key in organization or its parent organization ${where}`,
    "PUBLIC_KEY_NOT_FOUND",
  );
});

await scenario("the last lasting credential stays", async () => {
  const user = await newUser(home);
  const [{ apiKeyId }] = await keysOf(user);
  await create([asParameter(newKey(), "expiring", { expirationSeconds: "900" })], user.id, user.client);
  const last = user.client.deleteApiKeys({ userId: user.id, apiKeyIds: [apiKeyId] });
  await refused(last, 3, `user missing valid credential: ${user.id}`);
  await refused(user.client.deleteApiKeys({ userId: user.id, apiKeyIds: [] }), 3, /apiKeyIds/);
});

await scenario("without a user, get_api_keys lists those of the whole organization", async () => {
  const { users } = await owner.client.getUsers();
  const { apiKeys } = await owner.client.getApiKeys();
  assert.deepEqual(apiKeys, users.flatMap((user) => user.apiKeys));
});

await scenario("an id in capitals is the same id", async () => {
  const shouting = clientOf(owner.key, home.id.toUpperCase());
  assert.equal((await shouting.getApiKeys({ userId: owner.id.toUpperCase() })).apiKeys[0].apiKeyName, "root-1 1");
  const { activity } = await create([asParameter(newKey())], owner.id.toUpperCase(), shouting);
  assert.equal(activity.organizationId, home.id);
});

await scenario("malformed and unknown organizations", async () => {
  const malformed = "malformed organization ID provided";
  await refused(clientOf(owner.key, "home").getApiKeys(), 3, malformed, "INVALID_ORGANIZATION_ID");
  const unknown = `no organization found with the given ID ${NOBODY}`;
  await refused(clientOf(owner.key, NOBODY).getApiKeys(), 5, unknown, "ORGANIZATION_NOT_FOUND");
  const lost = clientOf(owner.key, NOBODY);
  await refused(create([asParameter(newKey())], owner.id, lost), 5, unknown, "ORGANIZATION_NOT_FOUND");
});

await scenario("a type of another path is refused", async () => {
  const body = {
    type: "ACTIVITY_TYPE_CREATE_USERS_V4",
    timestampMs: now(),
    organizationId: home.id,
    parameters: { userId: owner.id, apiKeys: [asParameter(newKey())] },
  };
  const { status, reply } = await post(PATH, body, stamperOf(owner.key));
  assert.equal(status, 400);
  assert.equal(reply.code, 3);
  assert.match(reply.message, /^bad request body: found type `ACTIVITY_TYPE_CREATE_USERS_V4`/);
});

await scenario("members that the contract does not know are passed over", async () => {
  const { activity } = await owner.client.createApiKeys({
    userId: owner.id,
    apiKeys: [{ ...asParameter(newKey()), colour: "blue" }],
    generateAppProofs: true,
  });
  assert.equal(activity.status, "ACTIVITY_STATUS_COMPLETED");
  assert.deepEqual(activity.appProofs, []);
  assert.deepEqual(Object.keys(activity.intent.createApiKeysIntentV2).sort(), ["apiKeys", "userId"]);
});

await scenario("a number stands for a lifetime, null for none", async () => {
  const keys = [
    asParameter(newKey(), "number", { expirationSeconds: 120 }),
    asParameter(newKey(), "null", { expirationSeconds: null }),
  ];
  const { apiKeyIds, activity } = await create(keys);
  const [number, none] = await Promise.all(apiKeyIds.map((apiKeyId) => owner.client.getApiKey({ apiKeyId })));
  assert.equal(number.apiKey.expirationSeconds, "120");
  assert.ok(!("expirationSeconds" in none.apiKey));
  const shown = activity.intent.createApiKeysIntentV2.apiKeys;
  assert.equal(shown[0].expirationSeconds, "120");
  assert.ok(!("expirationSeconds" in shown[1]));
});
