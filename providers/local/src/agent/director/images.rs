//! Images: seen, tagged, deleted, and run by server groups.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    Director,
    configuration::Configuration,
    groups::{gone, json},
    mutation::Outcome,
};
use crate::{
    agent::{error::Refusal, images::Tagged},
    protocol::{Image, ServerGroupSpec, TagRequest},
};

impl Director {
    /// Looks which images are there. What cannot be read is tried again with the next look.
    pub(super) fn look_for_images(&mut self) {
        let mut images = match self.images.scan() {
            Ok(images) => images,
            Err(error) => return tracing::warn!(%error, "cannot look for images"),
        };
        for (id, image) in &mut images {
            image.tags = self.image_tags.get(id).cloned().unwrap_or_default();
        }
        if images != self.known_images {
            self.known_images = images;
            self.publish();
        }
    }

    /// Takes over what the image of a server group says about what is run.
    pub(super) fn apply_image(&mut self, spec: &mut ServerGroupSpec) -> Result<(), Refusal> {
        let Some(id) = spec.image.clone() else { return Ok(()) };
        self.look_for_images();
        let image = self.image(&id)?;
        if let Some(problem) = &image.problem {
            return Err(Refusal::invalid(format!("the image {id} cannot be used: {problem}")));
        }
        if spec.command.is_empty() {
            spec.command.clone_from(&image.command);
            if spec.args.is_empty() {
                spec.args.clone_from(&image.args);
            }
        }
        if spec.command.is_empty() {
            return Err(Refusal::invalid(format!(
                "the image {id} does not say what is run; name a `command`, or write one into its image.json"
            )));
        }
        Ok(())
    }

    pub(super) async fn tag_image(&mut self, id: &str, request: TagRequest) -> Outcome {
        self.look_for_images();
        let mut tags: BTreeMap<String, String> = self.image(id)?.tags.clone();
        tags.extend(request.tags);
        let tagged = Tagged { image: id.to_owned(), tags };
        self.images.write_tags(&tagged).await.map_err(|error| Refusal::storage(&error))?;
        self.image_tags.insert(tagged.image, tagged.tags);
        self.look_for_images();
        json(200, self.image(id)?)
    }

    pub(super) async fn delete_image(&mut self, id: &str, again: bool) -> Outcome {
        self.look_for_images();
        if again && !self.known_images.contains_key(id) {
            return json(200, &gone(id));
        }
        self.image(id)?;
        let uses = |configuration: &Arc<Configuration>| configuration.spec.image.as_deref() == Some(id);
        let users = self.groups.values().filter(|group| group.configurations().any(uses));
        let users: Vec<&str> = users.map(|group| group.spec().name.as_str()).collect();
        if !users.is_empty() {
            return Err(Refusal::conflict(format!(
                "the image {id} is used by {}; destroy these server groups first",
                users.join(", ")
            )));
        }
        self.images.remove(id)?;
        self.images.forget_tags(id).await.map_err(|error| Refusal::storage(&error))?;
        self.image_tags.remove(id);
        self.look_for_images();
        json(200, &gone(id))
    }

    fn image(&self, id: &str) -> Result<&Image, Refusal> {
        self.known_images.get(id).ok_or_else(|| {
            Refusal::not_found(format!(
                "there is no image {id}; images are named <name>:<version>, and lie in the agent's folder images"
            ))
        })
    }
}
