//! The files of the page, embedded when this crate was compiled, each also compressed (`.br`, `.gz`).

use axum::{
    body::Body,
    response::{IntoResponse as _, Response},
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use gennaker_http::Error;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use rust_embed::{EmbeddedFile, RustEmbed};

/// What `tools/ui.sh` has built; empty where it has not.
#[derive(RustEmbed)]
#[folder = "../../ui/dist"]
struct Dist;

/// The encodings that files are kept in, the best first, with the ends of their names.
const ENCODINGS: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];
/// For files whose name has their hash.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// For all others: kept, and asked for each time.
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");

/// The page itself with its placeholders; `None` where it was not built.
pub(crate) fn page() -> Option<String> {
    let file = Dist::get("index.html")?;
    String::from_utf8(file.data.into_owned()).ok()
}

/// The answer to a request for the file `path`, e.g. `assets/main-1a2b.js`.
pub(crate) fn answer(path: &str, asked: &HeaderMap) -> Response {
    let accepts = |encoding: &str| accepts(asked.get(header::ACCEPT_ENCODING), encoding);
    let packed = ENCODINGS.iter().filter(|(encoding, _)| accepts(encoding));
    let mut packed = packed.filter_map(|(encoding, end)| Some((Some(*encoding), Dist::get(&format!("{path}{end}"))?)));
    let Some((encoding, file)) = packed.next().or_else(|| Some((None, Dist::get(path)?))) else {
        return Error::not_found(format!("the page has no file {path}: load the page anew")).into_response();
    };
    let tag = tag(&file);
    let mut headers = HeaderMap::new();
    headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    headers.insert(header::CACHE_CONTROL, if path.starts_with("assets/") { FOR_EVER } else { ASK_AGAIN });
    headers.extend(HeaderValue::from_str(&tag).map(|tag| (header::ETAG, tag)));
    let known = asked.get(header::IF_NONE_MATCH).and_then(|known| known.to_str().ok());
    if known.is_some_and(|known| known.split(',').any(|known| known.trim() == tag)) {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type(path)));
    if let Some(encoding) = encoding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    (headers, Body::from(file.data)).into_response()
}

/// The file's ETag, of its content in this encoding.
fn tag(file: &EmbeddedFile) -> String {
    format!("\"{}\"", BASE64_URL_SAFE_NO_PAD.encode(&file.metadata.sha256_hash()[..15]))
}

/// Whether `Accept-Encoding` names the encoding, and not with the quality 0.
fn accepts(header: Option<&HeaderValue>, encoding: &str) -> bool {
    let named = header.and_then(|value| value.to_str().ok()).unwrap_or_default();
    named.split(',').any(|one| {
        let (name, quality) = one.split_once(';').unwrap_or((one, ""));
        let quality = quality.trim().strip_prefix("q=").and_then(|quality| quality.trim().parse::<f32>().ok());
        name.trim().eq_ignore_ascii_case(encoding) && quality != Some(0.0)
    })
}

/// By the name's end; only kinds that a build has.
fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, end)| end) {
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "woff2" => "font/woff2",
        "png" => "image/png",
        "json" => "application/json",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_encoding_counts_unless_its_quality_is_nothing() {
        for (header, encoding, expected) in [
            ("gzip, deflate, br, zstd", "br", true),
            ("gzip;q=0.5", "gzip", true),
            ("br;q=0, gzip", "br", false),
            ("brotli", "br", false),
            ("", "gzip", false),
        ] {
            assert_eq!(accepts(HeaderValue::from_str(header).ok().as_ref(), encoding), expected, "{header}");
        }
        assert!(!accepts(None, "br"));
    }

    #[test]
    fn a_file_that_is_not_there_is_said_to_be_missing() {
        let answer = answer("assets/gone.js", &HeaderMap::new());
        assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    }
}
