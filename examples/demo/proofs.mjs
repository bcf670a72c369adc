// An activity that asks for proofs, which the official client verifies; one that was altered is refused.

import { ApiKeyStamper } from "@turnkey/api-key-stamper";
import { verifyAppProofSignature } from "@turnkey/crypto";
import { TurnkeyClient } from "@turnkey/http";

import { expect, step } from "./step.mjs";

const { url, organizationId, publicKey, privateKey } = JSON.parse(process.env.COUNTERSEAL_DEMO);
const stamper = new ApiKeyStamper({ apiPublicKey: publicKey, apiPrivateKey: privateKey });
const client = new TurnkeyClient({ baseUrl: url }, stamper);

await step("A wallet is asked for with proofs, and the client verifies them", "http, crypto", async () => {
  const { activity } = await client.createWallet({
    type: "ACTIVITY_TYPE_CREATE_WALLET",
    timestampMs: String(Date.now()),
    organizationId,
    parameters: {
      walletName: "Proven",
      accounts: [
        {
          curve: "CURVE_SECP256K1",
          pathFormat: "PATH_FORMAT_BIP32",
          path: "m/44'/60'/0'/0/0",
          addressFormat: "ADDRESS_FORMAT_ETHEREUM",
        },
      ],
    },
    generateAppProofs: true,
  });
  activity.appProofs.forEach((proof) => verifyAppProofSignature(proof));
  const [outcome, derivation] = activity.appProofs.map(({ proofPayload }) => JSON.parse(proofPayload));
  const [address] = activity.result.createWalletResult.addresses;
  expect(derivation.addressDerivationProof.address === address, "the proof is of another address");
  const [proof] = activity.appProofs;
  const altered = { ...proof, proofPayload: proof.proofPayload.replace("OUTCOME_ALLOW", "OUTCOME_ERROR") };
  let refused;
  try {
    verifyAppProofSignature(altered);
  } catch (error) {
    refused = error.message;
  }
  expect(refused, "a proof that was altered was accepted");
  const { bootProof } = await client.getBootProof({ organizationId, ephemeralKey: proof.publicKey });
  return {
    activity: activity.id,
    "proven outcome": outcome.policyOutcomeProof.outcome,
    "proven address": address,
    "altered by a word": refused,
    "the key's boot proof": `${bootProof.deploymentLabel}, owner ${bootProof.owner}`,
  };
});
