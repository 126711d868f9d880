//! New indices for the pipelines or strategies of an application.

use gennaker_wire::Object;
use serde_json::Value;

use super::{
    Error,
    applications::later,
    configs::{Config, Configs},
    layout::fold,
};

impl<T: Config> Configs<T> {
    /// Gives them the indices that `body` says: `{"application": "shop", "idsToIndices": {"id": 0}}`.
    ///
    /// Everything is checked before the first one is written.
    pub(crate) async fn reorder(&self, body: &Object, user: &str) -> Result<(), Error> {
        let required = |name: &str| Error::Invalid(format!("`{name}` is required field on request body"));
        let application = body.get("application").and_then(Value::as_str).ok_or_else(|| required("application"))?;
        let indices = body.get("idsToIndices").and_then(Value::as_object).ok_or_else(|| required("idsToIndices"))?;
        let mut changes = Vec::new();
        for (id, index) in indices {
            let index = index.as_i64().filter(|index| i32::try_from(*index).is_ok());
            let index =
                index.ok_or_else(|| Error::Invalid(format!("the index of pipeline {id} must be an integer")))?;
            let current = match self.items.check_id(id) {
                Ok(()) => self.items.current(id).await?,
                Err(_) => return Err(Error::NoItem(fold(id))),
            };
            let Some(config) = &current.item else { return Err(Error::NoItem(fold(id))) };
            let mut pipeline = config.pipeline().clone();
            if pipeline.application.as_deref().map(fold) != Some(fold(application)) {
                let message = format!("Pipeline with id {id} does not belong to application {application}");
                return Err(Error::Invalid(message));
            }
            pipeline.index = Some(index);
            changes.push((pipeline, current));
        }
        for (mut pipeline, current) in changes {
            let id = pipeline.id.clone().unwrap_or_default();
            pipeline.update_ts = Some(later(self.now(), pipeline.update_ts.as_deref()));
            pipeline.last_modified_by = Some(user.to_owned());
            self.items.put(&id, T::of(pipeline), &current).await?;
        }
        Ok(())
    }
}
