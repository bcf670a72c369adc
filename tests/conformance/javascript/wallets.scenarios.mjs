// Wallets and their accounts: made, read page by page, renamed, deleted, and what is refused.

import assert from "node:assert/strict";

import { pubkeyToAddress } from "@cosmjs/amino";
import { PublicKey } from "@solana/web3.js";
import { computeAddress } from "ethers";
import { utils as tron } from "tronweb";

import { asUser, clientOf, httpClientOf, newKey, newOrganization, newUser, now, refused, root } from "./clients.mjs";
import { label } from "./office.mjs";
import { scenario } from "./scenario.mjs";
import { ACCOUNTS, ethereumAccount, newWallet } from "./wallet.mjs";

const NOBODY = "3f0b1d6e-9c9b-4d5b-8c35-0a2f0c1d9e77";
const home = await newOrganization();
const [owner] = home.users;
const { client } = owner;

/** What the chains' own libraries make of a public key. */
const ADDRESSES = {
  ADDRESS_FORMAT_ETHEREUM: (key) => computeAddress(`0x${key}`),
  ADDRESS_FORMAT_SOLANA: (key) => new PublicKey(Buffer.from(key, "hex")).toBase58(),
  ADDRESS_FORMAT_TRON: (key) => tron.address.fromHex(computeAddress(`0x${key}`).replace("0x", "41")),
  ADDRESS_FORMAT_COSMOS: (key) =>
    pubkeyToAddress({ type: "tendermint/PubKeySecp256k1", value: Buffer.from(key, "hex").toString("base64") }, "cosmos"),
};

await scenario("a wallet of several formats is made: addresses in order, each that of its public key", async () => {
  const accounts = [ACCOUNTS.solana, ACCOUNTS.ethereum, ACCOUNTS.tron, ACCOUNTS.cosmos];
  const walletName = label();
  const { activity, walletId, addresses } = await client.createWallet({ walletName, accounts, mnemonicLength: 24 });
  assert.equal(activity.type, "ACTIVITY_TYPE_CREATE_WALLET");
  const { wallet } = await client.getWallet({ walletId });
  assert.deepEqual([wallet.walletName, wallet.exported, wallet.imported], [walletName, false, false]);
  const shown = await client.getWalletAccounts({ walletId });
  assert.equal(shown.accounts.length, accounts.length);
  for (const [at, { addressFormat, path, curve }] of accounts.entries()) {
    const account = shown.accounts.find(({ address }) => address === addresses[at]);
    assert.deepEqual([account.addressFormat, account.path, account.curve], [addressFormat, path, curve]);
    assert.equal(ADDRESSES[addressFormat](account.publicKey), addresses[at]);
    assert.equal(account.organizationId, home.id);
    const one = await client.getWalletAccount({ walletId, address: account.address });
    assert.deepEqual(one.account, account);
  }
});

await scenario("wallets are made and listed by http, too", async () => {
  const http = httpClientOf(owner.key);
  const { activity } = await http.createWallet({
    type: "ACTIVITY_TYPE_CREATE_WALLET",
    timestampMs: now(),
    organizationId: home.id,
    parameters: { walletName: label(), accounts: [ACCOUNTS.ethereum] },
  });
  assert.equal(activity.status, "ACTIVITY_STATUS_COMPLETED");
  const { walletId, addresses } = activity.result.createWalletResult;
  const { wallets } = await http.getWallets({ organizationId: home.id });
  assert.ok(wallets.some((wallet) => wallet.walletId === walletId));
  const { accounts } = await http.getWalletAccounts({ organizationId: home.id, walletId });
  assert.deepEqual(accounts.map(({ address }) => address), addresses);
});

await scenario("accounts are listed page by page, each once", async () => {
  const { walletId, addresses } = await client.createWallet({
    walletName: label(),
    accounts: Array.from({ length: 25 }, (_, index) => ethereumAccount(index)),
  });
  const seen = [];
  let after;
  for (;;) {
    const { accounts } = await client.getWalletAccounts({ walletId, paginationOptions: { limit: "10", after } });
    seen.push(...accounts.map(({ address }) => address));
    if (accounts.length < 10) break;
    after = accounts.at(-1).walletAccountId;
  }
  assert.deepEqual([...seen].sort(), [...addresses].sort());
  assert.equal((await client.getWalletAccounts({ walletId })).accounts.length, 10);
  const everywhere = await client.getWalletAccounts({ paginationOptions: { limit: "100" }, includeWalletDetails: true });
  const { walletDetails } = everywhere.accounts.find(({ address }) => address === addresses[0]);
  assert.equal(walletDetails.walletId, walletId);
});

