// The order in which a request is decided, step by step, for what the other files do not show: what stands above the
// policies, what a policy may say, and what holds when none of them says anything.

import assert from "node:assert/strict";

import {
  asParameter,
  clientOf,
  newKey,
  newOrganization,
  now,
  outOfScope,
  post,
  refused,
  root,
  send,
  server,
  stamperOf,
} from "./clients.mjs";
import {
  ANYBODY,
  COMPLETED,
  NEEDED,
  asPolicy,
  deniedImplicitly,
  newOffice,
  newTag,
  outcomes,
  pending,
  tagged,
} from "./office.mjs";
import { scenario } from "./scenario.mjs";

const NEVER = "time.now < Timestamp('2020-01-01T00:00:00Z')";
const ALWAYS = "time.now > Timestamp('2020-01-01T00:00:00Z')";
const ANYTHING = { condition: "true" };

/** The four kinds that no policy governs, each as `user` asks for it. */
const ROOT_KINDS = {
  updateRootQuorum: (user) => ({ threshold: 1, userIds: [user.id] }),
  setOrganizationFeature: () => ({ name: "FEATURE_NAME_EMAIL_AUTH", value: "" }),
  removeOrganizationFeature: () => ({ name: "FEATURE_NAME_EMAIL_AUTH" }),
  updateOrganizationName: () => ({ organizationName: "Another name" }),
};

await scenario("who does not sign is refused before anything is decided, whatever the policies allow", async () => {
  const office = await newOffice();
  await office.allow(ANYBODY, ANYTHING);
  const stranger = newKey();
  const text = new RegExp(`publicKey=${stranger.publicKey}$`);
  await refused(clientOf(stranger, office.id).createUserTag(newTag()), 16, text, "PUBLIC_KEY_NOT_FOUND");
  const stamped = await office.guest.client.stampCreateUserTag(newTag());
  const { status, reply } = await send({ ...stamped, body: stamped.body.replace("label", "another") });
  assert.deepEqual([status, reply.code, reply.turnkeyErrorCode], [401, 16, "SIGNATURE_INVALID"]);
  const { activities } = await office.root.client.getActivities({ filterByStatus: ["ACTIVITY_STATUS_FAILED"] });
  assert.deepEqual(activities, [], "no refusal of this kind is on record");
});

await scenario("an IP allow-list comes before everything that is decided", async () => {
  const { users } = await newOrganization();
  const [owner] = users;
  await refused(owner.client.setIpAllowlist({ enabled: true, rules: [] }), 3, /sub-organization/, "INVALID_ACTIVITY_CALLER");
  await refused(owner.client.removeIpAllowlist({}), 3, /sub-organization/, "INVALID_ACTIVITY_CALLER");
  const key = newKey();
  await root.client.createApiKeys({ userId: root.userId, apiKeys: [asParameter(key, `listed ${now()}`)] });
  const listed = clientOf(key);
  const rules = [{ cidr: "192.0.2.1/24", label: "nobody is here" }];
  await root.client.setIpAllowlist({ publicKey: key.publicKey, rules });
  const here = [{ cidr: "127.0.0.1" }, { cidr: "::1/128" }];
  await root.client.setIpAllowlist({ enabled: true, rules: here, onEvaluationError: "DENY" });
  try {
    const { allowlist } = await root.client.getIpAllowlist({});
    assert.deepEqual([allowlist.enabled, allowlist.rules.map(({ cidr }) => cidr)], [true, ["127.0.0.1/32", "::1/128"]]);
    const own = (await root.client.getIpAllowlist({ publicKey: key.publicKey })).allowlist;
    assert.deepEqual([own.publicKey, own.rules[0].cidr], [key.publicKey, "192.0.2.0/24"]);
    const text = "request not authorized: source IP is not allowed";
    await refused(listed.getIpAllowlist({}), 7, text, "REQUEST_NOT_AUTHORIZED");
    await refused(listed.createUserTag(newTag()), 7, text, "REQUEST_NOT_AUTHORIZED");
  } finally {
    await root.client.removeIpAllowlist({});
  }
  await listed.getWhoami({});
});

