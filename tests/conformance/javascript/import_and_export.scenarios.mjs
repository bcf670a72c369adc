// Wallets and keys go out and come in: @turnkey/crypto opens and makes the bundles, with the server's signer told to it.

import assert from "node:assert/strict";

import { Keypair } from "@solana/web3.js";
import { decryptExportBundle, encryptPrivateKeyToBundle, encryptWalletToBundle, generateP256KeyPair } from "@turnkey/crypto";
import bs58 from "bs58";
import { generateMnemonic, english, mnemonicToAccount, privateKeyToAccount, generatePrivateKey } from "viem/accounts";

import { httpClientOf, newOrganization, now, refused, server } from "./clients.mjs";
import { label } from "./office.mjs";
import { scenario } from "./scenario.mjs";
import { ACCOUNTS, newWallet } from "./wallet.mjs";

const { signer } = await (await fetch(`${server.url}/.well-known/counterseal`)).json();
const home = await newOrganization();
const [owner] = home.users;
const { client, id: userId } = owner;
const bound = { organizationId: home.id, userId, dangerouslyOverrideSignerPublicKey: signer };

/** Asks for an export and opens it. */
async function exported(ask, options) {
  const target = generateP256KeyPair();
  const { exportBundle } = await ask(target.publicKeyUncompressed);
  return decryptExportBundle({
    exportBundle,
    embeddedKey: target.privateKey,
    organizationId: home.id,
    dangerouslyOverrideSignerPublicKey: signer,
    ...options,
  });
}

const exportedWallet = (walletId) =>
  exported((targetPublicKey) => client.exportWallet({ walletId, targetPublicKey }), { returnMnemonic: true });
const exportedKey = (privateKeyId, options = {}) =>
  exported((targetPublicKey) => client.exportPrivateKey({ privateKeyId, targetPublicKey }), {
    returnMnemonic: false,
    ...options,
  });
const exportedAccount = (address, options = {}) =>
  exported((targetPublicKey) => client.exportWalletAccount({ address, targetPublicKey }), {
    returnMnemonic: false,
    ...options,
  });

async function importWallet(mnemonic, more = {}) {
  const { importBundle } = await client.initImportWallet({ userId });
  const encryptedBundle = await encryptWalletToBundle({ mnemonic, importBundle, ...bound });
  return client.importWallet({ userId, walletName: label(), encryptedBundle, accounts: [ACCOUNTS.ethereum], ...more });
}

async function importKey(privateKey, keyFormat, curve, addressFormat) {
  const { importBundle } = await client.initImportPrivateKey({ userId });
  const encryptedBundle = await encryptPrivateKeyToBundle({ privateKey, keyFormat, importBundle, ...bound });
  return client.importPrivateKey({
    userId,
    privateKeyName: label(),
    encryptedBundle,
    curve: `CURVE_${curve}`,
    addressFormats: [`ADDRESS_FORMAT_${addressFormat}`],
  });
}

await scenario("a wallet is exported: its words derive its addresses, and it says that it was", async () => {
  const wallet = await newWallet(owner, "ethereum", "solana");
  const mnemonic = await exportedWallet(wallet.walletId);
  assert.equal(mnemonic.split(" ").length, 12);
  assert.equal(mnemonicToAccount(mnemonic).address, wallet.ethereum);
  assert.equal((await client.getWallet({ walletId: wallet.walletId })).wallet.exported, true);
  await client.deleteWallets({ walletIds: [wallet.walletId] });
});

await scenario("accounts are exported, as hexadecimal digits and as Solana writes keys", async () => {
  const wallet = await newWallet(owner, "ethereum", "solana");
  const key = await exportedAccount(wallet.ethereum);
  assert.equal(privateKeyToAccount(`0x${key}`).address, wallet.ethereum);
  const text = await exportedAccount(wallet.solana, { keyFormat: "SOLANA" });
  assert.equal(Keypair.fromSecretKey(bs58.decode(text)).publicKey.toBase58(), wallet.solana);
});

await scenario("a private key is exported", async () => {
  const { privateKeys } = await client.createPrivateKeys({
    privateKeys: [
      { privateKeyName: label(), curve: "CURVE_SECP256K1", privateKeyTags: [], addressFormats: ["ADDRESS_FORMAT_ETHEREUM"] },
    ],
  });
  const [{ privateKeyId, addresses }] = privateKeys;
  const key = await exportedKey(privateKeyId);
  assert.equal(privateKeyToAccount(`0x${key}`).address, addresses[0].address);
  assert.equal((await client.getPrivateKey({ privateKeyId })).privateKey.exported, true);
});

