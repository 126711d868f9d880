//! The artifact of a description: as the agent takes it, or as Spinnaker's artifacts are.

use gennaker_wire::{Object, ObjectExt};
use serde_json::{Map, Value, json};

use super::Reader;
use crate::protocol::Artifact;

impl Reader<'_> {
    /// `artifact`: the agent's own form (`type` of `file`, `http`, `git`, `embedded`), or an artifact of Spinnaker's that the
    /// agent's machine can reach without credentials: `http/file`, `git/repo`, `embedded/base64`.
    pub(super) fn artifact(&mut self) -> Option<Artifact> {
        let given = self.fields.get("artifact").filter(|value| !value.is_null())?;
        let Some(given) = given.as_object() else {
            self.problem(format!("artifact is an object with a type; it is {given}"));
            return None;
        };
        let kind = given.text("type").unwrap_or_default();
        let own = match kind.as_str() {
            "file" | "http" | "git" | "embedded" => given.clone(),
            _ => match spinnaker(&kind, given) {
                Some(own) => own,
                None => {
                    self.problem(format!(
                        "the local agent cannot fetch an artifact of the type {kind}; it takes http/file, git/repo and \
                         embedded/base64, and its own types file, http, git and embedded"
                    ));
                    return None;
                }
            },
        };
        match serde_json::from_value::<Artifact>(Value::Object(own.clone())) {
            Ok(artifact) => {
                let known = serde_json::to_value(&artifact).unwrap_or_default();
                for field in own.iter().filter(|(name, value)| !value.is_null() && known.get(name.as_str()).is_none()) {
                    self.problem(format!("artifact has no field {}", field.0));
                }
                Some(artifact)
            }
            Err(error) => {
                self.problem(format!("artifact is wrong: {error}"));
                None
            }
        }
    }
}

/// The agent's form of one of Spinnaker's artifacts; none if only clouddriver can fetch it.
fn spinnaker(kind: &str, artifact: &Object) -> Option<Object> {
    let reference = artifact.text("reference").unwrap_or_default();
    let metadata = artifact.object("metadata").cloned().unwrap_or_default();
    let mut own = match kind {
        "http/file" => json!({ "type": "http", "url": reference }),
        "embedded/base64" => json!({ "type": "embedded", "base64": reference, "name": artifact.text("name") }),
        "git/repo" => json!({
            "type": "git", "url": reference, "reference": artifact.text("version"),
            "folder": metadata.text("subPath").or_else(|| artifact.text("location")),
        }),
        _ => return None,
    };
    let own: &mut Map<String, Value> = own.as_object_mut()?;
    if let Some(digest) = metadata.text("digest") {
        own.insert("digest".to_owned(), digest.into());
    }
    own.retain(|_, value| !value.is_null() && value != "");
    Some(own.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::ArtifactSource;

    fn read(artifact: Value) -> (Option<Artifact>, Vec<String>) {
        let fields = json!({ "artifact": artifact });
        let mut reader = Reader::new(fields.as_object().expect("an object"));
        (reader.artifact(), reader.problems)
    }

    #[test]
    fn both_forms_are_read() {
        let (artifact, problems) = read(json!({
            "type": "git/repo", "reference": "https://example.com/shop.git", "version": "main", "artifactAccount": "git",
            "metadata": {"subPath": "bin"},
        }));
        let source = ArtifactSource::Git {
            url: "https://example.com/shop.git".to_owned(),
            reference: Some("main".to_owned()),
            folder: Some("bin".to_owned()),
        };
        assert_eq!((artifact.expect("it is right").source, problems), (source, Vec::new()));
        let (artifact, _) = read(json!({"type": "embedded/base64", "reference": "aGk=", "name": "run.sh"}));
        assert_eq!(artifact.expect("it is right").file_name(), "run.sh");
        let (artifact, _) = read(json!({"type": "file", "path": "/srv/shop.tgz"}));
        assert!(artifact.expect("it is right").is_unpacked());
    }

    #[test]
    fn what_cannot_be_fetched_is_named() {
        for (artifact, finding) in [
            (json!({"type": "s3/object", "reference": "s3://a/b"}), "of the type s3/object"),
            (json!({"type": "http"}), "url"),
            (json!({"type": "http", "url": "http://a/b", "colour": 1}), "no field colour"),
            (json!("http://a/b"), "an object"),
        ] {
            let (_, problems) = read(artifact.clone());
            assert!(problems.iter().any(|problem| problem.contains(finding)), "{artifact}: {problems:?}");
        }
    }
}
