// The activity itself: its shape, its fingerprint, the same bytes again, get_activity, list_activities, the time window.

import assert from "node:assert/strict";

import { computeActivityFingerprint } from "@turnkey/crypto";
import { createActivityPoller } from "@turnkey/http";

import {
  asParameter,
  asUser,
  clientOf,
  httpClientOf,
  newKey,
  newOrganization,
  newUser,
  now,
  post,
  refused,
  root,
  send,
  stamperOf,
} from "./clients.mjs";
import { scenario } from "./scenario.mjs";

const NOBODY = "3f0b1d6e-9c9b-4d5b-8c35-0a2f0c1d9e77";
const CREATE_API_KEYS = "/public/v1/submit/create_api_keys";
const COMPLETED = "ACTIVITY_STATUS_COMPLETED";
const MINUTE = 60_000;
const home = await newOrganization();
const [owner] = home.users;

const newKeyFor = (user, more = {}) => ({ userId: user.id, apiKeys: [asParameter(newKey())], ...more });
const newestFirst = (ids) => [...ids].sort().reverse();

await scenario("an activity has every member that the contract names", async () => {
  const stamped = await owner.client.stampCreateApiKeys(newKeyFor(owner));
  const { reply } = await send(stamped);
  const { activity } = reply;
  const { id, createdAt, updatedAt, intent, result, votes, ...rest } = activity;
  assert.deepEqual(rest, {
    organizationId: home.id,
    status: COMPLETED,
    type: "ACTIVITY_TYPE_CREATE_API_KEYS_V2",
    appProofs: [],
    fingerprint: computeActivityFingerprint(stamped.body),
    canApprove: false,
    canReject: true,
    failure: null,
  });
  assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.deepEqual(Object.keys(result), ["createApiKeysResult"]);
  assert.deepEqual(intent, { createApiKeysIntentV2: JSON.parse(stamped.body).parameters });
  for (const time of [createdAt, updatedAt]) {
    assert.deepEqual(Object.keys(time), ["seconds", "nanos"]);
    assert.ok(Math.abs(Number(time.seconds) - Date.now() / 1000) < 60);
    assert.equal(typeof time.nanos, "string");
  }
  const [{ id: voteId, createdAt: votedAt, signature, user, ...vote }] = votes;
  assert.deepEqual(vote, {
    userId: owner.id,
    activityId: id,
    selection: "VOTE_SELECTION_APPROVED",
    message: stamped.body,
    publicKey: owner.key.publicKey,
    scheme: "SIGNATURE_SCHEME_TK_API_P256",
  });
  assert.equal(user.userId, owner.id);
  assert.deepEqual([user.authenticators, user.oauthProviders, user.userTags, user.mfaPolicies], [[], [], [], []]);
  assert.deepEqual((await owner.client.getActivity({ activityId: id })).activity, activity);
});

await scenario("a vote shows its user as of the vote", async () => {
  const user = await newUser(home);
  const { activity } = await user.client.createApiKeys(newKeyFor(user));
  await user.client.createApiKeys(newKeyFor(user));
  const later = await user.client.getActivity({ activityId: activity.id });
  assert.equal(later.activity.votes[0].user.apiKeys.length, 1);
  assert.equal((await user.client.getUser({ userId: user.id })).user.apiKeys.length, 3);
});

await scenario("the same bytes again are the same activity, and nothing happens twice", async () => {
  const user = await newUser(home);
  const stamped = await user.client.stampCreateApiKeys(newKeyFor(user));
  const first = await send(stamped);
  assert.equal(first.status, 200);
  assert.deepEqual(await send(stamped), first);
  const fresh = { ...stamped, stamp: await stamperOf(user.key, "node").stamp(stamped.body) };
  assert.notEqual(fresh.stamp.stampHeaderValue, stamped.stamp.stampHeaderValue);
  assert.deepEqual(await send(fresh), first);
  assert.equal((await user.client.getUser({ userId: user.id })).user.apiKeys.length, 2);
});

await scenario("another timestamp makes another activity", async () => {
  const user = await newUser(home);
  const lifetime = { expirationSeconds: "900" };
  const parameters = (at) => newKeyFor(user, { apiKeys: [asParameter(newKey(), "key", lifetime)], timestampMs: at });
  const at = Date.now();
  const [one, two] = [
    await user.client.createApiKeys(parameters(String(at))),
    await user.client.createApiKeys(parameters(String(at + 1))),
  ];
  assert.notEqual(one.activity.id, two.activity.id);
});

