// Policies: made and read, what they decide, and what each client makes of a decision that is not yes.

import assert from "node:assert/strict";

import {
  TurnkeyActivityConsensusNeededError,
  TurnkeyActivityError,
  assertActivityCompleted,
  createActivityPoller,
} from "@turnkey/http";

import {
  asParameter,
  asUser,
  httpClientOf,
  newKey,
  newOrganization,
  now,
  post,
  refused,
  send,
  server,
  stamperOf,
} from "./clients.mjs";
import {
  ANYBODY,
  COMPLETED,
  NEEDED,
  NEW_TAG,
  REJECTED,
  asPolicy,
  deniedImplicitly,
  newOffice,
  newTag,
  outcomes,
  pending,
  tagged,
} from "./office.mjs";
import { scenario } from "./scenario.mjs";

const STRANGER = "3f1c5d0e-6f0b-4a0e-8a3e-0b9d1f2a3c4d";

await scenario("a policy is made, read, listed, changed and removed", async () => {
  const { users } = await newOrganization();
  const { client } = users[0];
  const { policyId } = await client.createPolicy(asPolicy("approvers.count() >= 2", { policyName: "first" }));
  const { policy } = await client.getPolicy({ policyId });
  assert.deepEqual([policy.policyName, policy.effect, policy.condition], ["first", "EFFECT_ALLOW", NEW_TAG]);
  assert.equal(policy.consensus, "approvers.count() >= 2");
  const { policyIds } = await client.createPolicies({ policies: [asPolicy("true"), asPolicy("false")] });
  const listed = (await client.getPolicies()).policies.map((each) => each.policyId);
  assert.deepEqual(listed, [policyId, ...policyIds]);
  assert.equal((await client.updatePolicy({ policyId, policyEffect: "EFFECT_DENY", policyConsensus: "true" })).policyId, policyId);
  const changed = (await client.getPolicy({ policyId })).policy;
  assert.deepEqual([changed.effect, changed.consensus, changed.condition], ["EFFECT_DENY", "true", NEW_TAG]);
  assert.deepEqual((await client.deletePolicies({ policyIds })).policyIds, policyIds);
  assert.equal((await client.deletePolicy({ policyId })).policyId, policyId);
  assert.deepEqual((await client.getPolicies()).policies, []);
});

await scenario("policies are active by their times", async () => {
  const { id: organizationId, users } = await newOrganization();
  const [{ client, key }] = users;
  const [past, broken] = ["time.now < Timestamp('2020-01-01T00:00:00Z')", "[time.now][1] == time.now"];
  const made = [];
  for (const more of [{}, { time: past }, { time: broken }]) {
    made.push((await client.createPolicy(asPolicy("true", more))).policyId);
  }
  const before = Date.now();
  const { statuses, evaluatedAtMs } = await httpClientOf(key).getActivePolicies({ organizationId });
  const [always, never, failing] = made.map((policyId) => ({ organizationId, policyId }));
  assert.deepEqual(statuses, [
    { ...always, active: true },
    { ...never, active: false, timeExpr: past },
    { ...failing, active: false, timeExpr: broken, error: "index 1 is outside a list of length 1" },
  ]);
  assert.ok(before <= Number(evaluatedAtMs) && Number(evaluatedAtMs) <= Date.now());
  const foreign = httpClientOf(newKey()).getActivePolicies({ organizationId });
  await refused(foreign, 16, /^could not find public key/, "PUBLIC_KEY_NOT_FOUND");
});

await scenario("what does not check is refused with its place", async () => {
  const { users } = await newOrganization();
  const { client } = users[0];
  const bad = asPolicy(ANYBODY, { condition: "eth.tx.valeu > 1" });
  await refused(client.createPolicy(bad), 3, /^invalid policy condition: line 1, column 8: .*value/);
  await refused(client.createPolicies({ policies: [bad] }), 3, /^invalid policy condition: line 1, column 8/);
  await refused(client.createPolicy(asPolicy("approvers.count()")), 3, /^invalid policy consensus: /);
  await refused(client.createPolicy(asPolicy(ANYBODY, { time: "CronSpan('x', '1h', 'UTC')" })), 3, /^invalid policy time: /);
  await refused(client.getPolicy({ policyId: STRANGER }), 5, /^unable to find policy/, "");
  await refused(client.updatePolicy({ policyId: STRANGER }), 5, /^unable to find policy/, "");
  await refused(client.deletePolicy({ policyId: STRANGER }), 5, /^unable to find policy/, "");
  await refused(client.deletePolicies({ policyIds: [] }), 3, /./);
  await refused(client.getPolicyEvaluations({ activityId: STRANGER }), 5, /^no activity found/, "");
  const elsewhere = { organizationId: STRANGER };
  await refused(client.getPolicies(elsewhere), 5, /^no organization found/, "ORGANIZATION_NOT_FOUND");
});