await scenario("words are imported, sign, and go out as they came", async () => {
  for (const strength of [128, 256]) {
    const mnemonic = generateMnemonic(english, strength);
    const { walletId, addresses } = await importWallet(mnemonic);
    assert.deepEqual(addresses, [mnemonicToAccount(mnemonic).address]);
    const { wallet } = await client.getWallet({ walletId });
    assert.deepEqual([wallet.imported, wallet.exported], [true, false]);
    const digest = "11".repeat(32);
    const { r } = await client.signRawPayload({
      signWith: addresses[0],
      payload: digest,
      encoding: "PAYLOAD_ENCODING_HEXADECIMAL",
      hashFunction: "HASH_FUNCTION_NO_OP",
    });
    const here = await mnemonicToAccount(mnemonic).sign({ hash: `0x${digest}` });
    assert.equal(here.slice(2, 66), r);
    assert.equal(await exportedWallet(walletId), mnemonic);
  }
});

await scenario("keys are imported, from hexadecimal digits and from Solana's text", async () => {
  const key = generatePrivateKey();
  const made = await importKey(key.slice(2), "HEXADECIMAL", "SECP256K1", "ETHEREUM");
  assert.deepEqual(made.addresses.map(({ address }) => address), [privateKeyToAccount(key).address]);
  assert.equal(`0x${await exportedKey(made.privateKeyId)}`, key);
  const pair = Keypair.generate();
  const text = bs58.encode(pair.secretKey);
  const solana = await importKey(text, "SOLANA", "ED25519", "SOLANA");
  assert.equal(solana.addresses[0].address, pair.publicKey.toBase58());
  assert.equal(await exportedKey(solana.privateKeyId, { keyFormat: "SOLANA" }), text);
  const again = await importKey(key.slice(2), "HEXADECIMAL", "SECP256K1", "ETHEREUM").then(assert.fail, (reason) => reason);
  assert.equal(again.code, 6);
  assert.match(again.message, new RegExp(`private key with ID ${made.privateKeyId} has already been imported`));
});

await scenario("http exports and starts imports, too", async () => {
  const http = httpClientOf(owner.key);
  const { walletId } = await newWallet(owner, "ethereum");
  const target = generateP256KeyPair();
  const asked = (type, parameters) => ({
    type: `ACTIVITY_TYPE_${type}`,
    timestampMs: now(),
    organizationId: home.id,
    parameters,
  });
  const out = await http.exportWallet(asked("EXPORT_WALLET", { walletId, targetPublicKey: target.publicKeyUncompressed }));
  assert.equal(out.activity.status, "ACTIVITY_STATUS_COMPLETED");
  assert.ok(out.activity.result.exportWalletResult.exportBundle);
  const into = await http.initImportWallet(asked("INIT_IMPORT_WALLET", { userId }));
  assert.ok(into.activity.result.initImportWalletResult.importBundle);
});

await scenario("a bundle is used once, for its kind and its user", async () => {
  const { importBundle } = await client.initImportWallet({ userId });
  const mnemonic = generateMnemonic(english);
  const encryptedBundle = await encryptWalletToBundle({ mnemonic, importBundle, ...bound });
  const asKey = client.importPrivateKey({
    userId,
    privateKeyName: label(),
    encryptedBundle,
    curve: "CURVE_SECP256K1",
    addressFormats: [],
  });
  assert.equal((await asKey.then(assert.fail, (reason) => reason)).code, 3);
  const take = () => client.importWallet({ userId, walletName: label(), encryptedBundle, accounts: [] });
  await take();
  assert.equal((await take().then(assert.fail, (reason) => reason)).code, 3);
});

await scenario("what is no phrase, no key, no target and no wallet is refused", async () => {
  const withoutChecksum = Array(12).fill("abandon").join(" ");
  for (const mnemonic of [withoutChecksum, `${generateMnemonic(english)} abandon`, "one two three"]) {
    const error = await importWallet(mnemonic).then(assert.fail, (reason) => reason);
    assert.equal(error.code, 3, `${mnemonic}: ${error.message}`);
  }
  const zero = await importKey("00".repeat(32), "HEXADECIMAL", "SECP256K1", "ETHEREUM").then(assert.fail, (reason) => reason);
  assert.equal(zero.code, 3);
  const { walletId } = await newWallet(owner, "ethereum");
  const target = client.exportWallet({ walletId, targetPublicKey: "04".padEnd(130, "1") });
  assert.equal((await target.then(assert.fail, (reason) => reason)).code, 3);
  const targetPublicKey = generateP256KeyPair().publicKeyUncompressed;
  const address = "0x0000000000000000000000000000000000000001";
  const nothing = `Could not find wallet account with address: ${address}`;
  await refused(client.exportWalletAccount({ address, targetPublicKey }), 5, nothing, "");
  const nobody = "3f0b1d6e-9c9b-4d5b-8c35-0a2f0c1d9e77";
  for (const call of [
    () => client.exportWallet({ walletId: nobody, targetPublicKey }),
    () => client.exportPrivateKey({ privateKeyId: nobody, targetPublicKey }),
    () => client.initImportWallet({ userId: nobody }),
    () => client.initImportPrivateKey({ userId: nobody }),
  ]) {
    assert.equal((await call().then(assert.fail, (reason) => reason)).code, 5);
  }
});
