//! Images: tag and delete.

use gennaker_provider_api::{Journal, Outcome, Result};

use super::{say, seen};
use crate::{
    client::Call,
    provider::{AccountHandle, description::OnImage},
};

pub(super) async fn tag(account: &AccountHandle, on: &OnImage, call: &Call, journal: &dyn Journal) -> Result<Outcome> {
    let id = &on.image;
    say(journal, "UPSERT_IMAGE_TAGS", format!("Tagging image {id}...")).await?;
    let tagged = account.client.tag_image(id, &on.tags, call).await?;
    let tags = serde_json::json!(tagged.tags);
    seen(account, |inventory| {
        inventory.images.iter().any(|image| image.id == *id && serde_json::Value::Object(image.tags.clone()) == tags)
    })
    .await;
    say(journal, "UPSERT_IMAGE_TAGS", format!("Tagged image {id}.")).await?;
    Ok(Outcome::default())
}

pub(super) async fn delete(
    account: &AccountHandle,
    on: &OnImage,
    call: &Call,
    journal: &dyn Journal,
) -> Result<Outcome> {
    let id = &on.image;
    say(journal, "DELETE_IMAGE", format!("Deleting image {id}...")).await?;
    account.client.delete_image(id, call).await?;
    seen(account, |inventory| inventory.images.iter().all(|image| image.id != *id)).await;
    say(journal, "DELETE_IMAGE", format!("Deleted image {id}.")).await?;
    Ok(Outcome::default())
}
