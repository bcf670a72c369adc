// Asks the chains' own libraries for the addresses of public keys. One JSON object a line comes in:
// {"secp256k1": <33 bytes, hex>, "ed25519": <32 bytes, hex>}; one a line goes out: {<ADDRESS_FORMAT_ name>: <address>}.
import { readFileSync } from "node:fs";

import { Ed25519PublicKey as AptosKey } from "@aptos-labs/ts-sdk";
import { pubkeyToAddress } from "@cosmjs/amino";
import { Ed25519PublicKey as SuiKey } from "@mysten/sui/keypairs/ed25519";
import { StrKey } from "@stellar/stellar-base";
import { WalletContractV3R2, WalletContractV4, WalletContractV5R1 } from "@ton/ton";
import * as bitcoin from "bitcoinjs-lib";
import bs58 from "bs58";
import { computeAddress } from "ethers";
import { deriveAddress } from "ripple-keypairs";
import * as ecc from "tiny-secp256k1";
import { utils as tron } from "tronweb";

bitcoin.initEccLib(ecc);

// bitcoinjs-lib has three networks; signet's texts are testnet's. Dogecoin's version bytes: Dogecoin Core, chainparams.cpp
const networks = {
  MAINNET: bitcoin.networks.bitcoin,
  TESTNET: bitcoin.networks.testnet,
  SIGNET: bitcoin.networks.testnet,
  REGTEST: bitcoin.networks.regtest,
};
const dogecoin = {
  MAINNET: { ...bitcoin.networks.bitcoin, pubKeyHash: 0x1e },
  TESTNET: { ...bitcoin.networks.testnet, pubKeyHash: 0x71 },
};

function bitcoinAddresses(pubkey) {
  const addresses = {};
  for (const [name, network] of Object.entries(networks)) {
    const witness = bitcoin.payments.p2wpkh({ pubkey, network });
    addresses[`BITCOIN_${name}_P2PKH`] = bitcoin.payments.p2pkh({ pubkey, network }).address;
    addresses[`BITCOIN_${name}_P2SH`] = bitcoin.payments.p2sh({ redeem: witness, network }).address;
    addresses[`BITCOIN_${name}_P2WPKH`] = witness.address;
    addresses[`BITCOIN_${name}_P2TR`] = bitcoin.payments.p2tr({ internalPubkey: pubkey.subarray(1), network }).address;
  }
  for (const [name, network] of Object.entries(dogecoin)) {
    addresses[`DOGE_${name}`] = bitcoin.payments.p2pkh({ pubkey, network }).address;
  }
  return addresses;
}

function cosmosAddress(pubkey, prefix) {
  return pubkeyToAddress({ type: "tendermint/PubKeySecp256k1", value: Buffer.from(pubkey).toString("base64") }, prefix);
}

function tonAddress(contract, publicKey) {
  const { address } = contract.create({ workchain: 0, publicKey: Buffer.from(publicKey) });
  return address.toString({ bounceable: false, urlSafe: true });
}

function addressesOf({ secp256k1, ed25519 }) {
  const point = Uint8Array.from(Buffer.from(secp256k1, "hex"));
  const key = Uint8Array.from(Buffer.from(ed25519, "hex"));
  const uncompressed = ecc.pointCompress(point, false);
  return {
    ...bitcoinAddresses(point),
    UNCOMPRESSED: Buffer.from(uncompressed).toString("hex"),
    ETHEREUM: computeAddress(`0x${secp256k1}`),
    TRON: tron.crypto.getBase58CheckAddress(tron.crypto.computeAddress(Array.from(uncompressed))),
    XRP: deriveAddress(secp256k1.toUpperCase()),
    COSMOS: cosmosAddress(point, "cosmos"),
    SEI: cosmosAddress(point, "sei"),
    SOLANA: bs58.encode(key),
    SUI: new SuiKey(key).toSuiAddress(),
    APTOS: new AptosKey(key).authKey().derivedAddress().toStringLong(),
    XLM: StrKey.encodeEd25519PublicKey(Buffer.from(key)),
    TON_V3R2: tonAddress(WalletContractV3R2, key),
    TON_V4R2: tonAddress(WalletContractV4, key),
    TON_V5R1: tonAddress(WalletContractV5R1, key),
  };
}

for (const line of readFileSync(0, "utf8").trim().split("\n")) {
  console.log(JSON.stringify(addressesOf(JSON.parse(line))));
}
process.exit(0); // one of the libraries keeps a timer