await scenario("timestamps: up to an hour old, up to five minutes ahead", async () => {
  const at = (offset) => owner.client.createApiKeys(
    newKeyFor(owner, {
      apiKeys: [asParameter(newKey(), "key", { expirationSeconds: "900" })],
      timestampMs: String(Date.now() + offset),
    }),
  );
  for (const offset of [-59 * MINUTE, 4 * MINUTE]) {
    assert.equal((await at(offset)).activity.status, COMPLETED);
  }
  for (const offset of [-60 * MINUTE, 6 * MINUTE]) {
    await refused(at(offset), 3, /^invalid request timestamp: timestampMs \d+ is \d+ seconds (old|ahead)/);
  }
  await refused(owner.client.createApiKeys(newKeyFor(owner, { timestampMs: "soon" })), 3, /^invalid request timestamp/);
});

await scenario("http's poller returns the finished activity", async () => {
  const client = httpClientOf(owner.key);
  const activity = await createActivityPoller({ client, requestFn: client.createApiKeys })({
    type: "ACTIVITY_TYPE_CREATE_API_KEYS_V2",
    timestampMs: now(),
    organizationId: home.id,
    parameters: newKeyFor(owner, { apiKeys: [asParameter(newKey(), "key", { expirationSeconds: "900" })] }),
  });
  assert.equal(activity.status, COMPLETED);
  assert.equal((await client.getActivity({ organizationId: home.id, activityId: activity.id })).activity.id, activity.id);
});

await scenario("a poll that names no organization finds the stamping key's", async () => {
  const user = await newUser(home);
  const { activity } = await user.client.createApiKeys(newKeyFor(user));
  const polled = await post("/public/v1/query/get_activity", { activityId: activity.id }, stamperOf(user.key));
  assert.equal(polled.status, 200, polled.reply.message);
  assert.deepEqual(polled.reply.activity, activity);
});

await scenario("unknown and malformed activities", async () => {
  await refused(owner.client.getActivity({ activityId: NOBODY }), 5, new RegExp(NOBODY), "");
  await refused(owner.client.getActivity({ activityId: "last" }), 3, /activityId/);
  await refused(owner.client.getActivity({}), 3, "invalid request body: missing field `activityId`");
  const sister = await newOrganization();
  const { activity } = await sister.users[0].client.createApiKeys(newKeyFor(sister.users[0]));
  await refused(owner.client.getActivity({ activityId: activity.id }), 5, new RegExp(activity.id), "");
});

await scenario("a denied activity is kept: the same refusal for ever, FAILED in the list", async () => {
  const user = await newUser(home);
  const stamped = await user.client.stampCreateApiKeys(newKeyFor(owner));
  const first = await send(stamped);
  assert.equal(first.status, 403);
  assert.equal(first.reply.code, 7);
  assert.equal(first.reply.turnkeyErrorCode, "");
  assert.deepEqual(await send(stamped), first);
  const byOwner = { ...stamped, stamp: await stamperOf(owner.key).stamp(stamped.body) };
  assert.deepEqual(await send(byOwner), first);
  const { activities } = await owner.client.getActivities({ filterByStatus: ["ACTIVITY_STATUS_FAILED"] });
  const [denied] = activities.filter((each) => each.fingerprint === computeActivityFingerprint(stamped.body));
  assert.equal(denied.failure.code, 7);
  assert.equal(denied.failure.message, first.reply.message);
  assert.deepEqual(denied.result, {});
  assert.equal(denied.votes.length, 1);
});

await scenario("list_activities: newest first, ten unless told, in pages both ways", async () => {
  const { id, users } = await newOrganization();
  const [reader] = users;
  const ids = [];
  for (let at = 0; at < 12; at += 1) {
    const keys = [asParameter(newKey(), "key", { expirationSeconds: "900" })];
    ids.push((await reader.client.createApiKeys({ userId: reader.id, apiKeys: keys })).activity.id);
  }
  const expected = newestFirst(ids);
  const list = async (paginationOptions) =>
    (await reader.client.getActivities({ paginationOptions })).activities.map((each) => each.id);
  assert.deepEqual(await list(undefined), expected.slice(0, 10));
  assert.deepEqual(await list({ limit: "100" }), expected);
  assert.deepEqual(await list({ limit: "5" }), expected.slice(0, 5));
  assert.deepEqual(await list({ limit: "5", after: expected[4] }), expected.slice(5, 10));
  assert.deepEqual(await list({ limit: "5", after: expected[9] }), expected.slice(10));
  assert.deepEqual(await list({ after: expected[11] }), []);
  assert.deepEqual(await list({ limit: "5", before: expected[3] }), expected.slice(0, 3));
  assert.deepEqual(await list({ before: expected[0] }), []);
  for (const limit of ["0", "101", "ten"]) {
    await refused(reader.client.getActivities({ paginationOptions: { limit } }), 3, /paginationOptions\.limit/);
  }
  await refused(reader.client.getActivities({ paginationOptions: { after: "x" } }), 3, /paginationOptions\.after/);
  const byHttp = await httpClientOf(reader.key).getActivities({ organizationId: id, paginationOptions: { limit: "1" } });
  assert.deepEqual(byHttp.activities.map((each) => each.id), expected.slice(0, 1));
});

