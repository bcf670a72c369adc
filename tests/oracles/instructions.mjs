// What Anchor's own coder writes: one question a line comes in, as JSON, one answer a line goes out.
// {"idl", "name", "args"}: the data of an instruction, in hexadecimal. Types say what the values in "args" are.
import { readFileSync } from "node:fs";

import anchor from "@coral-xyz/anchor";

const { BN, BorshInstructionCoder, web3 } = anchor;

function value(type, given, types) {
  if (type === "pubkey") return new web3.PublicKey(given);
  if (type === "bytes") return Buffer.from(given, "hex");
  if (type === "bool" || type === "string" || type[0] === "f") return given;
  if (typeof type === "string") return Number(type.slice(1)) > 32 ? new BN(given) : Number(given);
  if (type.option) return given === null ? null : value(type.option, given, types);
  if (type.vec || type.array) return given.map((each) => value(type.vec ?? type.array[0], each, types));
  return defined(types.find((each) => each.name === type.defined.name).type, given, types);
}

function defined(type, given, types) {
  if (type.kind === "struct") return fields(type.fields, given, types);
  const [name, values] = Object.entries(given)[0];
  const variant = type.variants.find((each) => each.name === name);
  return { [name]: variant.fields ? fields(variant.fields, values, types) : {} };
}

const fields = (given, values, types) =>
  Object.fromEntries(given.map(({ name, type }) => [name, value(type, values[name], types)]));

for (const line of readFileSync(0, "utf8").trim().split("\n")) {
  const { idl, name, args } = JSON.parse(line);
  const { args: taken } = idl.instructions.find((each) => each.name === name);
  const data = new BorshInstructionCoder(idl).encode(name, fields(taken, args, idl.types));
  console.log(JSON.stringify(Buffer.from(data).toString("hex")));
}
