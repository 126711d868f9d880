//! What is asked of a service, before it is known over which way.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde::Serialize;
use url::{Url, form_urlencoded};

use crate::{Error, Result};

/// A call before it is sent.
#[derive(Debug, Clone)]
pub struct Call {
    pub(super) method: Method,
    pub(super) path: String,
    query: Vec<(String, String)>,
    pub(super) headers: HeaderMap,
    pub(super) body: Option<Bytes>,
    pub(super) deadline: Option<Duration>,
    pub(super) answer_limit: Option<usize>,
    /// A segment that no URL can carry, or a value that no header can; told when the call is sent.
    pub(super) fault: Option<Error>,
}

impl Call {
    /// A call of `method` on a path whose segments are percent-encoded here: `["pipelines", id]`.
    ///
    /// The segments `.` and `..` have a meaning of their own in every URL, so that a call with one fails as invalid when
    /// it is sent. With an empty one the path is another's (`/projects/` has the list, and not a project): nothing has no
    /// name, and the call fails as for something that is not there.
    pub fn new(method: Method, segments: &[&str]) -> Self {
        let mut base = Url::parse("http://local/").unwrap_or_else(|_| unreachable!("a constant URL"));
        if let Ok(mut path) = base.path_segments_mut() {
            path.clear().extend(segments);
        }
        let fault = segments.iter().find_map(|segment| fault_of(segment));
        let path = base.path().to_owned();
        let (deadline, answer_limit) = (None, None);
        Call { method, path, query: Vec::new(), headers: HeaderMap::new(), body: None, deadline, answer_limit, fault }
    }

    /// A `GET`.
    pub fn get(segments: &[&str]) -> Self {
        Call::new(Method::GET, segments)
    }

    /// Adds a query parameter.
    pub fn query(mut self, name: &str, value: impl ToString) -> Self {
        self.query.push((name.to_owned(), value.to_string()));
        self
    }

    /// Adds a query parameter if there is a value.
    pub fn query_if(self, name: &str, value: Option<impl ToString>) -> Self {
        match value {
            Some(value) => self.query(name, value),
            None => self,
        }
    }

    /// Adds a header besides those of the caller. A value that no header can hold fails the call when it is sent.
    pub fn header(mut self, name: impl AsRef<str>, value: &str) -> Self {
        let name = name.as_ref();
        match (HeaderName::try_from(name), HeaderValue::from_str(value)) {
            (Ok(name), Ok(value)) => _ = self.headers.insert(name, value),
            _ => {
                let problem = format!("{name}: {value:?} cannot be a header of a call: correct it");
                self.fault = Some(Error::invalid(problem));
            }
        }
        self
    }

    /// Adds a header if there is a value.
    pub fn header_if(self, name: impl AsRef<str>, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.header(name, value),
            None => self,
        }
    }

    /// Sets the JSON body.
    ///
    /// # Errors
    /// If the body cannot be written as JSON (a map with keys that are not text).
    pub fn body(self, body: &impl Serialize) -> Result<Self> {
        let body = serde_json::to_vec(body);
        let body = body.map_err(|error| Error::invalid(format!("the body is not JSON: {error}")))?;
        Ok(self.json(body))
    }

    /// Sets a body that is JSON already, which is sent as it is: a signature may be of every byte of it.
    pub fn json(mut self, body: impl Into<Bytes>) -> Self {
        self.body = Some(body.into());
        self
    }

    /// Sets a deadline other than the transport's.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// Sets a limit in bytes other than the transport's for an answer that is read whole.
    pub fn answer_limit(mut self, limit: usize) -> Self {
        self.answer_limit = Some(limit);
        self
    }

    /// The path with the query, both encoded.
    pub(super) fn target(&self) -> String {
        if self.query.is_empty() {
            return self.path.clone();
        }
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.query).finish();
        format!("{}?{query}", self.path)
    }
}

/// Why a path cannot have this segment.
fn fault_of(segment: &str) -> Option<Error> {
    match segment {
        "" => Some(Error::not_found("a name in the path of a call is empty: nothing has such a name")),
        dots if is_dots(dots) => {
            Some(Error::invalid(format!("{dots} cannot be a name in the path of a call: choose another name")))
        }
        _ => None,
    }
}

/// `.` or `..`, also as a URL's reader decodes them.
fn is_dots(segment: &str) -> bool {
    matches!(segment.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | "..")
}

#[cfg(test)]
mod tests {
    use gennaker_base::Kind;

    use super::*;

    #[test]
    fn names_with_any_character_stay_one_segment() {
        let call = Call::get(&["applications", "a/b ?#%é"]).query("q", "x&y z").query_if("none", None::<u8>);
        assert_eq!(call.target(), "/applications/a%2Fb%20%3F%23%25%C3%A9?q=x%26y+z");
        assert_eq!(Call::get(&[]).target(), "/");
        assert!(Call::get(&["pipelines", ".."]).fault.is_some(), "it would name the list instead");
        assert!(Call::get(&["pipelines", "..."]).fault.is_none());
    }

    #[test]
    fn what_has_no_name_is_not_there() {
        let fault = Call::get(&["v2", "projects", ""]).fault.expect("it would name the list instead");
        assert_eq!(fault.kind(), Kind::NotFound);
    }
}
