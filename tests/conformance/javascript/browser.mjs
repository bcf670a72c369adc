// As much of a browser as `@turnkey/core` and `@turnkey/sdk-browser` look for, in node: a window with events, a document,
// local storage, IndexedDB, passkeys and wallets. Both look when they are imported, so this module imports them.

import "fake-indexeddb/auto";

import { createPrivateKey, generateKeyPairSync, sign } from "node:crypto";

import { compressRawPublicKey } from "@turnkey/crypto";
import { bs58 } from "@turnkey/encoding";
import { hexToBytes } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";

import { server } from "./clients.mjs";
import { SoftwareAuthenticator } from "./software_authenticator.mjs";

export const RP_ID = "example.com";

class LocalStorage extends Map {
  getItem(key) {
    return this.get(key) ?? null;
  }

  setItem(key, value) {
    this.set(key, String(value));
  }

  removeItem(key) {
    this.delete(key);
  }
}

globalThis.document = {};
globalThis.localStorage = new LocalStorage();
globalThis.window = Object.assign(new EventTarget(), { document, localStorage, location: { hostname: RP_ID } });
new SoftwareAuthenticator().install();

export const core = await import("@turnkey/core");
export const browserSdk = await import("@turnkey/sdk-browser");

/** A visitor's page with `@turnkey/core`, initialized: nothing is stored yet. One at a time: they share the storage. */
export async function openPage(organizationId = server.organizationId) {
  localStorage.clear();
  const page = new core.TurnkeyClient({
    apiBaseUrl: server.url,
    organizationId,
    passkeyConfig: { rpId: RP_ID },
    walletConfig: { features: { auth: true }, chains: { ethereum: { native: true }, solana: { native: true } } },
    activityPoller: { intervalMs: 10, numRetries: 3 },
  });
  await page.init();
  return page;
}

const eventWith = (name, detail) => Object.assign(new Event(name), { detail });

/** An Ethereum wallet that announces itself to every page (EIP-6963): what requests register, and its address. */
export function installEthereumWallet() {
  const account = privateKeyToAccount(generatePrivateKey());
  const address = account.address.toLowerCase();
  const answers = {
    eth_accounts: () => [address],
    eth_requestAccounts: () => [address],
    eth_chainId: () => "0x1",
    personal_sign: ([message]) => account.signMessage({ message }),
  };
  const provider = { request: async ({ method, params }) => answers[method](params) };
  const info = { uuid: address, name: "A wallet", rdns: `com.example.${address}` };
  window.addEventListener("eip6963:requestProvider", () =>
    window.dispatchEvent(eventWith("eip6963:announceProvider", { provider, info })),
  );
  const publicKey = Buffer.from(compressRawPublicKey(hexToBytes(account.publicKey))).toString("hex");
  return { publicKey, curveType: "API_KEY_CURVE_SECP256K1", address };
}

/** A Solana wallet that registers itself with every page (Wallet Standard): what requests register, and its address. */
export function installSolanaWallet() {
  const { publicKey: spki, privateKey: pkcs8 } = generateKeyPairSync("ed25519", {
    publicKeyEncoding: { type: "spki", format: "der" },
    privateKeyEncoding: { type: "pkcs8", format: "der" },
  });
  const key = createPrivateKey({ key: pkcs8, type: "pkcs8", format: "der" });
  const address = bs58.encode(spki.subarray(-32));
  const signMessage = async ({ message }) => [{ signature: new Uint8Array(sign(null, message, key)) }];
  const wallet = {
    name: "A wallet",
    chains: ["solana:mainnet"],
    accounts: [{ address }],
    features: { "solana:signMessage": { signMessage } },
  };
  window.addEventListener("wallet-standard:app-ready", ({ detail: api }) => api.register(wallet));
  window.dispatchEvent(eventWith("wallet-standard:register-wallet", (api) => api.register(wallet)));
  return { publicKey: spki.subarray(-32).toString("hex"), curveType: "API_KEY_CURVE_ED25519", address };
}

/** The page's way to an installed wallet. */
export async function walletProvider(page, { address }) {
  const providers = await page.fetchWalletProviders();
  return providers.find(({ connectedAddresses }) => connectedAddresses.includes(address));
}
