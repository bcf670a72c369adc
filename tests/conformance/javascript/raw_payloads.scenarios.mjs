// sign_raw_payload and sign_raw_payloads: each encoding, hash function and kind of signature, verified by noble's curves.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";

import { ed25519 } from "@noble/curves/ed25519";
import { p256 } from "@noble/curves/p256";
import { schnorr, secp256k1 } from "@noble/curves/secp256k1";
import { hashMessage, hashTypedData, keccak256, recoverAddress, serializeSignature } from "viem";
import { hashAuthorization } from "viem/utils";

import { httpClientOf, newOrganization, now, refused } from "./clients.mjs";
import { label } from "./office.mjs";
import { scenario } from "./scenario.mjs";
import { newWallet } from "./wallet.mjs";

const home = await newOrganization();
const [owner] = home.users;
const { client } = owner;
const wallet = await newWallet(owner, "ethereum", "solana", "p256", "taproot");
const TEXT = "deadbeef: not hexadecimal, though it begins so ✓";
const NOTHING = "Could not find any resource to sign with. Addresses are case sensitive.";
const sha256 = (text) => createHash("sha256").update(text).digest("hex");

const sign = (signWith, payload, encoding, hashFunction) =>
  client.signRawPayload({
    signWith,
    payload,
    encoding: `PAYLOAD_ENCODING_${encoding}`,
    hashFunction: `HASH_FUNCTION_${hashFunction}`,
  });

/** Whose signature of this digest it is, as an Ethereum address. */
function signerOf({ r, s, v }, hash) {
  assert.ok(/^[0-9a-f]{64}$/.test(r) && /^[0-9a-f]{64}$/.test(s) && /^0[01]$/.test(v), `${r} ${s} ${v}`);
  assert.ok(BigInt(`0x${s}`) <= secp256k1.CURVE.n / 2n, "S is low");
  return recoverAddress({ hash, signature: serializeSignature({ r: `0x${r}`, s: `0x${s}`, yParity: Number(v) }) });
}

await scenario("texts and bytes, hashed here or by the server, are signed alike", async () => {
  const hex = Buffer.from(TEXT).toString("hex");
  const [keccak, sha] = [keccak256(Buffer.from(TEXT)), `0x${sha256(TEXT)}`];
  const same = {
    KECCAK256: [keccak, [TEXT, "TEXT_UTF8"], [hex, "HEXADECIMAL"], [`0x${hex}`, "HEXADECIMAL"]],
    SHA256: [sha, [TEXT, "TEXT_UTF8"], [hex, "HEXADECIMAL"]],
    NO_OP: [keccak, [keccak, "HEXADECIMAL"], [keccak.slice(2).toUpperCase(), "HEXADECIMAL"]],
  };
  for (const [hashFunction, [digest, ...payloads]] of Object.entries(same)) {
    const seen = new Set();
    for (const [payload, encoding] of payloads) {
      const { r, s, v } = await sign(wallet.ethereum, payload, encoding, hashFunction);
      assert.equal(await signerOf({ r, s, v }, digest), wallet.ethereum, `${encoding} ${hashFunction}`);
      seen.add(r + s + v);
    }
    assert.equal(seen.size, 1, "RFC 6979");
  }
});

await scenario("typed data and authorizations are hashed by the server", async () => {
  const typed = {
    domain: { name: "Test", chainId: 1, verifyingContract: "0x00000000000000000000000000000000000000aa" },
    types: {
      EIP712Domain: [
        { name: "name", type: "string" },
        { name: "chainId", type: "uint256" },
        { name: "verifyingContract", type: "address" },
      ],
      Order: [
        { name: "to", type: "address[]" },
        { name: "amount", type: "int64" },
        { name: "note", type: "bytes4" },
      ],
    },
    primaryType: "Order",
    message: { to: ["0x00000000000000000000000000000000000000bb"], amount: -5, note: "0x01020304" },
  };
  const order = await sign(wallet.ethereum, JSON.stringify(typed), "EIP712", "NO_OP");
  assert.equal(await signerOf(order, hashTypedData(typed)), wallet.ethereum);
  const authorization = { address: "0x00000000000000000000000000000000000000cc", chainId: 1, nonce: 7 };
  const allowed = await sign(wallet.ethereum, JSON.stringify(authorization), "EIP7702_AUTHORIZATION", "NO_OP");
  assert.equal(await signerOf(allowed, hashAuthorization(authorization)), wallet.ethereum);
});

