// An organization whose users have tags, and policies that say who may do what. What is done is always a new user tag.

import assert from "node:assert/strict";

import { newOrganization, newUser, send } from "./clients.mjs";

export const NEEDED = "ACTIVITY_STATUS_CONSENSUS_NEEDED";
export const COMPLETED = "ACTIVITY_STATUS_COMPLETED";
export const REJECTED = "ACTIVITY_STATUS_REJECTED";
export const NEW_TAG = "activity.kind == 'CREATE_USER_TAG'";

let number = 0;
export const label = () => `label ${(number += 1)}`;
export const newTag = () => ({ userTagName: label(), userIds: [] });
export const tagged = (tagId) => `approvers.any(user, user.tags.contains('${tagId}'))`;
/** No consensus: it is left out, for an empty one is refused. */
export const ANYBODY = undefined;
/** An ALLOW of new tags with this consensus, as create_policy takes it. */
export const asPolicy = (consensus, more = {}) => ({
  policyName: label(),
  effect: "EFFECT_ALLOW",
  condition: NEW_TAG,
  consensus,
  notes: "",
  ...more,
});

/** A root user, an agent and two humans by their tags, and a guest without one. */
export async function newOffice() {
  const organization = await newOrganization();
  const [root] = organization.users;
  const tag = async () => (await root.client.createUserTag(newTag())).userTagId;
  const [agents, humans] = [await tag(), await tag()];
  const user = (...userTags) => newUser(organization, { userTags });
  return {
    ...organization,
    root,
    agents,
    humans,
    agent: await user(agents),
    ann: await user(humans),
    bob: await user(humans),
    guest: await user(),
    allow: async (consensus, more) => (await root.client.createPolicy(asPolicy(consensus, more))).policyId,
    both: `${tagged(agents)} && ${tagged(humans)}`,
  };
}

/** An activity that waits, by its stamped bytes, so that no client polls. */
export async function pending(user) {
  const stamped = await user.client.stampCreateUserTag(newTag());
  const { reply } = await send(stamped);
  assert.equal(reply.activity?.status, NEEDED, reply.message);
  return { ...reply.activity, stamped };
}

/** For each vote on an activity that was decided on, what each policy said. */
export const outcomes = async (user, activityId) =>
  (await user.client.getPolicyEvaluations({ activityId })).policyEvaluations.map(({ policyEvaluations }) =>
    policyEvaluations.map(({ outcome }) => outcome.replace("OUTCOME_", "")),
  );

/** The refusal of what no policy allows: its one detail names what each policy said. */
export async function deniedImplicitly(call, said) {
  const error = await call.then(() => assert.fail("not refused"), (reason) => reason);
  assert.equal(error.code, 7, error.message);
  assert.match(error.message, /You don't have sufficient permissions/);
  const [detail] = error.details;
  assert.equal(detail["@type"], "type.googleapis.com/errors.v1.PolicyEnginePermissionError");
  assert.equal(detail.message, "No policies evaluated to outcome: Allow");
  assert.deepEqual(detail.policyEvaluations.map(({ outcome }) => outcome.replace("OUTCOME_", "")), said);
}
