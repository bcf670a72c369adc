// Wallets for scenarios: accounts as requests describe them, and a wallet that has some.

import { label } from "./office.mjs";

const account = (curve, path, format) => ({
  curve: `CURVE_${curve}`,
  pathFormat: "PATH_FORMAT_BIP32",
  path,
  addressFormat: `ADDRESS_FORMAT_${format}`,
});

/** An account of each kind of signature and address that scenarios need; Cosmos is signed for by a public key. */
export const ACCOUNTS = {
  ethereum: account("SECP256K1", "m/44'/60'/0'/0/0", "ETHEREUM"),
  solana: account("ED25519", "m/44'/501'/0'/0'", "SOLANA"),
  tron: account("SECP256K1", "m/44'/195'/0'/0/0", "TRON"),
  cosmos: account("SECP256K1", "m/44'/118'/0'/0/0", "COSMOS"),
  cosmosKey: account("SECP256K1", "m/44'/118'/0'/0/0", "UNCOMPRESSED"),
  bitcoin: account("SECP256K1", "m/84'/0'/0'/0/0", "BITCOIN_MAINNET_P2WPKH"),
  taproot: account("SECP256K1", "m/86'/0'/0'/0/0", "BITCOIN_MAINNET_P2TR"),
  p256: account("P256", "m/44'/0'/0'/0/0", "COMPRESSED"),
};

/** The same Ethereum wallet's account of another index. */
export const ethereumAccount = (index) => account("SECP256K1", `m/44'/60'/0'/0/${index}`, "ETHEREUM");

/** A new wallet of `user`: `{walletId, [name]: address}` for each name of an account above. */
export async function newWallet(user, ...names) {
  const { walletId, addresses } = await user.client.createWallet({
    walletName: label(),
    accounts: names.map((name) => ACCOUNTS[name]),
  });
  return { walletId, ...Object.fromEntries(names.map((name, at) => [name, addresses[at]])) };
}
