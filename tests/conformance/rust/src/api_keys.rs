//! API keys: made on three curves, at work on those that the stamper has, read, deleted, expired.

use std::env;
use std::path::PathBuf;
use std::time::Duration;

use turnkey_api_key_stamper::{TurnkeyP256ApiKey, TurnkeySecp256k1ApiKey};
use turnkey_client::TurnkeyClientError;
use turnkey_client::generated::immutable::common::v1::{ApiKeyCurve, CredentialType};
use turnkey_client::generated::{
    ApiKeyParamsV2, CreateApiKeysIntentV2, DeleteApiKeysIntent, GetApiKeyRequest, GetApiKeysRequest,
};

use crate::members::{Member, SERVER, api_key, new_owner, p256, refused, root};
use crate::scenario::scenario;

/// RFC 8032, section 7.1, test 1: the stamper has no Ed25519, so this key is only registered.
const ED25519: &str = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

pub async fn create(member: &Member, api_keys: Vec<ApiKeyParamsV2>) -> Result<Vec<String>, TurnkeyClientError> {
    let (organization_id, now) = member.envelope();
    let intent = CreateApiKeysIntentV2 { api_keys, user_id: member.user_id.clone() };
    Ok(member.client.create_api_keys(organization_id, now, intent).await?.result.api_key_ids)
}

pub async fn scenarios() {
    scenario("the root user of the first organization says who it is", async {
        let who = root().whoami().await?;
        assert_eq!((&who.organization_id, &who.user_id), (&SERVER.organization_id, &SERVER.user_id));
        Ok(())
    })
    .await;

    scenario("the key files that `counterseal init` writes are what from_files takes", async {
        let private_key = PathBuf::from(env::var("COUNTERSEAL_CONFORMANCE_KEY_FILE")?);
        let key = TurnkeyP256ApiKey::from_files(&private_key, private_key.with_extension("public"))?;
        assert_eq!(root().with_key(key).whoami().await?.user_id, SERVER.user_id);
        Ok(())
    })
    .await;

    scenario("keys on three curves, each with its type; P-256 and secp256k1 stamp", async {
        let owner = new_owner().await?;
        let (first, second) = (TurnkeyP256ApiKey::generate(), TurnkeySecp256k1ApiKey::generate());
        let keys = vec![
            ApiKeyParamsV2 { expiration_seconds: Some("3600".to_string()), ..p256(&first) },
            api_key(hex::encode(second.compressed_public_key()), ApiKeyCurve::Secp256k1),
            api_key(ED25519.to_string(), ApiKeyCurve::Ed25519),
        ];
        let ids = create(&owner, keys.clone()).await?;
        let types = [CredentialType::ApiKeyP256, CredentialType::ApiKeySecp256k1, CredentialType::ApiKeyEd25519];
        assert_eq!(ids.len(), types.len());
        for ((api_key_id, asked), type_) in ids.into_iter().zip(keys).zip(types) {
            let organization_id = owner.organization_id.clone();
            let request = GetApiKeyRequest { organization_id, api_key_id };
            let made = owner.client.get_api_key(request).await?.api_key.expect("the key");
            let credential = made.credential.expect("its credential");
            assert_eq!((credential.public_key, credential.r#type), (asked.public_key, type_));
            let seconds = asked.expiration_seconds.map(|text| text.parse().expect("a number"));
            assert_eq!(made.expiration_seconds, seconds);
        }
        assert_eq!(owner.with_key(first).whoami().await?.user_id, owner.user_id);
        assert_eq!(owner.with_key(second).whoami().await?.user_id, owner.user_id);
        Ok(())
    })
    .await;

    scenario("a secp256k1 key signs activities as well", async {
        let owner = new_owner().await?;
        let key = TurnkeySecp256k1ApiKey::generate();
        create(&owner, vec![api_key(hex::encode(key.compressed_public_key()), ApiKeyCurve::Secp256k1)]).await?;
        let user = owner.with_key(key).new_user().await?;
        assert_eq!(user.whoami().await?.username, "plain");
        Ok(())
    })
    .await;

    scenario("keys are listed and deleted, and a deleted key is refused", async {
        let user = new_owner().await?.new_user().await?;
        let key = TurnkeyP256ApiKey::generate();
        let api_key_ids = create(&user, vec![p256(&key)]).await?;
        let acting = user.with_key(key);
        acting.whoami().await?;
        let list =
            || GetApiKeysRequest { organization_id: user.organization_id.clone(), user_id: Some(user.user_id.clone()) };
        assert_eq!(user.client.get_api_keys(list()).await?.api_keys.len(), 2);
        let (organization_id, now) = user.envelope();
        let intent = DeleteApiKeysIntent { user_id: user.user_id.clone(), api_key_ids: api_key_ids.clone() };
        let deleted = user.client.delete_api_keys(organization_id, now, intent).await?.result;
        assert_eq!(deleted.api_key_ids, api_key_ids);
        assert_eq!(user.client.get_api_keys(list()).await?.api_keys.len(), 1);
        refused(acting.whoami().await, 401, "could not find public key in organization");
        Ok(())
    })
    .await;

    scenario("a key that has expired is told so", async {
        let owner = new_owner().await?;
        let key = TurnkeyP256ApiKey::generate();
        let brief = ApiKeyParamsV2 { expiration_seconds: Some("1".to_string()), ..p256(&key) };
        create(&owner, vec![brief]).await?;
        tokio::time::sleep(Duration::from_millis(1100)).await;
        let envelope = refused(owner.with_key(key).whoami().await, 401, "expired api key");
        assert_eq!(envelope["turnkeyErrorCode"], "API_KEY_EXPIRED");
        Ok(())
    })
    .await;
}
