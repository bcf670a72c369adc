// Secrets go in and out in bundles that @turnkey/crypto makes and opens; http begins and deletes, sdk-server does the rest.

import assert from "node:assert/strict";

import { decryptSecretBundle, encryptSecretToBundle, generateP256KeyPair } from "@turnkey/crypto";

import { httpClientOf, newOrganization, now, refused, server } from "./clients.mjs";
import { label } from "./office.mjs";
import { scenario } from "./scenario.mjs";

const { signer } = await (await fetch(`${server.url}/.well-known/counterseal`)).json();
const home = await newOrganization();
const [owner] = home.users;
const { client } = owner;
const http = httpClientOf(owner.key);
const bound = { organizationId: home.id, dangerouslyOverrideSignerPublicKey: signer };
const encryptionSuite = "TRANSPORT_ENCRYPTION_SUITE_ENCLAVE_ENCRYPT_V1";
const asked = (type, parameters) => ({
  type: `ACTIVITY_TYPE_${type}`,
  timestampMs: now(),
  organizationId: home.id,
  parameters,
});

async function targets(numSecrets) {
  const { activity } = await http.initImportSecrets(asked("INIT_IMPORT_SECRETS", { numSecrets, encryptionSuite }));
  assert.equal(activity.status, "ACTIVITY_STATUS_COMPLETED");
  return activity.result.initImportSecretsResult.enclaveTargetMessages;
}

const staticProperties = [{ key: "environment", value: "production" }];

async function imported(...plaintexts) {
  const bundles = await targets(plaintexts.length);
  const secrets = await Promise.all(
    plaintexts.map(async (plaintext, at) => ({
      ...(await encryptSecretToBundle({ plaintext, ingressTargetBundle: bundles[at], ...bound })),
      name: label(),
      encryptionSuite,
      staticProperties,
    })),
  );
  return { secrets, secretIds: (await client.importSecrets({ secrets })).secretIds };
}

await scenario("secrets come in together, are listed, and go out as they came", async () => {
  const plaintexts = ["s3cr3t", "clé ✓\n"];
  const { secrets, secretIds } = await imported(...plaintexts);
  const listed = (await client.listSecrets({})).secrets.filter(({ secretId }) => secretIds.includes(secretId));
  assert.deepEqual(listed.map((secret) => secret.staticProperties), [staticProperties, staticProperties]);
  const pair = generateP256KeyPair();
  const { secretPayloads } = await client.exportSecrets({
    secrets: secretIds.map((secretId) => ({ secretId, targetPublicKey: pair.publicKeyUncompressed, encryptionSuite })),
  });
  const opened = secretPayloads.map((secretPayload) =>
    decryptSecretBundle({ secretPayload, embeddedPrivateKey: pair.privateKey, ...bound }),
  );
  assert.deepEqual(await Promise.all(opened), plaintexts);
  const again = await client.importSecrets({ secrets }).then(assert.fail, (reason) => reason);
  assert.equal(again.code, 3, "a target is used once");
});

await scenario("secrets are deleted, and go out no more", async () => {
  const { secretIds } = await imported("gone");
  const { activity } = await http.deleteSecrets(asked("DELETE_SECRETS", { secretIds }));
  assert.deepEqual(activity.result.deleteSecretsResult.secretIds, secretIds);
  const targetPublicKey = generateP256KeyPair().publicKeyUncompressed;
  const secrets = [{ secretId: secretIds[0], targetPublicKey, encryptionSuite }];
  assert.equal((await client.exportSecrets({ secrets }).then(assert.fail, (reason) => reason)).code, 5);
  const delete_ = () => http.deleteSecrets(asked("DELETE_SECRETS", { secretIds }));
  assert.equal((await delete_().then(assert.fail, (reason) => reason)).code, 5);
});

await scenario("too many targets, and lists of what is no organization, are refused", async () => {
  assert.equal((await targets(0).then(assert.fail, (reason) => reason)).code, 3);
  const malformed = "malformed organization ID provided";
  await refused(client.listSecrets({ organizationId: "x" }), 3, malformed, "INVALID_ORGANIZATION_ID");
});