await scenario("selectors are refused with the way out", async () => {
  const { id, users } = await newOrganization();
  const body = {
    type: "ACTIVITY_TYPE_CREATE_POLICY_V2",
    timestampMs: now(),
    organizationId: id,
    parameters: { policyName: "old", selectors: [], effect: "EFFECT_ALLOW", notes: "" },
  };
  const { status, reply } = await post("/public/v1/submit/create_policy", body, stamperOf(users[0].key));
  assert.deepEqual([status, reply.code], [400, 3]);
  assert.match(reply.message, /use ACTIVITY_TYPE_CREATE_POLICY_V3$/);
});

await scenario("an ALLOW allows; without one it is denied implicitly", async () => {
  const office = await newOffice();
  await deniedImplicitly(office.agent.client.createUserTag(newTag()), []);
  await office.allow(tagged(office.agents));
  const { activity, userTagId } = await office.agent.client.createUserTag(newTag());
  assert.equal(activity.status, COMPLETED);
  assert.ok(userTagId);
  assert.deepEqual(await outcomes(office.guest, activity.id), [["ALLOW"]]);
  await deniedImplicitly(office.guest.client.createUserTag(newTag()), ["DENY_IMPLICIT"]);
  const { activities } = await office.guest.client.getActivities({ filterByStatus: ["ACTIVITY_STATUS_FAILED"] });
  assert.equal(activities[0].failure.code, 7);
  assert.deepEqual(await outcomes(office.guest, activities[0].id), [["DENY_IMPLICIT"]]);
});

await scenario("a DENY beats an ALLOW; only the root quorum beats a DENY", async () => {
  const office = await newOffice();
  await office.allow(ANYBODY);
  await office.allow(tagged(office.agents), { effect: "EFFECT_DENY" });
  await refused(office.agent.client.createUserTag(newTag()), 7, "policy engine denied request explicitly", "");
  assert.equal((await office.guest.client.createUserTag(newTag())).activity.status, COMPLETED);
  await office.allow(ANYBODY, { effect: "EFFECT_DENY", condition: "true" });
  await refused(office.guest.client.createUserTag(newTag()), 7, "policy engine denied request explicitly", "");
  const { activity } = await office.root.client.createUserTag(newTag());
  assert.equal(activity.status, COMPLETED);
  assert.deepEqual(await outcomes(office.guest, activity.id), [[]]);
});

await scenario("a policy that fails is passed over, the others decide", async () => {
  const office = await newOffice();
  await office.allow(ANYBODY, { condition: `${NEW_TAG} || eth.tx.value > 1` });
  await deniedImplicitly(office.guest.client.createUserTag(newTag()), ["ERROR"]);
  await office.allow(ANYBODY);
  const { activity } = await office.guest.client.createUserTag(newTag());
  assert.deepEqual(await outcomes(office.guest, activity.id), [["ERROR", "ALLOW"]]);
});

await scenario("agent and human: it waits, and the approval's reply has the result", async () => {
  const office = await newOffice();
  await office.allow(office.both);
  const waiting = await pending(office.agent);
  const reply = await office.ann.client.approveActivity({ fingerprint: waiting.fingerprint });
  assert.equal(reply.activity.id, waiting.id);
  assert.equal(reply.activity.status, COMPLETED);
  assert.ok(reply.createUserTagResult.userTagId);
  assert.deepEqual(await outcomes(office.guest, waiting.id), [["REQUIRES_CONSENSUS"], ["ALLOW"]]);
  const other = await pending(office.agent);
  const { body } = other.stamped;
  const resent = await send({ ...other.stamped, stamp: await stamperOf(office.bob.key).stamp(body) });
  assert.equal(resent.reply.activity.status, COMPLETED);
});

