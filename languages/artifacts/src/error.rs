//! Why artifacts cannot be read, matched, resolved or bound. Always what was given is at fault, so that to HTTP each is
//! an invalid request.

/// Why artifacts cannot be read, matched, resolved or bound.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// No artifact matches an expected one.
    #[error(
        "no artifact matches the expected artifact {expected}: start the pipeline with one that does, or give the \
         expected artifact a default"
    )]
    Unmatched {
        /// The expected artifact.
        expected: String,
    },
    /// Several artifacts match an expected one where only one may.
    #[error("the expected artifact {expected} matches several: {}; make its pattern narrower", matches.join("; "))]
    Ambiguous {
        /// The expected artifact.
        expected: String,
        /// Those that match.
        matches: Vec<String>,
    },
    /// A field of an expected artifact is no pattern of Java's.
    #[error("the {field} of the expected artifact is no pattern: correct {pattern:?}")]
    Pattern {
        /// Which field, for example `name`.
        field: &'static str,
        /// What it says.
        pattern: String,
        /// What is wrong with it.
        #[source]
        source: Box<gennaker_javaregex::Error>,
    },
    /// Matching a pattern took too long or would, or the pattern uses what we do not know.
    #[error("{pattern:?} cannot be matched: write it in a simpler way")]
    PatternLimit {
        /// The pattern.
        pattern: String,
        /// Why.
        #[source]
        source: Box<gennaker_javaregex::Error>,
    },
    /// The path of a payload constraint, or what it finds, cannot be matched.
    #[error("the payload constraint {path:?} finds {found}: let it find a text or a list of texts")]
    Constraint {
        /// The path.
        path: String,
        /// What stands there.
        found: &'static str,
    },
    /// The path of a payload constraint is empty.
    #[error("a payload constraint has an empty key: name a key or a JSONPath")]
    EmptyPath,
    /// A JSONPath asks for more than it may, or for what we do not know.
    #[error("the JSONPath {path:?} cannot be read: write it in a simpler way")]
    PathLimit {
        /// The path.
        path: String,
        /// Why.
        #[source]
        source: Box<gennaker_jsonpath::Error>,
    },
    /// A field of an artifact holds what it cannot.
    #[error("{field} is {found}, not {wanted}: correct it")]
    Field {
        /// Which, for example `matchArtifact.name`.
        field: String,
        /// What belongs there.
        wanted: &'static str,
        /// What stands there.
        found: &'static str,
    },
    /// What should be a list, an object or a text is something else.
    #[error("{place} is {found}, not {wanted}: correct it")]
    Shape {
        /// Where, for example `trigger.artifacts`.
        place: String,
        /// What belongs there.
        wanted: &'static str,
        /// What stands there.
        found: &'static str,
    },
    /// Something is absent or `null` that has to be there.
    #[error("{place} is missing: add it")]
    Missing {
        /// What, for example `trigger`.
        place: String,
    },
    /// Stages wait for each other, or for one that is not there.
    #[error("stages wait for each other or for one that is not there, {relations}: correct their requisiteStageRefIds")]
    StageRelations {
        /// Each stage's requisites and its own ref id, as upstream prints them.
        relations: String,
    },
    /// A list of containers is no list.
    #[error("{place} of the manifest is {found}, not a list of containers: correct it")]
    Containers {
        /// Where.
        place: &'static str,
        /// What stands there.
        found: &'static str,
    },
    /// A template would have to be rendered.
    #[error("the message needs a Jinja template, which is not supported yet: send a JSON list of artifacts")]
    Template,
}

impl Error {
    /// The class of the exception that upstream throws in this place; `None` if the failure is ours alone.
    pub fn exception(&self) -> Option<&'static str> {
        match self {
            Error::Unmatched { .. } | Error::Ambiguous { .. } => Some("InvalidRequestException"),
            Error::Pattern { .. } => Some("PatternSyntaxException"),
            Error::Constraint { .. } | Error::Shape { .. } => Some("ClassCastException"),
            Error::Field { .. } | Error::EmptyPath => Some("IllegalArgumentException"),
            Error::Missing { .. } => Some("NullPointerException"),
            Error::StageRelations { .. } => Some("IllegalStateException"),
            Error::Containers { .. } => Some("InvalidPathException"),
            Error::PatternLimit { .. } | Error::PathLimit { .. } | Error::Template => None,
        }
    }

    pub(crate) fn missing(place: impl Into<String>) -> Self {
        Error::Missing { place: place.into() }
    }

    pub(crate) fn shape(place: impl Into<String>, wanted: &'static str, found: &serde_json::Value) -> Self {
        Error::Shape { place: place.into(), wanted, found: crate::java::kind_of(found) }
    }
}
