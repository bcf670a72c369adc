// The life of an activity that waits: votes and what they record, who may cast them, and what changes while it waits.

import assert from "node:assert/strict";

import { computeActivityFingerprint } from "@turnkey/crypto";

import { asParameter, clientOf, newKey, newOrganization, newUser, refused, send, stamperOf } from "./clients.mjs";
import { COMPLETED, NEEDED, REJECTED, newOffice, newTag, outcomes, pending, tagged } from "./office.mjs";
import { scenario } from "./scenario.mjs";

const APPROVED = "VOTE_SELECTION_APPROVED";
const statusOf = async (user, { id }) => (await user.client.getActivity({ activityId: id })).activity.status;
const approve = async (user, { fingerprint }) => (await user.client.approveActivity({ fingerprint })).activity;
const reject = async (user, { fingerprint }) => (await user.client.rejectActivity({ fingerprint })).activity;

/** A consensus: an agent and `humans` of the humans. */
const agentAnd = (office, humans) =>
  `${tagged(office.agents)} && approvers.filter(user, user.tags.contains('${office.humans}')).count() >= ${humans}`;

/** The same user with another key, which it registers itself. */
async function withSecondKey(user, organizationId) {
  const key = newKey();
  const { apiKeyIds } = await user.client.createApiKeys({ userId: user.id, apiKeys: [asParameter(key)] });
  return { ...user, key, apiKeyIds, client: clientOf(key, organizationId) };
}

await scenario("the submission is the first vote; an approval records its own stamp, scheme, key and bytes", async () => {
  const office = await newOffice();
  await office.allow(office.both);
  const waiting = await pending(office.agent);
  assert.deepEqual([waiting.status, waiting.votes.length, waiting.votes[0].userId], [NEEDED, 1, office.agent.id]);
  assert.equal(waiting.fingerprint, computeActivityFingerprint(waiting.stamped.body));
  const stamped = await office.ann.client.stampApproveActivity({ fingerprint: waiting.fingerprint });
  const { activity } = (await send(stamped)).reply;
  assert.deepEqual([activity.id, activity.status], [waiting.id, COMPLETED]);
  const { signature, scheme } = JSON.parse(Buffer.from(stamped.stamp.stampHeaderValue, "base64url").toString());
  const { id, createdAt, user, ...vote } = activity.votes[1];
  assert.deepEqual(vote, {
    userId: office.ann.id,
    activityId: waiting.id,
    selection: APPROVED,
    message: stamped.body,
    publicKey: office.ann.key.publicKey,
    signature,
    scheme,
  });
  assert.equal(user.userId, office.ann.id);
});

await scenario("an approval needs a fresh timestamp, and its own organization", async () => {
  const office = await newOffice();
  await office.allow(office.both);
  const { fingerprint } = await pending(office.agent);
  const old = { fingerprint, timestampMs: String(Date.now() - 3_600_001) };
  await refused(office.ann.client.approveActivity(old), 3, /^invalid request timestamp/);
  await refused(office.ann.client.rejectActivity(old), 3, /^invalid request timestamp/);
  const [stranger] = (await newOrganization()).users;
  await refused(stranger.client.approveActivity({ fingerprint }), 5, /^No activity found with fingerprint\./, "");
});

await scenario("who proposed, who takes part and who is root may each reject, once for all; others may not", async () => {
  const office = await newOffice();
  await office.allow(office.both);
  for (const name of ["agent", "ann", "root"]) {
    const waiting = await pending(office.agent);
    const refusal = office.guest.client.rejectActivity({ fingerprint: waiting.fingerprint });
    await refused(refusal, 7, /^request not authorized/, "REQUEST_NOT_AUTHORIZED");
    assert.equal((await reject(office[name], waiting)).status, REJECTED, name);
    assert.equal((await approve(office.bob, waiting)).status, REJECTED, "it stays so");
  }
});

await scenario("canApprove and canReject of what is over", async () => {
  const office = await newOffice();
  await office.allow(office.both);
  const waiting = await pending(office.agent);
  await approve(office.ann, waiting);
  const seen = {};
  for (const name of ["agent", "ann", "bob", "guest", "root"]) {
    const { activity } = await office[name].client.getActivity({ activityId: waiting.id });
    seen[name] = [activity.canApprove, activity.canReject];
  }
  const [voter, none] = [[false, true], [false, false]];
  assert.deepEqual(seen, { agent: voter, ann: voter, bob: none, guest: none, root: voter });
});

await scenario("a user is one approver, whatever the credential and however often", async () => {
  const office = await newOffice();
  await office.allow(agentAnd(office, 2));
  const waiting = await pending(office.agent);
  const twice = await withSecondKey(office.ann, office.id);
  assert.equal((await approve(office.ann, waiting)).votes.length, 2);
  assert.equal((await approve(office.ann, waiting)).votes.length, 2);
  assert.equal((await approve(twice, waiting)).votes.length, 2, "another key of the same user");
  const { body } = waiting.stamped;
  const resent = await send({ ...waiting.stamped, stamp: await stamperOf(twice.key).stamp(body) });
  assert.deepEqual([resent.reply.activity.status, resent.reply.activity.votes.length], [NEEDED, 2]);
  assert.equal((await approve(office.bob, waiting)).status, COMPLETED);
});

