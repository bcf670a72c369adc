// create_read_only_session and X-Session: for an hour the token reads what its user may read, and does nothing else.

import assert from "node:assert/strict";

import {
  asParameter,
  clientOf,
  clientWith,
  httpClientOf,
  newKey,
  newOrganization,
  newUser,
  now,
  refused,
  root,
  server,
  stamperOf,
} from "./clients.mjs";
import { scenario } from "./scenario.mjs";

const home = await newOrganization();
const [owner] = home.users;

/** Where a client would stamp, the token goes along. */
const bearer = (token) => ({ stamp: async () => ({ stampHeaderName: "X-Session", stampHeaderValue: token }) });

/** `@turnkey/sdk-server`, reading by a token. */
const readerOf = (token, organizationId = home.id) => clientWith(bearer(token), organizationId);

await scenario("a session says whose it is and until when, and reads as its user", async () => {
  const user = await newUser(home);
  const { activity, session, sessionExpiry, ...whose } = await user.client.createReadOnlySession({});
  assert.deepEqual(whose, { organizationId: home.id, organizationName: "Family", userId: user.id, username: "plain" });
  const inSeconds = Number(sessionExpiry) - Date.now() / 1000;
  assert.ok(inSeconds > 3590 && inSeconds <= 3600, String(inSeconds));
  assert.equal(activity.type, "ACTIVITY_TYPE_CREATE_READ_ONLY_SESSION");
  assert.deepEqual(activity.intent, { createReadOnlySessionIntent: {} });
  const reader = readerOf(session);
  assert.deepEqual(await reader.getWhoami(), whose);
  const { users } = await reader.getUsers();
  assert.ok(users.some(({ userId }) => userId === owner.id));
  assert.equal((await reader.getUser({ userId: user.id })).user.userName, "plain");
  assert.equal((await reader.getActivity({ activityId: activity.id })).activity.id, activity.id);
});

await scenario("http makes one too", async () => {
  const { activity } = await httpClientOf(owner.key).createReadOnlySession({
    type: "ACTIVITY_TYPE_CREATE_READ_ONLY_SESSION",
    timestampMs: now(),
    organizationId: home.id,
    parameters: {},
  });
  const { session } = activity.result.createReadOnlySessionResult;
  assert.equal((await readerOf(session).getWhoami()).userId, owner.id);
});

await scenario("under the parent's id the session is of the user's own organization", async () => {
  const user = await newUser(home);
  const made = await clientOf(user.key, server.organizationId).createReadOnlySession({});
  assert.deepEqual([made.organizationId, made.userId], [home.id, user.id]);
  const whoami = await readerOf(made.session, server.organizationId).getWhoami();
  assert.deepEqual([whoami.organizationId, whoami.userId], [home.id, user.id]);
  const text = /^the read-only session is not one of organization/;
  await refused(readerOf(made.session, server.organizationId).getUsers(), 16, text, "UNAUTHENTICATED");
});

await scenario("the parent's session reads its sub-organizations", async () => {
  const { session } = await root.client.createReadOnlySession({});
  const { users } = await readerOf(session).getUsers();
  assert.ok(users.some(({ userId }) => userId === owner.id));
  assert.equal((await readerOf(session).getWhoami()).userId, server.userId);
});

await scenario("it does nothing", async () => {
  const { session } = await owner.client.createReadOnlySession({});
  const reader = readerOf(session);
  const text = /^cannot authenticate public API activity request without a stamp \(X-Stamp\/X-Stamp-Webauthn header\)/;
  for (const call of [
    () => reader.createApiKeys({ userId: owner.id, apiKeys: [asParameter(newKey())] }),
    () => reader.createReadOnlySession({}),
    () => reader.stampLogin({ publicKey: newKey().publicKey }),
    () => reader.deleteSubOrganization({ deleteWithoutExport: true }),
  ]) {
    await refused(call(), 16, text, "SIGNATURE_MISSING");
  }
});

await scenario("the token is shown to its user's stamp, and to nobody else", async () => {
  const user = await newUser(home);
  const { activity, session } = await user.client.createReadOnlySession({});
  const seenBy = async (client) => {
    const reply = await client.getActivity({ organizationId: home.id, activityId: activity.id });
    const { activities } = await client.getActivities({ organizationId: home.id, paginationOptions: { limit: "100" } });
    const listed = activities.find(({ id }) => id === activity.id);
    const results = [reply.activity, listed].map((each) => each.result.createReadOnlySessionResult);
    assert.deepEqual({ ...results[0], session: "" }, results[1], "a list shows it to nobody");
    assert.equal(results[0].userId, user.id);
    return results[0].session;
  };
  assert.equal(await seenBy(user.client), session);
  assert.equal(await seenBy(owner.client), "");
  assert.equal(await seenBy(root.client), "");
  assert.equal(await seenBy(readerOf(session)), "");
});

await scenario("a token that is none, one that was changed, and one of a user who is gone", async () => {
  const user = await newUser(home);
  const { session } = await user.client.createReadOnlySession({});
  const changed = (session[0] === "A" ? "B" : "A") + session.slice(1);
  for (const token of ["none", changed, `${session}A`, session.slice(0, -1), server.publicKey]) {
    await refused(readerOf(token).getWhoami(), 16, /^malformed read-only session/, "UNAUTHENTICATED");
  }
  await owner.client.deleteUsers({ userIds: [user.id] });
  await refused(readerOf(session).getUsers(), 16, /^could not find the user of the read-only session/, "UNAUTHENTICATED");
});

await scenario("a stamp beside it counts, even a bad one", async () => {
  const user = await newUser(home);
  const { session } = await user.client.createReadOnlySession({});
  const ask = async (key) => {
    const body = JSON.stringify({ organizationId: home.id });
    const { stampHeaderName, stampHeaderValue } = await stamperOf(key).stamp(body);
    const headers = { "Content-Type": "application/json", "X-Session": session, [stampHeaderName]: stampHeaderValue };
    const response = await fetch(`${server.url}/public/v1/query/whoami`, { method: "POST", headers, body });
    return response.json();
  };
  assert.equal((await ask(owner.key)).userId, owner.id);
  assert.equal((await ask(newKey())).turnkeyErrorCode, "PUBLIC_KEY_NOT_FOUND");
});

await scenario("nobody makes one for another organization", async () => {
  const call = root.client.createReadOnlySession({ organizationId: home.id });
  await refused(call, 3, /^organization mismatch/, "ORGANIZATION_MISMATCH");
  const stranger = clientOf(newKey(), home.id).createReadOnlySession({});
  await refused(stranger, 16, /^could not find public key in organization or its parent/, "PUBLIC_KEY_NOT_FOUND");
});
