// Private keys and their tags: made, read, tagged, deleted, and what is refused.

import assert from "node:assert/strict";

import { computeAddress } from "ethers";

import { newOrganization, refused } from "./clients.mjs";
import { label } from "./office.mjs";
import { scenario } from "./scenario.mjs";

const NOBODY = "3f0b1d6e-9c9b-4d5b-8c35-0a2f0c1d9e77";
const home = await newOrganization();
const [{ client }] = home.users;

const asKey = (curve, formats, more = {}) => ({
  privateKeyName: label(),
  curve: `CURVE_${curve}`,
  privateKeyTags: [],
  addressFormats: formats.map((format) => `ADDRESS_FORMAT_${format}`),
  ...more,
});
const create = (...privateKeys) => client.createPrivateKeys({ privateKeys });
const read = async (privateKeyId) => (await client.getPrivateKey({ privateKeyId })).privateKey;

await scenario("private keys of three curves are made, with addresses in the order of their formats", async () => {
  const wanted = [asKey("SECP256K1", ["TRON", "ETHEREUM"]), asKey("ED25519", ["SOLANA"]), asKey("P256", ["COMPRESSED"])];
  const { activity, privateKeys } = await create(...wanted);
  assert.equal(activity.type, "ACTIVITY_TYPE_CREATE_PRIVATE_KEYS_V2");
  for (const [at, { privateKeyId, addresses }] of privateKeys.entries()) {
    assert.deepEqual(addresses.map(({ format }) => format), wanted[at].addressFormats);
    const key = await read(privateKeyId);
    assert.deepEqual([key.privateKeyName, key.curve], [wanted[at].privateKeyName, wanted[at].curve]);
    assert.deepEqual([key.addresses, key.exported, key.imported], [addresses, false, false]);
  }
  const { publicKey } = await read(privateKeys[0].privateKeyId);
  assert.equal(privateKeys[0].addresses[1].address, computeAddress(`0x${publicKey}`));
  const listed = (await client.getPrivateKeys({})).privateKeys.map(({ privateKeyId }) => privateKeyId);
  assert.ok(privateKeys.every(({ privateKeyId }) => listed.includes(privateKeyId)));
});

await scenario("keys are tagged when they are made, when the tag is, and later", async () => {
  const tag = async (privateKeyIds) =>
    (await client.createPrivateKeyTag({ privateKeyTagName: label(), privateKeyIds })).privateKeyTagId;
  const [first] = [await tag([])];
  const { privateKeys } = await create(asKey("ED25519", [], { privateKeyTags: [first] }));
  const [{ privateKeyId }] = privateKeys;
  const second = await tag([privateKeyId]);
  const third = await tag([]);
  const tagsOf = async () => (await read(privateKeyId)).privateKeyTags.sort();
  assert.deepEqual(await tagsOf(), [first, second].sort());
  await client.updatePrivateKeyTag({ privateKeyTagId: third, addPrivateKeyIds: [privateKeyId], removePrivateKeyIds: [] });
  await client.updatePrivateKeyTag({ privateKeyTagId: first, addPrivateKeyIds: [], removePrivateKeyIds: [privateKeyId] });
  assert.deepEqual(await tagsOf(), [second, third].sort());
  const gone = await client.deletePrivateKeyTags({ privateKeyTagIds: [second] });
  assert.deepEqual(gone.privateKeyIds, [privateKeyId]);
  assert.deepEqual(await tagsOf(), [third]);
});

await scenario("a private key is deleted once it was exported, or without", async () => {
  const { privateKeys } = await create(asKey("SECP256K1", ["ETHEREUM"]));
  const privateKeyIds = [privateKeys[0].privateKeyId];
  await refused(client.deletePrivateKeys({ privateKeyIds }), 3, /^private key has not been exported/);
  const gone = await client.deletePrivateKeys({ privateKeyIds, deleteWithoutExport: true });
  assert.deepEqual(gone.privateKeyIds, privateKeyIds);
  const unknown = await read(privateKeyIds[0]).then(assert.fail, (reason) => reason);
  assert.equal(unknown.code, 5);
});

await scenario("private keys that are no good are refused", async () => {
  const made = asKey("SECP256K1", []);
  await create(made);
  await refused(create(made), 3, /^private key label must be unique/);
  await refused(create(asKey("P256", ["ETHEREUM"])), 3, /address format/);
  await refused(create(asKey("P256", ["COMPRESSED", "COMPRESSED"])), 3, /address formats/);
  for (const call of [() => create(asKey("ED25519", [], { privateKeyTags: [NOBODY] })), () => read(NOBODY)]) {
    const error = await call().then(assert.fail, (reason) => reason);
    assert.equal(error.code, 5, error.message);
  }
  const malformed = "malformed organization ID provided";
  await refused(client.getPrivateKeys({ organizationId: "x" }), 3, malformed, "INVALID_ORGANIZATION_ID");
});