await scenario("the scope of a session comes before the root quorum", async () => {
  const { id, users } = await newOrganization();
  const [owner] = users;
  const profile = { sessionProfileName: `tags ${now()}`, scope: "activity.kind == 'CREATE_USER_TAG'" };
  const { sessionProfileId } = await root.client.createSessionProfile(profile);
  const key = newKey();
  await owner.client.stampLogin({ publicKey: key.publicKey, sessionProfileId });
  const session = clientOf(key, id);
  await session.createUserTag(newTag());
  await outOfScope(session.updateOrganizationName({ organizationName: "x" }));
});

await scenario("an old request is refused before it is decided, and leaves nothing", async () => {
  const office = await newOffice();
  const old = { ...newTag(), timestampMs: String(Date.now() - 3_600_001) };
  await refused(office.guest.client.createUserTag(old), 3, /^invalid request timestamp/);
  const { activities } = await office.root.client.getActivities({ filterByStatus: ["ACTIVITY_STATUS_FAILED"] });
  assert.deepEqual(activities, []);
});

await scenario("what no policy lifts: root users stay, everybody keeps a key, the parent writes nothing", async () => {
  const office = await newOffice();
  await office.allow(ANYBODY, ANYTHING);
  const { guest, ann } = office;
  assert.equal((await guest.client.createUserTag(newTag())).activity.status, COMPLETED, "it does allow all else");
  await refused(guest.client.deleteUsers({ userIds: [office.root.id] }), 3, /^quorum users missing/);
  const [{ apiKeyId }] = (await guest.client.getApiKeys({ userId: ann.id })).apiKeys;
  const last = guest.client.deleteApiKeys({ userId: ann.id, apiKeyIds: [apiKeyId] });
  await refused(last, 3, /^user missing valid credential/);
  const parent = clientOf(server, office.id);
  await refused(parent.createUserTag(newTag()), 3, /^organization mismatch/, "ORGANIZATION_MISMATCH");
});

await scenario("the four kinds of the root quorum: no policy allows them", async () => {
  const office = await newOffice();
  await office.allow(ANYBODY, ANYTHING);
  for (const [kind, parametersOf] of Object.entries(ROOT_KINDS)) {
    await deniedImplicitly(office.guest.client[kind](parametersOf(office.guest)), []);
  }
});

await scenario("the four kinds of the root quorum: one root user of two waits for the other", async () => {
  const { users } = await newOrganization({ rootUsers: 2, threshold: 2 });
  const [one, two] = users;
  const { activity: policy } = await one.client.createPolicy(asPolicy(ANYBODY, ANYTHING));
  await two.client.approveActivity({ fingerprint: policy.fingerprint });
  assert.equal((await one.client.createUserTag(newTag())).activity.status, COMPLETED, "a policy suffices for all else");
  for (const [kind, parametersOf] of Object.entries(ROOT_KINDS).reverse()) {
    const { activity } = await one.client[kind](parametersOf(one));
    assert.equal(activity.status, NEEDED, kind);
    const approved = await two.client.approveActivity({ fingerprint: activity.fingerprint });
    assert.equal(approved.activity.status, COMPLETED, kind);
  }
});

await scenario("an ALLOW whose time is not now is inactive; one that has no consensus either is no match", async () => {
  const office = await newOffice();
  await office.allow(ANYBODY, { time: NEVER });
  await deniedImplicitly(office.guest.client.createUserTag(newTag()), ["TIME_INACTIVE"]);
  await office.allow(office.both, { time: NEVER });
  await deniedImplicitly(office.agent.client.createUserTag(newTag()), ["TIME_INACTIVE", "DENY_IMPLICIT"]);
  await office.allow(ANYBODY, { time: ALWAYS });
  const { activity } = await office.guest.client.createUserTag(newTag());
  assert.deepEqual(await outcomes(office.guest, activity.id), [["TIME_INACTIVE", "DENY_IMPLICIT", "ALLOW"]]);
});

