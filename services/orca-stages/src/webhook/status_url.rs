//! Where to ask how a webhook stands: upstream's `WebhookStatusCheckUrlRetriever`.

use gennaker_http::outbound::Answer;
use gennaker_jsonpath::Path;
use serde_json::Value;
use url::Url;

use super::{preconfigured::StatusUrlResolution, settings::Settings};

/// The URL by `statusUrlResolution`. One of the webhook's own host gets the webhook's own scheme: servers behind a proxy
/// that ends TLS name themselves with another. `None` if it is not where it should be.
///
/// # Errors
/// If the setting makes no sense, or what is there is not a text.
pub(super) fn status_url(settings: &Settings, answer: &Answer, body: Option<&Value>) -> Result<Option<String>, String> {
    let resolution = settings.status_url_resolution.ok_or_else(|| {
        "statusUrlResolution is missing: it is getMethod, locationHeader or webhookResponse".to_owned()
    })?;
    let found = match resolution {
        StatusUrlResolution::GetMethod => settings.url.clone(),
        StatusUrlResolution::LocationHeader => answer.header("location").map(str::to_owned),
        StatusUrlResolution::WebhookResponse => {
            let path = settings.status_url_json_path.as_deref().filter(|path| !path.is_empty());
            let path = path.ok_or("statusUrlJsonPath is missing: it says where in the answer the URL stands")?;
            let body = body.ok_or("the answer has no body")?;
            let found = Path::parse(path).and_then(|path| path.read(body)).map_err(|error| error.to_string())?;
            match found {
                Value::Null => None,
                Value::String(url) => Some(url),
                other => return Err(format!("{path} leads to {other}, not to a text")),
            }
        }
    };
    let Some(found) = found.filter(|url| !url.is_empty()) else { return Ok(None) };
    Ok(Some(with_scheme_of(settings.url(), &found).unwrap_or(found)))
}

/// `found` with the scheme of `webhook`, if both have the same host and not the same scheme.
fn with_scheme_of(webhook: &str, found: &str) -> Option<String> {
    let (own, other) = (Url::parse(webhook).ok()?, Url::parse(found).ok()?);
    let same_host = own.host_str().is_some() && own.host_str() == other.host_str();
    let (_, rest) = found.split_once("://").filter(|_| same_host && own.scheme() != other.scheme())?;
    Some(format!("{}://{rest}", own.scheme()))
}

#[cfg(test)]
mod tests {
    use gennaker_wire::Object;
    use serde_json::json;

    use super::{super::answer::tests::answer, *};

    fn resolved(settings: Value, location: Option<&str>, body: Value) -> Result<Option<String>, String> {
        let fields: Object = settings.as_object().cloned().expect("an object");
        let settings = Settings::read(&fields).expect("settings");
        let headers: Vec<(&str, &str)> = location.into_iter().map(|location| ("Location", location)).collect();
        status_url(&settings, &answer(200, &headers, ""), Some(&body).filter(|body| !body.is_null()))
    }

    #[test]
    fn the_url_is_found_in_three_places() {
        let own = |resolution: &str| json!({"url": "https://a.example.com/x", "statusUrlResolution": resolution, "statusUrlJsonPath": "$.u"});
        let there = |url: &str| Ok(Some(url.to_owned()));
        assert_eq!(resolved(own("getMethod"), None, json!(null)), there("https://a.example.com/x"));
        assert_eq!(
            resolved(own("locationHeader"), Some("https://b.example.com/s"), json!(null)),
            there("https://b.example.com/s")
        );
        assert_eq!(resolved(own("locationHeader"), None, json!(null)), Ok(None));
        assert_eq!(
            resolved(own("webhookResponse"), None, json!({"u": "https://b.example.com/s"})),
            there("https://b.example.com/s")
        );
        assert_eq!(resolved(own("webhookResponse"), None, json!({"u": null})), Ok(None));
        assert!(resolved(own("webhookResponse"), None, json!({"u": 5})).is_err());
        assert!(resolved(own("webhookResponse"), None, json!({})).is_err());
        assert!(resolved(own("webhookResponse"), None, json!(null)).is_err());
        assert!(resolved(own(""), None, json!(null)).is_err());
    }

    #[test]
    fn the_webhooks_scheme_is_kept_on_its_own_host() {
        for (webhook, resolution, answered, expected) in [
            ("proto-abc://test.com", "getMethod", "https://test.com", "proto-abc://test.com"),
            ("proto-abc://test.com", "webhookResponse", "https://test.com", "proto-abc://test.com"),
            (
                "proto-abc://test.com",
                "locationHeader",
                "https://test.com/api/status/123",
                "proto-abc://test.com/api/status/123",
            ),
            ("proto-abc://test.com", "webhookResponse", "https://blah.com", "https://blah.com"),
            (
                "proto-abc://test.com",
                "locationHeader",
                "https://blah.com/api/status/123",
                "https://blah.com/api/status/123",
            ),
            (
                "https://test.com:8443",
                "locationHeader",
                "http://test.com/s?u=http://x",
                "https://test.com/s?u=http://x",
            ),
            ("https://test.com", "locationHeader", "/relative", "/relative"),
        ] {
            let settings = json!({"url": webhook, "statusUrlResolution": resolution, "statusUrlJsonPath": "$.u"});
            let found = resolved(settings, Some(answered), json!({"u": answered}));
            assert_eq!(found, Ok(Some(expected.to_owned())), "{webhook} {resolution} {answered}");
        }
    }
}
