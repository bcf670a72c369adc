// Bob, the second root user, approves what Ada has asked for.

import { client as bob } from "./client.mjs";
import { expect, step } from "./step.mjs";

await step("Bob finds it and approves: now it is carried out", "sdk-server", async () => {
  const { activities } = await bob.getActivities({ filterByStatus: ["ACTIVITY_STATUS_CONSENSUS_NEEDED"] });
  expect(activities.length === 1, `expected one activity that waits, found ${activities.length}`);
  const { activity } = await bob.approveActivity({ fingerprint: activities[0].fingerprint });
  expect(activity.status === "ACTIVITY_STATUS_COMPLETED", activity.status);
  const voters = activity.votes.map((vote) => vote.user.userName);
  const [userId] = activity.result.createUsersResult.userIds;
  return { activity: activity.id, status: activity.status, votes: voters.join(", "), "new user": userId };
});
