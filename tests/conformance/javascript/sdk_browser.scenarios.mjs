// @turnkey/sdk-browser, the client before @turnkey/core: passkeys, wallets, keys in IndexedDB, sessions in an iframe, and
// read-only sessions. Of all that only the iframe's page is a stand-in: it keeps its key as the original's does.

import assert from "node:assert/strict";

import { decryptCredentialBundle, generateP256KeyPair, getPublicKey, verifySessionJwtSignature } from "@turnkey/crypto";

import { browserSdk, RP_ID } from "./browser.mjs";
import { asParameter, clientOf, ethereumWallet, newOrganization, newUser, server, stamperOf } from "./clients.mjs";
import { scenario } from "./scenario.mjs";

const { SessionType, Turnkey, TurnkeyBrowserClient, TurnkeyIframeClient } = browserSdk;
const home = await newOrganization();

const newSdk = (organizationId = home.id) =>
  new Turnkey({ apiBaseUrl: server.url, defaultOrganizationId: organizationId, rpId: RP_ID });

/** A user with a passkey, and the passkey's client: `{id, client, passkey}`. */
async function newPasskeyUser(sdk) {
  const user = await newUser(home);
  const passkey = sdk.passkeyClient();
  const { encodedChallenge, attestation } = await passkey.createUserPasskey();
  const params = { authenticatorName: "Laptop", challenge: encodedChallenge, attestation };
  await user.client.createAuthenticators({ userId: user.id, authenticators: [params] });
  return { ...user, passkey };
}

/** The client's key in IndexedDB, a new one. */
async function newIndexedDbClient(sdk) {
  const client = await sdk.indexedDbClient();
  await client.clear();
  await client.init();
  return client;
}

/** A frame that makes a key, opens a bundle sealed to it and stamps with what was inside. */
function newFrame() {
  const embedded = generateP256KeyPair();
  let stamper;
  return {
    iframePublicKey: embedded.publicKeyUncompressed,
    getEmbeddedPublicKey: async () => embedded.publicKeyUncompressed,
    injectCredentialBundle: async (bundle) => {
      const privateKey = decryptCredentialBundle(bundle, embedded.privateKey);
      stamper = stamperOf({ privateKey, publicKey: Buffer.from(getPublicKey(privateKey, true)).toString("hex") });
      return true;
    },
    stamp: (payload) => stamper.stamp(payload),
  };
}

await scenario("a passkey logs a key in IndexedDB in, which refreshes itself", async () => {
  const sdk = newSdk(server.organizationId);
  const user = await newPasskeyUser(sdk);
  const browser = await newIndexedDbClient(sdk);
  const publicKey = await browser.getPublicKey();
  await user.passkey.loginWithPasskey({ publicKey });
  const session = await sdk.getSession();
  assert.deepEqual([session.organizationId, session.userId], [home.id, user.id]);
  const token = await sdk.getRawSession();
  const { notarizer } = await (await fetch(`${server.url}/.well-known/counterseal`)).json();
  assert.ok(await verifySessionJwtSignature(token, notarizer));
  assert.equal((await browser.getWhoami()).userId, user.id);
  await browser.refreshSession({ invalidateExisting: true });
  assert.notEqual(await browser.getPublicKey(), publicKey);
  assert.notEqual(await sdk.getRawSession(), token);
  assert.equal((await browser.getWhoami()).userId, user.id);
});

await scenario("a wallet logs a key in IndexedDB in", async () => {
  const user = await newUser(home);
  const wallet = ethereumWallet();
  await user.client.createApiKeys({ userId: user.id, apiKeys: [asParameter(wallet)] });
  const sdk = newSdk(server.organizationId);
  const browser = await newIndexedDbClient(sdk);
  await sdk.walletClient(wallet.wallet).loginWithWallet({ publicKey: await browser.getPublicKey() });
  assert.equal((await sdk.getSession()).userId, user.id);
  assert.equal((await browser.getWhoami()).organizationId, home.id);
});

await scenario("a passkey opens a read-only session, which reads without it", async () => {
  const sdk = newSdk();
  const user = await newPasskeyUser(sdk);
  await user.passkey.loginWithPasskey({ sessionType: SessionType.READ_ONLY });
  const session = await sdk.getSession();
  assert.deepEqual([session.sessionType, session.userId], [SessionType.READ_ONLY, user.id]);
  const config = { apiBaseUrl: server.url, organizationId: home.id, readOnlySession: session.token };
  const reader = new TurnkeyBrowserClient(config);
  assert.equal((await reader.getWhoami()).userId, user.id);
  assert.ok((await reader.getUsers()).users.length > 1);
  const act = reader.createReadOnlySession({});
  await assert.rejects(act, { name: "TurnkeyRequestError", message: /^Turnkey error 16: cannot authenticate public API/ });
  await user.passkey.refreshSession({ sessionType: SessionType.READ_ONLY });
  assert.notEqual((await sdk.getSession()).token, session.token);
});

await scenario("a client with a stamper and a read-only session acts by its stamp", async () => {
  const user = await newUser(home);
  const other = await newUser(home);
  const { session } = await other.client.createReadOnlySession({});
  const config = { apiBaseUrl: server.url, organizationId: home.id, readOnlySession: session };
  const client = new TurnkeyBrowserClient({ ...config, stamper: stamperOf(user.key) });
  assert.equal((await client.getWhoami()).userId, user.id);
  assert.equal((await client.createReadOnlySession({})).userId, user.id);
});

await scenario("a passkey opens a read-write session in an iframe, which refreshes itself", async () => {
  const sdk = newSdk();
  const user = await newPasskeyUser(sdk);
  const stamper = newFrame();
  const frame = new TurnkeyIframeClient({ apiBaseUrl: server.url, organizationId: home.id, stamper });
  const targetPublicKey = await frame.getEmbeddedPublicKey();
  const { credentialBundle, apiKeyId } = await user.passkey.createReadWriteSession({ targetPublicKey });
  await frame.loginWithBundle({ bundle: credentialBundle });
  assert.equal((await sdk.getSession()).userId, user.id);
  await frame.refreshSession({ invalidateExisting: true });
  assert.equal((await frame.getWhoami()).userId, user.id);
  const { apiKeys } = await clientOf(user.key, home.id).getApiKeys({ userId: user.id });
  const sessions = apiKeys.filter(({ credential }) => credential.type === "CREDENTIAL_TYPE_READ_WRITE_SESSION_KEY_P256");
  assert.equal(sessions.length, 1);
  assert.notEqual(sessions[0].apiKeyId, apiKeyId);
});
