// Every type of Ethereum transaction, signed by any of viem's accounts and carried out: what it was for has happened.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";

import { encodeFunctionData, getAddress, getContractAddress, parseEther, parseGwei } from "viem";
import { generatePrivateKey, privateKeyToAddress } from "viem/accounts";

import { carriedOut, chain, fund, newStore, node, storeAbi, storeCreation, stored } from "./chains.mjs";

const FEES = { maxFeePerGas: parseGwei("20"), maxPriorityFeePerGas: parseGwei("1") };
const PRICE = { gasPrice: parseGwei("20") };
const set = (value) => encodeFunctionData({ abi: storeAbi, functionName: "set", args: [value] });

export const stranger = () => privateKeyToAddress(generatePrivateKey());

/** What `account` signs is from `account`, with its next nonce. */
async function execute(account, transaction) {
  const nonce = await node.getTransactionCount({ address: account.address });
  const receipt = await carriedOut(await account.signTransaction({ chainId: chain.id, nonce, ...transaction }));
  assert.equal(getAddress(receipt.from), getAddress(account.address));
  return receipt;
}

/** A transfer of a `type` without more: the balance moves. */
export async function transfer(account, fields) {
  await fund(account.address);
  const [to, value] = [stranger(), parseEther("0.25")];
  await execute(account, { gas: 30_000n, to, value, ...fields });
  assert.equal(await node.getBalance({ address: to }), value);
}

/** A call of a contract: its storage changes. */
export async function call(account, fields) {
  await fund(account.address);
  const to = await newStore();
  await execute(account, { gas: 100_000n, to, data: set(7n), ...fields });
  assert.equal(await stored(to), 7n);
}

/** A creation: the contract is where it has to be, and works. */
export async function creation(account) {
  await fund(account.address);
  const nonce = BigInt(await node.getTransactionCount({ address: account.address }));
  await execute(account, { type: "eip1559", gas: 200_000n, data: storeCreation, ...FEES });
  const address = getContractAddress({ from: account.address, nonce });
  await execute(account, { type: "eip1559", gas: 100_000n, to: address, data: set(8n), ...FEES });
  assert.equal(await stored(address), 8n);
}

/** Of a blob that is all zeros commitment and proof are the point at infinity, so that no library is needed. */
const INFINITY = `0x${"c0".padEnd(96, "0")}`;
const EMPTY_BLOB = { blob: `0x${"00".repeat(131_072)}`, commitment: INFINITY, proof: INFINITY };
const versioned = (commitment) => {
  const digest = createHash("sha256").update(Buffer.from(commitment.slice(2), "hex")).digest("hex");
  return `0x01${digest.slice(2)}`;
};

/** A transaction with a blob: the node has it. */
export async function blob(account) {
  await fund(account.address);
  const blobVersionedHashes = [versioned(INFINITY)];
  const { transactionHash, blobGasUsed } = await execute(account, {
    type: "eip4844",
    gas: 30_000n,
    to: stranger(),
    maxFeePerBlobGas: parseGwei("10"),
    blobVersionedHashes,
    sidecars: [EMPTY_BLOB],
    ...FEES,
  });
  assert.equal(blobGasUsed, 131_072n);
  const found = await node.getTransaction({ hash: transactionHash });
  assert.deepEqual(found.blobVersionedHashes, blobVersionedHashes);
}

/** An authorization of `account`, sent by `sender`: the account has the delegate's code, and it runs. */
export async function delegation(account, sender = account) {
  await Promise.all([fund(account.address), fund(sender.address)]);
  const delegate = await newStore();
  const nonce = await node.getTransactionCount({ address: account.address });
  const authorization = await account.signAuthorization({
    address: delegate,
    chainId: chain.id,
    nonce: account.address === sender.address ? nonce + 1 : nonce,
  });
  const to = account.address;
  await execute(sender, {
    type: "eip7702",
    gas: 200_000n,
    to,
    data: set(9n),
    authorizationList: [authorization],
    ...FEES,
  });
  assert.equal(await node.getCode({ address: to }), `0xef0100${delegate.slice(2).toLowerCase()}`);
  assert.equal(await stored(to), 9n);
}

/** What each type needs beside gas and a receiver. */
export const TYPES = {
  legacy: { type: "legacy", ...PRICE },
  eip2930: { type: "eip2930", accessList: [{ address: stranger(), storageKeys: [`0x${"01".repeat(32)}`] }], ...PRICE },
  eip1559: { type: "eip1559", ...FEES },
};
