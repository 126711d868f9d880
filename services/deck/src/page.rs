//! The page: `index.html` with a fresh nonce, or a sentence on how to build it.

use base64::{Engine as _, prelude::BASE64_STANDARD};

use crate::assets;

/// What `index.html` has in the place of the nonce.
const PLACEHOLDER: &str = "__CSP_NONCE__";

/// The page as one answer sends it.
pub(crate) struct Page {
    /// Its HTML.
    pub(crate) html: String,
    /// What its policy lets styles carry.
    pub(crate) nonce: String,
}

/// The page with a nonce that no other answer has.
pub(crate) fn make() -> Page {
    let nonce = BASE64_STANDARD.encode(rand::random::<[u8; 18]>());
    let html = assets::page().unwrap_or_else(|| NOT_BUILT.to_owned());
    Page { html: html.replace(PLACEHOLDER, &nonce), nonce }
}

/// Whether the page is there.
pub(crate) fn is_built() -> bool {
    assets::page().is_some()
}

const NOT_BUILT: &str = r#"<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Gennaker: the web page is not built</title></head>
<body>
<h1>The web page was not built into this program</h1>
<p>Everything else works: gate answers, and so does the command line.</p>
<p>Install <a href="https://nodejs.org">Node.js</a> 20 or newer, then in Gennaker's source:</p>
<pre>tools/ui.sh
cargo build --bin gennaker</pre>
<p><code>make run</code>, <code>make demo</code> and <code>make test</code> do both by themselves.</p>
</body>
</html>
"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_page_has_a_nonce_of_its_own() {
        let (one, other) = (make(), make());
        assert_ne!(one.nonce, other.nonce);
        assert!(!one.html.contains(PLACEHOLDER));
    }
}
