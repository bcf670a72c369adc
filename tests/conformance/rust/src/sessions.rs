//! Sessions: the bundle is opened by the official crate, and what is in it acts.

use turnkey_api_key_stamper::TurnkeyP256ApiKey;
use turnkey_client::TurnkeyClientError;
use turnkey_client::generated::immutable::common::v1::CredentialType;
use turnkey_client::generated::{
    CreateReadOnlySessionIntent, CreateReadWriteSessionIntentV2, CreateReadWriteSessionResultV2, GetApiKeyRequest,
    StampLoginIntent,
};
use turnkey_enclave_encrypt::AuthenticationClient;

use crate::members::{Member, new_owner, refused, root};
use crate::scenario::scenario;

/// A read-write session of `member`, asked for under `organization_id`.
async fn open(
    member: &Member,
    organization_id: &str,
    target_public_key: String,
    invalidate_existing: bool,
) -> Result<CreateReadWriteSessionResultV2, TurnkeyClientError> {
    let intent = CreateReadWriteSessionIntentV2 {
        target_public_key,
        user_id: None,
        api_key_name: None,
        expiration_seconds: Some("60".to_string()),
        invalidate_existing: Some(invalidate_existing),
    };
    let now = member.client.current_timestamp();
    Ok(member.client.create_read_write_session(organization_id.to_string(), now, intent).await?.result)
}

pub async fn scenarios() {
    scenario("a read-write session's bundle is opened by the official crate, and its key acts", async {
        let owner = new_owner().await?;
        let mut receiver = AuthenticationClient::new();
        let session = open(&owner, &owner.organization_id, receiver.target_public_key()?, false).await?;
        assert_eq!((&session.organization_id, &session.user_id), (&owner.organization_id, &owner.user_id));
        assert_eq!((session.organization_name.as_str(), session.username.as_str()), ("Family", "root-0"));
        let secret = receiver.decrypt(&session.credential_bundle)?;
        let acting = owner.with_key(TurnkeyP256ApiKey::from_bytes(secret, None)?);
        assert_eq!(acting.whoami().await?.user_id, owner.user_id);
        acting.new_user().await?;
        let request =
            GetApiKeyRequest { organization_id: owner.organization_id.clone(), api_key_id: session.api_key_id };
        let key = owner.client.get_api_key(request).await?.api_key.expect("the session's key");
        assert_eq!(key.credential.expect("its credential").r#type, CredentialType::ReadWriteSessionKeyP256);
        assert_eq!(key.expiration_seconds, Some(60));
        Ok(())
    })
    .await;

    scenario("a bundle is for its receiver alone", async {
        let owner = new_owner().await?;
        let receiver = AuthenticationClient::new();
        let session = open(&owner, &owner.organization_id, receiver.target_public_key()?, false).await?;
        assert!(AuthenticationClient::new().decrypt(&session.credential_bundle).is_err());
        Ok(())
    })
    .await;

    scenario("a session under the parent's id is one in the user's own organization", async {
        let owner = new_owner().await?;
        let receiver = AuthenticationClient::new();
        let session = open(&owner, &root().organization_id, receiver.target_public_key()?, false).await?;
        assert_eq!((session.organization_id, session.user_id), (owner.organization_id, owner.user_id));
        Ok(())
    })
    .await;

    scenario("a new session ends the others when it is asked to", async {
        let owner = new_owner().await?;
        let mut receiver = AuthenticationClient::new();
        let first = open(&owner, &owner.organization_id, receiver.target_public_key()?, false).await?;
        let acting = owner.with_key(TurnkeyP256ApiKey::from_bytes(receiver.decrypt(first.credential_bundle)?, None)?);
        acting.whoami().await?;
        open(&owner, &owner.organization_id, AuthenticationClient::new().target_public_key()?, true).await?;
        refused(acting.whoami().await, 401, "could not find public key");
        Ok(())
    })
    .await;

    scenario("stamp_login makes the caller's key a session's", async {
        let owner = new_owner().await?;
        let key = TurnkeyP256ApiKey::generate();
        let (organization_id, now) = owner.envelope();
        let intent = StampLoginIntent {
            public_key: hex::encode(key.compressed_public_key()),
            expiration_seconds: Some("60".to_string()),
            invalidate_existing: None,
            session_profile_id: None,
        };
        let session = owner.client.stamp_login(organization_id, now, intent).await?.result.session;
        assert_eq!(session.split('.').count(), 3, "a JWT");
        assert_eq!(owner.with_key(key).whoami().await?.user_id, owner.user_id);
        Ok(())
    })
    .await;

    scenario("a read-only session is a token for the user who asked", async {
        let owner = new_owner().await?;
        let (organization_id, now) = owner.envelope();
        let intent = CreateReadOnlySessionIntent {};
        let session = owner.client.create_read_only_session(organization_id, now, intent).await?.result;
        assert_eq!((session.user_id, session.username.as_str()), (owner.user_id, "root-0"));
        assert!(!session.session.is_empty());
        Ok(())
    })
    .await;
}
