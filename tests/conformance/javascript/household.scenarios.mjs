// What an organization says of itself: name, features, configs, everything; how sub-organizations are found and end.

import assert from "node:assert/strict";

import { server as actions } from "@turnkey/sdk-server";

import {
  asParameter,
  asUser,
  clientOf,
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

const LOG_IN = ["EMAIL_RECOVERY", "EMAIL_AUTH", "SMS_AUTH", "OTP_EMAIL_AUTH"];
const features = (...names) => names.map((name) => ({ name: `FEATURE_NAME_${name}` }));

async function denied(call) {
  const error = await call.then(assert.fail, (reason) => reason);
  assert.equal(error.code, 7);
  assert.match(error.message, /^Turnkey error 7: You don't have sufficient permissions to take this action\./);
}

await scenario("an organization is renamed by its root quorum", async () => {
  const home = await newOrganization();
  const [owner] = home.users;
  const reply = await owner.client.updateOrganizationName({ organizationName: "Renamed" });
  const result = { organizationId: home.id, organizationName: "Renamed" };
  assert.deepEqual(reply.activity.result, { updateOrganizationNameResult: result });
  assert.equal((await owner.client.getWhoami()).organizationName, "Renamed");
  await refused(owner.client.updateOrganizationName({ organizationName: "" }), 3, /organizationName/);
  const user = await newUser(home);
  await denied(user.client.updateOrganizationName({ organizationName: "Mine" }));
});

await scenario("features are set, listed and removed", async () => {
  const home = await newOrganization();
  const [owner] = home.users;
  const set = (name, value) => owner.client.setOrganizationFeature({ name: `FEATURE_NAME_${name}`, value });
  const remove = (name) => owner.client.removeOrganizationFeature({ name: `FEATURE_NAME_${name}` });
  const { configs } = await owner.client.getOrganizationConfigs({});
  assert.deepEqual(configs, { features: features(...LOG_IN), quorum: { threshold: 1, userIds: [owner.id] } });

  const origins = { name: "FEATURE_NAME_WEBAUTHN_ORIGINS", value: "https://example.com,http://localhost:3000" };
  const { activity } = await set("WEBAUTHN_ORIGINS", origins.value);
  const all = [...features(...LOG_IN), origins];
  assert.deepEqual(activity.result, { setOrganizationFeatureResult: { features: all } });
  assert.deepEqual((await remove("SMS_AUTH")).features, all.filter((each) => each.name !== "FEATURE_NAME_SMS_AUTH"));
  assert.deepEqual((await set("SMS_AUTH", "")).features.at(-1), { name: "FEATURE_NAME_SMS_AUTH" });
  assert.equal((await owner.client.getOrganizationConfigs({})).configs.features.length, 5);

  await refused(set("WEBAUTHN_ORIGINS", "example.com"), 3, /`value`$/);
  await refused(set("WEBHOOK", "https://example.com/hook"), 12, /`FEATURE_NAME_WEBHOOK`/, "");
  await refused(set("TELEPATHY", ""), 3, /TELEPATHY/);
  await refused(remove("TELEPATHY"), 3, /TELEPATHY/);
  const user = await newUser(home);
  await denied(user.client.setOrganizationFeature({ name: "FEATURE_NAME_SMS_AUTH", value: "" }));
  await denied(user.client.removeOrganizationFeature({ name: "FEATURE_NAME_SMS_AUTH" }));
  const stranger = clientOf(newKey(), home.id);
  await refused(stranger.getOrganizationConfigs({}), 16, /^could not find public key/, "PUBLIC_KEY_NOT_FOUND");
});

await scenario("a way to log in that somebody needs stays", async () => {
  const home = await newOrganization();
  const [owner] = home.users;
  const { userIds } = await owner.client.createUsers({
    users: [asUser("by phone", [], { userPhoneNumber: "+13214567890", userTags: [] })],
  });
  const call = owner.client.removeOrganizationFeature({ name: "FEATURE_NAME_SMS_AUTH" });
  await refused(call, 3, `user missing valid credential: ${userIds[0]}`);
});

await scenario("http reads all that an organization consists of", async () => {
  const home = await newOrganization({ name: "Whole" });
  const [owner] = home.users;
  await owner.client.createUserTag({ userTagName: "team", userIds: [owner.id] });
  const client = httpClientOf(owner.key);
  const { organizationData } = await client.getOrganization({ organizationId: home.id });
  const { users, tags, ...rest } = organizationData;
  assert.deepEqual(users, (await owner.client.getUsers()).users);
  assert.deepEqual(tags, (await owner.client.listUserTags()).userTags);
  assert.deepEqual(rest, {
    organizationId: home.id,
    name: "Whole",
    policies: [],
    privateKeys: [],
    invitations: [],
    rootQuorum: { threshold: 1, userIds: [owner.id] },
    features: features(...LOG_IN),
    wallets: [],
    smartContractInterfaceReferences: [],
  });
  assert.deepEqual((await httpClientOf(root).getOrganization({ organizationId: home.id })).organizationData.users, users);
  const stranger = httpClientOf(newKey()).getOrganization({ organizationId: home.id });
  await refused(stranger, 16, /^could not find public key/, "PUBLIC_KEY_NOT_FOUND");
});

await scenario("sub-organizations are found by whoever is in them, in pages", async () => {
  const mark = now();
  const shared = newKey();
  const ids = [];
  for (let at = 0; at < 3; at += 1) {
    const head = asUser(`Head ${mark}`, [newKey()], {
      userEmail: `Head-${mark}@Example.com`,
      userPhoneNumber: `+1${mark.slice(-10).replace(/^0/, "9")}`,
    });
    head.apiKeys.push(asParameter(shared, "shared"));
    const created = await root.client.createSubOrganization({
      subOrganizationName: `Family ${mark}`,
      rootQuorumThreshold: 1,
      rootUsers: [head],
    });
    ids.unshift(created.subOrganizationId);
  }
  const list = async (filterType, filterValue, paginationOptions) =>
    (await root.client.getSubOrgIds({ filterType, filterValue, paginationOptions })).organizationIds;
  for (const [filterType, filterValue] of [
    ["NAME", `Family ${mark}`],
    ["USERNAME", `Head ${mark}`],
    ["EMAIL", `head-${mark}@example.com`],
    ["PHONE_NUMBER", `+1${mark.slice(-10).replace(/^0/, "9")}`],
    ["PUBLIC_KEY", shared.publicKey],
  ]) {
    assert.deepEqual(await list(filterType, filterValue), ids, filterType);
    assert.deepEqual(await list(filterType, filterValue, { limit: "2" }), ids.slice(0, 2));
    assert.deepEqual(await list(filterType, filterValue, { limit: "2", after: ids[1] }), ids.slice(2));
    assert.deepEqual(await list(filterType, filterValue, { limit: "1", before: ids[2] }), [ids[1]]);
  }
  assert.deepEqual(await list("CREDENTIAL_ID", "bm9uZQ"), []);
  assert.deepEqual((await actions.getSuborgs({ filterType: "EMAIL", filterValue: `HEAD-${mark}@EXAMPLE.COM` })), {
    organizationIds: ids,
  });
  await refused(root.client.getSubOrgIds({ filterType: "OIDC_TOKEN", filterValue: "x" }), 12, /OIDC_TOKEN/, "");
});

await scenario("no address is verified yet", async () => {
  const query = { filterType: "EMAIL", filterValue: "first@example.com" };
  assert.deepEqual((await root.client.getVerifiedSubOrgIds(query)).organizationIds, []);
  assert.deepEqual(await actions.getVerifiedSuborgs(query), { organizationIds: [] });
  await refused(root.client.getVerifiedSubOrgIds({ filterType: "NAME", filterValue: "x" }), 3, /filterType/);
});

await scenario("a sub-organization ends itself, and its parent reads what was", async () => {
  const home = await newOrganization({ name: "Short-lived" });
  const [owner] = home.users;
  const { activity, subOrganizationUuid } = await owner.client.deleteSubOrganization({ deleteWithoutExport: true });
  assert.equal(subOrganizationUuid, home.id);
  assert.equal(activity.status, "ACTIVITY_STATUS_COMPLETED");
  assert.equal(activity.organizationId, home.id);
  assert.equal(activity.votes[0].user.userName, "root-1");
  const gone = /^could not find public key in organization or its parent organization/;
  await refused(owner.client.getWhoami(), 16, gone, "PUBLIC_KEY_NOT_FOUND");
  await refused(owner.client.deleteSubOrganization({}), 16, gone, "PUBLIC_KEY_NOT_FOUND");
  const { activities } = await root.client.getActivities({ organizationId: home.id });
  assert.deepEqual(activities.map((each) => each.id), [activity.id]);
  assert.deepEqual((await root.client.getActivity({ activityId: activity.id })).activity.result, activity.result);
  assert.deepEqual((await root.client.getUsers({ organizationId: home.id })).users, []);
  const named = await root.client.getSubOrgIds({ filterType: "NAME", filterValue: "Short-lived" });
  assert.deepEqual(named.organizationIds, []);
});

await scenario("only its own root users end a sub-organization", async () => {
  const home = await newOrganization();
  const user = await newUser(home);
  await denied(user.client.deleteSubOrganization({}));
  const byParent = root.client.deleteSubOrganization({ organizationId: home.id });
  await refused(byParent, 3, /^organization mismatch/, "ORGANIZATION_MISMATCH");
  await refused(root.client.deleteSubOrganization({}), 3, new RegExp(`^organization ${server.organizationId} is not`));
});

await scenario("two root users end it together", async () => {
  const home = await newOrganization({ rootUsers: 2, threshold: 2 });
  const [first, second] = home.users;
  const { activity } = await first.client.deleteSubOrganization({});
  assert.equal(activity.status, "ACTIVITY_STATUS_CONSENSUS_NEEDED");
  const approved = await second.client.approveActivity({ fingerprint: activity.fingerprint });
  assert.equal(approved.activity.status, "ACTIVITY_STATUS_COMPLETED");
  assert.equal(approved.activity.result.deleteSubOrganizationResult.subOrganizationUuid, home.id);
});
