//! Calls about images.

use super::{Call, Client, DEADLINE, Error, START_DEADLINE, encoded};
use crate::protocol::{Deleted, Image, TagRequest};

impl Client {
    /// All images.
    pub async fn images(&self) -> Result<Vec<Image>, Error> {
        self.get("/images", DEADLINE).await
    }

    /// Adds tags to an image, or replaces those of the same names.
    pub async fn tag_image(&self, id: &str, tags: &TagRequest, call: &Call) -> Result<Image, Error> {
        let path = format!("/images/{}/tags", encoded(id));
        self.post(&path, tags, call, DEADLINE).await
    }

    /// Deletes an image that no server group runs.
    pub async fn delete_image(&self, id: &str, call: &Call) -> Result<Deleted, Error> {
        let path = format!("/images/{}", encoded(id));
        self.delete(&path, call, START_DEADLINE).await
    }
}
