// @turnkey/cosmjs, a signer of CosmJS's whose key is here, and Tron, for which sdk-server signs what tronweb made.

import assert from "node:assert/strict";

import { makeSignBytes } from "@cosmjs/proto-signing";
import { Secp256k1, Secp256k1Signature, sha256 } from "@cosmjs/crypto";
import { TurnkeyDirectWallet } from "@turnkey/cosmjs";
import { utils as tron } from "tronweb";
import { ecRecover } from "tronweb/utils";

import { httpClientOf, newOrganization, refused } from "./clients.mjs";
import { scenario } from "./scenario.mjs";
import { newWallet } from "./wallet.mjs";

const home = await newOrganization();
const [owner] = home.users;
const wallet = await newWallet(owner, "cosmos", "cosmosKey", "tron");
const signerOf = (client, signWith = wallet.cosmosKey) =>
  TurnkeyDirectWallet.init({ config: { client, organizationId: home.id, signWith }, prefix: "cosmos" });
const DOCUMENT = { bodyBytes: new Uint8Array([1, 2, 3]), authInfoBytes: new Uint8Array(70), chainId: "cosmoshub-4", accountNumber: 7n };

async function verified(signer, hashed) {
  const [{ address, pubkey }] = await signer.getAccounts();
  assert.equal(address, wallet.cosmos);
  const { signature } = await signer.signDirect(address, DOCUMENT);
  const bytes = Secp256k1Signature.fromFixedLength(Buffer.from(signature.signature, "base64"));
  assert.ok(await Secp256k1.verifySignature(bytes, hashed(makeSignBytes(DOCUMENT)), pubkey));
}

await scenario("CosmJS: a document is signed for the account whose public key signs", async () => {
  await verified(await signerOf(owner.client), sha256);
});

await scenario("CosmJS: behind http the adapter has it hashed twice, which is as it asks", async () => {
  await verified(await signerOf(httpClientOf(owner.key)), (bytes) => sha256(sha256(bytes)));
});

await scenario("CosmJS: a private key signs by its id, an unknown one is refused", async () => {
  const { privateKeys } = await owner.client.createPrivateKeys({
    privateKeys: [
      { privateKeyName: "cosmos", curve: "CURVE_SECP256K1", privateKeyTags: [], addressFormats: ["ADDRESS_FORMAT_COSMOS"] },
    ],
  });
  const [{ privateKeyId, addresses }] = privateKeys;
  const signer = await signerOf(owner.client, privateKeyId);
  const [{ address, pubkey }] = await signer.getAccounts();
  assert.equal(address, addresses[0].address);
  const { signature } = await signer.signDirect(address, DOCUMENT);
  const bytes = Secp256k1Signature.fromFixedLength(Buffer.from(signature.signature, "base64"));
  assert.ok(await Secp256k1.verifySignature(bytes, sha256(makeSignBytes(DOCUMENT)), pubkey));
  const unknown = await signerOf(owner.client, `04${"79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8"}`);
  const [{ address: nobody }] = await unknown.getAccounts();
  await refused(unknown.signDirect(nobody, DOCUMENT), 5, /Could not find any resource to sign with/, "");
});

const hexOf = (address) => tron.address.toHex(address);
const TRANSFER = {
  contract: [
    {
      type: "TransferContract",
      parameter: {
        type_url: "type.googleapis.com/protocol.TransferContract",
        value: { owner_address: hexOf(wallet.tron), to_address: "41a614f803b6fd780986a42c78ec9c7f77e6ded13c", amount: 1_000_000 },
      },
    },
  ],
  ref_block_bytes: "0a1b",
  ref_block_hash: "0011223344556677",
  expiration: 1_800_000_000_000,
  timestamp: 1_799_999_900_000,
};

await scenario("Tron: a transfer that tronweb made is signed by its owner", async () => {
  const unsigned = tron.transaction.txJsonToPb({ raw_data: TRANSFER });
  const raw_data_hex = tron.transaction.txPbToRawDataHex(unsigned).toLowerCase();
  const txID = tron.transaction.txPbToTxID(unsigned).replace(/^0x/, "");
  const { signedTransaction } = await owner.client.signTransaction({
    signWith: wallet.tron,
    unsignedTransaction: raw_data_hex,
    type: "TRANSACTION_TYPE_TRON",
  });
  const bytes = Buffer.from(signedTransaction, "hex");
  const signature = bytes.subarray(-65).toString("hex");
  assert.ok(signedTransaction.includes(raw_data_hex));
  assert.equal(ecRecover(txID, signature).toLowerCase(), hexOf(wallet.tron).toLowerCase());
});

await scenario("Tron: what is no transaction is refused", async () => {
  const sign = (unsignedTransaction, signWith = wallet.tron) =>
    owner.client.signTransaction({ signWith, unsignedTransaction, type: "TRANSACTION_TYPE_TRON" });
  const error = await sign("0a020a1b").then(assert.fail, (reason) => reason);
  assert.equal(error.code, 3);
});
