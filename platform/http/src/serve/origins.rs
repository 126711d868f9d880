//! Which web pages may call and read: origins by name, and by a pattern.

use gennaker_javaregex::Regex;
use url::Url;

/// The pages that a socket answers besides loopback's and its own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origins {
    /// Origins (scheme, host and port); empty entries are ignored.
    pub named: Vec<String>,
    /// A Java pattern of whole origins, as `https://.*\.example\.com`.
    pub pattern: Option<String>,
    /// A Java pattern of whole host names, under any scheme and port.
    pub hosts: Option<String>,
}

impl From<Vec<String>> for Origins {
    fn from(named: Vec<String>) -> Self {
        Origins { named, ..Origins::default() }
    }
}

/// The same, ready to be asked.
#[derive(Debug)]
pub(super) struct Allowed {
    named: Vec<String>,
    pattern: Option<Regex>,
    hosts: Option<Regex>,
}

impl Allowed {
    /// # Errors
    /// If an entry is not an origin or a pattern is none; the sentence says which.
    pub(super) fn new(origins: &Origins) -> Result<Allowed, String> {
        let named = origins.named.iter().map(|origin| origin.trim()).filter(|origin| !origin.is_empty());
        let named = named.map(|origin| {
            normal(origin).ok_or_else(|| {
                format!("server.allowed-origins: {origin:?} is not an origin such as https://deck.example.com")
            })
        });
        let pattern = |key: &str, pattern: &Option<String>| match pattern.as_deref().filter(|text| !text.is_empty()) {
            Some(text) => Regex::new(text).map(Some).map_err(|error| format!("{key}: {text:?} is no pattern: {error}")),
            None => Ok(None),
        };
        Ok(Allowed {
            named: named.collect::<Result<_, _>>()?,
            pattern: pattern("cors.allowed-origins-pattern", &origins.pattern)?,
            hosts: pattern("services.deck.redirect-host-pattern", &origins.hosts)?,
        })
    }

    /// Whether pages of this origin, in its normal form, may call. A pattern that does not come to an end allows none.
    pub(super) fn contains(&self, origin: &str) -> bool {
        let matches = |pattern: &Option<Regex>, text: &str| {
            pattern.as_ref().is_some_and(|pattern| pattern.matches(text).unwrap_or(false))
        };
        let host = || Url::parse(origin).ok().and_then(|url| url.host_str().map(str::to_owned));
        self.named.iter().any(|named| named == origin)
            || matches(&self.pattern, origin)
            || (self.hosts.is_some() && host().is_some_and(|host| matches(&self.hosts, &host)))
    }
}

/// `scheme://host[:port]` in lower case without a default port; `None` if it is no such thing.
pub(super) fn normal(origin: &str) -> Option<String> {
    let url = Url::parse(origin).ok()?;
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    let known = matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none();
    (bare && known).then(|| url.origin().ascii_serialization())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_patterns_of_whole_origins() {
        let origins = Origins {
            named: vec![String::new(), "https://Deck.example.com:443/".to_owned()],
            pattern: Some(r"https?://.*\.corp\.test".to_owned()),
            hosts: Some("ui|.*[.]pages[.]test".to_owned()),
        };
        let allowed = Allowed::new(&origins).expect("origins");
        for (origin, expected) in [
            ("https://deck.example.com", true),
            ("http://deck.example.com", false),
            ("https://a.corp.test", true),
            ("https://a.corp.test:8443", false),
            ("https://a.corp.test.evil.com", false),
            ("http://ui:9000", true),
            ("https://x.pages.test", true),
            ("https://ui.evil.com", false),
        ] {
            assert_eq!(allowed.contains(origin), expected, "{origin}");
        }
    }

    #[test]
    fn what_is_no_origin_or_pattern_is_named() {
        let refused = |origins: Origins| Allowed::new(&origins).expect_err("a refusal");
        assert!(refused(vec!["*".to_owned()].into()).contains("server.allowed-origins"));
        let pattern = Origins { pattern: Some("(".to_owned()), ..Origins::default() };
        assert!(refused(pattern).starts_with("cors.allowed-origins-pattern: \"(\" is no pattern: "));
    }
}
