// Root quorums of two: approve_activity, reject_activity, approval by the same bytes, and what each client makes of it.

import assert from "node:assert/strict";

import { computeActivityFingerprint, decryptCredentialBundle, generateP256KeyPair, getPublicKey } from "@turnkey/crypto";
import {
  TurnkeyActivityConsensusNeededError,
  TurnkeyActivityError,
  assertActivityCompleted,
  createActivityPoller,
} from "@turnkey/http";
import { TurnkeyApiClient } from "@turnkey/sdk-server";

import {
  asParameter,
  asUser,
  clientOf,
  httpClientOf,
  newKey,
  newOrganization,
  now,
  refused,
  send,
  server,
  stamperOf,
} from "./clients.mjs";
import { scenario } from "./scenario.mjs";

const NEEDED = "ACTIVITY_STATUS_CONSENSUS_NEEDED";
const COMPLETED = "ACTIVITY_STATUS_COMPLETED";
const REJECTED = "ACTIVITY_STATUS_REJECTED";
const FAILED = "ACTIVITY_STATUS_FAILED";
const home = await newOrganization({ rootUsers: 3, threshold: 2 });
const [one, two, three] = home.users;

const newUsers = (name = "ada") => ({ users: [asUser(name, [newKey()])] });
/** An activity by `one` that waits: submitted by its stamped bytes, so that no client polls. */
async function pending(parameters = newUsers()) {
  const stamped = await one.client.stampCreateUsers(parameters);
  const { reply } = await send(stamped);
  assert.equal(reply.activity.status, NEEDED, reply.message);
  return { ...reply.activity, stamped };
}
const userNames = async () => (await one.client.getUsers()).users.map((user) => user.userName);

await scenario("sdk-server polls while consensus is needed, then hands the activity over without an error", async () => {
  const reply = await one.client.createUsers(newUsers("waiting"));
  assert.deepEqual(Object.keys(reply), ["activity"]);
  const { activity } = reply;
  assert.equal(activity.status, NEEDED);
  assert.deepEqual(activity.result, {});
  assert.equal(activity.failure, null);
  assert.equal(activity.votes.length, 1);
  assert.ok(!(await userNames()).includes("waiting"));
});

await scenario("sdk-server gets the result when the approval comes while it polls", async () => {
  const parameters = { ...newUsers("while polling"), timestampMs: now() };
  let polls = 0;
  const stamper = stamperOf(one.key);
  const approving = {
    stamp: async (payload) => {
      if (payload.includes("activityId")) {
        polls += 1;
        if (polls === 2) {
          const { body } = await one.client.stampCreateUsers(parameters);
          await two.client.approveActivity({ fingerprint: computeActivityFingerprint(body) });
        }
      }
      return stamper.stamp(payload);
    },
  };
  const client = new TurnkeyApiClient({
    apiBaseUrl: server.url,
    organizationId: home.id,
    stamper: approving,
    activityPoller: { intervalMs: 10, numRetries: 3 },
  });
  const { activity, userIds } = await client.createUsers(parameters);
  assert.equal(activity.status, COMPLETED);
  assert.equal(userIds.length, 1);
  assert.equal(polls, 2);
  assert.ok((await userNames()).includes("while polling"));
});

await scenario("approve_activity answers with its target, carried out", async () => {
  const waiting = await pending(newUsers("approved"));
  const reply = await two.client.approveActivity({ fingerprint: waiting.fingerprint });
  assert.deepEqual(Object.keys(reply), ["createUsersResult", "activity"]);
  const { activity } = reply;
  assert.equal(activity.id, waiting.id);
  assert.equal(activity.type, "ACTIVITY_TYPE_CREATE_USERS_V4");
  assert.equal(activity.status, COMPLETED);
  assert.deepEqual(
    activity.votes.map((vote) => [vote.userId, vote.selection]),
    [
      [one.id, "VOTE_SELECTION_APPROVED"],
      [two.id, "VOTE_SELECTION_APPROVED"],
    ],
  );
  assert.match(activity.votes[1].message, /ACTIVITY_TYPE_APPROVE_ACTIVITY/);
  assert.ok((await userNames()).includes("approved"));
  const { activities } = await one.client.getActivities({ filterByType: ["ACTIVITY_TYPE_APPROVE_ACTIVITY"] });
  assert.deepEqual(activities, []);
});

await scenario("http approves too", async () => {
  const waiting = await pending(newUsers("approved by http"));
  const { activity } = await httpClientOf(two.key).approveActivity({
    type: "ACTIVITY_TYPE_APPROVE_ACTIVITY",
    timestampMs: now(),
    organizationId: home.id,
    parameters: { fingerprint: waiting.fingerprint },
  });
  assert.equal(activity.id, waiting.id);
  assert.equal(activity.status, COMPLETED);
});