await scenario("accounts are added, or only shown; a path that is taken is refused", async () => {
  const { walletId } = await newWallet(owner, "ethereum");
  const accounts = [ethereumAccount(1), ACCOUNTS.solana];
  const shown = await client.createWalletAccounts({ walletId, accounts, persist: false });
  assert.equal((await client.getWalletAccounts({ walletId })).accounts.length, 1);
  const added = await client.createWalletAccounts({ walletId, accounts });
  assert.deepEqual(added.addresses, shown.addresses);
  assert.equal((await client.getWalletAccounts({ walletId })).accounts.length, 3);
  const again = client.createWalletAccounts({ walletId, accounts: [ethereumAccount(1)] });
  const error = await again.then(assert.fail, (reason) => reason);
  assert.equal(error.code, 6);
  assert.match(error.message, /path already exists in wallet account [0-9a-f-]{36}/);
});

await scenario("a wallet is renamed", async () => {
  const { walletId } = await newWallet(owner);
  const walletName = label();
  assert.equal((await client.updateWallet({ walletId, walletName })).walletId, walletId);
  const { wallets } = await client.getWallets({});
  assert.ok(wallets.some((wallet) => wallet.walletName === walletName));
  assert.equal((await client.getWallet({ walletId })).wallet.walletName, walletName);
});

await scenario("wallets and accounts are deleted once they were exported, or without", async () => {
  const { walletId } = await newWallet(owner, "ethereum", "solana");
  const { accounts } = await client.getWalletAccounts({ walletId });
  const walletAccountIds = [accounts[0].walletAccountId];
  const kept = client.deleteWalletAccounts({ walletAccountIds });
  await refused(kept, 3, /^wallet account has not been exported/, "WALLET_ACCOUNT_NOT_EXPORTED");
  const gone = await client.deleteWalletAccounts({ walletAccountIds, deleteWithoutExport: true });
  assert.deepEqual(gone.walletAccountIds, walletAccountIds);
  assert.equal((await client.getWalletAccounts({ walletId })).accounts.length, 1);
  await refused(client.deleteWallets({ walletIds: [walletId] }), 3, /^wallet has not been exported/);
  await client.deleteWallets({ walletIds: [walletId], deleteWithoutExport: true });
  const unknown = await client.getWallet({ walletId }).then(assert.fail, (reason) => reason);
  assert.equal(unknown.code, 5);
});

await scenario("a sub-organization is born with a wallet", async () => {
  const key = newKey();
  const { wallet, subOrganizationId } = await root.client.createSubOrganization({
    subOrganizationName: "With a wallet",
    rootQuorumThreshold: 1,
    rootUsers: [asUser("ada", [key])],
    wallet: { walletName: "first", accounts: [ACCOUNTS.ethereum, ACCOUNTS.solana] },
  });
  assert.equal(wallet.addresses.length, 2);
  const { accounts } = await clientOf(key, subOrganizationId).getWalletAccounts({ walletId: wallet.walletId });
  assert.deepEqual(accounts.map(({ address }) => address).sort(), [...wallet.addresses].sort());
  const filter = { filterType: "WALLET_ACCOUNT_ADDRESS", filterValue: wallet.addresses[0] };
  assert.deepEqual((await root.client.getSubOrgIds(filter)).organizationIds, [subOrganizationId]);
});

await scenario("wallets that are no good are refused", async () => {
  const create = (more) => client.createWallet({ walletName: label(), accounts: [ACCOUNTS.ethereum], ...more });
  const walletName = label();
  await create({ walletName });
  await refused(create({ walletName }), 3, /^wallet label must be unique/);
  await refused(create({ accounts: [{ ...ACCOUNTS.ethereum, path: "m/x" }] }), 3, /invalid path/);
  await refused(create({ accounts: [{ ...ACCOUNTS.ethereum, addressFormat: "ADDRESS_FORMAT_SOLANA" }] }), 3, /address format/);
  await refused(create({ mnemonicLength: 13 }), 3, /13/);
  await refused(create({ accounts: [ACCOUNTS.ethereum, ACCOUNTS.ethereum] }), 3, /path/);
  for (const [call, parameters] of [
    ["getWallet", { walletId: NOBODY }],
    ["getWalletAccount", { walletId: NOBODY, address: "0x" }],
    ["updateWallet", { walletId: NOBODY, walletName: "none" }],
    ["createWalletAccounts", { walletId: NOBODY, accounts: [ACCOUNTS.ethereum] }],
  ]) {
    const error = await client[call](parameters).then(assert.fail, (reason) => reason);
    assert.equal(error.code, 5, `${call}: ${error.message}`);
  }
  const malformed = "malformed organization ID provided";
  await refused(client.getWallets({ organizationId: "x" }), 3, malformed, "INVALID_ORGANIZATION_ID");
  await refused(client.getWalletAccounts({ organizationId: "x" }), 3, malformed, "INVALID_ORGANIZATION_ID");
  const plain = await newUser(home);
  const denied = await newWallet(plain).then(assert.fail, (reason) => reason);
  assert.equal(denied.code, 7);
});
