// update_user and its three little sisters, delete_users, create_api_only_users; user tags: create, update, delete, list.

import assert from "node:assert/strict";

import { asUser, clientOf, httpClientOf, newKey, newOrganization, newUser, now, refused } from "./clients.mjs";
import { scenario } from "./scenario.mjs";

const NOBODY = "3f0b1d6e-9c9b-4d5b-8c35-0a2f0c1d9e77";
const home = await newOrganization();
const [owner] = home.users;

const read = async (user) => (await owner.client.getUser({ userId: user.id })).user;
const names = async (client) => (await client.getUsers()).users.map((user) => user.userName);
const tag = (userTagName, ...userIds) => owner.client.createUserTag({ userTagName, userIds });

async function denied(call) {
  const error = await call.then(assert.fail, (reason) => reason);
  assert.equal(error.code, 7);
  assert.match(error.message, /^Turnkey error 7: You don't have sufficient permissions to take this action\./);
}

await scenario("a user is updated: what is given changes, what is absent stays, and so do tags by an empty list", async () => {
  const user = await newUser(home, { userEmail: "ada@example.com" });
  const { userTagId } = await tag(`updated ${now()}`);
  const { activity, userId } = await owner.client.updateUser({
    userId: user.id,
    userName: "ada l.",
    userPhoneNumber: "+13214567890",
    userTagIds: [userTagId],
  });
  assert.equal(userId, user.id);
  assert.equal(activity.type, "ACTIVITY_TYPE_UPDATE_USER");
  assert.deepEqual(activity.result, { updateUserResult: { userId } });
  let found = await read(user);
  assert.deepEqual(
    [found.userName, found.userEmail, found.userPhoneNumber, found.userTags],
    ["ada l.", "ada@example.com", "+13214567890", [userTagId]],
  );
  await owner.client.updateUser({ userId, userTagIds: [] });
  found = await read(user);
  assert.deepEqual([found.userName, found.userEmail, found.userTags], ["ada l.", "ada@example.com", [userTagId]]);
});

await scenario("updates that are no good", async () => {
  const user = await newUser(home);
  const update = (more) => owner.client.updateUser({ userId: user.id, ...more });
  await refused(update({ userName: "" }), 3, /userName/);
  await refused(update({ userEmail: "" }), 3, /^invalid email address/, "INVALID_EMAIL");
  await refused(update({ userPhoneNumber: "" }), 3, /userPhoneNumber/);
  const unknownTag = `unable to find user tag ${NOBODY} in organization ${home.id}`;
  await refused(update({ userTagIds: [NOBODY] }), 5, unknownTag, "");
  const unknownUser = `unable to find user ${NOBODY} in organization ${home.id}`;
  await refused(update({ userId: NOBODY }), 5, unknownUser, "");
  await refused(owner.client.updateUser({}), 3, "invalid request body: missing field `userId`");
  await denied(user.client.updateUser({ userId: user.id, userName: "root" }));
});

await scenario("a name alone", async () => {
  const user = await newUser(home);
  const { activity, userId } = await owner.client.updateUserName({ userId: user.id, userName: "grace" });
  assert.deepEqual(activity.result, { updateUserNameResult: { userId } });
  assert.equal((await read(user)).userName, "grace");
  await refused(owner.client.updateUserName({ userId }), 3, "invalid request body: missing field `userName`");
});

await scenario("an e-mail address is set and removed by an empty one", async () => {
  const user = await newUser(home);
  const update = (userEmail, more) => owner.client.updateUserEmail({ userId: user.id, userEmail, ...more });
  const { activity, userId } = await update("Ada@example.com");
  assert.deepEqual(activity.result, { updateUserEmailResult: { userId } });
  assert.equal((await read(user)).userEmail, "Ada@example.com");
  await update("");
  assert.equal("userEmail" in (await read(user)), false);
  await refused(update("ada@"), 3, /^invalid email address/, "INVALID_EMAIL");
  await refused(update("ada@example.com", { verificationToken: "x" }), 12, /`verificationToken`/, "");
});

await scenario("a phone number is set and removed by an empty one", async () => {
  const user = await newUser(home);
  const update = (userPhoneNumber, more) =>
    owner.client.updateUserPhoneNumber({ userId: user.id, userPhoneNumber, ...more });
  const { activity, userId } = await update("+4912345678");
  assert.deepEqual(activity.result, { updateUserPhoneNumberResult: { userId } });
  assert.equal((await read(user)).userPhoneNumber, "+4912345678");
  await update("");
  assert.equal("userPhoneNumber" in (await read(user)), false);
  await refused(update("12"), 3, /userPhoneNumber/);
  await refused(update("+4912345678", { verificationToken: "x" }), 12, /`verificationToken`/, "");
});

await scenario("the last lasting way in is not removed", async () => {
  const { userIds } = await owner.client.createUsers({
    users: [asUser("by mail", [], { userEmail: "mail@example.com", userTags: [] })],
  });
  const call = owner.client.updateUserEmail({ userId: userIds[0], userEmail: "" });
  await refused(call, 3, `user missing valid credential: ${userIds[0]}`);
});

await scenario("http updates a user", async () => {
  const user = await newUser(home);
  const { activity } = await httpClientOf(owner.key).updateUser({
    type: "ACTIVITY_TYPE_UPDATE_USER",
    timestampMs: now(),
    organizationId: home.id,
    parameters: { userId: user.id, userName: "by http", userTagIds: [] },
  });
  assert.deepEqual(activity.intent.updateUserIntent, { userId: user.id, userName: "by http", userTagIds: [] });
  assert.equal((await read(user)).userName, "by http");
});

await scenario("users are deleted, and their keys are unknown at once", async () => {
  const other = await newOrganization();
  const [root] = other.users;
  const [ada, grace] = [await newUser(other), await newUser(other)];
  const userIds = [grace.id, ada.id];
  const reply = await root.client.deleteUsers({ userIds });
  assert.deepEqual(reply.userIds, userIds);
  assert.deepEqual(reply.activity.result, { deleteUsersResult: { userIds } });
  assert.deepEqual(await names(root.client), ["root-1"]);
  await refused(ada.client.getWhoami(), 16, /^could not find public key/, "PUBLIC_KEY_NOT_FOUND");
});

await scenario("root users stay; all go or none", async () => {
  const other = await newOrganization();
  const [root] = other.users;
  const user = await newUser(other);
  await refused(root.client.deleteUsers({ userIds: [root.id] }), 3, new RegExp(`^quorum users missing: ${root.id}`));
  await refused(root.client.deleteUsers({ userIds: [user.id, root.id] }), 3, /^quorum users missing/);
  await refused(root.client.deleteUsers({ userIds: [user.id, NOBODY] }), 5, new RegExp(NOBODY), "");
  await refused(root.client.deleteUsers({ userIds: [] }), 3, /userIds/);
  await denied(user.client.deleteUsers({ userIds: [user.id] }));
  assert.deepEqual(await names(root.client), ["root-1", "plain"]);
});

await scenario("users with API keys only", async () => {
  const client = httpClientOf(owner.key);
  const { publicKey, privateKey } = newKey();
  const { userTagId } = await tag(`machines ${now()}`);
  const create = (apiKeys) =>
    client.createApiOnlyUsers({
      type: "ACTIVITY_TYPE_CREATE_API_ONLY_USERS",
      timestampMs: now(),
      organizationId: home.id,
      parameters: { apiOnlyUsers: [{ userName: "machine", userTags: [userTagId], apiKeys }] },
    });
  const { activity } = await create([{ apiKeyName: "key", publicKey }]);
  const { userIds } = activity.result.createApiOnlyUsersResult;
  assert.equal((await clientOf({ publicKey, privateKey }, home.id).getWhoami()).userId, userIds[0]);
  assert.deepEqual((await read({ id: userIds[0] })).userTags, [userTagId]);
  await refused(create([]), 3, /^user missing valid credential/);
});

await scenario("a tag is made, given, taken, renamed, listed and deleted", async () => {
  const [ada, grace] = [await newUser(home), await newUser(home)];
  const name = `team ${now()}`;
  const made = await tag(name, ada.id, grace.id);
  const { userTagId } = made;
  assert.deepEqual(made.userIds, [ada.id, grace.id]);
  assert.deepEqual(made.activity.result, { createUserTagResult: { userTagId, userIds: made.userIds } });
  assert.deepEqual((await read(ada)).userTags, [userTagId]);

  const updated = await owner.client.updateUserTag({
    userTagId,
    newUserTagName: `${name}!`,
    addUserIds: [owner.id],
    removeUserIds: [grace.id],
  });
  assert.deepEqual(updated.activity.result, { updateUserTagResult: { userTagId } });
  const { userTags } = await owner.client.listUserTags();
  const { createdAt, updatedAt, ...rest } = userTags.find((each) => each.tagId === userTagId);
  assert.deepEqual(rest, { tagId: userTagId, tagName: `${name}!`, tagType: "TAG_TYPE_USER" });
  assert.match(createdAt.seconds, /^\d+$/);
  assert.match(updatedAt.nanos, /^\d+$/);
  assert.deepEqual((await read(grace)).userTags, []);
  assert.ok((await read(owner)).userTags.includes(userTagId));

  const deleted = await owner.client.deleteUserTags({ userTagIds: [userTagId] });
  assert.deepEqual([...deleted.userIds].sort(), [owner.id, ada.id].sort());
  assert.deepEqual(deleted.userTagIds, [userTagId]);
  assert.deepEqual((await read(ada)).userTags, []);
  assert.equal((await owner.client.listUserTags()).userTags.some((each) => each.tagId === userTagId), false);
});

await scenario("tags that are no good", async () => {
  const other = await newOrganization();
  const [{ id, key, client }] = other.users;
  const user = await newUser(other);
  const create = (userTagName, userIds = []) => client.createUserTag({ userTagName, userIds });
  const { userTagId } = await create("team");
  await refused(create("team"), 3, /^user tag label must be unique/);
  await refused(create(""), 3, /userTagName/);
  await refused(create("crew", [NOBODY]), 5, `unable to find user ${NOBODY} in organization ${other.id}`, "");
  const update = (more) => client.updateUserTag({ userTagId, addUserIds: [], removeUserIds: [], ...more });
  await refused(update({ addUserIds: [id], removeUserIds: [id] }), 3, /addUserIds/);
  await refused(update({ userTagId: NOBODY }), 5, new RegExp(`user tag ${NOBODY}`), "");
  await refused(client.deleteUserTags({ userTagIds: [] }), 3, /userTagIds/);
  await refused(client.deleteUserTags({ userTagIds: [userTagId, NOBODY] }), 5, new RegExp(NOBODY), "");
  await denied(user.client.createUserTag({ userTagName: "mine", userIds: [user.id] }));
  await denied(user.client.updateUserTag({ userTagId, addUserIds: [user.id], removeUserIds: [] }));
  for (let number = 1; number < 10; number += 1) {
    await create(`tag ${number}`);
  }
  await refused(create("the eleventh"), 8, /^organization has exceeded maximum tags/, "");
  assert.equal((await client.listUserTags()).userTags.length, 10);
  await refused(clientOf(newKey(), other.id).listUserTags(), 16, /^could not find public key/, "PUBLIC_KEY_NOT_FOUND");
  assert.equal((await clientOf(key, other.id).listUserTags()).userTags[0].tagName, "team");
});

await scenario("a new user takes tags that are there", async () => {
  const { userTagId } = await tag(`new ${now()}`);
  const user = await newUser(home, { userTags: [userTagId] });
  assert.deepEqual((await read(user)).userTags, [userTagId]);
  const create = owner.client.createUsers({ users: [asUser("x", [newKey()], { userTags: [NOBODY] })] });
  await refused(create, 5, new RegExp(`user tag ${NOBODY}`), "");
});
