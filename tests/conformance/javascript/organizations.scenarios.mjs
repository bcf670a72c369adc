// create_sub_organization, create_users, update_root_quorum; list_suborgs, list_users, get_user, whoami; who reads where.

import assert from "node:assert/strict";

import { server as actions } from "@turnkey/sdk-server";

import {
  asParameter,
  asUser,
  clientOf,
  ethereumWallet,
  httpClientOf,
  newKey,
  newOrganization,
  newUser,
  now,
  refused,
  root,
  server,
} from "./clients.mjs";
import { scenario } from "./scenario.mjs";

const NOBODY = "3f0b1d6e-9c9b-4d5b-8c35-0a2f0c1d9e77";

const subOrganization = (more = {}) => ({
  subOrganizationName: "Household",
  rootQuorumThreshold: 1,
  rootUsers: [asUser("head", [newKey()])],
  ...more,
});

await scenario("a sub-organization with two root users, ids in the order of the request", async () => {
  const keys = [newKey(), newKey()];
  const rootUsers = [
    asUser("first", [keys[0]], { userEmail: "first@example.com" }),
    asUser("second", [keys[1]], { userPhoneNumber: "+13214567890" }),
  ];
  const reply = await root.client.createSubOrganization(subOrganization({ rootUsers, rootQuorumThreshold: 2 }));
  const { activity, subOrganizationId, rootUserIds } = reply;
  assert.equal(activity.type, "ACTIVITY_TYPE_CREATE_SUB_ORGANIZATION_V8");
  assert.equal(activity.organizationId, server.organizationId);
  assert.deepEqual(activity.result, { createSubOrganizationResultV8: { subOrganizationId, rootUserIds } });
  assert.equal("wallet" in reply, false);
  for (const [at, key] of keys.entries()) {
    const whoami = await clientOf(key, subOrganizationId).getWhoami();
    assert.deepEqual(whoami, {
      organizationId: subOrganizationId,
      organizationName: "Household",
      userId: rootUserIds[at],
      username: ["first", "second"][at],
    });
  }
});

await scenario("http creates a sub-organization", async () => {
  const client = httpClientOf(root);
  const { activity } = await client.createSubOrganization({
    type: "ACTIVITY_TYPE_CREATE_SUB_ORGANIZATION_V8",
    timestampMs: now(),
    organizationId: server.organizationId,
    parameters: subOrganization(),
  });
  const { subOrganizationId } = activity.result.createSubOrganizationResultV8;
  const { users } = await client.getUsers({ organizationId: subOrganizationId });
  assert.deepEqual(users.map((user) => user.userName), ["head"]);
});

await scenario("sub-organizations that are no good", async () => {
  const create = (more) => root.client.createSubOrganization(subOrganization(more));
  const { rootQuorumThreshold, ...thresholdless } = subOrganization();
  await refused(
    root.client.createSubOrganization(thresholdless),
    3,
    "invalid request body: missing field `rootQuorumThreshold`",
  );
  await refused(create({ rootQuorumThreshold: 0 }), 3, /^quorum threshold must be non-zero integer/);
  await refused(create({ rootQuorumThreshold: 2 }), 3, /^quorum threshold/);
  await refused(create({ rootUsers: [] }), 3, /parameters\.rootUsers/);
  await refused(create({ rootUsers: [asUser("bare", [])] }), 3, /^user missing valid credential/);
  const badEmail = asUser("badly reachable", [newKey()], { userEmail: "nowhere" });
  await refused(create({ rootUsers: [badEmail] }), 3, /^invalid email address/, "INVALID_EMAIL");
  const badPhone = asUser("badly reachable", [newKey()], { userPhoneNumber: "0123" });
  await refused(create({ rootUsers: [badPhone] }), 3, /userPhoneNumber/);
  const brief = { ...asUser("brief", []), apiKeys: [asParameter(newKey(), "brief", { expirationSeconds: "60" })] };
  await refused(create({ rootUsers: [brief] }), 3, /^user missing valid credential/);
  const crowd = Array.from({ length: 101 }, (_, at) => asUser(`user ${at}`, [newKey()]));
  await refused(create({ rootUsers: crowd }), 8, /^organization has exceeded maximum users/, "");
});

