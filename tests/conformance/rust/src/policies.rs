//! Policies: made, read, changed, deleted, and what they decide.

use turnkey_client::TurnkeyClientError;
use turnkey_client::generated::external::data::v1::Policy;
use turnkey_client::generated::immutable::common::v1::{Effect, Outcome};
use turnkey_client::generated::{
    CreatePoliciesIntent, CreatePolicyIntentV3, CreateUserTagIntent, DeletePoliciesIntent, DeletePolicyIntent,
    GetPoliciesRequest, GetPolicyEvaluationsRequest, GetPolicyRequest, UpdatePolicyIntentV2,
};

use crate::members::{Member, new_owner, refused};
use crate::scenario::scenario;
use crate::users::create_tag;

const NEW_TAG: &str = "activity.kind == 'CREATE_USER_TAG'";

/// The consensus by which this user may act alone.
fn alone(user_id: &str) -> String {
    format!("approvers.any(user, user.id == '{user_id}')")
}

fn policy(name: &str, effect: Effect, consensus: &str) -> CreatePolicyIntentV3 {
    CreatePolicyIntentV3 {
        policy_name: name.to_string(),
        effect,
        condition: Some(NEW_TAG.to_string()),
        consensus: Some(consensus.to_string()),
        notes: String::new(),
        time: None,
    }
}

async fn create(owner: &Member, policy: CreatePolicyIntentV3) -> Result<String, TurnkeyClientError> {
    let (organization_id, now) = owner.envelope();
    Ok(owner.client.create_policy(organization_id, now, policy).await?.result.policy_id)
}

async fn list(owner: &Member) -> Result<Vec<Policy>, TurnkeyClientError> {
    let organization_id = owner.organization_id.clone();
    Ok(owner.client.get_policies(GetPoliciesRequest { organization_id }).await?.policies)
}

async fn read(owner: &Member, policy_id: &str) -> Result<Policy, TurnkeyClientError> {
    let organization_id = owner.organization_id.clone();
    let request = GetPolicyRequest { organization_id, policy_id: policy_id.to_string() };
    Ok(owner.client.get_policy(request).await?.policy.expect("the policy"))
}

pub async fn scenarios() {
    scenario("a policy is made, read, changed and deleted; what is not given stays", async {
        let owner = new_owner().await?;
        let policy_id = create(&owner, policy("first", Effect::Allow, "true")).await?;
        let made = read(&owner, &policy_id).await?;
        assert_eq!((made.policy_name.as_str(), made.effect), ("first", Effect::Allow));
        assert_eq!((made.condition.as_deref(), made.consensus.as_deref()), (Some(NEW_TAG), Some("true")));
        let (organization_id, now) = owner.envelope();
        let change = UpdatePolicyIntentV2 {
            policy_id: policy_id.clone(),
            policy_name: None,
            policy_effect: Some(Effect::Deny),
            policy_condition: None,
            policy_consensus: None,
            policy_notes: Some("changed".to_string()),
            time: None,
        };
        owner.client.update_policy(organization_id.clone(), now, change).await?;
        let changed = read(&owner, &policy_id).await?;
        assert_eq!((changed.effect, changed.notes.as_str()), (Effect::Deny, "changed"));
        assert_eq!((changed.policy_name, changed.condition), (made.policy_name, made.condition));
        let intent = DeletePolicyIntent { policy_id: policy_id.clone() };
        owner.client.delete_policy(organization_id, now, intent).await?;
        refused(read(&owner, &policy_id).await, 404, "unable to find policy");
        Ok(())
    })
    .await;

    scenario("policies are made, listed and deleted together", async {
        let owner = new_owner().await?;
        let (organization_id, now) = owner.envelope();
        let policies = vec![policy("first", Effect::Allow, "true"), policy("second", Effect::Deny, "false")];
        let intent = CreatePoliciesIntent { policies };
        let policy_ids = owner.client.create_policies(organization_id.clone(), now, intent).await?.result.policy_ids;
        let found: Vec<_> = list(&owner).await?.into_iter().map(|each| each.policy_id).collect();
        assert_eq!(found, policy_ids);
        let intent = DeletePoliciesIntent { policy_ids: policy_ids.clone() };
        let deleted = owner.client.delete_policies(organization_id, now, intent).await?.result;
        assert_eq!(deleted.policy_ids, policy_ids);
        assert!(list(&owner).await?.is_empty());
        Ok(())
    })
    .await;

    scenario("what does not check is refused with its place", async {
        let owner = new_owner().await?;
        let condition = Some("eth.tx.valeu > 1".to_string());
        let bad = CreatePolicyIntentV3 { condition, ..policy("bad", Effect::Allow, "true") };
        refused(create(&owner, bad).await, 400, "invalid policy condition: line 1, column 8");
        Ok(())
    })
    .await;

    scenario("an ALLOW allows, a DENY beats it, and each evaluation is on record", async {
        let owner = new_owner().await?;
        let agent = owner.new_user().await?;
        let denied = refused(create_tag(&agent, "none", vec![]).await, 403, "You don't have sufficient permissions");
        assert_eq!(denied["code"], 7);
        let policy_id = create(&owner, policy("allow", Effect::Allow, &alone(&agent.user_id))).await?;
        let (organization_id, now) = agent.envelope();
        let intent = CreateUserTagIntent { user_tag_name: "one".to_string(), user_ids: vec![] };
        let activity_id = agent.client.create_user_tag(organization_id.clone(), now, intent).await?.activity_id;
        let request = GetPolicyEvaluationsRequest { organization_id, activity_id };
        let evaluations = agent.client.get_policy_evaluations(request).await?.policy_evaluations;
        let said: Vec<_> =
            evaluations[0].policy_evaluations.iter().map(|each| (&each.policy_id, each.outcome)).collect();
        assert_eq!(said, [(&policy_id, Outcome::Allow)]);
        create(&owner, policy("deny", Effect::Deny, &alone(&agent.user_id))).await?;
        refused(create_tag(&agent, "two", vec![]).await, 403, "policy engine denied request explicitly");
        Ok(())
    })
    .await;
}
