//! The accounts that are always there and ask nobody: content within the artifact itself (`embedded/base64`), and
//! artifacts that are passed on as they are (`docker/image`, `custom/object`).

use async_trait::async_trait;
use base64::{
    Engine as _,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use gennaker_artifacts::Artifact;

use super::{AccountKind, Error, Fetcher, content::Spool, reference};

/// As Java's decoder reads it: with or without padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Content within the reference, in Base64.
pub(super) struct Embedded;

#[async_trait]
impl Fetcher for Embedded {
    fn name(&self) -> &str {
        "embedded-artifact"
    }

    fn kind(&self) -> AccountKind {
        AccountKind { name: "artifacts-embedded", types: &["embedded/base64", "remote/base64"] }
    }

    async fn fetch(&self, artifact: &Artifact, spool: &mut Spool) -> Result<(), Error> {
        let text = artifact.reference.as_deref().unwrap_or_default();
        if text.starts_with("ref://") {
            let instead = "they are kept in a store of artifacts (artifact-store), which clouddriver does not have yet";
            return Err(Error::NotFetched { account: self.name().to_owned(), instead });
        }
        let content = BASE64.decode(text).map_err(|error| {
            let advice = format!("it has to be the content in Base64 ({error})");
            // The beginning would tell nobody anything.
            reference::bad("reference", "", advice)
        })?;
        spool.put(content.into()).await
    }
}

/// An account whose artifacts are used as they are.
pub(super) struct PassedOn {
    name: &'static str,
    kind: AccountKind,
    instead: &'static str,
}

impl PassedOn {
    /// Images, which clouds pull.
    pub(super) fn docker() -> Self {
        PassedOn {
            name: "docker-registry",
            kind: AccountKind { name: "artifacts-docker", types: &["docker/image"] },
            instead: "an image is pulled by the cloud that runs it; the reference is passed on to it",
        }
    }

    /// What a user made up.
    pub(super) fn custom() -> Self {
        PassedOn {
            name: "custom-artifact",
            kind: AccountKind { name: "artifacts-custom", types: &["custom/object"] },
            instead: "a custom artifact is passed on to whatever uses it",
        }
    }
}

#[async_trait]
impl Fetcher for PassedOn {
    fn name(&self) -> &str {
        self.name
    }

    fn kind(&self) -> AccountKind {
        self.kind
    }

    async fn fetch(&self, _artifact: &Artifact, _spool: &mut Spool) -> Result<(), Error> {
        Err(Error::NotFetched { account: self.name.to_owned(), instead: self.instead })
    }
}
