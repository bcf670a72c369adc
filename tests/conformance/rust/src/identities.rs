//! What the server signs with, and what is encrypted to it, as the official crates want to be told of it.

use std::collections::HashMap;
use std::env;

use turnkey_enclave_encrypt::{ExportClient, ImportClient, QuorumPublicKey};

use crate::scenario::scenario;

pub async fn scenarios() {
    scenario("the signer is published as a QuorumPublicKey: the key to encrypt to, then the key that signs", async {
        let published: HashMap<String, String> = serde_json::from_str(&env::var("COUNTERSEAL_CONFORMANCE_IDENTITIES")?)?;
        let quorum = QuorumPublicKey::from_string(&published["signer_quorum"])?;
        let signs = quorum.verifying_key()?.to_encoded_point(false);
        assert_eq!(hex::encode(signs), published["signer"]);
        let is_encrypted_to = quorum.encrypt_public_key()?.to_sec1_bytes();
        assert_eq!(hex::encode(is_encrypted_to), published["signer_encryption"]);
        ExportClient::new(&quorum).target_public_key()?;
        let _ = ImportClient::new(&quorum);
        Ok(())
    })
    .await;
}