await scenario("the same bytes by another root user are an approval; by the same user, a read", async () => {
  const waiting = await pending(newUsers("by the same bytes"));
  const again = await send(waiting.stamped);
  assert.equal(again.reply.activity.status, NEEDED);
  assert.equal(again.reply.activity.votes.length, 1);
  const { body } = waiting.stamped;
  const { reply } = await send({ ...waiting.stamped, stamp: await stamperOf(two.key).stamp(body) });
  assert.equal(reply.activity.id, waiting.id);
  assert.equal(reply.activity.status, COMPLETED);
  assert.deepEqual(reply.activity.votes.map((vote) => vote.message), [body, body]);
});

await scenario("the same user's second approval changes nothing", async () => {
  const waiting = await pending();
  const { activity } = await one.client.approveActivity({ fingerprint: waiting.fingerprint });
  assert.equal(activity.status, NEEDED);
  assert.equal(activity.votes.length, 1);
});

await scenario("canApprove and canReject are the reader's own", async () => {
  const waiting = await pending();
  const plain = await newPlainUser();
  const seenBy = async (user) => {
    const { activity } = await user.client.getActivity({ activityId: waiting.id });
    return [activity.canApprove, activity.canReject];
  };
  assert.deepEqual(await seenBy(one), [false, true]);
  assert.deepEqual(await seenBy(two), [true, true]);
  assert.deepEqual(await seenBy(plain), [false, false]);
  await three.client.rejectActivity({ fingerprint: waiting.fingerprint });
  assert.deepEqual(await seenBy(two), [false, true]);
  assert.deepEqual(await seenBy(three), [false, false]);
});

await scenario("one rejection is final", async () => {
  const waiting = await pending(newUsers("unwanted"));
  const { activity } = await two.client.rejectActivity({ fingerprint: waiting.fingerprint });
  assert.equal(activity.status, REJECTED);
  assert.deepEqual(activity.votes.map((vote) => vote.selection), ["VOTE_SELECTION_APPROVED", "VOTE_SELECTION_REJECTED"]);
  const late = await three.client.approveActivity({ fingerprint: waiting.fingerprint });
  assert.equal(late.activity.status, REJECTED);
  const again = await three.client.rejectActivity({ fingerprint: waiting.fingerprint });
  assert.equal(again.activity.votes.length, 2);
  assert.ok(!(await userNames()).includes("unwanted"));
});

await scenario("the proposer may withdraw", async () => {
  const waiting = await pending();
  const { activity } = await one.client.rejectActivity({ fingerprint: waiting.fingerprint });
  assert.equal(activity.status, REJECTED);
});

await scenario("http's poller throws on what is not completed: needed, rejected, failed", async () => {
  const client = httpClientOf(one.key);
  const poll = (requestFn) => createActivityPoller({ client, requestFn })({});
  const waiting = await pending();
  const replay = async () => (await send(waiting.stamped)).reply;
  const expected = (activity, message, activityStatus) => (error) => {
    assert.ok(error instanceof TurnkeyActivityError);
    assert.equal(error.message, message);
    assert.deepEqual(
      [error.activityId, error.activityStatus, error.activityType],
      [activity.id, activityStatus, "ACTIVITY_TYPE_CREATE_USERS_V4"],
    );
    return true;
  };
  await assert.rejects(poll(replay), expected(waiting, `Consensus needed for activity ${waiting.id}`, NEEDED));
  assert.throws(() => assertActivityCompleted(waiting), TurnkeyActivityConsensusNeededError);
  await two.client.rejectActivity({ fingerprint: waiting.fingerprint });
  await assert.rejects(poll(replay), expected(waiting, `Activity ${waiting.id} was rejected`, REJECTED));

  const key = newKey();
  const doomed = await pending({ users: [asUser("first come", [key])] });
  const rival = await pending({ users: [asUser("first served", [key])] });
  await two.client.approveActivity({ fingerprint: rival.fingerprint });
  const { activity } = await two.client.approveActivity({ fingerprint: doomed.fingerprint });
  assert.equal(activity.status, FAILED);
  assert.equal(activity.failure.code, 6);
  assert.match(activity.failure.message, new RegExp(key.publicKey));
  assert.deepEqual(activity.result, {});
  const failed = async () => (await send(doomed.stamped)).reply;
  await assert.rejects(poll(failed), expected(doomed, `Activity ${doomed.id} failed`, FAILED));
});

await scenario("who takes no part may not vote", async () => {
  const waiting = await pending();
  const plain = await newPlainUser();
  const text = `request not authorized: user ${plain.id} takes no part in the consensus on activity ${waiting.id}`;
  const vote = { fingerprint: waiting.fingerprint };
  await refused(plain.client.approveActivity(vote), 7, text, "REQUEST_NOT_AUTHORIZED");
  await refused(plain.client.rejectActivity(vote), 7, text, "REQUEST_NOT_AUTHORIZED");
  const { activity } = await one.client.getActivity({ activityId: waiting.id });
  assert.equal(activity.votes.length, 1);
});

