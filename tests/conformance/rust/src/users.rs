//! Users and their tags.

use turnkey_api_key_stamper::TurnkeyP256ApiKey;
use turnkey_client::TurnkeyClientError;
use turnkey_client::generated::external::data::v1::User;
use turnkey_client::generated::{
    CreateUserTagIntent, DeleteUserTagsIntent, DeleteUsersIntent, GetUserRequest, GetUsersRequest, ListUserTagsRequest,
    UpdateUserEmailIntent, UpdateUserIntent, UpdateUserNameIntent, UpdateUserPhoneNumberIntent, UpdateUserTagIntent,
    UserParamsV4,
};

use crate::members::{Member, new_owner, p256, refused, user};
use crate::scenario::scenario;

async fn read(owner: &Member, user_id: &str) -> Result<User, TurnkeyClientError> {
    let organization_id = owner.organization_id.clone();
    let request = GetUserRequest { organization_id, user_id: user_id.to_string() };
    Ok(owner.client.get_user(request).await?.user.expect("the user"))
}

/// A new tag of these users; its id.
pub async fn create_tag(owner: &Member, name: &str, user_ids: Vec<String>) -> Result<String, TurnkeyClientError> {
    let (organization_id, now) = owner.envelope();
    let intent = CreateUserTagIntent { user_tag_name: name.to_string(), user_ids };
    Ok(owner.client.create_user_tag(organization_id, now, intent).await?.result.user_tag_id)
}

fn unchanged(user_id: &str) -> UpdateUserIntent {
    UpdateUserIntent {
        user_id: user_id.to_string(),
        user_name: None,
        user_email: None,
        user_tag_ids: vec![],
        user_phone_number: None,
    }
}

pub async fn scenarios() {
    scenario("users are made, read, listed and deleted", async {
        let owner = new_owner().await?;
        let key = TurnkeyP256ApiKey::generate();
        let ada = UserParamsV4 {
            user_email: Some("ada@example.com".to_string()),
            user_phone_number: Some("+4912345678".to_string()),
            ..user("ada", vec![p256(&key)])
        };
        let user_ids = owner.create_users(vec![ada, user("grace", vec![p256(&TurnkeyP256ApiKey::generate())])]).await?;
        let found = read(&owner, &user_ids[0]).await?;
        assert_eq!(found.user_name, "ada");
        assert_eq!(found.user_email.as_deref(), Some("ada@example.com"));
        assert_eq!(found.user_phone_number.as_deref(), Some("+4912345678"));
        let credential = found.api_keys[0].credential.as_ref().expect("its credential");
        assert_eq!(credential.public_key, hex::encode(key.compressed_public_key()));
        let names = async || {
            let request = GetUsersRequest { organization_id: owner.organization_id.clone() };
            let users = owner.client.get_users(request).await?.users;
            Ok::<_, TurnkeyClientError>(users.into_iter().map(|user| user.user_name).collect::<Vec<_>>())
        };
        assert_eq!(names().await?, ["root-0", "ada", "grace"]);
        let (organization_id, now) = owner.envelope();
        let intent = DeleteUsersIntent { user_ids: user_ids.clone() };
        let deleted = owner.client.delete_users(organization_id, now, intent).await?.result;
        assert_eq!(deleted.user_ids, user_ids);
        assert_eq!(names().await?, ["root-0"]);
        Ok(())
    })
    .await;

    scenario("update_user keeps what it does not give, tags too: this client always sends a list of them", async {
        let owner = new_owner().await?;
        let user_id = owner.new_user().await?.user_id;
        let tag_id = create_tag(&owner, "team", vec![user_id.clone()]).await?;
        let (organization_id, now) = owner.envelope();
        let intent = UpdateUserIntent { user_email: Some("ada@example.com".to_string()), ..unchanged(&user_id) };
        let updated = owner.client.update_user(organization_id, now, intent).await?.result;
        assert_eq!(updated.user_id, user_id);
        let found = read(&owner, &user_id).await?;
        assert_eq!((found.user_name.as_str(), found.user_email.as_deref()), ("plain", Some("ada@example.com")));
        assert_eq!(found.user_tags, [tag_id]);
        Ok(())
    })
    .await;

    scenario("name, e-mail address and phone number change one by one", async {
        let owner = new_owner().await?;
        let user_id = owner.new_user().await?.user_id;
        let (organization_id, now) = owner.envelope();
        let name = UpdateUserNameIntent { user_id: user_id.clone(), user_name: "ada".to_string() };
        owner.client.update_user_name(organization_id.clone(), now, name).await?;
        let email = UpdateUserEmailIntent {
            user_id: user_id.clone(),
            user_email: "ada@example.com".to_string(),
            verification_token: None,
        };
        owner.client.update_user_email(organization_id.clone(), now, email).await?;
        let phone_number = UpdateUserPhoneNumberIntent {
            user_id: user_id.clone(),
            user_phone_number: "+4912345678".to_string(),
            verification_token: None,
        };
        owner.client.update_user_phone_number(organization_id, now, phone_number).await?;
        let found = read(&owner, &user_id).await?;
        assert_eq!(found.user_name, "ada");
        assert_eq!(found.user_email.as_deref(), Some("ada@example.com"));
        assert_eq!(found.user_phone_number.as_deref(), Some("+4912345678"));
        Ok(())
    })
    .await;

    scenario("tags are made, given, taken, listed and deleted", async {
        let owner = new_owner().await?;
        let user_id = owner.new_user().await?.user_id;
        let user_tag_id = create_tag(&owner, "team", vec![user_id.clone()]).await?;
        let (organization_id, now) = owner.envelope();
        let change = UpdateUserTagIntent {
            user_tag_id: user_tag_id.clone(),
            new_user_tag_name: Some("crew".to_string()),
            add_user_ids: vec![owner.user_id.clone()],
            remove_user_ids: vec![user_id.clone()],
        };
        owner.client.update_user_tag(organization_id.clone(), now, change).await?;
        assert_eq!(read(&owner, &user_id).await?.user_tags, [""; 0]);
        assert_eq!(read(&owner, &owner.user_id).await?.user_tags, [user_tag_id.as_str()]);
        let list = || ListUserTagsRequest { organization_id: organization_id.clone() };
        let tags = owner.client.list_user_tags(list()).await?.user_tags;
        assert_eq!(tags.iter().map(|tag| tag.tag_name.as_str()).collect::<Vec<_>>(), ["crew"]);
        let intent = DeleteUserTagsIntent { user_tag_ids: vec![user_tag_id] };
        let deleted = owner.client.delete_user_tags(organization_id.clone(), now, intent).await?.result;
        assert_eq!(deleted.user_ids, [owner.user_id.as_str()]);
        assert!(owner.client.list_user_tags(list()).await?.user_tags.is_empty());
        Ok(())
    })
    .await;

    scenario("an unknown user is refused by everything that changes one", async {
        let owner = new_owner().await?;
        let nobody = "3f0b1d6e-9c9b-4d5b-8c35-0a2f0c1d9e77";
        let (organization_id, now) = owner.envelope();
        let intent = UpdateUserIntent { user_name: Some("x".to_string()), ..unchanged(nobody) };
        refused(owner.client.update_user(organization_id.clone(), now, intent).await, 404, nobody);
        let intent = DeleteUsersIntent { user_ids: vec![nobody.to_string()] };
        refused(owner.client.delete_users(organization_id, now, intent).await, 404, nobody);
        refused(read(&owner, nobody).await, 404, nobody);
        Ok(())
    })
    .await;
}
