//! Wallets and keys go out and come in: the official crate opens and makes the bundles, told of the server's signer.

use std::collections::HashMap;
use std::env;

use turnkey_client::generated::immutable::common::v1::{AddressFormat, Curve};
use turnkey_client::generated::{
    ExportPrivateKeyIntent, ExportWalletAccountIntent, ExportWalletIntent, ImportPrivateKeyIntent, ImportWalletIntent,
    InitImportPrivateKeyIntent, InitImportWalletIntent,
};
use turnkey_enclave_encrypt::{ExportClient, ImportClient, QuorumPublicKey};

use crate::members::{new_owner, refused};
use crate::scenario::scenario;
use crate::wallets::{account, create_private_key, create_wallet, ethereum};

/// The phrase of Hardhat and anvil, and the first of its Ethereum addresses.
const PHRASE: &str = "test test test test test test test test test test test junk";
const ADDRESS: &str = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
/// That address's private key.
const SECRET: &str = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

fn signer() -> QuorumPublicKey {
    let told = env::var("COUNTERSEAL_CONFORMANCE_IDENTITIES").expect("the server's identities");
    let identities: HashMap<String, String> = serde_json::from_str(&told).expect("they are JSON");
    QuorumPublicKey::from_string(&identities["signer_quorum"]).expect("its signer")
}

pub async fn scenarios() {
    scenario("what comes in goes out the same: a wallet, its account, and a private key", async {
        let owner = new_owner().await?;
        let (organization_id, now) = owner.envelope();
        let user_id = owner.user_id.clone();
        let intent = InitImportWalletIntent { user_id: user_id.clone() };
        let begun = owner.client.init_import_wallet(organization_id.clone(), now, intent).await?.result;
        let encrypted_bundle = ImportClient::new(&signer()).encrypt_wallet_with_bundle(
            PHRASE,
            &begun.import_bundle,
            &organization_id,
            &user_id,
        )?;
        let intent = ImportWalletIntent {
            user_id: user_id.clone(),
            wallet_name: "imported".to_string(),
            encrypted_bundle,
            accounts: vec![ethereum()],
        };
        let wallet = owner.client.import_wallet(organization_id.clone(), now, intent).await?.result;
        assert_eq!(wallet.addresses, [ADDRESS]);

        let mut target = ExportClient::new(&signer());
        let intent = ExportWalletIntent {
            wallet_id: wallet.wallet_id,
            target_public_key: target.target_public_key()?,
            language: None,
        };
        let bundle = owner.client.export_wallet(organization_id.clone(), now, intent).await?.result.export_bundle;
        assert_eq!(target.decrypt_wallet_mnemonic_phrase(bundle, &organization_id)?, PHRASE);

        let mut target = ExportClient::new(&signer());
        let intent =
            ExportWalletAccountIntent { address: ADDRESS.to_string(), target_public_key: target.target_public_key()? };
        let bundle =
            owner.client.export_wallet_account(organization_id.clone(), now, intent).await?.result.export_bundle;
        assert_eq!(hex::encode(target.decrypt_private_key(bundle, &organization_id)?), SECRET);

        let intent = InitImportPrivateKeyIntent { user_id: user_id.clone() };
        let begun = owner.client.init_import_private_key(organization_id.clone(), now, intent).await?.result;
        let secret = [7u8; 32];
        let encrypted_bundle = ImportClient::new(&signer()).encrypt_private_key_with_bundle(
            secret,
            &begun.import_bundle,
            &organization_id,
            &user_id,
        )?;
        let intent = ImportPrivateKeyIntent {
            user_id,
            private_key_name: "imported".to_string(),
            encrypted_bundle,
            curve: Curve::Ed25519,
            address_formats: vec![AddressFormat::Solana],
        };
        let key = owner.client.import_private_key(organization_id.clone(), now, intent).await?.result;
        let mut target = ExportClient::new(&signer());
        let intent = ExportPrivateKeyIntent {
            private_key_id: key.private_key_id,
            target_public_key: target.target_public_key()?,
        };
        let bundle = owner.client.export_private_key(organization_id.clone(), now, intent).await?.result.export_bundle;
        assert_eq!(target.decrypt_private_key(bundle, &organization_id)?, secret);
        Ok(())
    })
    .await;

    scenario("exports are bound to their organization and their target", async {
        let owner = new_owner().await?;
        let (organization_id, now) = owner.envelope();
        let solana = account(Curve::Ed25519, "m/44'/501'/0'/0'", AddressFormat::Solana);
        let wallet_id = create_wallet(&owner, "bound", vec![solana]).await?.wallet_id;
        let mut target = ExportClient::new(&signer());
        let intent = ExportWalletIntent { wallet_id, target_public_key: target.target_public_key()?, language: None };
        let bundle = owner.client.export_wallet(organization_id.clone(), now, intent).await?.result.export_bundle;
        assert!(ExportClient::new(&signer()).decrypt_wallet_mnemonic_phrase(&bundle, &organization_id).is_err());
        assert!(target.decrypt_wallet_mnemonic_phrase(&bundle, &owner.user_id).is_err());
        Ok(())
    })
    .await;

    scenario("an export to what is no key, or of what is not there, is refused", async {
        let owner = new_owner().await?;
        let (organization_id, now) = owner.envelope();
        let private_key_id = create_private_key(&owner, "kept").await?;
        let intent = ExportPrivateKeyIntent { private_key_id, target_public_key: "04".repeat(65) };
        refused(owner.client.export_private_key(organization_id.clone(), now, intent).await, 400, "");
        let intent = ExportWalletAccountIntent {
            address: ADDRESS.to_string(),
            target_public_key: ExportClient::new(&signer()).target_public_key()?,
        };
        let call = owner.client.export_wallet_account(organization_id, now, intent).await;
        refused(call, 404, "Could not find wallet account with address");
        Ok(())
    })
    .await;
}
