// What @turnkey/crypto makes of bundles, without a server: one question a line comes in, as JSON
// {"call": <name of a function below>, …its arguments}; one line goes out, {"answer": …} or {"error": <text>}.
import { readFileSync } from "node:fs";

import {
  decryptExportBundle,
  decryptSecretBundle,
  encryptPrivateKeyToBundle,
  encryptSecretToBundle,
  encryptWalletToBundle,
} from "@turnkey/crypto";

const functions = {
  decryptExportBundle,
  decryptSecretBundle,
  encryptPrivateKeyToBundle,
  encryptSecretToBundle,
  encryptWalletToBundle,
};

for (const line of readFileSync(0, "utf8").split("\n")) {
  const { call, signer, ...more } = JSON.parse(line);
  try {
    const answer = await functions[call]({ ...more, dangerouslyOverrideSignerPublicKey: signer });
    console.log(JSON.stringify({ answer }));
  } catch (error) {
    console.log(JSON.stringify({ error: String(error) }));
  }
}
