//! What browsers are told to forbid: the content security policy and its like.

use http::{HeaderMap, HeaderName, HeaderValue, header};

const PERMISSIONS: HeaderName = HeaderName::from_static("permissions-policy");
const OPENER: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const RESOURCE: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// The policy of a page that may talk to `connect_to` and whose styles carry `nonce`: scripts and styles come from here,
/// or do not run. Addresses that no header can hold are left out.
pub(crate) fn policy(connect_to: &[String], nonce: &str) -> String {
    let usable = |address: &&String| !address.contains([';', ',', ' ', '\'', '"']) && address.is_ascii();
    let connect: Vec<&str> = connect_to.iter().filter(usable).map(String::as_str).collect();
    [
        "default-src 'none'".to_owned(),
        "script-src 'self'".to_owned(),
        format!("style-src 'self' 'nonce-{nonce}'"),
        "img-src 'self' data:".to_owned(),
        "font-src 'self'".to_owned(),
        format!("connect-src 'self' {}", connect.join(" ")),
        "base-uri 'none'".to_owned(),
        "form-action 'none'".to_owned(),
        "frame-ancestors 'none'".to_owned(),
    ]
    .join("; ")
}

/// Puts onto an answer what holds for everything that comes from here.
pub(crate) fn secure(headers: &mut HeaderMap) {
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "same-origin"),
        (PERMISSIONS, "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
        (OPENER, "same-origin"),
        (RESOURCE, "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // A file that a browser opens by itself is no page of ours.
    let nothing = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(nothing);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_cannot_add_to_the_policy() {
        let addresses = ["http://gate:8084", "http://x; script-src *", "'unsafe-inline'"].map(str::to_owned);
        let policy = policy(&addresses, "n");
        assert!(policy.contains("connect-src 'self' http://gate:8084;"), "{policy}");
        assert!(!policy.contains("unsafe") && !policy.contains('*'), "{policy}");
    }
}
