//! Predicates given by the program, for the placeholders `[?]` of a path.

use std::{fmt, sync::Arc};

use serde_json::Value;

/// Decides which elements a placeholder `[?]` lets through; cheap to clone.
///
/// ```
/// use gennaker_jsonpath::{Path, Predicate};
/// use serde_json::json;
///
/// let nginx = Predicate::new(|element| element["image"].as_str().is_some_and(|image| image.starts_with("nginx:")));
/// let image = Path::parse_with("$..containers.[?].image", &[nginx])?;
/// let pod = json!({"containers": [{"image": "nginx:1"}, {"image": "redis:7"}]});
/// assert_eq!(image.read(&pod)?, json!(["nginx:1"]));
/// # Ok::<(), gennaker_jsonpath::Error>(())
/// ```
///
/// Source: Jayway's `Predicate`.
#[derive(Clone)]
pub struct Predicate(Arc<dyn Fn(&Value) -> bool + Send + Sync>);

impl Predicate {
    /// A predicate that asks `accepts` for every element.
    pub fn new(accepts: impl Fn(&Value) -> bool + Send + Sync + 'static) -> Self {
        Predicate(Arc::new(accepts))
    }

    pub(crate) fn accepts(&self, element: &Value) -> bool {
        (self.0)(element)
    }
}

impl fmt::Debug for Predicate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Predicate(..)")
    }
}
