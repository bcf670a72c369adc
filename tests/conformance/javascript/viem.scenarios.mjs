// @turnkey/viem: an account of viem's whose key is here. What it signs is verified by viem and carried out on a node.

import assert from "node:assert/strict";

import { TurnkeyActivityError, TurnkeyConsensusNeededError, createAccount } from "@turnkey/viem";
import { recoverAuthorizationAddress } from "viem/experimental";
import { TxEnvelopeTempo } from "ox/tempo";
import { createWalletClient, getAddress, parseEther, verifyHash, verifyMessage, verifyTypedData } from "viem";

import { carriedOut, chain, fund, node, transport } from "./chains.mjs";
import { httpClientOf, newOrganization, newUser } from "./clients.mjs";
import * as transactions from "./ethereum_transactions.mjs";
import { COMPLETED, NEEDED, asPolicy, label } from "./office.mjs";
import { scenario } from "./scenario.mjs";
import { TYPED_DATA } from "./typed_data.mjs";
import { newWallet } from "./wallet.mjs";

const home = await newOrganization();
const [owner] = home.users;
const wallet = await newWallet(owner, "ethereum");
const clients = { http: httpClientOf(owner.key), "sdk-server": owner.client };
const accountOf = (client, signWith = wallet.ethereum) => createAccount({ client, organizationId: home.id, signWith });
const account = await accountOf(clients.http);

await scenario("messages, typed data, hashes and authorizations are those of the account", async () => {
  for (const client of Object.values(clients)) {
    const signer = await accountOf(client);
    const { address } = signer;
    assert.equal(address, wallet.ethereum);
    for (const message of ["Hello ✓", { raw: "0xdeadbeef" }]) {
      assert.ok(await verifyMessage({ address, message, signature: await signer.signMessage({ message }) }));
    }
    const hash = `0x${"12".repeat(32)}`;
    assert.ok(await verifyHash({ address, hash, signature: await signer.sign({ hash }) }));
    const signature = await signer.signTypedData(TYPED_DATA);
    assert.ok(await verifyTypedData({ address, ...TYPED_DATA, signature }));
    const authorization = await signer.signAuthorization({ address: wallet.ethereum, chainId: 1, nonce: 3 });
    assert.equal(await recoverAuthorizationAddress({ authorization }), address);
  }
});

await scenario("typed data without the type of its domain is signed as viem hashes it", async () => {
  const { EIP712Domain, ...types } = TYPED_DATA.types;
  const signature = await account.signTypedData({ ...TYPED_DATA, types });
  const noDomain = { ...TYPED_DATA, types: { ...types, EIP712Domain: [] } };
  assert.ok(await verifyTypedData({ address: account.address, ...noDomain, signature }));
  const client = createWalletClient({ account, chain, transport });
  const added = await client.signTypedData({ ...TYPED_DATA, types });
  assert.ok(await verifyTypedData({ address: account.address, ...TYPED_DATA, signature: added }));
});

await scenario("legacy, 2930 and 1559 transactions move ether and call a contract", async () => {
  for (const fields of Object.values(transactions.TYPES)) {
    await transactions.transfer(account, fields);
    await transactions.call(account, fields);
  }
});

await scenario("a contract is created, and works", async () => {
  await transactions.creation(account);
});

await scenario("a 4844 transaction with a blob is carried out", async () => {
  await transactions.blob(account);
});

await scenario("a 7702 delegation holds, sent by the account itself and by another", async () => {
  await transactions.delegation(account);
  const second = await newWallet(owner, "ethereum");
  await transactions.delegation(await accountOf(clients.http, second.ethereum), account);
});

await scenario("a transaction of Tempo is signed, and is the account's", async () => {
  const calls = [{ to: transactions.stranger(), data: "0x01020304" }, { to: transactions.stranger() }];
  const envelope = TxEnvelopeTempo.from({ chainId: 42_429, nonce: 1n, gas: 100_000n, maxFeePerGas: 20n, calls });
  const signed = await account.signTransaction(envelope, { serializer: () => TxEnvelopeTempo.serialize(envelope) });
  const read = TxEnvelopeTempo.deserialize(signed);
  assert.equal(getAddress(read.from), account.address);
  assert.deepEqual(read.calls.map(({ to }) => getAddress(to)), calls.map(({ to }) => to));
});

