//! Wallets and private keys, and what they sign.

use k256::ecdsa::signature::Verifier;
use k256::ecdsa::{Signature, VerifyingKey};
use turnkey_client::TurnkeyClientError;
use turnkey_client::generated::immutable::common::v1::{
    AddressFormat, Curve, HashFunction, PathFormat, PayloadEncoding, TransactionType,
};
use turnkey_client::generated::{
    CreatePrivateKeysIntentV2, CreateWalletAccountsIntent, CreateWalletIntent, CreateWalletResult,
    DeletePrivateKeysIntent, DeleteWalletsIntent, GetPrivateKeyRequest, GetPrivateKeysRequest,
    GetWalletAccountsRequest, GetWalletRequest, GetWalletsRequest, PrivateKeyParams, SignRawPayloadIntentV2,
    SignRawPayloadResult, SignRawPayloadsIntent, SignTransactionIntentV2, UpdateWalletIntent, WalletAccountParams,
};

use crate::members::{Member, new_organization, new_owner, refused, waiting};
use crate::scenario::scenario;

const NOBODY: &str = "3f0b1d6e-9c9b-4d5b-8c35-0a2f0c1d9e77";

pub fn account(curve: Curve, path: &str, address_format: AddressFormat) -> WalletAccountParams {
    WalletAccountParams { curve, path_format: PathFormat::Bip32, path: path.to_string(), address_format, name: None }
}

pub fn ethereum() -> WalletAccountParams {
    account(Curve::Secp256k1, "m/44'/60'/0'/0/0", AddressFormat::Ethereum)
}

/// An account whose address is its public key.
fn by_its_key() -> WalletAccountParams {
    account(Curve::Secp256k1, "m/44'/60'/0'/0/0", AddressFormat::Compressed)
}

pub async fn create_wallet(
    owner: &Member,
    name: &str,
    accounts: Vec<WalletAccountParams>,
) -> Result<CreateWalletResult, TurnkeyClientError> {
    let (organization_id, now) = owner.envelope();
    let intent = CreateWalletIntent { wallet_name: name.to_string(), accounts, mnemonic_length: Some(24) };
    Ok(owner.client.create_wallet(organization_id, now, intent).await?.result)
}

/// The id of a new private key.
pub async fn create_private_key(owner: &Member, name: &str) -> Result<String, TurnkeyClientError> {
    let (organization_id, now) = owner.envelope();
    let key = PrivateKeyParams {
        private_key_name: name.to_string(),
        curve: Curve::Secp256k1,
        private_key_tags: vec![],
        address_formats: vec![AddressFormat::Compressed],
    };
    let intent = CreatePrivateKeysIntentV2 {
        private_keys: vec![key],
        external_signer_pubkey: None,
        external_signer_wrapping_key_id: None,
    };
    let mut made = owner.client.create_private_keys(organization_id, now, intent).await?.result;
    Ok(made.private_keys.remove(0).private_key_id)
}

fn text(sign_with: &str, text: &str, hash_function: HashFunction) -> SignRawPayloadIntentV2 {
    SignRawPayloadIntentV2 {
        sign_with: sign_with.to_string(),
        payload: text.to_string(),
        encoding: PayloadEncoding::TextUtf8,
        hash_function,
        external_signer_pubkey: None,
    }
}

fn transaction(sign_with: &str, unsigned: &str) -> SignTransactionIntentV2 {
    SignTransactionIntentV2 {
        sign_with: sign_with.to_string(),
        unsigned_transaction: unsigned.to_string(),
        r#type: TransactionType::Ethereum,
        external_signer_pubkey: None,
    }
}

/// Whether it is a signature of this text (SHA-256) by this public key.
fn holds(signed: &SignRawPayloadResult, text: &str, public_key: &str) -> bool {
    let key = VerifyingKey::from_sec1_bytes(&hex::decode(public_key).expect("hex")).expect("a public key");
    let bytes = hex::decode(format!("{}{}", signed.r, signed.s)).expect("hex");
    key.verify(text.as_bytes(), &Signature::from_slice(&bytes).expect("r and s")).is_ok()
}

