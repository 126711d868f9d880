//! Artifacts: what Spinnaker deploys (images, files, Kubernetes objects), matched, resolved, bound and put into
//! manifests.
//!
//! A pipeline says which artifacts it *expects*; a trigger, a stage or an earlier execution *has* artifacts; resolving
//! binds one to the other, and a deployment writes the reference of what was bound into its manifest.
//!
//! ```
//! use gennaker_artifacts::{Artifact, ExpectedArtifact, Resolver};
//! use gennaker_artifacts::manifest::{Replacement, replace};
//! use gennaker_naming::kubernetes::Kind;
//! use serde_json::json;
//!
//! let image = Artifact::from_value(&json!({"type": "docker/image", "name": "shop", "reference": "shop:1.4"}))?;
//! let expected = ExpectedArtifact::from_value(&json!({"id": "e1", "matchArtifact": {"name": "sho.*"}}))?;
//! let current = [image];
//! let resolved = Resolver { current: &current, prior: &[], require_unique_matches: true }.resolve(&[expected])?;
//! assert_eq!(resolved.resolved_expected_artifacts[0].bound_artifact.as_ref(), Some(&current[0]));
//!
//! let mut pod = json!({"kind": "Pod", "spec": {"containers": [{"image": "shop"}]}});
//! let kind = Kind::parse("pod");
//! let replacement = Replacement { namespace: "default", account: "test", ..Replacement::of_kind(&kind) };
//! replace(&mut pod, &current, &replacement)?;
//! assert_eq!(pod["spec"]["containers"][0]["image"], "shop:1.4");
//! # Ok::<(), gennaker_artifacts::Error>(())
//! ```
//!
//! Executions and stages are looked at through small views ([`execution`]), so that orca passes its own model and a
//! test passes JSON.
//!
//! Guarantees: every function is pure, none panics, whatever it is given, and what fails has changed nothing. What
//! upstream refuses is refused, under the name of upstream's exception ([`Error::exception`]).
//!
//! It fetches nothing and keeps nothing: downloads are clouddriver's, stored executions orca's. It knows no expressions
//! (whoever binds an artifact passes an evaluator), no Jinja templates ([`message`] refuses them) and no artifact store
//! (`remote/base64` matches `embedded/base64` by its type, its content is not looked at).
//!
//! Sources: kork-artifacts, orca-core, echo-pipelinetriggers and clouddriver-kubernetes of August 2026; each item names
//! its class. Where they differ from upstream is said where it is so.

mod artifact;
mod error;
mod expected;
mod java;
mod matching;
mod resolve;

pub mod constraints;
pub mod execution;
pub mod image;
pub mod manifest;
pub mod message;
pub mod pipeline;
pub mod trigger;

pub use self::{
    artifact::Artifact,
    error::Error,
    expected::ExpectedArtifact,
    java::text_of,
    matching::Matcher,
    resolve::{Resolution, Resolver},
};
