// @turnkey/solana: a signer for @solana/web3.js whose key is here. What it signs is carried out in a bank.

import assert from "node:assert/strict";

import {
  Keypair,
  PublicKey,
  SystemProgram,
  Transaction,
  TransactionMessage,
  VersionedTransaction,
} from "@solana/web3.js";
import { TurnkeySigner } from "@turnkey/solana";
import { ed25519 } from "@noble/curves/ed25519";

import { bank, fundSolana } from "./chains.mjs";
import { httpClientOf, newOrganization, newUser, refused } from "./clients.mjs";
import { NEEDED, asPolicy } from "./office.mjs";
import { scenario } from "./scenario.mjs";
import { newWallet } from "./wallet.mjs";

const LAMPORTS = 10_000_000;
const home = await newOrganization();
const [owner] = home.users;
const wallet = await newWallet(owner, "solana");
const from = new PublicKey(wallet.solana);
const signerOf = (client) => new TurnkeySigner({ organizationId: home.id, client });
const signer = signerOf(httpClientOf(owner.key));
await fundSolana(from);

const transfer = (to, fromPubkey = from) => SystemProgram.transfer({ fromPubkey, toPubkey: to, lamports: LAMPORTS });
const latest = async () => (await bank.getLatestBlockhash()).blockhash;

async function versioned(to, payerKey = from) {
  const message = new TransactionMessage({ payerKey, recentBlockhash: await latest(), instructions: [transfer(to)] });
  return new VersionedTransaction(message.compileToV0Message());
}

async function legacy(to, feePayer = from) {
  const transaction = new Transaction({ feePayer, recentBlockhash: await latest() });
  return transaction.add(transfer(to));
}

async function carriedOut(transaction, to) {
  await bank.sendRawTransaction(transaction.serialize(), { skipPreflight: true });
  assert.equal(await bank.getBalance(to), LAMPORTS);
}

const stranger = () => Keypair.generate().publicKey;

await scenario("legacy and versioned transactions move lamports, by either client", async () => {
  for (const client of [httpClientOf(owner.key), owner.client]) {
    for (const make of [legacy, versioned]) {
      const to = stranger();
      await carriedOut(await signerOf(client).signTransaction(await make(to), wallet.solana), to);
    }
  }
});

await scenario("several signers: what the other has signed stays", async () => {
  const payer = Keypair.generate();
  await fundSolana(payer.publicKey);
  for (const make of [legacy, versioned]) {
    const to = stranger();
    const transaction = await make(to, payer.publicKey);
    if (transaction instanceof Transaction) transaction.partialSign(payer);
    else transaction.sign([payer]);
    await carriedOut(await signer.signTransaction(transaction, wallet.solana), to);
  }
});

await scenario("many transactions are signed as payloads, and one has its signature added", async () => {
  const receivers = [stranger(), stranger(), stranger()];
  const [first, second, last] = [await legacy(receivers[0]), await versioned(receivers[1]), await legacy(receivers[2])];
  await signer.signAllTransactions([first], wallet.solana);
  await carriedOut(first, receivers[0]);
  second.message.recentBlockhash = await latest();
  await signer.addSignature(second, wallet.solana);
  await carriedOut(second, receivers[1]);
  last.recentBlockhash = await latest();
  const [again] = await signer.signAllTransactions([last, await legacy(stranger())], wallet.solana);
  await carriedOut(again, receivers[2]);
});

await scenario("a message is signed as it stands", async () => {
  const message = new TextEncoder().encode("Hello ✓");
  const signature = await signer.signMessage(message, wallet.solana);
  assert.ok(ed25519.verify(signature, message, from.toBytes()));
});

await scenario("what the bank refuses when nobody signed, or somebody else did", async () => {
  const to = stranger();
  const unsigned = await legacy(to);
  const bytes = unsigned.serialize({ requireAllSignatures: false, verifySignatures: false });
  await assert.rejects(bank.sendRawTransaction(bytes, { skipPreflight: true }));
  const another = await newWallet(owner, "solana");
  const call = signer.signTransaction(await legacy(to), another.solana);
  await refused(call, 3, /sign/, "");
  assert.equal(await bank.getBalance(to), 0);
});

await scenario("what needs consensus, is denied or is unknown throws", async () => {
  const member = await newUser(home);
  const plain = signerOf(httpClientOf(member.key));
  const sign = async (each, address = wallet.solana) => each.signTransaction(await legacy(stranger()), address);
  const denied = await sign(plain).then(assert.fail, (reason) => reason);
  assert.equal(denied.code, 7);
  await refused(sign(signer, stranger().toBase58()), 5, /Could not find any resource to sign with/, "");
  const consensus = `approvers.any(user, user.id == '${member.id}') && approvers.any(user, user.id == '${owner.id}')`;
  await owner.client.createPolicy(asPolicy(consensus, { condition: "activity.action == 'SIGN'" }));
  const waiting = await sign(plain).then(assert.fail, (reason) => reason);
  assert.equal(waiting.name, "TurnkeyActivityConsensusNeededError");
  assert.equal(waiting.activityStatus, NEEDED);
});
