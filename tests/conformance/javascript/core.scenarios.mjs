// @turnkey/core, initialized as in a browser: it logs in with passkeys and wallets under the parent's id, refreshes, and
// notices that a session is over.

import assert from "node:assert/strict";

import { verifySessionJwtSignature } from "@turnkey/crypto";

import { core, installEthereumWallet, installSolanaWallet, openPage, walletProvider } from "./browser.mjs";
import { asParameter, clientOf, newKey, root, server, sleep } from "./clients.mjs";
import { scenario } from "./scenario.mjs";
import { newHome, newPasskey, visitor } from "./visitors.mjs";

const { SessionType, TurnkeyError, TurnkeyErrorCodes } = core;
const identities = await (await fetch(`${server.url}/.well-known/counterseal`)).json();

async function fails(call, code) {
  const error = await call.then(assert.fail, (reason) => reason);
  assert.ok(error instanceof TurnkeyError, String(error?.stack));
  assert.equal(error.code, code, `${error.message} ${error.cause}`);
  return error;
}

/** Deletes the key of the page's session, which the page goes on to believe in. */
async function removeSession({ page, organizationId, userId }) {
  const { publicKey } = await page.getSession();
  const { apiKeys } = await page.httpClient.getApiKeys({ userId });
  const { apiKeyId } = apiKeys.find(({ credential }) => credential.publicKey === publicKey);
  await page.httpClient.deleteApiKeys({ organizationId, userId, apiKeyIds: [apiKeyId] });
}

/** What a page says once its session is over, whatever it tries. */
async function sessionIsOver({ page }, message) {
  const tries = [() => page.fetchUser(), () => page.updateUserName({ userName: "Eve" }), () => page.refreshSession()];
  for (const attempt of tries) {
    const error = await fails(attempt(), TurnkeyErrorCodes.SESSION_EXPIRED);
    assert.equal(error.message, message);
  }
}

const EXPIRED = "Session API key has expired";
const GONE = "Session public key could not be found in the sub-organization or parent organization";

async function walletLogsIn(wallet) {
  const page = await openPage();
  const home = await newHome({ userName: "ada", apiKeys: [asParameter(wallet)], authenticators: [] });
  const { sessionToken, address } = await page.loginWithWallet({ walletProvider: await walletProvider(page, wallet) });
  assert.equal(address, wallet.address);
  assert.ok(await verifySessionJwtSignature(sessionToken, identities.notarizer));
  const { organizationId, userId } = await page.getSession();
  assert.deepEqual({ organizationId, userId }, home);
  assert.equal((await page.fetchUser()).userName, "ada");
}

await scenario("a passkey logs in under the parent's id and acts in its own organization", async () => {
  const { page, organizationId, userId } = await visitor();
  const { sessionToken, credentialId } = await page.loginWithPasskey();
  assert.ok(credentialId);
  assert.ok(await verifySessionJwtSignature(sessionToken, identities.notarizer));
  const session = await page.getSession();
  assert.equal(session.token, sessionToken);
  assert.deepEqual(
    [session.organizationId, session.userId, session.sessionType],
    [organizationId, userId, SessionType.READ_WRITE],
  );
  assert.ok([899, 900].includes(Number(session.expirationSeconds)), session.expirationSeconds);
  const user = await page.fetchUser();
  assert.equal(user.userId, userId);
  assert.deepEqual(
    user.apiKeys.map(({ credential, expirationSeconds }) => [credential, expirationSeconds]),
    [[{ publicKey: session.publicKey, type: "CREDENTIAL_TYPE_LOGIN" }, "900"]],
  );
  assert.equal(await page.updateUserName({ userName: "Ada L." }), userId);
  assert.equal((await page.addPasskey({ name: "Phone" })).length, 1);
});

await scenario("an Ethereum wallet logs in under the parent's id", async () => {
  await walletLogsIn(installEthereumWallet());
});

await scenario("a Solana wallet logs in under the parent's id", async () => {
  await walletLogsIn(installSolanaWallet());
});

await scenario("a user of the parent itself logs in", async () => {
  const { page, organizationId, userId } = await visitor({ top: true });
  await page.loginWithPasskey();
  const session = await page.getSession();
  assert.deepEqual([session.organizationId, session.userId], [organizationId, userId]);
  assert.equal((await page.fetchUser()).userName, "ada");
});

