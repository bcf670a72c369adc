// Proofs of activities: what official verifiers say of those that the server made.

import assert from "node:assert/strict";

import { verify, verifyAppProofSignature } from "@turnkey/crypto";

import { httpClientOf, newOrganization, now, refused } from "./clients.mjs";
import { scenario } from "./scenario.mjs";
import { visitor } from "./visitors.mjs";

const home = await newOrganization();
const [owner] = home.users;
const ETHEREUM = {
  curve: "CURVE_SECP256K1",
  pathFormat: "PATH_FORMAT_BIP32",
  path: "m/44'/60'/0'/0/0",
  addressFormat: "ADDRESS_FORMAT_ETHEREUM",
};
// sdk-server puts the flag among the parameters, where it means nothing; http sends what it is given.
const walletOf = (walletName, more = {}) =>
  httpClientOf(owner.key).createWallet({
    type: "ACTIVITY_TYPE_CREATE_WALLET",
    timestampMs: now(),
    organizationId: home.id,
    parameters: { walletName, accounts: [ETHEREUM] },
    ...more,
  });
const { activity } = await walletOf("proven", { generateAppProofs: true });
const { addresses, walletId } = activity.result.createWalletResult;

await scenario("the proofs of a new wallet are accepted, and name its address", async () => {
  assert.equal(activity.appProofs.length, 2);
  for (const appProof of activity.appProofs) verifyAppProofSignature(appProof);
  const [outcome, address] = activity.appProofs.map(({ proofPayload }) => JSON.parse(proofPayload));
  assert.equal(outcome.type, "APP_PROOF_TYPE_POLICY_OUTCOME");
  assert.equal(outcome.policyOutcomeProof.outcome, "OUTCOME_ALLOW");
  assert.equal(address.addressDerivationProof.address, addresses[0]);
  assert.equal(address.addressDerivationProof.walletId, walletId);
  const changed = { ...activity.appProofs[1], proofPayload: activity.appProofs[1].proofPayload.replace("0x", "0X") };
  assert.throws(() => verifyAppProofSignature(changed), /Signature verification failed/);
});

await scenario("they are the same wherever they are read", async () => {
  const listed = await owner.client.getAppProofs({ activityId: activity.id });
  const again = await owner.client.getActivity({ activityId: activity.id });
  assert.deepEqual(listed.appProofs, activity.appProofs);
  assert.deepEqual(again.activity.appProofs, activity.appProofs);
  assert.deepEqual((await owner.client.getAppProofs({ activityId: (await walletOf("other")).activity.id })).appProofs, []);
  await refused(owner.client.getAppProofs({ activityId: home.id }), 5, /^no activity found with ID/, "");
});

await scenario("the boot proof is of their key; what pins a vendor's root refuses it", async () => {
  const [appProof] = activity.appProofs;
  const { bootProof } = await owner.client.getBootProof({ ephemeralKey: appProof.publicKey });
  const latest = await owner.client.getLatestBootProof({ appName: "signer" });
  assert.equal(bootProof.ephemeralPublicKeyHex, appProof.publicKey);
  assert.equal(latest.bootProof.awsAttestationDocB64, bootProof.awsAttestationDocB64);
  assert.deepEqual([bootProof.owner, bootProof.deploymentLabel], ["self", "self-attested"]);
  await assert.rejects(verify(appProof, bootProof), /Incorrect number of certs in X509 Chain/);
  await refused(owner.client.getBootProof({ ephemeralKey: "00".repeat(130) }), 5, /^no boot proof found/, "");
  await refused(owner.client.getLatestBootProof({ appName: "enclave" }), 5, /^no app/, "");
});

await scenario("core fetches the boot proof and comes as far as the vendor's root", async () => {
  const { page, organizationId } = await visitor();
  await page.loginWithPasskey();
  const { activity: own } = await page.httpClient.createWallet({
    walletName: "of core",
    accounts: [ETHEREUM],
    generateAppProofs: true,
  });
  await assert.rejects(page.verifyAppProofs({ appProofs: own.appProofs, organizationId }), (error) => {
    assert.match(String(error.cause), /Incorrect number of certs in X509 Chain/);
    return true;
  });
});
