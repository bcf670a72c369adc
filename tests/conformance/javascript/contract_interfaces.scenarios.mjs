// Interfaces of contracts: uploaded, read, listed, deleted; and policies that read the arguments of a call by them.

import assert from "node:assert/strict";

import { TurnkeyActivityError, createAccount } from "@turnkey/viem";
import { encodeFunctionData } from "viem";

import { carriedOut, chain, fund, newStore, node, storeAbi, stored } from "./chains.mjs";
import { httpClientOf, newOrganization, newUser, refused } from "./clients.mjs";
import { TYPES } from "./ethereum_transactions.mjs";
import { asPolicy, label } from "./office.mjs";
import { scenario } from "./scenario.mjs";
import { newWallet } from "./wallet.mjs";

const NOBODY = "3f0b1d6e-9c9b-4d5b-8c35-0a2f0c1d9e77";
const home = await newOrganization();
const [owner] = home.users;
const { client } = owner;
const wallet = await newWallet(owner, "ethereum");
const create = (smartContractAddress, more = {}) =>
  client.createSmartContractInterface({
    smartContractAddress,
    smartContractInterface: JSON.stringify(storeAbi),
    type: "SMART_CONTRACT_INTERFACE_TYPE_ETHEREUM",
    label: label(),
    ...more,
  });

await scenario("an interface is uploaded, read, listed and deleted", async () => {
  const address = await newStore();
  const { smartContractInterfaceId } = await create(address, { notes: "a store" });
  const found = await client.getSmartContractInterface({ smartContractInterfaceId });
  const { smartContractAddress, smartContractInterface, notes } = found.smartContractInterface;
  assert.equal(smartContractAddress.toLowerCase(), address.toLowerCase());
  assert.deepEqual([JSON.parse(smartContractInterface), notes], [storeAbi, "a store"]);
  const ids = async () =>
    (await client.getSmartContractInterfaces({})).smartContractInterfaces.map((each) => each.smartContractInterfaceId);
  assert.ok((await ids()).includes(smartContractInterfaceId));
  await client.deleteSmartContractInterface({ smartContractInterfaceId });
  assert.ok(!(await ids()).includes(smartContractInterfaceId));
});

await scenario("whoever may set up to nine sets nine and not ten, in a call that the node carries out", async () => {
  const address = await newStore();
  await create(address);
  const member = await newUser(home);
  const signer = await createAccount({
    client: httpClientOf(member.key),
    organizationId: home.id,
    signWith: wallet.ethereum,
  });
  const condition = `eth.tx.to == '${address}' && eth.tx.function_name == 'set' && eth.tx.contract_call_args['value'] <= 9`;
  await client.createPolicy(asPolicy(`approvers.any(user, user.id == '${member.id}')`, { condition }));
  await fund(wallet.ethereum);
  const call = async (data) =>
    signer.signTransaction({
      chainId: chain.id,
      nonce: await node.getTransactionCount({ address: wallet.ethereum }),
      gas: 100_000n,
      to: address,
      data,
      ...TYPES.eip1559,
    });
  const set = (value) => encodeFunctionData({ abi: storeAbi, functionName: "set", args: [value] });
  await carriedOut(await call(set(9n)));
  assert.equal(await stored(address), 9n);
  for (const data of [set(10n), `0xffffffff${set(9n).slice(10)}`, "0x"]) {
    const denied = await call(data).then(assert.fail, (reason) => reason);
    assert.ok(denied instanceof TurnkeyActivityError, String(denied));
    assert.match(denied.message, /Turnkey error 7/);
  }
});

await scenario("interfaces that are no good are refused", async () => {
  const address = await newStore();
  for (const more of [{ smartContractInterface: "[" }, { smartContractAddress: "0x1" }, { smartContractInterface: "{}" }]) {
    const error = await create(address, more).then(assert.fail, (reason) => reason);
    assert.equal(error.code, 3, error.message);
  }
  for (const call of ["getSmartContractInterface", "deleteSmartContractInterface"]) {
    const error = await client[call]({ smartContractInterfaceId: NOBODY }).then(assert.fail, (reason) => reason);
    assert.equal(error.code, 5, error.message);
  }
  const malformed = "malformed organization ID provided";
  await refused(client.getSmartContractInterfaces({ organizationId: "x" }), 3, malformed, "INVALID_ORGANIZATION_ID");
});