await scenario("votes on what is not there, or over", async () => {
  const none =
    "No activity found with fingerprint. Consensus activities must target an existing activity by fingerprint";
  const fingerprint = `sha256:${"0".repeat(64)}`;
  await refused(two.client.approveActivity({ fingerprint }), 5, none, "");
  await refused(two.client.rejectActivity({ fingerprint }), 5, none, "");
  await refused(two.client.approveActivity({}), 3, "invalid request body: missing field `fingerprint`");
  await refused(two.client.rejectActivity({ fingerprint: "sha256:" }), 3, /^invalid fingerprint/);
  const waiting = await pending();
  await two.client.approveActivity({ fingerprint: waiting.fingerprint });
  const late = await three.client.approveActivity({ fingerprint: waiting.fingerprint });
  assert.equal(late.activity.status, COMPLETED);
  assert.equal(late.activity.votes.length, 2);
  const text = `activity ${waiting.id} is COMPLETED: it cannot be rejected any more`;
  await refused(three.client.rejectActivity({ fingerprint: waiting.fingerprint }), 3, text);
});

await scenario("votes count in their own organization only", async () => {
  const waiting = await pending();
  const stranger = (await newOrganization()).users[0];
  const vote = { fingerprint: waiting.fingerprint };
  await refused(stranger.client.approveActivity(vote), 5, /^No activity found with fingerprint\./, "");
});

await scenario("one's own credentials need nobody's consent", async () => {
  const { apiKeyIds } = await one.client.createApiKeys({ userId: one.id, apiKeys: [asParameter(newKey())] });
  await one.client.deleteApiKeys({ userId: one.id, apiKeyIds });
  const { activity } = await one.client.createReadWriteSession({
    targetPublicKey: generateP256KeyPair().publicKeyUncompressed,
  });
  assert.equal(activity.status, COMPLETED);
});

await scenario("a session for another user is made once both agree, and its bundle opens", async () => {
  const target = generateP256KeyPair();
  const stamped = await one.client.stampCreateReadWriteSession({
    targetPublicKey: target.publicKeyUncompressed,
    userId: three.id,
  });
  const { reply } = await send(stamped);
  assert.equal(reply.activity.status, NEEDED);
  const { activity } = await two.client.approveActivity({ fingerprint: reply.activity.fingerprint });
  const { credentialBundle, userId } = activity.result.createReadWriteSessionResultV2;
  assert.equal(userId, three.id);
  const privateKey = decryptCredentialBundle(credentialBundle, target.privateKey);
  const publicKey = Buffer.from(getPublicKey(privateKey, true)).toString("hex");
  assert.equal((await clientOf({ publicKey, privateKey }, home.id).getWhoami()).userId, three.id);
});

await scenario("the root quorum itself changes by consensus, and the new one holds at once", async () => {
  const organization = await newOrganization({ rootUsers: 2, threshold: 2 });
  const [first, second] = organization.users;
  const stamped = await first.client.stampUpdateRootQuorum({ threshold: 1, userIds: [second.id] });
  const { reply } = await send(stamped);
  assert.equal(reply.activity.status, NEEDED);
  const { activity } = await second.client.approveActivity({ fingerprint: reply.activity.fingerprint });
  assert.equal(activity.status, COMPLETED);
  assert.deepEqual(activity.result, { updateRootQuorumResult: {} });
  assert.equal((await second.client.createUsers(newUsers())).activity.status, COMPLETED);
});

await scenario("list_activities finds what waits", async () => {
  const organization = await newOrganization({ rootUsers: 2, threshold: 2 });
  const [first, second] = organization.users;
  const { reply } = await send(await first.client.stampCreateUsers(newUsers()));
  const { activities } = await second.client.getActivities({ filterByStatus: [NEEDED] });
  assert.deepEqual(activities.map((each) => each.id), [reply.activity.id]);
  assert.equal(activities[0].canApprove, true);
  await second.client.approveActivity({ fingerprint: activities[0].fingerprint });
  assert.deepEqual((await second.client.getActivities({ filterByStatus: [NEEDED] })).activities, []);
});

/** A plain user of `home`, which takes two approvals to make. */
async function newPlainUser() {
  const key = newKey();
  const stamped = await one.client.stampCreateUsers({ users: [asUser("plain", [key])] });
  await send(stamped);
  const fingerprint = computeActivityFingerprint(stamped.body);
  const { activity } = await two.client.approveActivity({ fingerprint });
  const [id] = activity.result.createUsersResult.userIds;
  return { id, key, client: clientOf(key, home.id) };
}