await scenario("list_activities filters by status and by type, versions apart, both at once", async () => {
  const { id, users } = await newOrganization();
  const [reader] = users;
  const plain = await newUser({ id, users });
  const keys = await reader.client.createApiKeys(newKeyFor(reader));
  const old = await post(
    CREATE_API_KEYS,
    {
      type: "ACTIVITY_TYPE_CREATE_API_KEYS",
      timestampMs: now(),
      organizationId: id,
      parameters: { userId: reader.id, apiKeys: [{ apiKeyName: "old", publicKey: newKey().publicKey }] },
    },
    stamperOf(reader.key),
  );
  await plain.client.createApiKeys(newKeyFor(reader)).then(assert.fail, () => undefined);
  const types = async (filter) => (await reader.client.getActivities(filter)).activities.map((each) => each.type);
  const [v1, v2] = ["ACTIVITY_TYPE_CREATE_API_KEYS", "ACTIVITY_TYPE_CREATE_API_KEYS_V2"];
  assert.deepEqual((await types({})).sort(), [v1, v2, v2, "ACTIVITY_TYPE_CREATE_USERS_V4"]);
  assert.deepEqual(await types({ filterByType: [v1] }), [v1]);
  assert.deepEqual((await types({ filterByType: [v1, v2] })).sort(), [v1, v2, v2]);
  assert.deepEqual(await types({ filterByStatus: ["ACTIVITY_STATUS_FAILED"] }), [v2]);
  const both = { filterByStatus: [COMPLETED, "ACTIVITY_STATUS_PENDING"], filterByType: [v2] };
  const { activities } = await reader.client.getActivities(both);
  assert.deepEqual(activities.map((each) => each.id), [keys.activity.id]);
  assert.deepEqual(await types({ filterByStatus: ["ACTIVITY_STATUS_CREATED"] }), []);
  assert.equal(old.reply.activity.type, v1);
  await refused(reader.client.getActivities({ filterByStatus: ["DONE"] }), 3, /filterByStatus/);
  await refused(reader.client.getActivities({ filterByType: ["PARTY"] }), 3, /filterByType/);
});

await scenario("a parent's activities are not its sub-organizations'", async () => {
  const rootUsers = [asUser("head", [newKey()])];
  const created = await root.client.createSubOrganization({
    subOrganizationName: "Apart",
    rootQuorumThreshold: 1,
    rootUsers,
  });
  const { activities } = await root.client.getActivities({
    organizationId: created.subOrganizationId,
    filterByType: ["ACTIVITY_TYPE_CREATE_SUB_ORGANIZATION_V8"],
  });
  assert.deepEqual(activities, []);
});

await scenario("bodies that cannot be read", async () => {
  const stamper = stamperOf(owner.key);
  const whoami = "/public/v1/query/whoami";
  for (const body of ["", "[]", "{", `{"organizationId":"${home.id}","organizationId":"${home.id}"}`]) {
    const { status, reply } = await post(whoami, body, stamper);
    assert.deepEqual([status, reply.code, reply.turnkeyErrorCode], [400, 3, "REQUEST_INVALID"], body);
  }
  const { status, reply } = await post(whoami, `{"organizationId":"${home.id}","x":"${"x".repeat(1 << 20)}"}`, stamper);
  assert.deepEqual([status, reply.code], [413, 3]);
});

await scenario("an unknown path, a known path without behaviour", async () => {
  const lost = await post("/public/v1/query/whoareyou", {}, stamperOf(owner.key));
  assert.deepEqual([lost.status, lost.reply.code], [404, 5]);
  const text = "/public/v1/query/list_tvc_apps is not implemented";
  await refused(clientOf(owner.key, home.id).getTvcApps({}), 12, text, "");
});
