//! The descriptions of operations on images.

use std::collections::BTreeMap;

use gennaker_provider_api::Result;
use gennaker_wire::{Object, ObjectExt};

use super::{Reader, deploy::plain};
use crate::protocol::TagRequest;

/// `upsertImageTags` (`tags`) and `deleteImage`: the image `imageId` or `imageName`, as `<name>:<version>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::provider) struct OnImage {
    pub(in crate::provider) account: String,
    pub(in crate::provider) image: String,
    pub(in crate::provider) tags: TagRequest,
}

impl OnImage {
    pub(in crate::provider) fn read(fields: &Object) -> Result<OnImage> {
        let mut reader = Reader::new(fields);
        let account = reader.account();
        reader.region();
        let image = ["imageId", "imageName", "name"].iter().find_map(|name| fields.text(name)).unwrap_or_default();
        if image.is_empty() {
            reader.problem("imageId is missing: name the image as <name>:<version>".to_owned());
        }
        let tags: Option<BTreeMap<String, serde_json::Value>> = reader.optional("tags");
        let tags = tags.unwrap_or_default().into_iter().map(|(name, value)| (name, plain(value))).collect();
        reader.finish(OnImage { account, image, tags: TagRequest { tags } })
    }

    /// The same with tags, which there must be.
    pub(in crate::provider) fn read_tagging(fields: &Object) -> Result<OnImage> {
        let on = OnImage::read(fields)?;
        if on.tags.tags.is_empty() {
            let mut reader = Reader::new(fields);
            reader.problem("tags is missing: give names and values".to_owned());
            return Err(reader.error());
        }
        Ok(on)
    }
}