await scenario("viem's wallet client sends with the account", async () => {
  await fund(account.address);
  const client = createWalletClient({ account, chain, transport, pollingInterval: 10 });
  const to = transactions.stranger();
  const hash = await client.sendTransaction({ to, value: 5n });
  assert.equal((await node.waitForTransactionReceipt({ hash, pollingInterval: 10 })).status, "success");
  assert.equal(await node.getBalance({ address: to }), 5n);
});

await scenario("a private key signs by its id", async () => {
  const { privateKeys } = await owner.client.createPrivateKeys({
    privateKeys: [
      { privateKeyName: label(), curve: "CURVE_SECP256K1", privateKeyTags: [], addressFormats: ["ADDRESS_FORMAT_ETHEREUM"] },
    ],
  });
  const [{ privateKeyId, addresses }] = privateKeys;
  const signer = await accountOf(clients.http, privateKeyId);
  assert.equal(signer.address, addresses[0].address);
  await transactions.transfer(signer, transactions.TYPES.eip1559);
});

await scenario("what needs consensus throws TurnkeyConsensusNeededError, and is carried out once it is approved", async () => {
  const member = await newUser(home);
  const consensus = `approvers.any(user, user.id == '${member.id}') && approvers.any(user, user.id == '${owner.id}')`;
  await owner.client.createPolicy(asPolicy(consensus, { condition: "activity.action == 'SIGN'" }));
  const signer = await createAccount({ client: httpClientOf(member.key), organizationId: home.id, signWith: wallet.ethereum });
  const to = transactions.stranger();
  await fund(signer.address);
  const nonce = await node.getTransactionCount({ address: signer.address });
  const transaction = { chainId: chain.id, nonce, gas: 21_000n, to, value: parseEther("1"), ...transactions.TYPES.eip1559 };
  for (const call of [() => signer.signMessage({ message: "?" }), () => signer.signTransaction(transaction)]) {
    const error = await call().then(assert.fail, (reason) => reason);
    assert.ok(error instanceof TurnkeyConsensusNeededError, String(error));
    assert.equal(error.activityStatus, NEEDED);
    const { activity } = await owner.client.getActivity({ activityId: error.activityId });
    assert.deepEqual(activity.result, {});
    const approved = await owner.client.approveActivity({ fingerprint: activity.fingerprint });
    assert.equal(approved.activity.status, COMPLETED);
    const { signTransactionResult } = approved.activity.result;
    if (signTransactionResult) await carriedOut(`0x${signTransactionResult.signedTransaction}`);
  }
  assert.equal(await node.getBalance({ address: to }), parseEther("1"));
});

await scenario("what is denied, unknown or not understood throws TurnkeyActivityError", async () => {
  const fails = async (call, text) => {
    const error = await call.then(assert.fail, (reason) => reason);
    assert.ok(error instanceof TurnkeyActivityError, String(error));
    assert.match(error.message, text);
  };
  const plain = await newUser(home);
  const client = httpClientOf(plain.key);
  const signer = await createAccount({ client, organizationId: home.id, signWith: wallet.ethereum });
  await fails(signer.signMessage({ message: "?" }), /^Failed to sign: Turnkey error 7/);
  for (const [effect, condition] of [
    ["EFFECT_ALLOW", "activity.action == 'SIGN'"],
    ["EFFECT_DENY", "activity.type == 'ACTIVITY_TYPE_SIGN_TRANSACTION_V2'"],
  ]) {
    await owner.client.createPolicy(asPolicy(`approvers.any(user, user.id == '${plain.id}')`, { effect, condition }));
  }
  await signer.signMessage({ message: "?" });
  const denied = signer.signTransaction({ chainId: 1, gas: 21_000n, to: wallet.ethereum, ...transactions.TYPES.eip1559 });
  await fails(denied, /^Failed to sign: Turnkey error 7: policy engine denied request explicitly/);
  const unknown = await accountOf(clients.http, transactions.stranger());
  await fails(unknown.signMessage({ message: "?" }), /^Failed to sign: Turnkey error 5: Could not find any resource to sign with/);
  const nothing = account.signTransaction({ chainId: 1 }, { serializer: () => "0x02c0" });
  await fails(nothing, /^Failed to sign: Turnkey error 3: failed to pre-parse Ethereum transaction/);
  await assert.rejects(accountOf(clients.http, "3f0b1d6e-9c9b-4d5b-8c35-0a2f0c1d9e77"), (error) => error.code === 5);
});
