// The chains on this machine: what was signed is carried out here, or refused.

import assert from "node:assert/strict";

import { Connection } from "@solana/web3.js";
import { createTestClient, defineChain, http, parseAbi, parseEther, publicActions, walletActions } from "viem";

const { ethereum, solana } = JSON.parse(process.env.COUNTERSEAL_CONFORMANCE_CHAINS);

/** How viem knows the node. */
export const chain = defineChain({
  id: 31337,
  name: "Local",
  nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
  rpcUrls: { default: { http: [ethereum] } },
});

export const transport = http(ethereum, { timeout: 60_000 }); // for its first blob the node gets ready for 8 s

export const node = createTestClient({ chain, mode: "anvil", transport }).extend(publicActions).extend(walletActions);

/** Gives an address ether to spend. */
export const fund = (address, ether = "10") => node.setBalance({ address, value: parseEther(ether) });

/** Sends signed bytes, which must succeed: the receipt. */
export async function carriedOut(serializedTransaction) {
  const receipt = await node.sendRawTransactionSync({ serializedTransaction });
  assert.equal(receipt.status, "success");
  return receipt;
}

/** Of a contract that stores the argument of any call in its first place. */
export const storeAbi = parseAbi(["function set(uint256 value)"]);

/** Its creation: `6004355f5500` (store the first argument at 0) is what is deployed. */
export const storeCreation = "0x656004355f55005f526006601af3";

/** What such a contract holds, or an account that has its code. */
export const stored = async (address) => BigInt(await node.getStorageAt({ address, slot: "0x0" }));

/** Deploys one, paid by the node's own account. */
export async function newStore() {
  const [account] = await node.requestAddresses();
  const hash = await node.sendTransaction({ account, data: storeCreation });
  return (await node.waitForTransactionReceipt({ hash, pollingInterval: 10 })).contractAddress;
}

export const bank = new Connection(solana, "confirmed");

/** Gives a Solana address lamports to spend. */
export const fundSolana = (publicKey, lamports = 10 ** 9) => bank.requestAirdrop(publicKey, lamports);