await scenario("a DENY that does not match, and one that fails, stop nobody", async () => {
  const office = await newOffice();
  const deny = { effect: "EFFECT_DENY" };
  await office.allow(ANYBODY, { ...deny, condition: "activity.kind == 'DELETE_USERS'" });
  await office.allow(ANYBODY, { ...deny, condition: "eth.tx.value > 0" });
  await office.allow(ANYBODY, { ...deny, time: NEVER });
  await office.allow(ANYBODY);
  const { activity } = await office.guest.client.createUserTag(newTag());
  assert.deepEqual(await outcomes(office.guest, activity.id), [["DENY_IMPLICIT", "ERROR", "TIME_INACTIVE", "ALLOW"]]);
});

await scenario("an ALLOW comes before one that waits, a DENY before both", async () => {
  const office = await newOffice();
  await office.allow(office.both);
  await pending(office.agent);
  await office.allow(tagged(office.agents));
  const { activity } = await office.agent.client.createUserTag(newTag());
  assert.deepEqual(await outcomes(office.guest, activity.id), [["REQUIRES_CONSENSUS", "ALLOW"]]);
  await office.allow(tagged(office.agents), { effect: "EFFECT_DENY" });
  await refused(office.agent.client.createUserTag(newTag()), 7, "policy engine denied request explicitly", "");
});

await scenario("the right over one's own credentials yields to no policy that fails or does not match", async () => {
  const office = await newOffice();
  const { agent, ann } = office;
  await office.allow(ANYBODY, { condition: "activity.action == 'CREATE' && eth.tx.value > 0" });
  await office.allow(ANYBODY, { condition: "activity.kind == 'DELETE_USERS'", effect: "EFFECT_DENY" });
  const newKeyOf = (user) => agent.client.createApiKeys({ userId: user.id, apiKeys: [asParameter(newKey())] });
  const own = await newKeyOf(agent);
  assert.deepEqual(await outcomes(agent, own.activity.id), [["ERROR", "DENY_IMPLICIT"]]);
  assert.equal((await agent.client.stampLogin({ publicKey: newKey().publicKey })).activity.status, COMPLETED);
  await agent.client.deleteApiKeys({ userId: agent.id, apiKeyIds: own.apiKeyIds });
  await deniedImplicitly(newKeyOf(ann), ["ERROR", "DENY_IMPLICIT"]);
});

await scenario("what nobody allows is denied: HTTP 403 with what each policy said, and kept as FAILED", async () => {
  const office = await newOffice();
  const { policyId } = await office.root.client.createPolicy(asPolicy(tagged(office.humans)));
  const type = "ACTIVITY_TYPE_CREATE_USER_TAG";
  const body = { type, timestampMs: now(), organizationId: office.id, parameters: newTag() };
  const path = "/public/v1/submit/create_user_tag";
  const { status, reply } = await post(path, body, stamperOf(office.guest.key));
  assert.equal(status, 403);
  assert.equal(reply.code, 7);
  assert.deepEqual(reply.details, [
    {
      "@type": "type.googleapis.com/errors.v1.PolicyEnginePermissionError",
      message: "No policies evaluated to outcome: Allow",
      policyEvaluations: [{ policyId, outcome: "OUTCOME_DENY_IMPLICIT" }],
    },
  ]);
  const { activities } = await office.guest.client.getActivities({ filterByStatus: ["ACTIVITY_STATUS_FAILED"] });
  assert.deepEqual([activities.length, activities[0].failure.code, activities[0].votes.length], [1, 7, 1]);
  const again = await post(path, JSON.stringify(body), stamperOf(office.ann.key));
  assert.deepEqual([again.status, again.reply], [403, reply], "the same bytes, even by who would be allowed");
  const { activity } = await office.guest.client.getActivity({ activityId: activities[0].id });
  assert.equal(activity.votes.length, 1);
});