await scenario("the root quorum completes what waits for a policy", async () => {
  const office = await newOffice();
  await office.allow(office.both);
  const waiting = await pending(office.agent);
  const { activity } = await office.root.client.approveActivity({ fingerprint: waiting.fingerprint });
  assert.equal(activity.status, COMPLETED);
});

await scenario("two of those with a tag; who does not contribute is denied at once", async () => {
  const office = await newOffice();
  await office.allow(`approvers.filter(user, user.tags.contains('${office.humans}')).count() >= 2`);
  await deniedImplicitly(office.agent.client.createUserTag(newTag()), ["DENY_IMPLICIT"]);
  const waiting = await pending(office.ann);
  const vote = { fingerprint: waiting.fingerprint };
  const text = `request not authorized: user ${office.agent.id} takes no part in the consensus on activity ${waiting.id}`;
  await refused(office.agent.client.approveActivity(vote), 7, text, "REQUEST_NOT_AUTHORIZED");
  assert.equal((await office.ann.client.approveActivity(vote)).activity.votes.length, 1);
  assert.equal((await office.bob.client.approveActivity(vote)).activity.status, COMPLETED);
});

await scenario("canApprove and canReject are the reader's own", async () => {
  const office = await newOffice();
  await office.allow(office.both);
  const { id } = await pending(office.agent);
  const seen = {};
  for (const name of ["agent", "ann", "guest", "root"]) {
    const { activity } = await office[name].client.getActivity({ activityId: id });
    seen[name] = [activity.canApprove, activity.canReject];
  }
  assert.deepEqual(seen, { agent: [false, true], ann: [true, true], guest: [false, false], root: [true, true] });
});

await scenario("one rejection by who takes part is final", async () => {
  const office = await newOffice();
  await office.allow(office.both);
  const waiting = await pending(office.agent);
  const vote = { fingerprint: waiting.fingerprint };
  await refused(office.guest.client.rejectActivity(vote), 7, /^request not authorized/, "REQUEST_NOT_AUTHORIZED");
  assert.equal((await office.ann.client.rejectActivity(vote)).activity.status, REJECTED);
  assert.equal((await office.bob.client.approveActivity(vote)).activity.status, REJECTED);
});

await scenario("a late vote that a DENY matches is refused, not stored, and what waits goes on waiting", async () => {
  const office = await newOffice();
  await office.allow("approvers.count() >= 2");
  await office.allow(tagged(office.agents), { effect: "EFFECT_DENY" });
  const waiting = await pending(office.ann);
  const vote = { fingerprint: waiting.fingerprint };
  await refused(office.agent.client.approveActivity(vote), 7, /./, "REQUEST_NOT_AUTHORIZED");
  const { activity } = await office.agent.client.getActivity({ activityId: waiting.id });
  assert.deepEqual([activity.status, activity.votes.length], [NEEDED, 1]);
  assert.equal((await office.guest.client.approveActivity(vote)).activity.status, COMPLETED);
});

await scenario("one's own credentials: allowed, unless a policy says otherwise", async () => {
  const office = await newOffice();
  const newOwnKey = (user) => user.client.createApiKeys({ userId: user.id, apiKeys: [asParameter(newKey())] });
  assert.equal((await newOwnKey(office.agent)).activity.status, COMPLETED);
  const onCredentials = { condition: "activity.resource == 'CREDENTIAL' && activity.action == 'CREATE'" };
  await office.allow(office.both, onCredentials);
  assert.equal((await newOwnKey(office.agent)).activity.status, NEEDED);
  assert.equal((await newOwnKey(office.guest)).activity.status, COMPLETED);
  await office.allow(tagged(office.agents), { ...onCredentials, effect: "EFFECT_DENY" });
  await refused(newOwnKey(office.agent), 7, "policy engine denied request explicitly", "");
});

await scenario("what only the root quorum may do, no policy allows", async () => {
  const office = await newOffice();
  await office.allow(ANYBODY, { condition: "true" });
  const change = { threshold: 1, userIds: [office.agent.id] };
  await deniedImplicitly(office.agent.client.updateRootQuorum(change), []);
});

