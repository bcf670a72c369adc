// Webhook endpoints and private-key tags: create, update, delete, list.

import assert from "node:assert/strict";

import { newOrganization, newUser, now, refused } from "./clients.mjs";
import { scenario } from "./scenario.mjs";

const NOBODY = "3f0b1d6e-9c9b-4d5b-8c35-0a2f0c1d9e77";
const URL = "https://hooks.example.com/turnkey";
const malformed = "malformed organization ID provided";
const home = await newOrganization();
const [owner] = home.users;

const endpoints = async () => (await owner.client.listWebhookEndpoints({})).webhookEndpoints;
const tags = async () => (await owner.client.listPrivateKeyTags({})).privateKeyTags;

async function denied(call) {
  const error = await call.then(assert.fail, (reason) => reason);
  assert.equal(error.code, 7);
}

await scenario("a webhook endpoint is made, changed, listed and deleted", async () => {
  const subscriptions = [{ eventType: "ACTIVITY_UPDATES", isActive: true }];
  const made = await owner.client.createWebhookEndpoint({ url: URL, name: "hook", subscriptions });
  const { endpointId } = made;
  const shown = { endpointId, organizationId: home.id, url: URL, name: "hook", isActive: true, subscriptions };
  assert.deepEqual(made.webhookEndpoint, shown);
  assert.equal(made.activity.type, "ACTIVITY_TYPE_CREATE_WEBHOOK_ENDPOINT");
  assert.deepEqual(await endpoints(), [shown]);
  const changed = await owner.client.updateWebhookEndpoint({ endpointId, name: "pause", isActive: false });
  assert.deepEqual(changed.webhookEndpoint, { ...shown, name: "pause", isActive: false });
  assert.deepEqual(await endpoints(), [changed.webhookEndpoint]);
  const gone = await owner.client.deleteWebhookEndpoint({ endpointId });
  assert.equal(gone.endpointId, endpointId);
  assert.deepEqual(await endpoints(), []);
});

await scenario("webhook endpoints that are no good", async () => {
  const create = (more) => owner.client.createWebhookEndpoint({ url: URL, name: "hook", subscriptions: [], ...more });
  await refused(create({ url: "https://10.0.0.1" }), 3, "invalid webhook URL: 10.0.0.1 is no public address");
  await refused(create({ name: "" }), 3, /`name`/);
  await refused(create({ subscriptions: [{ eventType: "ANYTHING" }] }), 3, /`ANYTHING`/);
  const balances = [{ eventType: "BALANCE_CONFIRMED_UPDATES" }];
  const ofTheParent = "a sub-organization cannot subscribe to BALANCE_CONFIRMED_UPDATES: its parent can";
  await refused(create({ subscriptions: balances }), 7, ofTheParent, "REQUEST_NOT_AUTHORIZED");
  const unknown = `unable to find webhook endpoint ${NOBODY} in organization ${home.id}`;
  await refused(owner.client.updateWebhookEndpoint({ endpointId: NOBODY, name: "a" }), 5, unknown, "");
  await refused(owner.client.deleteWebhookEndpoint({ endpointId: NOBODY }), 5, unknown, "");
  await refused(owner.client.listWebhookEndpoints({ organizationId: "x" }), 3, malformed, "INVALID_ORGANIZATION_ID");
  const user = await newUser(home);
  await denied(user.client.createWebhookEndpoint({ url: URL, name: "hook", subscriptions: [] }));
});

await scenario("a private-key tag is made, renamed, listed and deleted", async () => {
  const name = `hot ${now()}`;
  const made = await owner.client.createPrivateKeyTag({ privateKeyTagName: name, privateKeyIds: [] });
  const { privateKeyTagId } = made;
  assert.deepEqual(made.privateKeyIds, []);
  const [shown] = await tags();
  assert.deepEqual([shown.tagId, shown.tagName, shown.tagType], [privateKeyTagId, name, "TAG_TYPE_PRIVATE_KEY"]);
  await owner.client.updatePrivateKeyTag({
    privateKeyTagId,
    newPrivateKeyTagName: "cold",
    addPrivateKeyIds: [],
    removePrivateKeyIds: [],
  });
  assert.deepEqual((await tags()).map((tag) => tag.tagName), ["cold"]);
  const gone = await owner.client.deletePrivateKeyTags({ privateKeyTagIds: [privateKeyTagId] });
  assert.deepEqual([gone.privateKeyTagIds, gone.privateKeyIds], [[privateKeyTagId], []]);
  assert.deepEqual(await tags(), []);
});

await scenario("private-key tags that are no good", async () => {
  const create = (privateKeyTagName, ...privateKeyIds) =>
    owner.client.createPrivateKeyTag({ privateKeyTagName, privateKeyIds });
  const { privateKeyTagId } = await create("taken");
  await refused(create("taken"), 3, "private key tag label must be unique: `taken` is taken");
  const unknownKey = `unable to find private key ${NOBODY} in organization ${home.id}`;
  await refused(create("another", NOBODY), 5, unknownKey, "");
  const unknown = `unable to find private key tag ${NOBODY} in organization ${home.id}`;
  const update = (more) =>
    owner.client.updatePrivateKeyTag({ privateKeyTagId, addPrivateKeyIds: [], removePrivateKeyIds: [], ...more });
  await refused(update({ privateKeyTagId: NOBODY }), 5, unknown, "");
  await refused(owner.client.deletePrivateKeyTags({ privateKeyTagIds: [NOBODY] }), 5, unknown, "");
  await refused(owner.client.listPrivateKeyTags({ organizationId: "x" }), 3, malformed, "INVALID_ORGANIZATION_ID");
});