await scenario("a sub-organization has none of its own", async () => {
  const home = await newOrganization();
  const text = /only a parent may create sub-organizations$/;
  await refused(home.users[0].client.createSubOrganization(subOrganization()), 3, text, "INVALID_ACTIVITY_CALLER");
});

await scenario("list_suborgs: newest first, in pages, by name, by public key", async () => {
  const name = `Listed ${now()}`;
  const key = newKey();
  const ids = [];
  for (let at = 0; at < 3; at += 1) {
    const rootUsers = [asUser("head", at === 1 ? [key, newKey()] : [newKey()])];
    const { subOrganizationId } = await root.client.createSubOrganization(
      subOrganization({ subOrganizationName: name, rootUsers }),
    );
    ids.unshift(subOrganizationId);
  }
  const list = async (query) => (await root.client.getSubOrgIds(query)).organizationIds;
  assert.deepEqual((await list({ paginationOptions: { limit: "3" } })).sort(), [...ids].sort());
  assert.deepEqual((await list({ filterType: "NAME", filterValue: name })).sort(), [...ids].sort());
  assert.deepEqual(await list({ filterType: "NAME", filterValue: "No such name" }), []);
  assert.deepEqual(await list({ filterType: "PUBLIC_KEY", filterValue: key.publicKey }), [ids[1]]);
  assert.deepEqual(await list({ filterType: "PUBLIC_KEY", filterValue: newKey().publicKey }), []);
  assert.deepEqual(await actions.getSuborgs({ filterType: "NAME", filterValue: "No such name" }), {
    organizationIds: [],
  });

  const pages = [];
  let after;
  do {
    const page = await list({ filterType: "NAME", filterValue: name, paginationOptions: { limit: "2", after } });
    pages.push(page);
    after = page.at(-1);
  } while (after);
  assert.deepEqual(pages.map((page) => page.length), [2, 1, 0]);
  assert.deepEqual(pages.flat().sort(), [...ids].sort());
  const before = await list({ filterType: "NAME", filterValue: name, paginationOptions: { before: pages[1][0] } });
  assert.deepEqual(before, pages[0]);

  await refused(root.client.getSubOrgIds({ filterType: "COLOUR", filterValue: "blue" }), 3, /filterType/);
  await refused(root.client.getSubOrgIds({ filterType: "NAME" }), 3, /filterValue/);
  await refused(root.client.getSubOrgIds({ paginationOptions: { limit: "101" } }), 3, /paginationOptions\.limit/);
});

await scenario("users with every kind of key; a user object has all its lists", async () => {
  const home = await newOrganization();
  const [owner] = home.users;
  const { userIds, activity } = await owner.client.createUsers({
    users: [
      asUser("ada", [newKey(), ethereumWallet()], { userEmail: "ada@example.com", userTags: [] }),
      asUser("grace", [newKey()], { userPhoneNumber: "+4912345678", userTags: [] }),
    ],
  });
  assert.equal(activity.type, "ACTIVITY_TYPE_CREATE_USERS_V4");
  assert.deepEqual(activity.result, { createUsersResult: { userIds } });
  const { user } = await owner.client.getUser({ userId: userIds[0] });
  const { apiKeys, createdAt, updatedAt, ...rest } = user;
  assert.deepEqual(rest, {
    userId: userIds[0],
    userName: "ada",
    userEmail: "ada@example.com",
    authenticators: [],
    oauthProviders: [],
    userTags: [],
    mfaPolicies: [],
    walletAuthenticators: [],
  });
  assert.deepEqual(apiKeys.map((key) => key.apiKeyName), ["ada 1", "ada 2"]);
  assert.deepEqual(createdAt, updatedAt);
  const { users } = await owner.client.getUsers();
  assert.deepEqual(users.map((each) => each.userName), ["root-1", "ada", "grace"]);
  assert.equal(users[2].userPhoneNumber, "+4912345678");
  assert.deepEqual((await actions.getUsers({ organizationId: home.id })).users, users);
});

