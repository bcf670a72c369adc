//! Refusals as the client's error values give them: `UnexpectedHttpStatus` with the envelope as text.

use turnkey_api_key_stamper::{Stamp, StampHeader, StamperError, TurnkeyP256ApiKey, TurnkeySecp256k1ApiKey};
use turnkey_client::generated::{CreateUsersIntentV4, GetTvcAppsRequest, GetWhoamiRequest};

use crate::api_keys::create;
use crate::members::{new_owner, p256, refused, root, user};
use crate::scenario::scenario;

const NOBODY: &str = "3f0b1d6e-9c9b-4d5b-8c35-0a2f0c1d9e77";

/// The official stamp over other bytes than those that are sent.
struct Forged(TurnkeyP256ApiKey);

impl Stamp for Forged {
    fn stamp(&self, body: &[u8]) -> Result<StampHeader, StamperError> {
        self.0.stamp(&[body, b" "].concat())
    }
}

pub async fn scenarios() {
    scenario("an unknown key, on either curve", async {
        let owner = new_owner().await?;
        let key = TurnkeyP256ApiKey::generate();
        let public_key = hex::encode(key.compressed_public_key());
        let envelope = refused(owner.with_key(key).whoami().await, 401, "could not find public key in organization");
        assert_eq!((&envelope["code"], &envelope["turnkeyErrorCode"]), (&16.into(), &"PUBLIC_KEY_NOT_FOUND".into()));
        assert!(envelope["message"].as_str().is_some_and(|text| text.contains(&public_key)));
        let other = owner.with_key(TurnkeySecp256k1ApiKey::generate());
        refused(other.new_user().await, 401, "could not find public key in organization");
        Ok(())
    })
    .await;

    scenario("an unknown organization, and one of others", async {
        let owner = new_owner().await?;
        let request = GetWhoamiRequest { organization_id: NOBODY.to_string() };
        let envelope = refused(owner.client.get_whoami(request).await, 404, NOBODY);
        assert_eq!(envelope["turnkeyErrorCode"], "ORGANIZATION_NOT_FOUND");
        let sister = new_owner().await?;
        let request = GetWhoamiRequest { organization_id: sister.organization_id };
        refused(owner.client.get_whoami(request).await, 401, "could not find public key in organization");
        Ok(())
    })
    .await;

    scenario("the parent writes nothing in a sub-organization", async {
        let owner = new_owner().await?;
        let parent = root();
        let intent = CreateUsersIntentV4 { users: vec![user("ada", vec![])] };
        let call = parent.client.create_users(owner.organization_id, parent.client.current_timestamp(), intent);
        let envelope = refused(call.await, 400, "organization mismatch");
        assert_eq!(envelope["turnkeyErrorCode"], "ORGANIZATION_MISMATCH");
        Ok(())
    })
    .await;

    scenario("a stamp over other bytes", async {
        let owner = new_owner().await?;
        let key = TurnkeyP256ApiKey::generate();
        create(&owner, vec![p256(&key)]).await?;
        let envelope = refused(owner.with_key(Forged(key)).whoami().await, 401, "could not verify api key signature");
        assert_eq!(envelope["turnkeyErrorCode"], "SIGNATURE_INVALID");
        Ok(())
    })
    .await;

    scenario("who has no authority", async {
        let user = new_owner().await?.new_user().await?;
        let envelope = refused(user.new_user().await, 403, "You don't have sufficient permissions");
        assert_eq!(envelope["code"], 7);
        Ok(())
    })
    .await;

    scenario("a path without behaviour names itself", async {
        let owner = new_owner().await?;
        let request = GetTvcAppsRequest { organization_id: owner.organization_id.clone(), is_live: None };
        let envelope =
            refused(owner.client.get_tvc_apps(request).await, 501, "/public/v1/query/list_tvc_apps is not implemented");
        assert_eq!(envelope["code"], 12);
        Ok(())
    })
    .await;
}