await scenario("a session is refreshed by its own key, and the old one goes on beside it", async () => {
  const { page, organizationId, userId } = await visitor();
  await page.loginWithPasskey();
  const before = await page.getSession();
  const elsewhere = newKey();
  await page.httpClient.stampLogin({ publicKey: elsewhere.publicKey });
  await page.refreshSession({ expirationSeconds: "60" });
  const after = await page.getSession();
  assert.notEqual(after.publicKey, before.publicKey);
  assert.deepEqual([after.organizationId, after.userId], [organizationId, userId]);
  assert.ok(Number(after.expirationSeconds) <= 60, after.expirationSeconds);
  assert.deepEqual(
    (await page.fetchUser()).apiKeys.map(({ credential }) => credential.publicKey),
    [before.publicKey, elsewhere.publicKey, after.publicKey],
  );
  assert.equal((await clientOf(elsewhere, organizationId).getWhoami()).userId, userId);
});

await scenario("a refresh that invalidates leaves one session", async () => {
  const { page } = await visitor();
  await page.loginWithPasskey();
  await page.httpClient.stampLogin({ publicKey: newKey().publicKey });
  await page.refreshSession({ invalidateExisitng: true }); // the client's own spelling
  const { publicKey } = await page.getSession();
  assert.deepEqual((await page.fetchUser()).apiKeys.map(({ credential }) => credential.publicKey), [publicKey]);
});

await scenario("an expired session is over", async () => {
  const here = await visitor();
  await here.page.loginWithPasskey({ expirationSeconds: "1" });
  await here.page.fetchUser();
  await sleep(1100);
  await sessionIsOver(here, EXPIRED);
  await here.page.loginWithPasskey();
  assert.equal((await here.page.fetchUser()).userName, "ada");
});

await scenario("a session whose key was deleted is over", async () => {
  const here = await visitor();
  await here.page.loginWithPasskey();
  await removeSession(here);
  await sessionIsOver(here, GONE);
});

await scenario("a user of the parent itself whose session key was deleted is told so too", async () => {
  const here = await visitor({ top: true });
  await here.page.loginWithPasskey();
  await removeSession(here);
  await sessionIsOver(here, GONE);
});

await scenario("the oldest of eleven sessions is over", async () => {
  const here = await visitor();
  await here.page.loginWithPasskey();
  for (let at = 0; at < 10; at += 1) {
    await here.page.httpClient.stampLogin({ publicKey: newKey().publicKey });
  }
  await sessionIsOver(here, GONE);
});

await scenario("an unknown passkey and an unknown wallet do not log in, and no session is said to be over", async () => {
  const page = await openPage();
  await newPasskey(page);
  await fails(page.loginWithPasskey(), TurnkeyErrorCodes.PASSKEY_LOGIN_AUTH_ERROR);
  for (const wallet of [installEthereumWallet(), installSolanaWallet()]) {
    const login = page.loginWithWallet({ walletProvider: await walletProvider(page, wallet) });
    const error = await fails(login, TurnkeyErrorCodes.WALLET_LOGIN_AUTH_ERROR);
    assert.match(error.cause.message, /public key could not be found in organization or its parent organization/);
  }
  assert.equal(await page.getSession(), undefined);
});

await scenario("the http client that needs no browser is stamped by the stored session", async () => {
  const { page, organizationId, userId } = await visitor();
  await page.loginWithPasskey();
  const client = page.createHttpClient({ organizationId: server.organizationId });
  assert.equal((await client.getWhoami()).userId, userId);
  const whoami = await client.getWhoami({ organizationId: server.organizationId });
  assert.deepEqual([whoami.organizationId, whoami.userId], [organizationId, userId]);
});

await scenario("what waits for another root user is handed over after the polls, without an error", async () => {
  const page = await openPage();
  const other = newKey();
  const { subOrganizationId } = await root.client.createSubOrganization({
    subOrganizationName: "Two",
    rootQuorumThreshold: 2,
    rootUsers: [
      { userName: "ada", apiKeys: [], authenticators: [await newPasskey(page)], oauthProviders: [] },
      { userName: "bob", apiKeys: [asParameter(other)], authenticators: [], oauthProviders: [] },
    ],
  });
  await page.loginWithPasskey();
  const handed = await page.httpClient.createUserTag({ userTagName: "both", userIds: [] });
  assert.equal(handed.activity.status, "ACTIVITY_STATUS_CONSENSUS_NEEDED");
  assert.equal(handed.userTagId, undefined);
  await clientOf(other, subOrganizationId).approveActivity({ fingerprint: handed.activity.fingerprint });
  const { activity } = await page.httpClient.getActivity({ activityId: handed.activity.id });
  assert.equal(activity.status, "ACTIVITY_STATUS_COMPLETED");
  assert.ok(activity.result.createUserTagResult.userTagId);
});