pub async fn scenarios() {
    scenario("a wallet is made, read, extended, renamed and deleted", async {
        let owner = new_owner().await?;
        let made = create_wallet(&owner, "first", vec![ethereum(), by_its_key()]).await?;
        let (organization_id, now) = owner.envelope();
        let (wallet_id, addresses) = (made.wallet_id, made.addresses);
        let request = GetWalletRequest { organization_id: organization_id.clone(), wallet_id: wallet_id.clone() };
        let wallet = owner.client.get_wallet(request.clone()).await?.wallet.expect("the wallet");
        assert_eq!((wallet.wallet_name.as_str(), wallet.exported, wallet.imported), ("first", false, false));
        let accounts = async || {
            let request = GetWalletAccountsRequest {
                organization_id: owner.organization_id.clone(),
                wallet_id: Some(wallet_id.clone()),
                include_wallet_details: None,
                pagination_options: None,
            };
            Ok::<_, TurnkeyClientError>(owner.client.get_wallet_accounts(request).await?.accounts)
        };
        let shown = accounts().await?;
        assert!(addresses.iter().all(|address| shown.iter().any(|account| &account.address == address)));
        let more = account(Curve::Ed25519, "m/44'/501'/0'/0'", AddressFormat::Solana);
        let intent = CreateWalletAccountsIntent { wallet_id: wallet_id.clone(), accounts: vec![more], persist: None };
        owner.client.create_wallet_accounts(organization_id.clone(), now, intent).await?;
        assert_eq!(accounts().await?.len(), 3);
        let intent = UpdateWalletIntent { wallet_id: wallet_id.clone(), wallet_name: "renamed".to_string() };
        owner.client.update_wallet(organization_id.clone(), now, intent).await?;
        let list = GetWalletsRequest { organization_id: organization_id.clone() };
        let names: Vec<_> =
            owner.client.get_wallets(list).await?.wallets.into_iter().map(|each| each.wallet_name).collect();
        assert_eq!(names, ["renamed"]);
        let intent = DeleteWalletsIntent { wallet_ids: vec![wallet_id.clone()], delete_without_export: Some(true) };
        owner.client.delete_wallets(organization_id, now, intent).await?;
        refused(owner.client.get_wallet(request).await, 404, &wallet_id);
        Ok(())
    })
    .await;

    scenario("a private key is made, read, listed and deleted", async {
        let owner = new_owner().await?;
        let private_key_id = create_private_key(&owner, "first").await?;
        let (organization_id, now) = owner.envelope();
        let request =
            GetPrivateKeyRequest { organization_id: organization_id.clone(), private_key_id: private_key_id.clone() };
        let key = owner.client.get_private_key(request.clone()).await?.private_key.expect("the key");
        assert_eq!((key.private_key_name.as_str(), key.curve), ("first", Curve::Secp256k1));
        let list = GetPrivateKeysRequest { organization_id: organization_id.clone() };
        assert_eq!(owner.client.get_private_keys(list).await?.private_keys.len(), 1);
        let intent = DeletePrivateKeysIntent {
            private_key_ids: vec![private_key_id.clone()],
            delete_without_export: Some(true),
        };
        owner.client.delete_private_keys(organization_id, now, intent).await?;
        refused(owner.client.get_private_key(request).await, 404, &private_key_id);
        Ok(())
    })
    .await;

    scenario("payloads are signed by a wallet's account and by a private key's id", async {
        let owner = new_owner().await?;
        let made = create_wallet(&owner, "signing", vec![by_its_key()]).await?;
        let (organization_id, now) = owner.envelope();
        let intent = text(&made.addresses[0], "Hello ✓", HashFunction::Sha256);
        let signed = owner.client.sign_raw_payload(organization_id.clone(), now, intent).await?.result;
        assert!(holds(&signed, "Hello ✓", &made.addresses[0]));
        assert!(!holds(&signed, "Hello", &made.addresses[0]));
        let private_key_id = create_private_key(&owner, "signing").await?;
        let request =
            GetPrivateKeyRequest { organization_id: organization_id.clone(), private_key_id: private_key_id.clone() };
        let key = owner.client.get_private_key(request).await?.private_key.expect("the key");
        let intent = SignRawPayloadsIntent {
            sign_with: private_key_id,
            payloads: vec!["one".to_string(), "two".to_string()],
            encoding: PayloadEncoding::TextUtf8,
            hash_function: HashFunction::Sha256,
            external_signer_pubkey: None,
        };
        let signed = owner.client.sign_raw_payloads(organization_id, now, intent).await?.result;
        let address = &key.addresses[0].address;
        assert!(holds(&signed.signatures[0], "one", address) && holds(&signed.signatures[1], "two", address));
        Ok(())
    })
    .await;

    scenario("a transaction is signed as its bytes are", async {
        let owner = new_owner().await?;
        let made = create_wallet(&owner, "transactions", vec![ethereum()]).await?;
        let (organization_id, now) = owner.envelope();
        let items = "0180843b9aca00843b9aca00825208940000000000000000000000000000000000000aaa0180c0";
        let unsigned = format!("02{:02x}{items}", 0xc0 + items.len() / 2);
        let intent = transaction(&made.addresses[0], &unsigned);
        let signed = owner.client.sign_transaction(organization_id.clone(), now, intent).await?.result;
        let intent = SignRawPayloadIntentV2 {
            encoding: PayloadEncoding::Hexadecimal,
            ..text(&made.addresses[0], &unsigned, HashFunction::Keccak256)
        };
        let raw = owner.client.sign_raw_payload(organization_id, now, intent).await?.result;
        let (r, s) = (raw.r.trim_start_matches("00"), raw.s.trim_start_matches("00"));
        assert!(signed.signed_transaction.starts_with("02f8") && signed.signed_transaction.contains(items));
        assert!(signed.signed_transaction.contains(r) && signed.signed_transaction.contains(s));
        Ok(())
    })
    .await;

    scenario("what needs consensus waits, and what is unknown or not understood is refused", async {
        let members = new_organization(2, 2).await?;
        let (organization_id, now) = members[0].envelope();
        let intent = CreateWalletIntent { wallet_name: "waits".to_string(), accounts: vec![], mnemonic_length: None };
        waiting(members[0].client.create_wallet(organization_id, now, intent).await);
        let owner = new_owner().await?;
        let made = create_wallet(&owner, "taken", vec![ethereum()]).await?;
        refused(create_wallet(&owner, "taken", vec![]).await, 400, "wallet label must be unique");
        let (organization_id, now) = owner.envelope();
        let again = CreateWalletAccountsIntent { wallet_id: made.wallet_id, accounts: vec![ethereum()], persist: None };
        let call = owner.client.create_wallet_accounts(organization_id.clone(), now, again).await;
        refused(call, 409, "path already exists in wallet account");
        let request = GetWalletRequest { organization_id: organization_id.clone(), wallet_id: NOBODY.to_string() };
        refused(owner.client.get_wallet(request).await, 404, NOBODY);
        let nothing = "Could not find any resource to sign with. Addresses are case sensitive.";
        let intent = text(NOBODY, "?", HashFunction::Sha256);
        refused(owner.client.sign_raw_payload(organization_id.clone(), now, intent).await, 404, nothing);
        let intent = transaction(&made.addresses[0], "02c0");
        let call = owner.client.sign_transaction(organization_id, now, intent).await;
        refused(call, 400, "failed to pre-parse Ethereum transaction");
        Ok(())
    })
    .await;
}