await scenario("a vote outlives the key that cast it", async () => {
  const office = await newOffice();
  await office.allow(agentAnd(office, 2));
  const waiting = await pending(office.agent);
  const twice = await withSecondKey(office.ann, office.id);
  await approve(twice, waiting);
  await office.ann.client.deleteApiKeys({ userId: office.ann.id, apiKeyIds: twice.apiKeyIds });
  assert.equal((await approve(office.bob, waiting)).status, COMPLETED);
});

await scenario("the vote of a user who is gone does not count", async () => {
  const office = await newOffice();
  await office.allow(agentAnd(office, 2));
  const waiting = await pending(office.agent);
  await approve(office.ann, waiting);
  const carol = await newUser(office, { userTags: [office.humans] });
  await office.root.client.deleteUsers({ userIds: [office.ann.id] });
  assert.equal((await approve(office.bob, waiting)).status, NEEDED);
  assert.equal((await approve(carol, waiting)).status, COMPLETED);
});

await scenario("a tag that is given or taken while it waits counts at the next vote", async () => {
  const office = await newOffice();
  await office.allow(office.both);
  const waiting = await pending(office.agent);
  const tag = (addUserIds, removeUserIds) =>
    office.root.client.updateUserTag({ userTagId: office.humans, addUserIds, removeUserIds });
  await tag([], [office.ann.id]);
  const refusal = office.ann.client.approveActivity({ fingerprint: waiting.fingerprint });
  await refused(refusal, 7, /takes no part in the consensus/, "REQUEST_NOT_AUTHORIZED");
  await tag([office.guest.id], []);
  assert.equal(await statusOf(office.agent, waiting), NEEDED, "a tag is no vote");
  assert.equal((await approve(office.guest, waiting)).status, COMPLETED);
});

await scenario("a root quorum that changes while it waits counts at the next vote", async () => {
  const home = await newOrganization({ rootUsers: 4, threshold: 2 });
  const [one, two, three, four] = home.users;
  const change = async (threshold, ...users) => {
    const userIds = users.map(({ id }) => id);
    const { reply } = await send(await two.client.stampUpdateRootQuorum({ threshold, userIds }));
    await approve(three, reply.activity);
  };
  const [first, second] = [await pending(one), await pending(one)];
  await change(3, one, two, three, four);
  assert.equal((await approve(two, first)).status, NEEDED, "three are needed now");
  assert.equal((await approve(three, first)).status, COMPLETED);
  const { reply } = await send(await one.client.stampUpdateRootQuorum({ threshold: 2, userIds: [two.id, three.id] }));
  await approve(two, reply.activity);
  assert.equal((await approve(three, reply.activity)).status, COMPLETED);
  const refusal = four.client.approveActivity({ fingerprint: second.fingerprint });
  await refused(refusal, 7, /takes no part in the consensus/, "REQUEST_NOT_AUTHORIZED");
  assert.equal((await approve(two, second)).status, NEEDED, "one is no root user any more");
  assert.equal((await approve(three, second)).status, COMPLETED);
});

await scenario("a policy that is loosened or added decides nothing until somebody votes", async () => {
  const office = await newOffice();
  const policyId = await office.allow(office.both);
  const waiting = await pending(office.agent);
  await office.root.client.updatePolicy({ policyId, policyConsensus: tagged(office.agents) });
  assert.equal(await statusOf(office.agent, waiting), NEEDED);
  assert.equal((await send(waiting.stamped)).reply.activity.status, NEEDED, "the same bytes again are a read");
  assert.equal((await approve(office.root, waiting)).status, COMPLETED);
});

await scenario("get_policy_evaluations: an entry for each vote under its id, none for a rejection", async () => {
  const office = await newOffice();
  const policyId = await office.allow(agentAnd(office, 2));
  const waiting = await pending(office.agent);
  const { votes } = await approve(office.ann, waiting);
  await reject(office.bob, waiting);
  const { policyEvaluations } = await office.guest.client.getPolicyEvaluations({ activityId: waiting.id });
  assert.deepEqual(
    policyEvaluations.map(({ id, createdAt, ...evaluation }) => evaluation),
    votes.map((vote) => ({
      activityId: waiting.id,
      organizationId: office.id,
      voteId: vote.id,
      policyEvaluations: [{ policyId, outcome: "OUTCOME_REQUIRES_CONSENSUS" }],
    })),
  );
  assert.equal(new Set(policyEvaluations.map(({ id }) => id)).size, 2);
  assert.deepEqual(await outcomes(office.guest, waiting.id), [["REQUIRES_CONSENSUS"], ["REQUIRES_CONSENSUS"]]);
});

await scenario("pending, approved, carried out in the same reply, and seen to have happened", async () => {
  const office = await newOffice();
  await office.allow(office.both);
  const { reply } = await send(await office.agent.client.stampCreateUserTag({ userTagName: "made later", userIds: [] }));
  const names = async () => (await office.guest.client.listUserTags()).userTags.map(({ tagName }) => tagName);
  assert.ok(!(await names()).includes("made later"));
  const { activity } = await office.ann.client.approveActivity({ fingerprint: reply.activity.fingerprint });
  assert.deepEqual(Object.keys(activity.result), ["createUserTagResult"]);
  assert.ok((await names()).includes("made later"));
});
