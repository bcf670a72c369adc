//! Sub-organizations and root quorums: made, found, configured, renamed, ended.

use turnkey_api_key_stamper::TurnkeyP256ApiKey;
use turnkey_client::TurnkeyClientError;
use turnkey_client::generated::external::options::v1::Pagination;
use turnkey_client::generated::immutable::common::v1::FeatureName;
use turnkey_client::generated::{
    DeleteSubOrganizationIntent, GetActivitiesRequest, GetOrganizationConfigsRequest, GetSubOrgIdsRequest,
    RemoveOrganizationFeatureIntent, SetOrganizationFeatureIntent, UpdateOrganizationNameIntent,
    UpdateRootQuorumIntent,
};

use crate::members::{Member, new_organization, new_owner, p256, refused, root, root_user, sub_organization};
use crate::scenario::scenario;

/// The sub-organizations of the first organization that the filter finds.
async fn find(filter_type: &str, filter_value: &str, limit: &str) -> Result<Vec<String>, TurnkeyClientError> {
    let parent = root();
    let request = GetSubOrgIdsRequest {
        organization_id: parent.organization_id.clone(),
        filter_type: filter_type.to_string(),
        filter_value: filter_value.to_string(),
        pagination_options: Some(page(limit)),
    };
    Ok(parent.client.get_sub_org_ids(request).await?.organization_ids)
}

/// The first page of so many: what it does not ask for, this client sends as empty text.
fn page(limit: &str) -> Pagination {
    Pagination { limit: limit.to_string(), before: String::new(), after: String::new() }
}

async fn update_root_quorum(member: &Member, threshold: i32, user_ids: Vec<String>) -> Result<(), TurnkeyClientError> {
    let (organization_id, now) = member.envelope();
    let intent = UpdateRootQuorumIntent { threshold, user_ids };
    member.client.update_root_quorum(organization_id, now, intent).await?;
    Ok(())
}

pub async fn scenarios() {
    scenario("a sub-organization is made, and found by its name and by a key in it", async {
        let (parent, key) = (root(), TurnkeyP256ApiKey::generate());
        let public_key = hex::encode(key.compressed_public_key());
        let (organization_id, now) = parent.envelope();
        let intent = sub_organization("Found by Rust", vec![root_user("ada", vec![p256(&key)])], 1);
        let made = parent.client.create_sub_organization(organization_id, now, intent).await?.result;
        let who = Member::new(key, &made.sub_organization_id, &made.root_user_ids[0]).whoami().await?;
        assert_eq!((&who.organization_id, &who.user_id), (&made.sub_organization_id, &made.root_user_ids[0]));
        assert_eq!(find("NAME", "Found by Rust", "10").await?, [made.sub_organization_id.as_str()]);
        assert_eq!(find("PUBLIC_KEY", &public_key, "10").await?, [made.sub_organization_id.as_str()]);
        Ok(())
    })
    .await;

    scenario("sub-organizations and activities are listed in pages; no filter is empty text", async {
        new_owner().await?;
        let owner = new_owner().await?;
        assert_eq!(find("", "", "2").await?.len(), 2);
        owner.new_user().await?;
        owner.new_user().await?;
        let list = |after: String| GetActivitiesRequest {
            organization_id: owner.organization_id.clone(),
            filter_by_status: vec![],
            pagination_options: Some(Pagination { after, ..page("1") }),
            filter_by_type: vec![],
        };
        let newest = owner.client.get_activities(list(String::new())).await?.activities.remove(0);
        let oldest = owner.client.get_activities(list(newest.id.clone())).await?.activities.remove(0);
        assert!(oldest.id < newest.id);
        assert!(owner.client.get_activities(list(oldest.id)).await?.activities.is_empty());
        Ok(())
    })
    .await;

    scenario("features, the root quorum and the name are what they were set to", async {
        let owner = new_owner().await?;
        let (organization_id, now) = owner.envelope();
        let origin = "https://example.com";
        let set = SetOrganizationFeatureIntent { name: FeatureName::WebauthnOrigins, value: Some(origin.to_string()) };
        owner.client.set_organization_feature(organization_id.clone(), now, set).await?;
        let configs = async || {
            let organization_id = owner.organization_id.clone();
            let request = GetOrganizationConfigsRequest { organization_id };
            Ok::<_, TurnkeyClientError>(owner.client.get_organization_configs(request).await?.configs.expect("configs"))
        };
        let found = configs().await?;
        let feature = found.features.iter().find(|each| each.name == FeatureName::WebauthnOrigins);
        assert_eq!(feature.and_then(|each| each.value.as_deref()), Some(origin));
        let quorum = found.quorum.expect("the root quorum");
        assert_eq!((quorum.threshold, quorum.user_ids), (1, vec![owner.user_id.clone()]));
        let remove = RemoveOrganizationFeatureIntent { name: FeatureName::WebauthnOrigins };
        owner.client.remove_organization_feature(organization_id.clone(), now, remove).await?;
        assert!(configs().await?.features.iter().all(|each| each.name != FeatureName::WebauthnOrigins));
        let name = UpdateOrganizationNameIntent { organization_name: "Renamed".to_string() };
        owner.client.update_organization_name(organization_id, now, name).await?;
        assert_eq!(owner.whoami().await?.organization_name, "Renamed");
        Ok(())
    })
    .await;

    scenario("the root quorum goes to another user, and the first has no right any more", async {
        let owner = new_owner().await?;
        let user = owner.new_user().await?;
        update_root_quorum(&owner, 1, vec![user.user_id.clone()]).await?;
        user.new_user().await?;
        refused(owner.new_user().await, 403, "You don't have sufficient permissions");
        Ok(())
    })
    .await;

    scenario("a quorum that nobody could reach is refused", async {
        let owners = new_organization(2, 1).await?;
        let user_ids = || owners.iter().map(|owner| owner.user_id.clone()).collect();
        refused(update_root_quorum(&owners[0], 0, user_ids()).await, 400, "quorum threshold");
        refused(update_root_quorum(&owners[0], 3, user_ids()).await, 400, "quorum threshold");
        Ok(())
    })
    .await;

    scenario("a sub-organization ends itself", async {
        let owner = new_owner().await?;
        let (organization_id, now) = owner.envelope();
        let intent = DeleteSubOrganizationIntent { delete_without_export: Some(true) };
        let ended = owner.client.delete_sub_organization(organization_id, now, intent).await?.result;
        assert_eq!(ended.sub_organization_uuid, owner.organization_id);
        refused(owner.whoami().await, 401, "could not find public key");
        Ok(())
    })
    .await;
}
