// A wallet, and an agent that may pay one address from it: what it signs is carried out, and anything else is denied.

import { generateP256KeyPair } from "@turnkey/crypto";
import { ApiKeyStamper } from "@turnkey/api-key-stamper";
import { createAccount } from "@turnkey/viem";
import { createPublicClient, createTestClient, formatEther, http, parseEther, serializeTransaction } from "viem";
import { generatePrivateKey, privateKeyToAddress } from "viem/accounts";
import { foundry } from "viem/chains";

import { client as root, clientOf } from "./client.mjs";
import { expect, step } from "./step.mjs";

const { url, organizationId, chainUrl } = JSON.parse(process.env.COUNTERSEAL_DEMO);

const agentKey = generateP256KeyPair();
const agent = clientOf(agentKey);

const chain = createPublicClient({ chain: foundry, transport: http(chainUrl) });
const newAddress = () => privateKeyToAddress(generatePrivateKey());
const [supplier, stranger] = [newAddress(), newAddress()];
let address;

await step("A wallet with an Ethereum account", "sdk-server", async () => {
  const { activity, walletId, addresses } = await root.createWallet({
    walletName: "Treasury",
    accounts: [
      {
        curve: "CURVE_SECP256K1",
        pathFormat: "PATH_FORMAT_BIP32",
        path: "m/44'/60'/0'/0/0",
        addressFormat: "ADDRESS_FORMAT_ETHEREUM",
      },
    ],
  });
  [address] = addresses;
  const faucet = createTestClient({ chain: foundry, mode: "anvil", transport: http(chainUrl) });
  await faucet.setBalance({ address, value: parseEther("10") });
  return { activity: activity.id, wallet: walletId, address, balance: "10 ETH on a node of this machine" };
});

await step("An agent may pay one address, up to 1 ETH at a time", "sdk-server", async () => {
  const apiKey = { apiKeyName: "agent", publicKey: agentKey.publicKey, curveType: "API_KEY_CURVE_P256" };
  const { userIds } = await root.createUsers({
    users: [{ userName: "Agent", apiKeys: [apiKey], authenticators: [], oauthProviders: [], userTags: [] }],
  });
  const condition = `eth.tx.to == '${supplier}' && eth.tx.value <= ${parseEther("1")}`;
  const { policyId } = await root.createPolicy({
    policyName: "The agent pays the supplier",
    effect: "EFFECT_ALLOW",
    consensus: `approvers.any(user, user.id == '${userIds[0]}')`,
    condition: `activity.action == 'SIGN' && ${condition}`,
    notes: "",
  });
  return { agent: userIds[0], policy: policyId, condition };
});

const account = () => createAccount({ client: agent, organizationId, signWith: address });

async function payment(to) {
  const [nonce, fees] = [await chain.getTransactionCount({ address }), await chain.estimateFeesPerGas()];
  return { type: "eip1559", chainId: foundry.id, nonce, gas: 21_000n, to, value: parseEther("0.5"), ...fees };
}

await step("The agent pays it: signed here, carried out by the node", "viem adapter, viem", async () => {
  const serializedTransaction = await (await account()).signTransaction(await payment(supplier));
  const { status, transactionHash } = await chain.sendRawTransactionSync({ serializedTransaction });
  const balance = formatEther(await chain.getBalance({ address: supplier }));
  expect(status === "success" && balance === "0.5", `${status}, the supplier has ${balance} ETH`);
  return { transaction: transactionHash, supplier, "it now has": `${balance} ETH` };
});

const other = await payment(stranger);

await step("To any other address it signs nothing", "viem adapter", async () => {
  const error = await (await account()).signTransaction(other).then(() => undefined, (reason) => reason);
  expect(error?.name === "TurnkeyActivityError", "the server did not refuse it");
  return { stranger, refused: error.shortMessage.split(" (Details")[0] };
});

await step("Why? What would happen is asked, and nothing done", "sdk-server, api-key-stamper", async () => {
  const unsignedTransaction = serializeTransaction(other).slice(2);
  const type = "TRANSACTION_TYPE_ETHEREUM";
  const { body } = await agent.stampSignTransaction({ signWith: address, unsignedTransaction, type });
  const question = JSON.stringify({ organizationId, body });
  const stamper = new ApiKeyStamper({ apiPublicKey: agentKey.publicKey, apiPrivateKey: agentKey.privateKey });
  const { stampHeaderName, stampHeaderValue } = await stamper.stamp(question);
  const answer = await fetch(`${url}/counterseal/v1/query/simulate_activity`, {
    method: "POST",
    headers: { "Content-Type": "application/json", [stampHeaderName]: stampHeaderValue },
    body: question,
  });
  const { outcome, reason, traces } = await answer.json();
  expect(outcome === "OUTCOME_DENY_IMPLICIT", outcome);
  return { reason, "the policy's": traces[0].blame.join("; ") };
});
