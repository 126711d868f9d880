//! Kubernetes: what the names, annotations and labels of an object say, and what Spinnaker puts there.
//!
//! An object that Spinnaker deploys carries its moniker and the artifact that it is as annotations; of any other object
//! the name has to do. Some kinds are versioned: each change becomes a new object, `config-v003`.
//!
//! ```
//! use gennaker_naming::kubernetes::{Manifest, derive_moniker, next_version, to_artifact};
//!
//! let json = r#"{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "shop-config"}, "data": {"a": "b"}}"#;
//! let manifest: Manifest = serde_json::from_str(json)?;
//! assert_eq!(derive_moniker(&manifest)?.app.as_deref(), Some("shop"));
//! assert_eq!(manifest.full_resource_name()?, "configMap shop-config");
//! let artifact = to_artifact(&manifest, "my-account", Some(next_version(&manifest, &[])))?;
//! assert_eq!(artifact.reference.as_deref(), Some("shop-config-v000"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Guarantees: reading changes nothing, and what fails changes nothing either.
//!
//! It talks to no cluster, and does not know which kinds are versioned by default: that belongs to the provider.

mod annotation;
mod artifact;
mod error;
mod full_name;
mod kind;
mod manifest;
mod moniker;
mod strategy;
mod traffic;
mod version;

pub use self::{
    artifact::{Artifact, annotate_artifact, annotated_artifact, to_artifact},
    error::Error,
    full_name::{full_resource_name, parse_full_resource_name},
    kind::{ApiGroup, Kind},
    manifest::Manifest,
    moniker::{Marking, apply_moniker, derive_moniker},
    strategy::{DeployStrategy, ServerSideApply, Strategy, Versioned, set_deploy_strategy},
    traffic::{Traffic, set_traffic},
    version::{latest_version, next_version, version_text},
};
