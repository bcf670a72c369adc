// The official clients, pointed at the server under test, and what scenarios need around them.

import assert from "node:assert/strict";
import { createPrivateKey, generateKeyPairSync, sign, webcrypto } from "node:crypto";

import { compressRawPublicKey, generateP256KeyPair } from "@turnkey/crypto";
import { TurnkeyClient } from "@turnkey/http";
import { ApiKeyStamper, Turnkey, TurnkeyApiClient, TurnkeyRequestError } from "@turnkey/sdk-server";
import { WalletStamper, WalletType } from "@turnkey/wallet-stamper";
import { hexToBytes } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";

globalThis.crypto ??= webcrypto; // node 18 has it, but not under the name that browsers give it

/** Of the server under test: `url`, `organizationId`, `userId`, `publicKey`, `privateKey` of its first root user. */
export const server = JSON.parse(process.env.COUNTERSEAL_CONFORMANCE_SERVER);

/** Polls fast and, as by default, five times. */
const activityPoller = { intervalMs: 10, numRetries: 3 };

export const now = () => String(Date.now());

export const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A fresh P-256 API key: hex, public key compressed. */
export function newKey() {
  const { publicKey, privateKey } = generateP256KeyPair();
  return { publicKey, privateKey, curveType: "API_KEY_CURVE_P256" };
}

/** A wallet that signs as Ethereum's do; its key becomes an API key on secp256k1. */
export function ethereumWallet() {
  const account = privateKeyToAccount(generatePrivateKey());
  const publicKey = Buffer.from(compressRawPublicKey(hexToBytes(account.publicKey))).toString("hex");
  const wallet = {
    type: WalletType.Ethereum,
    signMessage: (message) => account.signMessage({ message }),
    getPublicKey: async () => publicKey,
  };
  return { publicKey, curveType: "API_KEY_CURVE_SECP256K1", wallet, stamper: new WalletStamper(wallet) };
}

/** A wallet that signs as Solana's do; its key becomes an API key on Ed25519. */
export function solanaWallet() {
  const { publicKey: spki, privateKey: pkcs8 } = generateKeyPairSync("ed25519", {
    publicKeyEncoding: { type: "spki", format: "der" },
    privateKeyEncoding: { type: "pkcs8", format: "der" },
  });
  const publicKey = spki.subarray(-32).toString("hex");
  const key = createPrivateKey({ key: pkcs8, type: "pkcs8", format: "der" });
  const wallet = {
    type: WalletType.Solana,
    signMessage: async (message) => sign(null, Buffer.from(message), key).toString("hex"),
    getPublicKey: async () => publicKey,
  };
  return { publicKey, curveType: "API_KEY_CURVE_ED25519", stamper: new WalletStamper(wallet) };
}

/** What create_api_keys and new users take for a key. */
export const asParameter = ({ publicKey, curveType }, name = "key", more = {}) => ({
  apiKeyName: name,
  publicKey,
  curveType,
  ...more,
});

export const stamperOf = ({ publicKey, privateKey }, runtimeOverride) =>
  new ApiKeyStamper({ apiPublicKey: publicKey, apiPrivateKey: privateKey, runtimeOverride });

/** `@turnkey/sdk-server` for an API key. */
export const clientOf = (key, organizationId = server.organizationId) =>
  new Turnkey({
    apiBaseUrl: server.url,
    defaultOrganizationId: organizationId,
    apiPublicKey: key.publicKey,
    apiPrivateKey: key.privateKey,
    activityPoller,
  }).apiClient();

/** `@turnkey/sdk-server` for any stamper. */
export const clientWith = (stamper, organizationId = server.organizationId) =>
  new TurnkeyApiClient({ apiBaseUrl: server.url, organizationId, stamper, activityPoller });

/** `@turnkey/http` for an API key. */
export const httpClientOf = (key) => new TurnkeyClient({ baseUrl: server.url }, stamperOf(key));

export const root = { ...server, client: clientOf(server) };

/** A root or ordinary user as requests describe one. */
export const asUser = (name, keys, more = {}) => ({
  userName: name,
  apiKeys: keys.map((key, at) => asParameter(key, `${name} ${at + 1}`)),
  authenticators: [],
  oauthProviders: [],
  ...more,
});

/** A sub-organization of its own for a scenario: `{id, users: [{id, key, client}]}`, root users all. */
export async function newOrganization({ rootUsers = 1, threshold = 1, name = "Family", emails = [] } = {}) {
  const keys = Array.from({ length: rootUsers }, newKey);
  const created = await root.client.createSubOrganization({
    subOrganizationName: name,
    rootQuorumThreshold: threshold,
    rootUsers: keys.map((key, at) => asUser(`root-${at + 1}`, [key], emails[at] ? { userEmail: emails[at] } : {})),
  });
  const id = created.subOrganizationId;
  const users = keys.map((key, at) => ({ id: created.rootUserIds[at], key, client: clientOf(key, id) }));
  return { id, users };
}

/** A user without any right but the one over its own credentials: `{id, key, client}`. */
export async function newUser(organization, more = {}) {
  const key = newKey();
  const { userIds } = await organization.users[0].client.createUsers({
    users: [asUser("plain", [key], { userTags: [], ...more })],
  });
  return { id: userIds[0], key, client: clientOf(key, organization.id) };
}

/** The call must end in a TurnkeyRequestError with this gRPC code, this message and this turnkeyErrorCode. */
export async function refused(call, code, message, turnkeyErrorCode = "REQUEST_INVALID") {
  const error = await call.then(
    (reply) => assert.fail(`not refused: ${JSON.stringify(reply)}`),
    (reason) => reason,
  );
  // sdk-server and http each bring a class of this name
  assert.ok(error instanceof TurnkeyRequestError || error.name === "TurnkeyRequestError", String(error?.stack));
  assert.equal(error.code, code, error.message);
  const details = JSON.stringify(error.details);
  const prefix = `Turnkey error ${code}: `;
  const suffix = ` (Details: ${details})`;
  assert.ok(error.message.startsWith(prefix) && error.message.endsWith(suffix), error.message);
  const text = error.message.slice(prefix.length, -suffix.length);
  if (message instanceof RegExp) {
    assert.match(text, message);
  } else {
    assert.equal(text, message);
  }
  const detail = { "@type": "type.googleapis.com/errors.v1.TurnkeyErrorDetail", turnkeyErrorCode };
  assert.deepEqual(error.details, turnkeyErrorCode ? [detail] : []);
  return error;
}

/** Any body, as it stands, stamped by any stamper: `{status, reply}`. */
export async function post(path, body, stamper) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const stamp = stamper && (await stamper.stamp(text));
  return send({ url: server.url + path, body: text, stamp });
}

/** A request that a client's `stamp…` method has signed: `{status, reply}`. */
export async function send({ url, body, stamp }) {
  const headers = { "Content-Type": "application/json" };
  if (stamp) {
    headers[stamp.stampHeaderName] = stamp.stampHeaderValue;
  }
  const response = await fetch(url, { method: "POST", headers, body });
  assert.equal(response.headers.get("content-type"), "application/json");
  return { status: response.status, reply: await response.json() };
}

/** A call that the scope of its session does not allow. */
export async function outOfScope(call) {
  await assert.rejects(call, (error) => error.code === 7 && /scope of session profile/.test(error.message));
}
