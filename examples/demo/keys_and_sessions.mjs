// API keys on three curves, a session whose bundle only its client can open, and what the server refuses.

import { createPrivateKey, generateKeyPairSync, sign } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

import { compressRawPublicKey, decryptCredentialBundle, generateP256KeyPair, getPublicKey } from "@turnkey/crypto";
import { TurnkeyApiClient } from "@turnkey/sdk-server";
import { WalletStamper, WalletType } from "@turnkey/wallet-stamper";
import { hexToBytes } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";

import { client as root, clientOf } from "./client.mjs";
import { expect, refusal, step } from "./step.mjs";

const { url, organizationId, userId } = JSON.parse(process.env.COUNTERSEAL_DEMO);

const hex = (bytes) => Buffer.from(bytes).toString("hex");
const clientOfWallet = (wallet) =>
  new TurnkeyApiClient({ apiBaseUrl: url, organizationId, stamper: new WalletStamper(wallet) });

const p256 = generateP256KeyPair();

const account = privateKeyToAccount(generatePrivateKey());
const ethereum = {
  type: WalletType.Ethereum,
  signMessage: (message) => account.signMessage({ message }),
  getPublicKey: async () => hex(compressRawPublicKey(hexToBytes(account.publicKey))),
};

const pair = generateKeyPairSync("ed25519", {
  publicKeyEncoding: { type: "spki", format: "der" },
  privateKeyEncoding: { type: "pkcs8", format: "der" },
});
const ed25519 = createPrivateKey({ key: pair.privateKey, type: "pkcs8", format: "der" });
const solana = {
  type: WalletType.Solana,
  signMessage: async (message) => hex(sign(null, Buffer.from(message), ed25519)),
  getPublicKey: async () => hex(pair.publicKey.subarray(-32)),
};

await step("Three API keys on three curves, in one request", "sdk-server", async () => {
  const { activity, apiKeyIds } = await root.createApiKeys({
    userId,
    apiKeys: [
      { apiKeyName: "laptop", publicKey: p256.publicKey, curveType: "API_KEY_CURVE_P256" },
      { apiKeyName: "Ethereum", publicKey: await ethereum.getPublicKey(), curveType: "API_KEY_CURVE_SECP256K1" },
      { apiKeyName: "Solana", publicKey: await solana.getPublicKey(), curveType: "API_KEY_CURVE_ED25519" },
    ],
  });
  expect(apiKeyIds.length === 3, `expected three keys, got ${apiKeyIds.length}`);
  const [first, second, third] = apiKeyIds;
  return { activity: activity.id, "P-256": first, secp256k1: second, Ed25519: third };
});

await step("Each of them signs", "sdk-server, wallet-stamper", async () => {
  const facts = {};
  const clients = { "P-256": clientOf(p256), secp256k1: clientOfWallet(ethereum), Ed25519: clientOfWallet(solana) };
  for (const [curve, client] of Object.entries(clients)) {
    const who = await client.getWhoami();
    expect(who.userId === userId, `whoami said ${who.userId}`);
    facts[curve] = `${who.username}, ${who.userId}`;
  }
  return facts;
});

const target = generateP256KeyPair();
let bundle;
let session;

await step("A read-write session: the server makes a key and seals it to ours", "sdk-server", async () => {
  const reply = await root.createReadWriteSession({ targetPublicKey: target.publicKeyUncompressed });
  bundle = reply.credentialBundle;
  return { activity: reply.activity.id, "API key": reply.apiKeyId, bundle: `${bundle.slice(0, 40)}...` };
});

await step("Its bundle, opened with our private key", "crypto", async () => {
  const sessionPrivateKey = decryptCredentialBundle(bundle, target.privateKey);
  session = { privateKey: sessionPrivateKey, publicKey: hex(getPublicKey(sessionPrivateKey, true)) };
  return { "public key": session.publicKey };
});

await step("An act with the session's key", "sdk-server", async () => {
  const { activity, apiKeyIds } = await clientOf(session).createApiKeys({
    userId,
    apiKeys: [
      { apiKeyName: "by session", publicKey: generateP256KeyPair().publicKey, curveType: "API_KEY_CURVE_P256" },
    ],
  });
  expect(activity.votes[0].publicKey === session.publicKey, "the vote is not the session's");
  return { activity: activity.id, "API key": apiKeyIds[0], "stamped by": activity.votes[0].publicKey };
});

await step("An expired key is refused", "sdk-server, crypto", async () => {
  const { credentialBundle } = await root.createReadWriteSession({
    targetPublicKey: target.publicKeyUncompressed,
    expirationSeconds: "1",
  });
  const briefPrivateKey = decryptCredentialBundle(credentialBundle, target.privateKey);
  const brief = { privateKey: briefPrivateKey, publicKey: hex(getPublicKey(briefPrivateKey, true)) };
  await sleep(1100);
  const refused = await refusal(clientOf(brief).getWhoami());
  expect(refused.includes("Unauthenticated desc = expired api key publicKey"), refused);
  return { refused };
});

const stamped = await root.stampCreateApiKeys({
  userId,
  apiKeys: [{ apiKeyName: "once", publicKey: generateP256KeyPair().publicKey, curveType: "API_KEY_CURVE_P256" }],
});

async function send(body) {
  const headers = { "Content-Type": "application/json", [stamped.stamp.stampHeaderName]: stamped.stamp.stampHeaderValue };
  const response = await fetch(stamped.url, { method: "POST", headers, body });
  return { status: response.status, reply: await response.json() };
}

await step("The same bytes, sent twice, are one activity", "sdk-server", async () => {
  const [first, second] = [await send(stamped.body), await send(stamped.body)];
  expect(first.status === 200, first.reply.message);
  expect(second.reply.activity.id === first.reply.activity.id, "the replay made another activity");
  const { apiKeys } = await root.getApiKeys({ userId });
  const made = apiKeys.filter((key) => key.apiKeyName === "once").length;
  expect(made === 1, `the replay took effect: ${made} keys`);
  return { first: first.reply.activity.id, second: second.reply.activity.id, fingerprint: first.reply.activity.fingerprint };
});

await step("A stamp over other bytes is refused", "sdk-server", async () => {
  const { status, reply } = await send(stamped.body.replace('"once"', '"twice"'));
  expect(status === 401 && reply.turnkeyErrorCode === "SIGNATURE_INVALID", `${status} ${reply.message}`);
  return { refused: `HTTP ${status}, ${reply.turnkeyErrorCode}: ${reply.message}` };
});
