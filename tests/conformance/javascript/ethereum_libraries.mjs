// What viem, ethers and ox make of samples: one line of JSON on stdin for each, and one on stdout with the answers.
import { createInterface } from "node:readline";
import { Transaction, TypedDataEncoder, AbiCoder, Wallet } from "ethers";
import { TxEnvelopeTempo } from "ox/tempo";
import { decodeFunctionData, hashTypedData, keccak256, serializeTransaction, parseAbiItem } from "viem";
import { hashAuthorization, serializeTypedData } from "viem/utils";
import { privateKeyToAccount } from "viem/accounts";

const KINDS = ["legacy", "eip2930", "eip1559", "eip4844", "eip7702"];
const AMOUNTS = ["gas", "value", "gasPrice", "maxFeePerGas", "maxPriorityFeePerGas", "maxFeePerBlobGas"];

const bigints = (fields) =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, AMOUNTS.includes(name) ? BigInt(value) : value]));

const viemTransaction = (kind, fields) => {
  const transaction = { type: KINDS[kind], ...bigints(fields) };
  if (!transaction.to) delete transaction.to;
  if (kind === 4) {
    transaction.authorizationList = fields.authorizationList.map((each) => ({
      ...each,
      r: `0x${BigInt(each.r).toString(16).padStart(64, "0")}`,
      s: `0x${BigInt(each.s).toString(16).padStart(64, "0")}`,
    }));
  }
  return transaction;
};

const ethersTransaction = (kind, fields) => {
  const { gas, authorizationList, ...others } = bigints(fields);
  const transaction = { type: kind, gasLimit: gas, ...others };
  if (!transaction.to) delete transaction.to;
  return Transaction.from(transaction);
};

const answers = {
  async transaction({ kind, fields, key }) {
    const transaction = viemTransaction(kind, fields);
    const unsigned = serializeTransaction(transaction);
    const answer = { viem: unsigned, digest: keccak256(unsigned) };
    answer.signed = await privateKeyToAccount(key).signTransaction(transaction);
    if (kind < 3) {
      const other = ethersTransaction(kind, fields);
      answer.ethers = other.unsignedSerialized;
      answer.ethersDigest = other.unsignedHash;
      answer.ethersSigned = await new Wallet(key).signTransaction(ethersTransaction(kind, fields));
    }
    return answer;
  },

  async signed({ serialized }) {
    const found = Transaction.from(serialized);
    return { from: found.from, to: found.to, value: String(found.value), data: found.data, chainId: String(found.chainId) };
  },

  async typedData({ payload }) {
    const { EIP712Domain, ...types } = payload.types;
    const answer = { viem: hashTypedData(payload), serialized: serializeTypedData(payload) };
    // Without a primary type that no other struct names, and without unused structs, ethers finds it by itself.
    answer.ethers = TypedDataEncoder.hash(payload.domain, types, payload.message);
    answer.payload = JSON.stringify(TypedDataEncoder.getPayload(payload.domain, types, payload.message));
    return answer;
  },

  async authorization({ chainId, address, nonce }) {
    return { viem: hashAuthorization({ chainId, address, nonce }) };
  },

  async call({ abi, types, data }) {
    const plain = (value) =>
      typeof value === "bigint" ? String(value) : Array.isArray(value) ? value.map(plain)
      : value && typeof value === "object" ? Object.values(value).map(plain) : value;
    const answer = {};
    try {
      answer.viem = plain(decodeFunctionData({ abi, data }).args ?? []);
    } catch (fault) {
      answer.viem = null;
    }
    try {
      answer.ethers = plain(AbiCoder.defaultAbiCoder().decode(types, `0x${data.slice(10)}`).toArray(true));
    } catch (fault) {
      answer.ethers = null;
    }
    return answer;
  },

  async tempo({ fields, feePayer, signature }) {
    const numbers = { ...fields };
    for (const name of ["gas", "maxFeePerGas", "maxPriorityFeePerGas", "nonce", "nonceKey"]) numbers[name] = BigInt(fields[name]);
    if (feePayer === "awaited") numbers.feePayerSignature = null;
    if (feePayer === "signed") numbers.feePayerSignature = { r: BigInt(signature.r), s: BigInt(signature.s), yParity: signature.parity };
    const envelope = TxEnvelopeTempo.from(numbers);
    const answer = { unsigned: TxEnvelopeTempo.serialize(envelope), digest: TxEnvelopeTempo.getSignPayload(envelope) };
    if (signature)
      answer.signed = TxEnvelopeTempo.serialize(envelope, {
        signature: { type: "secp256k1", signature: { r: BigInt(signature.r), s: BigInt(signature.s), yParity: signature.parity } },
      });
    return answer;
  },

  async tempoSigned({ serialized }) {
    const found = TxEnvelopeTempo.deserialize(serialized);
    return { from: found.from, calls: found.calls.map(({ to, data }) => [to ?? "", data ?? "0x"]) };
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { ask, ...sample } = JSON.parse(line);
  let answer;
  try {
    answer = await answers[ask](sample);
  } catch (fault) {
    answer = { error: `${fault.stack}` };
  }
  console.log(JSON.stringify(answer));
}
