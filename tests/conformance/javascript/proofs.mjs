// What @turnkey/crypto thinks of proofs and webhooks, without a server: one question a line comes in, as JSON
// {"call": <name of a function below>, …its arguments}; one line goes out, {"answer": …} or {"error": <text>}.
import { readFileSync } from "node:fs";

import {
  computeQosLiveManifestCommitmentPcr,
  verify,
  verifyAppProofSignature,
  verifyCertificateChain,
  verifyCoseSign1Sig,
  verifyTurnkeyWebhookSignature,
  verifyWithQosPolicy,
} from "@turnkey/crypto";

const bytes = (digits) => new Uint8Array(Buffer.from(digits, "hex"));
const hex = (data) => Buffer.from(data).toString("hex");

const functions = {
  appProof: ({ appProof }) => verifyAppProofSignature(appProof) ?? "accepted",
  // The four parts of a COSE_Sign1, which the client's own decoder would give.
  signature: async ({ parts, certificate }) =>
    (await verifyCoseSign1Sig([bytes(parts[0]), {}, bytes(parts[1]), bytes(parts[2])], bytes(certificate))) ?? "accepted",
  commitment: ({ manifestHash, publicKey }) =>
    hex(computeQosLiveManifestCommitmentPcr(bytes(manifestHash), bytes(publicKey))),
  chain: async ({ bundle, rootPem, certificate, timeMs }) =>
    (await verifyCertificateChain(bundle.map(bytes), rootPem, bytes(certificate), timeMs)) ?? "accepted",
  both: async ({ appProof, bootProof }) => (await verify(appProof, bootProof)) ?? "accepted",
  policy: async ({ appProof, bootProof, policy }) =>
    (await verifyWithQosPolicy(appProof, bootProof, {
      allowedManifestSha256: policy.allowedManifestSha256.map(bytes),
      expectedPcrs: policy.expectedPcrs.map(bytes),
    })) ?? "accepted",
  webhook: ({ headers, body, verificationKeys, nowMs }) =>
    verifyTurnkeyWebhookSignature({
      headers,
      body: bytes(body),
      verificationKeys,
      maxTimestampAgeMs: 300_000,
      nowMs,
    }),
};

for (const line of readFileSync(0, "utf8").split("\n")) {
  const { call, ...given } = JSON.parse(line);
  try {
    console.log(JSON.stringify({ answer: await functions[call](given) }));
  } catch (error) {
    console.log(JSON.stringify({ error: String(error) }));
  }
}