await scenario("2 of 3 root users, a policy for one of them, and a DENY on a partly met quorum", async () => {
  const home = await newOrganization({ rootUsers: 3, threshold: 2 });
  const [one, two] = home.users;
  const agree = async (stamped) => {
    const { reply } = await send(stamped);
    assert.equal(reply.activity?.status, NEEDED, reply.message);
    return (await two.client.approveActivity({ fingerprint: reply.activity.fingerprint })).activity;
  };
  await agree(await one.client.stampCreatePolicy(asPolicy(`approvers.any(user, user.id == '${one.id}')`)));
  assert.equal((await one.client.createUserTag(newTag())).activity.status, COMPLETED);
  assert.equal((await agree(await two.client.stampCreateUserTag(newTag()))).status, NEEDED, "two's second vote");
  await agree(await one.client.stampCreatePolicy(asPolicy(ANYBODY, { effect: "EFFECT_DENY", condition: "true" })));
  assert.equal((await agree(await one.client.stampCreateUserTag(newTag()))).status, COMPLETED);
});

await scenario("the next vote is judged by the policy of that moment", async () => {
  const office = await newOffice();
  const policyId = await office.allow(office.both);
  const waiting = await pending(office.agent);
  const humans = `approvers.filter(user, user.tags.contains('${office.humans}')).count()`;
  await office.root.client.updatePolicy({ policyId, policyConsensus: `${tagged(office.agents)} && ${humans} >= 2` });
  const vote = { fingerprint: waiting.fingerprint };
  assert.equal((await office.ann.client.approveActivity(vote)).activity.status, NEEDED);
  assert.equal((await office.bob.client.approveActivity(vote)).activity.status, COMPLETED);
});

await scenario("delegated access in a sub-organization, set up by its owner, who then leaves nothing else to it", async () => {
  const organization = await newOrganization({ rootUsers: 2 });
  const [owner, delegate] = organization.users;
  const consensus = `approvers.any(user, user.id == '${delegate.id}')`;
  await delegate.client.createPolicy(asPolicy(consensus));
  await delegate.client.updateRootQuorum({ threshold: 1, userIds: [owner.id] });
  assert.equal((await delegate.client.createUserTag(newTag())).activity.status, COMPLETED);
  await deniedImplicitly(delegate.client.createUsers({ users: [asUser("x", [newKey()], { userTags: [] })] }), ["DENY_IMPLICIT"]);
  await deniedImplicitly(delegate.client.createPolicy(asPolicy(ANYBODY)), ["DENY_IMPLICIT"]);
});

await scenario("http throws on consensus needed and on rejection", async () => {
  const office = await newOffice();
  await office.allow(office.both);
  const client = httpClientOf(office.agent.key);
  const waiting = await pending(office.agent);
  assert.throws(() => assertActivityCompleted(waiting), TurnkeyActivityConsensusNeededError);
  const poll = () => createActivityPoller({ client, requestFn: async () => (await send(waiting.stamped)).reply })({});
  const becomes = (activityStatus) => (error) => {
    assert.ok(error instanceof TurnkeyActivityError);
    assert.deepEqual([error.activityId, error.activityStatus], [waiting.id, activityStatus]);
    return true;
  };
  await assert.rejects(poll(), becomes(NEEDED));
  await office.ann.client.rejectActivity({ fingerprint: waiting.fingerprint });
  await assert.rejects(poll(), becomes(REJECTED));
});

await scenario("simulate_activity, by a client's stamper, says what then happens", async () => {
  const office = await newOffice();
  await office.allow(office.both);
  const stamped = await office.agent.client.stampCreateUserTag(newTag());
  const question = { organizationId: office.id, body: stamped.body };
  const path = "/counterseal/v1/query/simulate_activity";
  const { status, reply } = await post(path, question, stamperOf(office.agent.key));
  assert.deepEqual([status, reply.outcome], [200, "OUTCOME_REQUIRES_CONSENSUS"]);
  assert.deepEqual(new Set(reply.mayApprove), new Set([office.root.id, office.ann.id, office.bob.id]));
  assert.equal((await send(stamped)).reply.activity.status, NEEDED);
  const asked = await post(path, { ...question, userId: office.ann.id }, stamperOf(server));
  assert.equal(asked.reply.outcome, "OUTCOME_ALLOW", "the parent asks about the vote of ann");
  assert.equal((await post(path, question)).status, 401);
});