await scenario("users that are no good: none of the request is created", async () => {
  const home = await newOrganization();
  const [owner] = home.users;
  const create = (users) => owner.client.createUsers({ users });
  const good = () => asUser("good", [newKey()], { userTags: [] });
  await refused(create([]), 3, /parameters\.users/);
  await refused(create([good(), { ...good(), userName: "" }]), 3, /users\[1\]\.userName/);
  const { userName, ...nameless } = good();
  await refused(create([good(), nameless]), 3, /^invalid request body: missing field `userName`/);
  await refused(create([good(), { ...good(), userEmail: "x" }]), 3, /^invalid email address/, "INVALID_EMAIL");
  await refused(create([good(), { ...good(), apiKeys: [] }]), 3, /^user missing valid credential/);
  await refused(create([good(), asUser("twin", [owner.key])]), 6, new RegExp(owner.key.publicKey), "");
  const key = newKey();
  await refused(create([asUser("one", [key]), asUser("two", [key])]), 6, new RegExp(key.publicKey), "");
  assert.equal((await owner.client.getUsers()).users.length, 1);
});

await scenario("the hundred and first user is refused", async () => {
  const home = await newOrganization();
  const [owner] = home.users;
  const crowd = Array.from({ length: 99 }, (_, at) => asUser(`user ${at}`, [newKey()]));
  await owner.client.createUsers({ users: crowd });
  const more = owner.client.createUsers({ users: [asUser("one too many", [newKey()])] });
  await refused(more, 8, /^organization has exceeded maximum users/, "");
});

