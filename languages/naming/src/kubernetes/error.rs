//! Why a manifest cannot be read or marked. Always the manifest is at fault, so that to HTTP each is an invalid request.

/// Why a manifest cannot be read or marked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A field that every object has is absent or `null` (upstream's `MalformedManifestException`).
    #[error("Missing required field '{0}' on manifest: add it")]
    MissingField(String),
    /// A field holds another type than Kubernetes wants there.
    #[error(
        "field '{field}' of the manifest is no {wanted}: correct it (an annotation's number or boolean needs quotes)"
    )]
    WrongType {
        /// Where, for example `metadata.annotations`.
        field: String,
        /// What belongs there: `text` or `object`.
        wanted: &'static str,
    },
    /// The manifest names other load balancers already.
    #[error(
        "Manifest already has {annotation} annotation set to {current:?}. Failed attempting to set it to {wanted:?}: \
         remove the annotation, or choose the same services in the stage"
    )]
    Traffic {
        /// The annotation's key.
        annotation: &'static str,
        /// The load balancers that it names.
        current: Vec<String>,
        /// The load balancers to be named.
        wanted: Vec<String>,
    },
    /// The text is not a kind, a space and a name.
    #[error("Expected a full resource name of the form <kind> <name>. Got: {0}")]
    FullResourceName(String),
}

impl Error {
    pub(super) fn no_text(field: impl Into<String>) -> Self {
        Error::WrongType { field: field.into(), wanted: "text" }
    }

    pub(super) fn no_object(field: impl Into<String>) -> Self {
        Error::WrongType { field: field.into(), wanted: "object" }
    }
}
