// @turnkey/eip-1193-provider: an Ethereum provider as pages have it, whose keys are here and whose chain is a local node.

import assert from "node:assert/strict";

import { createEIP1193Provider } from "@turnkey/eip-1193-provider";
import { hashMessage, numberToHex, parseEther, recoverAddress, verifyTypedData } from "viem";

import { chain, fund, node } from "./chains.mjs";
import { httpClientOf, newOrganization, newUser } from "./clients.mjs";
import { stranger } from "./ethereum_transactions.mjs";
import { asPolicy } from "./office.mjs";
import { scenario } from "./scenario.mjs";
import { TYPED_DATA } from "./typed_data.mjs";
import { newWallet } from "./wallet.mjs";

process.env.NODE_ENV = "test"; // the provider takes a chain on plain HTTP only then
const home = await newOrganization();
const [owner] = home.users;
const wallet = await newWallet(owner, "ethereum");
const address = wallet.ethereum;
const CHAIN = {
  chainId: numberToHex(chain.id),
  chainName: chain.name,
  nativeCurrency: chain.nativeCurrency,
  rpcUrls: chain.rpcUrls.default.http,
};
const providerOf = (key, walletId = wallet.walletId) =>
  createEIP1193Provider({ walletId, organizationId: home.id, turnkeyClient: httpClientOf(key), chains: [CHAIN] });
const provider = await providerOf(owner.key);

await scenario("accounts are those of the wallet", async () => {
  assert.deepEqual(await provider.request({ method: "eth_requestAccounts" }), [address]);
  assert.deepEqual(await provider.request({ method: "eth_accounts" }), [address]);
});

await scenario("digests and typed data are signed", async () => {
  const hash = hashMessage("Hello ✓");
  for (const request of [
    { method: "personal_sign", params: [hash, address] },
    { method: "eth_sign", params: [address, hash] },
  ]) {
    assert.equal(await recoverAddress({ hash, signature: await provider.request(request) }), address);
  }
  const signature = await provider.request({ method: "eth_signTypedData_v4", params: [address, TYPED_DATA] });
  assert.ok(await verifyTypedData({ address, ...TYPED_DATA, signature }));
});

await scenario("transactions of each type that the provider has are sent", async () => {
  await fund(address);
  for (const [at, type] of ["0x1", "0x2"].entries()) {
    const fees = at ? { maxFeePerGas: "0x4a817c800", maxPriorityFeePerGas: "0x3b9aca00" } : { gasPrice: "0x4a817c800" };
    const to = stranger();
    const transaction = { from: address, to, value: numberToHex(parseEther("0.5")), nonce: numberToHex(at), gas: "0x5208", type };
    const hash = await provider.request({
      method: "eth_sendTransaction",
      params: [{ ...transaction, chainId: CHAIN.chainId, ...fees }],
    });
    assert.equal((await node.waitForTransactionReceipt({ hash, pollingInterval: 10 })).status, "success");
    assert.equal(await node.getBalance({ address: to }), parseEther("0.5"));
  }
});

await scenario("what needs consensus throws its text, what is denied or unknown throws the client's error", async () => {
  const hash = hashMessage("?");
  const member = await newUser(home);
  const plain = await providerOf(member.key);
  const sign = (each, signer = address) => each.request({ method: "personal_sign", params: [hash, signer] });
  const denied = await sign(plain).then(assert.fail, (reason) => reason);
  assert.equal(denied.code, 7);
  const unknown = await sign(provider, stranger()).then(assert.fail, (reason) => reason);
  assert.match(`${unknown.message} ${unknown.details}`, /Could not find any resource to sign with|disconnected/);
  const consensus = `approvers.any(user, user.id == '${member.id}') && approvers.any(user, user.id == '${owner.id}')`;
  await owner.client.createPolicy(asPolicy(consensus, { condition: "activity.action == 'SIGN'" }));
  assert.equal(await sign(plain).then(assert.fail, (reason) => reason), "Consensus needed");
});
