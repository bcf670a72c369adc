// What time does: approvals lapse and are given again, requests grow old, sessions end. The server's clock is in this
// file's hand, so that every limit is met to the second.

import assert from "node:assert/strict";

import { DAY, HOUR, advance } from "./clock.mjs";
import { clientOf, newKey, newOrganization, refused, send } from "./clients.mjs";
import { COMPLETED, NEEDED, REJECTED, newOffice, newTag, pending } from "./office.mjs";
import { scenario } from "./scenario.mjs";

const approve = async (user, { fingerprint }) => (await user.client.approveActivity({ fingerprint })).activity;
const seenBy = async (user, { id }) => (await user.client.getActivity({ activityId: id })).activity;
const canApprove = async (users, waiting) =>
  Promise.all(users.map(async (user) => (await seenBy(user, waiting)).canApprove));

await scenario("an approval counts for 24 hours: at their end it still does", async () => {
  const [one, two] = (await newOrganization({ rootUsers: 3, threshold: 2 })).users;
  const waiting = await pending(one);
  await advance(DAY);
  assert.equal((await approve(two, waiting)).status, COMPLETED);
});

await scenario("after 24 hours a root user's approval has lapsed, the activity stays, the approval is given again", async () => {
  const [one, two, three] = (await newOrganization({ rootUsers: 3, threshold: 2 })).users;
  const waiting = await pending(one);
  assert.deepEqual(await canApprove([one, two, three], waiting), [false, true, true]);
  await advance(DAY + 1);
  assert.deepEqual(await canApprove([one, two, three], waiting), [true, true, true]);
  const late = await approve(two, waiting);
  assert.equal(late.status, NEEDED);
  assert.deepEqual(
    late.votes.map(({ userId, selection }) => [userId, selection]),
    [one, two].map(({ id }) => [id, "VOTE_SELECTION_APPROVED"]),
    "what has lapsed stays on record",
  );
  const { reply } = await send(waiting.stamped);
  assert.deepEqual([reply.activity.status, reply.activity.votes.length], [NEEDED, 2], "its own bytes are a read");
  const again = await approve(one, waiting);
  assert.deepEqual([again.status, again.votes.length], [COMPLETED, 3]);
});

await scenario("after 24 hours an agent's approval has lapsed: the human's alone does not do", async () => {
  const office = await newOffice();
  await office.allow(office.both);
  const waiting = await pending(office.agent);
  await advance(DAY + 1);
  assert.equal((await approve(office.ann, waiting)).status, NEEDED);
  const again = await approve(office.agent, waiting);
  assert.equal(again.status, COMPLETED);
  assert.ok(again.result.createUserTagResult.userTagId);
  const { policyEvaluations } = await office.guest.client.getPolicyEvaluations({ activityId: waiting.id });
  assert.deepEqual(
    policyEvaluations.map((vote) => vote.policyEvaluations[0].outcome),
    ["OUTCOME_REQUIRES_CONSENSUS", "OUTCOME_REQUIRES_CONSENSUS", "OUTCOME_ALLOW"],
  );
});

await scenario("approvals lapse together, 24 hours after the first of them", async () => {
  const [one, two, three] = (await newOrganization({ rootUsers: 3, threshold: 3 })).users;
  const waiting = await pending(one);
  await advance(23 * HOUR);
  assert.equal((await approve(two, waiting)).status, NEEDED);
  await advance(HOUR + 1);
  assert.deepEqual(await canApprove([one, two, three], waiting), [true, true, true], "two's is an hour old");
  assert.equal((await approve(three, waiting)).status, NEEDED);
  await advance(DAY);
  assert.equal((await approve(two, waiting)).status, NEEDED, "the next 24 hours begin with the next approval");
  assert.equal((await approve(one, waiting)).status, COMPLETED);
});

await scenario("an activity waits for ever, and may be rejected at any time", async () => {
  const [one, two] = (await newOrganization({ rootUsers: 3, threshold: 2 })).users;
  const waiting = await pending(one);
  await advance(400 * DAY);
  const { activities } = await two.client.getActivities({ filterByStatus: [NEEDED] });
  assert.deepEqual(activities.map(({ id }) => id), [waiting.id]);
  const { fingerprint } = waiting;
  assert.equal((await two.client.rejectActivity({ fingerprint })).activity.status, REJECTED);
  await advance(400 * DAY);
  assert.equal((await approve(one, waiting)).status, REJECTED, "a rejection does not lapse");
});

await scenario("a stamped request is good for an hour; what was sent in time is known for ever", async () => {
  const [owner] = (await newOrganization()).users;
  const request = () => owner.client.stampCreateUserTag(newTag());
  const [sent, kept] = [await request(), await request()];
  const { reply } = await send(sent);
  assert.equal(reply.activity.status, COMPLETED);
  await advance(HOUR - 1);
  assert.equal((await send(await request())).reply.activity.status, COMPLETED);
  await advance(2);
  const late = await send(kept);
  assert.deepEqual([late.status, late.reply.code], [400, 3]);
  assert.match(late.reply.message, /^invalid request timestamp/);
  assert.equal((await send(sent)).reply.activity.id, reply.activity.id);
});

await scenario("a session's key ends with its session", async () => {
  const { id, users } = await newOrganization();
  const [owner] = users;
  const key = newKey();
  await owner.client.stampLogin({ publicKey: key.publicKey, expirationSeconds: "900" });
  const session = clientOf(key, id);
  await advance(899);
  assert.equal((await session.getWhoami()).userId, owner.id);
  await advance(1);
  await refused(session.getWhoami(), 16, /Unauthenticated desc = expired api key publicKey/, "API_KEY_EXPIRED");
});
