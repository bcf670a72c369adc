//! Root quorums of two: what waits, approvals, rejections, and what the client makes of them.

use turnkey_api_key_stamper::TurnkeyP256ApiKey;
use turnkey_client::TurnkeyClientError;
use turnkey_client::generated::result::Inner;
use turnkey_client::generated::{
    Activity, ActivityStatus, ActivityType, ApproveActivityIntent, GetActivitiesRequest, GetActivityRequest,
    RejectActivityIntent,
};

use crate::members::{Member, new_organization, p256, refused, user, waiting};
use crate::scenario::scenario;

async fn read(member: &Member, activity_id: &str) -> Result<Activity, TurnkeyClientError> {
    let organization_id = member.organization_id.clone();
    let request = GetActivityRequest { organization_id, activity_id: activity_id.to_string() };
    Ok(member.client.get_activity(request).await?.activity.expect("the activity"))
}

async fn approve(member: &Member, fingerprint: String) -> Result<Activity, TurnkeyClientError> {
    let (organization_id, now) = member.envelope();
    member.client.approve_activity(organization_id, now, ApproveActivityIntent { fingerprint }).await
}

async fn reject(member: &Member, fingerprint: String) -> Result<Activity, TurnkeyClientError> {
    let (organization_id, now) = member.envelope();
    member.client.reject_activity(organization_id, now, RejectActivityIntent { fingerprint }).await
}

/// A new user, asked for by `member`, waits for another root user.
async fn pending(member: &Member) -> Result<Activity, TurnkeyClientError> {
    let key = p256(&TurnkeyP256ApiKey::generate());
    let activity_id = waiting(member.create_users(vec![user("ada", vec![key])]).await);
    read(member, &activity_id).await
}

pub async fn scenarios() {
    scenario("two of two: it waits, the second approves, and it is done", async {
        let owners = new_organization(2, 2).await?;
        let asked = pending(&owners[0]).await?;
        assert_eq!((asked.status, asked.r#type), (ActivityStatus::ConsensusNeeded, ActivityType::CreateUsersV4));
        assert!(!asked.can_approve);
        assert!(read(&owners[1], &asked.id).await?.can_approve);
        let approved = approve(&owners[1], asked.fingerprint).await?;
        assert_eq!((&approved.id, approved.status), (&asked.id, ActivityStatus::Completed));
        assert_eq!(approved.votes.len(), 2);
        match approved.result.and_then(|result| result.inner) {
            Some(Inner::CreateUsersResult(made)) => assert_eq!(made.user_ids.len(), 1),
            other => panic!("another result: {other:?}"),
        }
        assert_eq!(read(&owners[0], &asked.id).await?.status, ActivityStatus::Completed);
        Ok(())
    })
    .await;

    scenario("a rejection ends it: the client calls that an unexpected status", async {
        let owners = new_organization(2, 2).await?;
        let asked = pending(&owners[0]).await?;
        match reject(&owners[1], asked.fingerprint.clone()).await {
            Err(TurnkeyClientError::UnexpectedActivityStatus(status)) => assert_eq!(status, "ACTIVITY_STATUS_REJECTED"),
            other => panic!("not rejected: {other:?}"),
        }
        let found = read(&owners[0], &asked.id).await?;
        assert_eq!((found.status, found.can_approve), (ActivityStatus::Rejected, false));
        assert_eq!(found.votes[1].selection, "VOTE_SELECTION_REJECTED");
        Ok(())
    })
    .await;

    scenario("what waits is found by its status", async {
        let owners = new_organization(2, 2).await?;
        let asked = pending(&owners[0]).await?;
        let request = GetActivitiesRequest {
            organization_id: owners[1].organization_id.clone(),
            filter_by_status: vec![ActivityStatus::ConsensusNeeded],
            pagination_options: None,
            filter_by_type: vec![ActivityType::CreateUsersV4],
        };
        let found = owners[1].client.get_activities(request).await?.activities;
        assert_eq!(found.into_iter().map(|each| each.id).collect::<Vec<_>>(), [asked.id]);
        Ok(())
    })
    .await;

    scenario("who takes no part has no vote, and an unknown fingerprint no activity", async {
        let owners = new_organization(2, 2).await?;
        let key = TurnkeyP256ApiKey::generate();
        let guest_id = waiting(owners[0].create_users(vec![user("guest", vec![p256(&key)])]).await);
        approve(&owners[1], read(&owners[0], &guest_id).await?.fingerprint).await?;
        let guest = owners[0].with_key(key);
        let asked = pending(&owners[0]).await?;
        let envelope = refused(reject(&guest, asked.fingerprint).await, 403, "takes no part in the consensus");
        assert_eq!(envelope["turnkeyErrorCode"], "REQUEST_NOT_AUTHORIZED");
        let unknown = format!("sha256:{}", "0".repeat(64));
        refused(approve(&owners[1], unknown).await, 404, "No activity found with fingerprint");
        Ok(())
    })
    .await;
}
