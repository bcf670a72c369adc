// @turnkey/ethers: a signer of ethers' whose key is here. What it signs is verified by ethers and carried out on a node.

import assert from "node:assert/strict";

import { TurnkeyActivityError, TurnkeySigner } from "@turnkey/ethers";
import { Contract, JsonRpcProvider, Transaction, parseEther, verifyMessage, verifyTypedData } from "ethers";

import { chain, fund, newStore, stored } from "./chains.mjs";
import { httpClientOf, newOrganization, newUser } from "./clients.mjs";
import { stranger } from "./ethereum_transactions.mjs";
import { NEEDED, asPolicy } from "./office.mjs";
import { scenario } from "./scenario.mjs";
import { TYPED_DATA } from "./typed_data.mjs";
import { newWallet } from "./wallet.mjs";

const home = await newOrganization();
const [owner] = home.users;
const wallet = await newWallet(owner, "ethereum");
const PROVIDER = { staticNetwork: true, pollingInterval: 20, cacheTimeout: -1 };
const provider = new JsonRpcProvider(chain.rpcUrls.default.http[0], chain.id, PROVIDER);
const signerOf = (client, signWith = wallet.ethereum) =>
  new TurnkeySigner({ client, organizationId: home.id, signWith }, provider);
const signer = signerOf(httpClientOf(owner.key));

await scenario("messages and typed data are those of the signer", async () => {
  const { EIP712Domain, ...types } = TYPED_DATA.types;
  for (const client of [httpClientOf(owner.key), owner.client]) {
    const each = signerOf(client);
    assert.equal(await each.getAddress(), wallet.ethereum);
    for (const message of ["Hello ✓", new Uint8Array([1, 2, 255])]) {
      assert.equal(verifyMessage(message, await each.signMessage(message)), wallet.ethereum);
    }
    const signature = await each.signTypedData(TYPED_DATA.domain, types, TYPED_DATA.message);
    assert.equal(verifyTypedData(TYPED_DATA.domain, types, TYPED_DATA.message, signature), wallet.ethereum);
  }
});

await scenario("transactions of each type that ethers has move ether", async () => {
  await fund(wallet.ethereum);
  for (const type of [0, 1, 2]) {
    const [to, value] = [stranger(), parseEther("0.5")];
    const sent = await signer.sendTransaction({ type, from: wallet.ethereum, to, value });
    const receipt = await sent.wait();
    assert.deepEqual([receipt.status, receipt.type, receipt.from], [1, type, wallet.ethereum]);
    assert.equal(await provider.getBalance(to), value);
  }
});

await scenario("a contract is called", async () => {
  await fund(wallet.ethereum);
  const address = await newStore();
  const contract = new Contract(address, ["function set(uint256 value)"], signer);
  await (await contract.set(11n)).wait();
  assert.equal(await stored(address), 11n);
});

await scenario("a signed transaction is not sent, and reads as what was signed", async () => {
  const fields = { type: 2, chainId: 1, nonce: 0, gasLimit: 21_000n, to: stranger(), maxFeePerGas: 5n, maxPriorityFeePerGas: 1n };
  const read = Transaction.from(await signer.signTransaction({ ...fields }));
  assert.equal(read.from, wallet.ethereum);
  assert.deepEqual([read.to, read.chainId, read.maxFeePerGas], [fields.to, 1n, 5n]);
  const another = signer.signTransaction({ ...fields, from: stranger() });
  await assert.rejects(another, /`tx.from` address mismatch/);
  const unpopulated = signer.signTransaction({ type: 2, to: stranger(), value: 1n });
  await assert.rejects(unpopulated, /Turnkey error 3: failed to pre-parse Ethereum transaction/);
});

await scenario("what needs consensus, is denied or is unknown throws", async () => {
  const member = await newUser(home);
  const [plain, unknown] = [signerOf(httpClientOf(member.key)), signerOf(httpClientOf(owner.key), stranger())];
  const denied = await plain.signMessage("?").then(assert.fail, (reason) => reason);
  assert.ok(denied instanceof TurnkeyActivityError, String(denied));
  assert.match(denied.message, /^Failed to sign: Turnkey error 7/);
  const missing = await unknown.signMessage("?").then(assert.fail, (reason) => reason);
  assert.match(missing.message, /^Failed to sign: Turnkey error 5: Could not find any resource to sign with/);
  const consensus = `approvers.any(user, user.id == '${member.id}') && approvers.any(user, user.id == '${owner.id}')`;
  await owner.client.createPolicy(asPolicy(consensus, { condition: "activity.action == 'SIGN'" }));
  const waiting = await plain.signMessage("?").then(assert.fail, (reason) => reason);
  assert.equal(waiting.name, "TurnkeyActivityConsensusNeededError");
  assert.equal(waiting.activityStatus, NEEDED);
});
