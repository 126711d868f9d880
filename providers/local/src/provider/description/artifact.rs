//! The artifact of a description: as the agent takes it, or as Spinnaker's artifacts are.

use gennaker_wire::{Object, ObjectExt};
use serde_json::{Map, Value, json};

use super::Reader;
use crate::protocol::{Artifact, without_secrets};

impl Reader<'_> {
    /// `artifact`: the agent's own form (`type` of `file`, `http`, `git`, `embedded`), or an artifact of Spinnaker's. One that
    /// names an account is fetched with that; of those without, the agent fetches `http/file` and `git/repo`.
    pub(super) fn artifact(&mut self) -> Option<Artifact> {
        let given = self.fields.get("artifact").filter(|value| !value.is_null())?;
        let Some(given) = given.as_object() else {
            self.problem(format!("artifact is an object with a type; it is {given}"));
            return None;
        };
        let kind = given.text("type").unwrap_or_default();
        let own = match kind.as_str() {
            "file" | "http" | "git" | "embedded" => given.clone(),
            _ if fetched(self.fields).is_some() => sent(&kind, given),
            _ => match spinnaker(&kind, given) {
                Some(own) => own,
                None => {
                    self.problem(format!(
                        "the local agent cannot fetch an artifact of the type {kind}: name the artifactAccount to fetch it \
                         with; without one it takes http/file, git/repo and embedded/base64, and its own types file, http, \
                         git and embedded"
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

/// The artifact of a description, if it is fetched with an account: an artifact of Spinnaker's that names one. What has its content
/// in itself needs none.
pub(super) fn fetched(fields: &Object) -> Option<&Object> {
    let artifact = fields.object("artifact")?;
    let kind = artifact.text("type").filter(|kind| kind.contains('/') && kind != "embedded/base64");
    let account = artifact.text("artifactAccount").filter(|account| !account.is_empty());
    kind.and(account).map(|_| artifact)
}

/// The agent's form of an artifact whose content comes with the request.
fn sent(kind: &str, artifact: &Object) -> Object {
    let reference = artifact.text("reference").unwrap_or_default();
    let named = artifact.text("name").unwrap_or_default();
    let shown = match (reference.as_str(), artifact.text("version").unwrap_or_default().as_str()) {
        ("", "") => named.clone(),
        ("", version) => format!("{named} {version}"),
        (reference, "") => without_secrets(reference),
        (reference, version) => format!("{} at {version}", without_secrets(reference)),
    };
    let mut own = Object::new();
    own.insert("type".to_owned(), "sent".into());
    own.insert("artifactType".to_owned(), kind.into());
    own.insert("account".to_owned(), artifact.text("artifactAccount").into());
    own.insert("reference".to_owned(), shown.into());
    // Of a repository and a chart an archive is fetched, whose name is nobody's choice.
    if matches!(kind, "git/repo" | "helm/chart") {
        own.insert("format".to_owned(), "tar".into());
    } else {
        let text = if named.is_empty() { &reference } else { &named };
        let last = text.split(['?', '#']).next().and_then(|path| path.rsplit('/').next()).unwrap_or_default();
        let is_name = !matches!(last, "" | "." | "..") && !last.contains('\0');
        own.insert("name".to_owned(), if is_name { last } else { "artifact" }.into());
    }
    with_wishes(own, artifact)
}

/// The agent's form of one of Spinnaker's artifacts that names no account; none if the agent cannot fetch it.
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
    own.retain(|_, value| !value.is_null() && value != "");
    Some(with_wishes(std::mem::take(own), artifact))
}

/// With the digest and the format that an artifact asks for, in itself or in its metadata.
fn with_wishes(mut own: Object, artifact: &Object) -> Object {
    let metadata = artifact.object("metadata");
    for wish in ["digest", "format"] {
        let value = artifact.text(wish).or_else(|| metadata?.text(wish)).filter(|value| !value.is_empty());
        if let Some(value) = value {
            own.insert(wish.to_owned(), value.into());
        }
    }
    own
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
            "type": "git/repo", "reference": "https://example.com/shop.git", "version": "main", "artifactAccount": "",
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
    fn what_names_an_account_is_fetched_with_it_and_shows_no_secret() {
        for (artifact, file, unpacked, shown) in [
            (
                json!({"type": "s3/object", "reference": "s3://builds/shop/run.sh", "artifactAccount": "builds"}),
                "run.sh",
                false,
                "s3://builds/shop/run.sh",
            ),
            (
                json!({"type": "http/file", "reference": "https://ann:pw@a/b.tgz?key=1", "artifactAccount": "a"}),
                "b.tgz",
                true,
                "https://a/b.tgz",
            ),
            (
                json!({"type": "git/repo", "reference": "git@a:b.git", "version": "main", "artifactAccount": "a"}),
                "artifact",
                true,
                "git@a:b.git at main",
            ),
            (
                json!({"type": "helm/chart", "name": "web", "version": "1.0.0", "artifactAccount": "stable"}),
                "artifact",
                true,
                "web 1.0.0",
            ),
        ] {
            let (read, problems) = read(artifact.clone());
            let read = read.unwrap_or_else(|| panic!("{artifact}: {problems:?}"));
            assert_eq!((read.file_name(), read.is_unpacked(), problems.len()), (file, unpacked, 0), "{artifact}");
            assert!(matches!(&read.source, ArtifactSource::Sent { reference, .. } if reference == shown), "{read:?}");
        }
        let fields = |artifact: Value| json!({ "artifact": artifact }).as_object().cloned().expect("an object");
        let embedded = json!({"type": "embedded/base64", "reference": "aGk=", "artifactAccount": "embedded-artifact"});
        assert_eq!(fetched(&fields(embedded)), None);
        assert_eq!(fetched(&fields(json!({"type": "http", "url": "http://a/b", "artifactAccount": "a"}))), None);
    }

    #[test]
    fn what_cannot_be_fetched_is_named() {
        for (artifact, finding) in [
            (json!({"type": "s3/object", "reference": "s3://a/b"}), "name the artifactAccount"),
            (json!({"type": "sent", "account": "a"}), "of the type sent"),
            (json!({"type": "http"}), "url"),
            (json!({"type": "http", "url": "http://a/b", "colour": 1}), "no field colour"),
            (json!("http://a/b"), "an object"),
        ] {
            let (_, problems) = read(artifact.clone());
            assert!(problems.iter().any(|problem| problem.contains(finding)), "{artifact}: {problems:?}");
        }
    }
}