await scenario("Ed25519, P-256 and Schnorr sign, each by its own rules", async () => {
  const message = Buffer.from(TEXT);
  const ed = await sign(wallet.solana, message.toString("hex"), "HEXADECIMAL", "NOT_APPLICABLE");
  const { accounts } = await client.getWalletAccounts({ walletId: wallet.walletId });
  const keyOf = (address) => accounts.find((account) => account.address === address).publicKey;
  assert.ok(ed25519.verify(ed.r + ed.s, message, keyOf(wallet.solana)));
  assert.equal(ed.v, "00");
  const nist = await sign(wallet.p256, TEXT, "TEXT_UTF8", "SHA256");
  assert.ok(p256.verify(nist.r + nist.s, sha256(TEXT), wallet.p256));
  const { r, s, v } = await sign(wallet.taproot, TEXT, "TEXT_UTF8", "SHA256");
  const point = secp256k1.ProjectivePoint.fromHex(keyOf(wallet.taproot));
  const x = point.x.toString(16).padStart(64, "0");
  const tweak = BigInt(`0x${Buffer.from(schnorr.utils.taggedHash("TapTweak", Buffer.from(x, "hex"))).toString("hex")}`);
  const output = schnorr.utils.lift_x(point.x).add(secp256k1.ProjectivePoint.BASE.multiply(tweak));
  assert.ok(schnorr.verify(r + s, sha256(TEXT), output.toRawBytes(true).slice(1)));
  assert.equal(v, "00");
});

await scenario("several payloads are signed in order, by one activity", async () => {
  const payloads = ["one", "two", "one"].map((text) => Buffer.from(text).toString("hex"));
  const { activity, signatures } = await client.signRawPayloads({
    signWith: wallet.solana,
    payloads,
    encoding: "PAYLOAD_ENCODING_HEXADECIMAL",
    hashFunction: "HASH_FUNCTION_NOT_APPLICABLE",
  });
  assert.equal(activity.type, "ACTIVITY_TYPE_SIGN_RAW_PAYLOADS");
  assert.equal(signatures.length, 3);
  assert.deepEqual(signatures[0], signatures[2]);
  const each = await sign(wallet.solana, payloads[1], "HEXADECIMAL", "NOT_APPLICABLE");
  assert.deepEqual([signatures[1].r, signatures[1].s], [each.r, each.s]);
});

await scenario("http signs in its first reply, by a key's id and by its address, and not once it is deleted", async () => {
  const { privateKeys } = await client.createPrivateKeys({
    privateKeys: [
      { privateKeyName: label(), curve: "CURVE_SECP256K1", privateKeyTags: [], addressFormats: ["ADDRESS_FORMAT_ETHEREUM"] },
    ],
  });
  const [{ privateKeyId, addresses }] = privateKeys;
  for (const signWith of [privateKeyId, addresses[0].address]) {
    const { activity } = await httpClientOf(owner.key).signRawPayload({
      type: "ACTIVITY_TYPE_SIGN_RAW_PAYLOAD_V2",
      timestampMs: now(),
      organizationId: home.id,
      parameters: {
        signWith,
        payload: hashMessage(TEXT),
        encoding: "PAYLOAD_ENCODING_HEXADECIMAL",
        hashFunction: "HASH_FUNCTION_NO_OP",
      },
    });
    assert.equal(activity.status, "ACTIVITY_STATUS_COMPLETED");
    const signer = await signerOf(activity.result.signRawPayloadResult, hashMessage(TEXT));
    assert.equal(signer, addresses[0].address);
  }
  await client.deletePrivateKeys({ privateKeyIds: [privateKeyId], deleteWithoutExport: true });
  await refused(sign(privateKeyId, hashMessage(TEXT), "HEXADECIMAL", "NO_OP"), 5, NOTHING, "");
});

await scenario("what cannot be signed is refused", async () => {
  const digest = "00".repeat(32);
  for (const signWith of ["0x0000000000000000000000000000000000000001", wallet.solana.toLowerCase(), wallet.walletId]) {
    await refused(sign(signWith, digest, "HEXADECIMAL", "NO_OP"), 5, NOTHING, "");
  }
  await refused(sign(wallet.ethereum, "00", "HEXADECIMAL", "NO_OP"), 3, /32/);
  await refused(sign(wallet.ethereum, "0g", "HEXADECIMAL", "SHA256"), 3, /hex/);
  await refused(sign(wallet.ethereum, digest, "HEXADECIMAL", "NOT_APPLICABLE"), 3, /^invalid hash function/);
  await refused(sign(wallet.solana, digest, "HEXADECIMAL", "SHA256"), 3, /^invalid hash function/);
  await refused(sign(wallet.ethereum, "{}", "EIP712", "NO_OP"), 3, /./);
  const several = client.signRawPayloads({
    signWith: wallet.ethereum,
    payloads: [digest, "00"],
    encoding: "PAYLOAD_ENCODING_HEXADECIMAL",
    hashFunction: "HASH_FUNCTION_NO_OP",
  });
  await refused(several, 3, /32/);
});
