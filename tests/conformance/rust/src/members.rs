//! Users behind the official client, each in a small organization of its own, and what requests say of them.

use std::env;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::Value;
use turnkey_api_key_stamper::{Stamp, TurnkeyP256ApiKey};
use turnkey_client::generated::immutable::common::v1::ApiKeyCurve;
use turnkey_client::generated::{
    ApiKeyParamsV2, CreateSubOrganizationIntentV8, CreateUsersIntentV4, GetWhoamiRequest, GetWhoamiResponse,
    RootUserParamsV5, UserParamsV4,
};
use turnkey_client::{TurnkeyClient, TurnkeyClientError};

/// The server under test and the root user of its first organization.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Server {
    pub url: String,
    pub organization_id: String,
    pub user_id: String,
    pub private_key: String,
}

pub static SERVER: LazyLock<Server> = LazyLock::new(|| {
    let told = env::var("COUNTERSEAL_CONFORMANCE_SERVER").expect("COUNTERSEAL_CONFORMANCE_SERVER says where it is");
    serde_json::from_str(&told).expect("COUNTERSEAL_CONFORMANCE_SERVER is JSON")
});

/// A user with the official client that signs with its key.
pub struct Member<S: Stamp = TurnkeyP256ApiKey> {
    pub client: TurnkeyClient<S>,
    pub organization_id: String,
    pub user_id: String,
}

impl<S: Stamp> Member<S> {
    /// The user with an API key of any curve that the official stamper has.
    pub fn new(key: S, organization_id: &str, user_id: &str) -> Self {
        let client = TurnkeyClient::builder().api_key(key).base_url(&SERVER.url).build();
        Self {
            client: client.expect("a client for the server"),
            organization_id: organization_id.to_string(),
            user_id: user_id.to_string(),
        }
    }

    /// The same user with another key.
    pub fn with_key<T: Stamp>(&self, key: T) -> Member<T> {
        Member::new(key, &self.organization_id, &self.user_id)
    }

    /// What every submission names: the organization and the time.
    pub fn envelope(&self) -> (String, u128) {
        (self.organization_id.clone(), self.client.current_timestamp())
    }

    pub async fn whoami(&self) -> Result<GetWhoamiResponse, TurnkeyClientError> {
        let organization_id = self.organization_id.clone();
        self.client.get_whoami(GetWhoamiRequest { organization_id }).await
    }

    pub async fn create_users(&self, users: Vec<UserParamsV4>) -> Result<Vec<String>, TurnkeyClientError> {
        let (organization_id, now) = self.envelope();
        let created = self.client.create_users(organization_id, now, CreateUsersIntentV4 { users }).await?;
        Ok(created.result.user_ids)
    }

    /// A user without any right but the one over its own credentials.
    pub async fn new_user(&self) -> Result<Member, TurnkeyClientError> {
        let key = TurnkeyP256ApiKey::generate();
        let user_ids = self.create_users(vec![user("plain", vec![p256(&key)])]).await?;
        Ok(Member::new(key, &self.organization_id, &user_ids[0]))
    }
}

/// The root user of the server's first organization.
pub fn root() -> Member {
    let key = TurnkeyP256ApiKey::from_strings(SERVER.private_key.as_str(), None).expect("the root user's key");
    Member::new(key, &SERVER.organization_id, &SERVER.user_id)
}

/// The root users of a new sub-organization.
pub async fn new_organization(root_users: usize, threshold: i32) -> Result<Vec<Member>, TurnkeyClientError> {
    let keys: Vec<_> = (0..root_users).map(|_| TurnkeyP256ApiKey::generate()).collect();
    let users = keys.iter().enumerate().map(|(at, key)| root_user(&format!("root-{at}"), vec![p256(key)]));
    let parent = root();
    let (organization_id, now) = parent.envelope();
    let intent = sub_organization("Family", users.collect(), threshold);
    let made = parent.client.create_sub_organization(organization_id, now, intent).await?.result;
    let ids = made.root_user_ids.iter();
    Ok(keys.into_iter().zip(ids).map(|(key, id)| Member::new(key, &made.sub_organization_id, id)).collect())
}

/// The only root user of a new sub-organization.
pub async fn new_owner() -> Result<Member, TurnkeyClientError> {
    Ok(new_organization(1, 1).await?.remove(0))
}

pub fn sub_organization(
    name: &str,
    root_users: Vec<RootUserParamsV5>,
    threshold: i32,
) -> CreateSubOrganizationIntentV8 {
    CreateSubOrganizationIntentV8 {
        sub_organization_name: name.to_string(),
        root_users,
        root_quorum_threshold: threshold,
        wallet: None,
        disable_email_recovery: None,
        disable_email_auth: None,
        disable_sms_auth: None,
        disable_otp_email_auth: None,
        verification_token: None,
        client_signature: None,
    }
}

pub fn root_user(name: &str, api_keys: Vec<ApiKeyParamsV2>) -> RootUserParamsV5 {
    RootUserParamsV5 {
        user_name: name.to_string(),
        user_email: None,
        user_phone_number: None,
        api_keys,
        authenticators: vec![],
        oauth_providers: vec![],
    }
}

pub fn user(name: &str, api_keys: Vec<ApiKeyParamsV2>) -> UserParamsV4 {
    UserParamsV4 {
        user_name: name.to_string(),
        user_email: None,
        user_phone_number: None,
        api_keys,
        authenticators: vec![],
        oauth_providers: vec![],
        user_tags: vec![],
    }
}

pub fn p256(key: &TurnkeyP256ApiKey) -> ApiKeyParamsV2 {
    api_key(hex::encode(key.compressed_public_key()), ApiKeyCurve::P256)
}

pub fn api_key(public_key: String, curve_type: ApiKeyCurve) -> ApiKeyParamsV2 {
    ApiKeyParamsV2 { api_key_name: "key".to_string(), public_key, curve_type, expiration_seconds: None }
}

/// The call must have been refused with this HTTP status, and a message with this text in it: the error envelope.
#[track_caller]
pub fn refused<T>(call: Result<T, TurnkeyClientError>, status: u16, message: &str) -> Value {
    match call {
        Err(TurnkeyClientError::UnexpectedHttpStatus(found, body)) => {
            assert_eq!(found, status, "{body}");
            let envelope: Value = serde_json::from_str(&body).expect("the error envelope is JSON");
            assert!(envelope["message"].as_str().is_some_and(|text| text.contains(message)), "{body}");
            envelope
        }
        Err(other) => panic!("not refused by the server: {other}"),
        Ok(_) => panic!("not refused: {status} {message}"),
    }
}

/// The call waits for approvals: the activity's id.
#[track_caller]
pub fn waiting<T>(call: Result<T, TurnkeyClientError>) -> String {
    match call {
        Err(TurnkeyClientError::ActivityRequiresApproval(activity_id)) => activity_id,
        Err(other) => panic!("it does not wait: {other}"),
        Ok(_) => panic!("it does not wait: it is done"),
    }
}
