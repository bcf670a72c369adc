// Visitors of a page that runs @turnkey/core: who they are to the server, and what they log in with.

import { openPage } from "./browser.mjs";
import { root, server } from "./clients.mjs";

/** A sub-organization of one root user: `{organizationId, userId}`. */
export async function newHome(user) {
  const { subOrganizationId, rootUserIds } = await root.client.createSubOrganization({
    subOrganizationName: "Home",
    rootQuorumThreshold: 1,
    rootUsers: [{ oauthProviders: [], ...user }],
  });
  return { organizationId: subOrganizationId, userId: rootUserIds[0] };
}

/** A passkey that the page makes, as users are given one. */
export async function newPasskey(page) {
  const { encodedChallenge, attestation } = await page.createPasskey({ name: "Laptop" });
  return { authenticatorName: "Laptop", challenge: encodedChallenge, attestation };
}

/** A page and its user, who has a passkey and lives in a sub-organization, or with `top` in the parent itself. */
export async function visitor({ top = false } = {}) {
  const page = await openPage();
  const user = { userName: "ada", apiKeys: [], authenticators: [await newPasskey(page)] };
  if (!top) {
    return { page, ...(await newHome(user)) };
  }
  const { userIds } = await root.client.createUsers({ users: [{ ...user, userTags: [], oauthProviders: [] }] });
  return { page, organizationId: server.organizationId, userId: userIds[0] };
}
