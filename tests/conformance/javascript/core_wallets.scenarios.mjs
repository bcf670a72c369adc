// @turnkey/core behind a passkey: wallets are made, shown, extended, sign, send, go out and come in.

import assert from "node:assert/strict";

import { ed25519 } from "@noble/curves/ed25519";
import { Keypair, PublicKey, SystemProgram, Transaction } from "@solana/web3.js";
import { decryptExportBundle, encryptWalletToBundle, generateP256KeyPair } from "@turnkey/crypto";
import { parseEther, parseGwei, serializeTransaction, verifyMessage } from "viem";
import { english, generateMnemonic, mnemonicToAccount } from "viem/accounts";

import { core } from "./browser.mjs";
import { bank, chain, fund, fundSolana, node } from "./chains.mjs";
import { server } from "./clients.mjs";
import { stranger } from "./ethereum_transactions.mjs";
import { label } from "./office.mjs";
import { scenario } from "./scenario.mjs";
import { visitor } from "./visitors.mjs";

const { TurnkeyError, TurnkeyErrorCodes } = core;
const { signer } = await (await fetch(`${server.url}/.well-known/counterseal`)).json();
const { page, organizationId, userId } = await visitor();
await page.loginWithPasskey();
const walletOf = async (id) => (await page.fetchWallets()).find(({ walletId }) => walletId === id);
const walletId = await page.createWallet({ walletName: label() });
const [ethereum, solana] = await (async () => {
  const { accounts } = await walletOf(walletId);
  return ["ETHEREUM", "SOLANA"].map((name) => accounts.find((each) => each.addressFormat === `ADDRESS_FORMAT_${name}`));
})();

await scenario("a wallet has the two accounts that core makes, and gets those that are asked for", async () => {
  const wallet = await walletOf(walletId);
  assert.equal(wallet.accounts.length, 2);
  const added = await page.createWalletAccounts({
    walletId,
    accounts: ["ADDRESS_FORMAT_ETHEREUM", "ADDRESS_FORMAT_TRON", "ADDRESS_FORMAT_BITCOIN_MAINNET_P2TR"],
  });
  const { accounts } = await walletOf(walletId);
  assert.equal(accounts.length, 5);
  assert.ok(added.every((address) => accounts.some((account) => account.address === address)));
  const second = accounts.find(({ address }) => address === added[0]);
  assert.equal(second.path, "m/44'/60'/1'/0/0");
});

await scenario("messages are signed as each chain has them", async () => {
  const message = "Hello ✓";
  const { r, s, v } = await page.signMessage({ walletAccount: ethereum, message, addEthereumPrefix: true });
  const signature = `0x${r}${s}${v === "00" ? "1b" : "1c"}`;
  assert.ok(await verifyMessage({ address: ethereum.address, message, signature }));
  const signed = await page.signMessage({ walletAccount: solana, message });
  assert.ok(ed25519.verify(signed.r + signed.s, new TextEncoder().encode(message), new PublicKey(solana.address).toBytes()));
});

await scenario("an Ethereum and a Solana transaction are signed and sent", async () => {
  await fund(ethereum.address);
  const to = stranger();
  const unsigned = serializeTransaction({
    type: "eip1559",
    chainId: chain.id,
    nonce: 0,
    gas: 21_000n,
    maxFeePerGas: parseGwei("20"),
    maxPriorityFeePerGas: 1n,
    to,
    value: parseEther("1"),
  });
  const hash = await page.signAndSendTransaction({
    walletAccount: ethereum,
    unsignedTransaction: unsigned.slice(2),
    transactionType: "TRANSACTION_TYPE_ETHEREUM",
    rpcUrl: chain.rpcUrls.default.http[0],
  });
  assert.equal((await node.waitForTransactionReceipt({ hash, pollingInterval: 10 })).status, "success");
  assert.equal(await node.getBalance({ address: to }), parseEther("1"));
  const from = new PublicKey(solana.address);
  await fundSolana(from);
  const receiver = Keypair.generate().publicKey;
  const { blockhash: recentBlockhash } = await bank.getLatestBlockhash();
  const transaction = new Transaction({ feePayer: from, recentBlockhash });
  transaction.add(SystemProgram.transfer({ fromPubkey: from, toPubkey: receiver, lamports: 10_000_000 }));
  await page.signAndSendTransaction({
    walletAccount: solana,
    unsignedTransaction: transaction.serialize({ requireAllSignatures: false }).toString("hex"),
    transactionType: "TRANSACTION_TYPE_SOLANA",
    rpcUrl: bank.rpcEndpoint,
  });
  assert.equal(await bank.getBalance(receiver), 10_000_000);
});

await scenario("a wallet goes out, and another comes in", async () => {
  const target = generateP256KeyPair();
  const bound = { organizationId, dangerouslyOverrideSignerPublicKey: signer };
  const exportBundle = await page.exportWallet({ walletId, targetPublicKey: target.publicKeyUncompressed });
  const words = await decryptExportBundle({ exportBundle, embeddedKey: target.privateKey, returnMnemonic: true, ...bound });
  assert.equal(mnemonicToAccount(words).address, ethereum.address);
  const mnemonic = generateMnemonic(english);
  const { importBundle } = await page.httpClient.initImportWallet({ userId });
  const encryptedBundle = await encryptWalletToBundle({ mnemonic, importBundle, userId, ...bound });
  const imported = await page.importWallet({ encryptedBundle, walletName: label() });
  const { accounts } = await walletOf(imported);
  assert.ok(accounts.some(({ address }) => address === mnemonicToAccount(mnemonic).address));
});

await scenario("what is refused has core's codes", async () => {
  const fails = async (call, code) => {
    const error = await call.then(assert.fail, (reason) => reason);
    assert.ok(error instanceof TurnkeyError, String(error?.stack));
    assert.equal(error.code, code, error.message);
  };
  const nobody = { ...ethereum, address: stranger() };
  await fails(page.signMessage({ walletAccount: nobody, message: "?" }), TurnkeyErrorCodes.SIGN_MESSAGE_ERROR);
  const unsigned = { walletAccount: ethereum, unsignedTransaction: "02c0", transactionType: "TRANSACTION_TYPE_ETHEREUM" };
  await fails(page.signTransaction(unsigned), TurnkeyErrorCodes.SIGN_TRANSACTION_ERROR);
  const walletName = label();
  await page.createWallet({ walletName });
  await fails(page.createWallet({ walletName }), TurnkeyErrorCodes.CREATE_WALLET_ERROR);
});
