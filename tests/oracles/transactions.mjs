// What the chains' own libraries make of transactions: one question a line comes in, as JSON, one answer a line goes out.
// {"psbt": <hex>}: its fee, which inputs have signatures that hold, and, once all have, the transaction made final.
// {"solana": <hex>}: keys, who signs, instructions, tables, and whose signatures hold.
import { createPublicKey, verify } from "node:crypto";
import { readFileSync } from "node:fs";

import { VersionedTransaction } from "@solana/web3.js";
import * as bitcoin from "bitcoinjs-lib";
import * as ecc from "tiny-secp256k1";

bitcoin.initEccLib(ecc);

const holds = (publicKey, digest, signature) =>
  signature.length === 64 && publicKey.length === 32
    ? ecc.verifySchnorr(digest, publicKey, signature)
    : ecc.verify(digest, publicKey, signature);

function ofPsbt(hex) {
  const psbt = bitcoin.Psbt.fromHex(hex);
  const signed = [];
  psbt.data.inputs.forEach((input, number) => {
    if (input.partialSig || input.tapKeySig) {
      if (!psbt.validateSignaturesOfInput(number, holds)) throw new Error(`the signature of input ${number} does not hold`);
      signed.push(number);
    }
  });
  if (signed.length < psbt.inputCount) return { signed };
  psbt.finalizeAllInputs();
  return { signed, fee: Number(psbt.getFee()), final: psbt.extractTransaction(true).toHex() };
}

const ED25519 = Buffer.from("302a300506032b6570032100", "hex"); // SubjectPublicKeyInfo up to the key (RFC 8410)

function ofSolana(hex) {
  const transaction = VersionedTransaction.deserialize(Buffer.from(hex, "hex"));
  const { message } = transaction;
  const signed = Buffer.from(message.serialize());
  const keys = message.staticAccountKeys;
  const holding = transaction.signatures.flatMap((signature, number) => {
    const key = createPublicKey({ key: Buffer.concat([ED25519, keys[number].toBuffer()]), format: "der", type: "spki" });
    return verify(null, signed, key, signature) ? [number] : [];
  });
  return {
    keys: keys.map(String),
    signers: message.header.numRequiredSignatures,
    writable: keys.map((_, number) => message.isAccountWritable(number)),
    blockhash: message.recentBlockhash,
    instructions: message.compiledInstructions.map(({ programIdIndex, accountKeyIndexes, data }) => ({
      program: String(keys[programIdIndex]),
      accounts: [...accountKeyIndexes],
      data: Buffer.from(data).toString("hex"),
    })),
    tables: message.addressTableLookups.map(({ accountKey, writableIndexes, readonlyIndexes }) => ({
      address_table_key: String(accountKey),
      writable_indexes: [...writableIndexes],
      readonly_indexes: [...readonlyIndexes],
    })),
    holding,
    again: Buffer.from(transaction.serialize()).toString("hex"),
  };
}

for (const line of readFileSync(0, "utf8").split("\n")) {
  const { psbt, solana } = JSON.parse(line);
  console.log(JSON.stringify(psbt ? ofPsbt(psbt) : ofSolana(solana)));
}