await scenario("a user without authority creates nobody", async () => {
  const home = await newOrganization();
  const user = await newUser(home);
  const error = await user.client.createUsers({ users: [asUser("x", [newKey()])] }).then(assert.fail, (why) => why);
  assert.equal(error.code, 7);
  assert.match(error.message, /^Turnkey error 7: You don't have sufficient permissions to take this action\./);
});

await scenario("an unknown user", async () => {
  const unknown = `unable to find user ${NOBODY} in organization ${server.organizationId}`;
  await refused(root.client.getUser({ userId: NOBODY }), 5, unknown, "");
  await refused(root.client.getUser({ userId: "root" }), 3, /userId/);
  await refused(root.client.getUser({}), 3, "invalid request body: missing field `userId`");
});

await scenario("the parent reads everything in its sub-organization", async () => {
  const home = await newOrganization({ name: "Read by the parent" });
  const [owner] = home.users;
  const { activity } = await owner.client.createUsers({ users: [asUser("ada", [newKey()])] });
  const organizationId = home.id;
  const { users } = await root.client.getUsers({ organizationId });
  assert.deepEqual(users, (await owner.client.getUsers()).users);
  const [{ userId, apiKeys }] = users;
  assert.deepEqual((await root.client.getUser({ organizationId, userId })).user, users[0]);
  assert.deepEqual((await root.client.getApiKeys({ organizationId, userId })).apiKeys, apiKeys);
  const { apiKey } = await root.client.getApiKey({ organizationId, apiKeyId: apiKeys[0].apiKeyId });
  assert.deepEqual(apiKey, apiKeys[0]);
  const { activities } = await root.client.getActivities({ organizationId });
  assert.deepEqual(activities.map((each) => each.id), [activity.id]);
  assert.deepEqual([activities[0].canApprove, activities[0].canReject], [false, false]);
  // clients poll with an organization of their own
  for (const where of [{ organizationId }, {}]) {
    assert.equal((await root.client.getActivity({ ...where, activityId: activity.id })).activity.id, activity.id);
  }
  const whoami = await root.client.getWhoami({ organizationId });
  assert.deepEqual([whoami.organizationId, whoami.userId], [server.organizationId, server.userId]);
});

await scenario("the parent writes nothing there", async () => {
  const home = await newOrganization();
  const [owner] = home.users;
  const text =
    `organization mismatch: request is targeting organization ("${home.id}"),` +
    ` but voters are in organization ("${server.organizationId}")`;
  const organizationId = home.id;
  const [{ apiKeyId }] = (await owner.client.getApiKeys()).apiKeys;
  for (const call of [
    () => root.client.createUsers({ organizationId, users: [asUser("ada", [newKey()])] }),
    () => root.client.createApiKeys({ organizationId, userId: owner.id, apiKeys: [asParameter(newKey())] }),
    () => root.client.deleteApiKeys({ organizationId, userId: owner.id, apiKeyIds: [apiKeyId] }),
    () => root.client.updateRootQuorum({ organizationId, threshold: 1, userIds: [owner.id] }),
    () => root.client.approveActivity({ organizationId, fingerprint: `sha256:${"0".repeat(64)}` }),
    () => root.client.rejectActivity({ organizationId, fingerprint: `sha256:${"1".repeat(64)}` }),
  ]) {
    await refused(call(), 3, text, "ORGANIZATION_MISMATCH");
  }
});

await scenario("nobody else reads across: not a sister, not a child", async () => {
  const [home, sister] = [await newOrganization(), await newOrganization()];
  const { key } = home.users[0];
  const inSister = `organizationId=${sister.id} publicKey=${key.publicKey}`;
  const inParent = `organizationId=${server.organizationId} publicKey=${key.publicKey}`;
  const intoSister = clientOf(key, sister.id);
  const intoParent = clientOf(key, server.organizationId);
  const forCore = "could not find public key in organization or its parent organization";
  const long = `${forCore} ${inSister}`;
  const short = `could not find public key in organization ${inParent}: ${forCore}`;
  for (const call of ["getUsers", "getApiKeys", "getActivities", "getSubOrgIds", "getWhoami"]) {
    await refused(intoSister[call]({}), 16, long, "PUBLIC_KEY_NOT_FOUND");
  }
  for (const call of ["getUsers", "getApiKeys", "getActivities", "getSubOrgIds"]) {
    await refused(intoParent[call]({}), 16, short, "PUBLIC_KEY_NOT_FOUND");
  }
  const create = { users: [asUser("intruder", [newKey()])] };
  await refused(intoSister.createUsers(create), 16, long, "PUBLIC_KEY_NOT_FOUND");
  await refused(intoParent.createUsers(create), 16, short, "PUBLIC_KEY_NOT_FOUND");
});

await scenario("the root quorum changes hands", async () => {
  const home = await newOrganization();
  const [owner] = home.users;
  const heir = await newUser(home);
  const { activity } = await owner.client.updateRootQuorum({ threshold: 1, userIds: [heir.id] });
  assert.deepEqual(activity.intent, { updateRootQuorumIntent: { threshold: 1, userIds: [heir.id] } });
  assert.deepEqual(activity.result, { updateRootQuorumResult: {} });
  await heir.client.createUsers({ users: [asUser("by the heir", [newKey()])] });
  const error = await owner.client.createUsers({ users: [asUser("x", [newKey()])] }).then(assert.fail, (why) => why);
  assert.equal(error.code, 7);
});

await scenario("root quorums that nobody could meet are refused", async () => {
  const home = await newOrganization();
  const [owner] = home.users;
  const update = (threshold, userIds) => owner.client.updateRootQuorum({ threshold, userIds });
  await refused(update(0, [owner.id]), 3, /^quorum threshold must be non-zero integer/);
  await refused(update(2, [owner.id]), 3, /^quorum threshold/);
  await refused(update(1, [NOBODY]), 3, new RegExp(`^quorum users missing: ${NOBODY}`));
  await refused(update(1, [owner.id, owner.id]), 3, /^quorum users repeated/);
  await refused(update(1, []), 3, /./);
  await refused(owner.client.updateRootQuorum({ userIds: [owner.id] }), 3, /missing field `threshold`/);
});
