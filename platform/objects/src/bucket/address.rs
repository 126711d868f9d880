//! Where a bucket, an object or a question about them is on its server.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Url;

use super::BucketOptions;

/// What SigV4 leaves as it is in a query.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
/// And in a path.
const PATH: &AsciiSet = &QUERY.remove(b'/');

/// The address of a bucket.
#[derive(Debug, Clone)]
pub(super) struct Address {
    /// Without a slash at its end.
    base: String,
    loopback: bool,
    tls: bool,
}

impl Address {
    /// The address that the options say; the error is a sentence.
    pub(super) fn new(options: &BucketOptions) -> Result<Address, String> {
        let bucket = &options.bucket;
        if bucket.is_empty() || !bucket.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte)) {
            return Err("its name is empty or has characters that no bucket's name has".to_owned());
        }
        let aws = || {
            let china = if options.region.starts_with("cn-") { ".cn" } else { "" };
            format!("https://s3.{}.amazonaws.com{china}", options.region)
        };
        let text = options.endpoint.clone().filter(|endpoint| !endpoint.is_empty()).unwrap_or_else(aws);
        let text = if text.contains("://") { text } else { format!("https://{text}") };
        let mut url = Url::parse(&text).map_err(|error| format!("its endpoint {text} is no URL: {error}"))?;
        let Some(host) = url.host_str().map(str::to_owned).filter(|_| ["http", "https"].contains(&url.scheme())) else {
            return Err(format!("its endpoint {text} is neither http:// nor https:// and a host"));
        };
        if !url.username().is_empty() || url.password().is_some() || url.query().is_some() {
            return Err("its endpoint has a user, a password or a query".to_owned());
        }
        if !options.path_style {
            url.set_host(Some(&format!("{bucket}.{host}")))
                .map_err(|_| format!("its name cannot stand in a host name with {host}: set pathStyleAccess"))?;
        }
        let mut base = url.as_str().trim_end_matches('/').to_owned();
        if options.path_style {
            base.push('/');
            base.push_str(bucket);
        }
        let name = host.trim_matches(['[', ']']);
        let loopback = name == "localhost" || name.parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback());
        Ok(Address { base, loopback, tls: url.scheme() == "https" })
    }

    /// For messages: it has no secret.
    pub(super) fn text(&self) -> &str {
        &self.base
    }

    /// Whether it is on this machine.
    pub(super) fn is_loopback(&self) -> bool {
        self.loopback
    }

    /// Whether it is called over TLS.
    pub(super) fn is_tls(&self) -> bool {
        self.tls
    }

    /// The address of an object, or of the bucket.
    pub(super) fn of(&self, key: Option<&str>, query: &[(&str, &str)]) -> String {
        let mut address = self.base.clone();
        if let Some(key) = key {
            address.push('/');
            address.extend(utf8_percent_encode(key, PATH));
        } else if address.rfind('/') == Some(address.find("://").map_or(0, |at| at + 2)) {
            address.push('/');
        }
        for (at, (name, value)) in query.iter().enumerate() {
            address.push(if at == 0 { '?' } else { '&' });
            address.push_str(name);
            address.push('=');
            address.extend(utf8_percent_encode(value, QUERY));
        }
        address
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Key;

    fn address(change: impl FnOnce(&mut BucketOptions)) -> Result<Address, String> {
        let mut options = BucketOptions::new("front50", Key::new("scratch").expect("a key"));
        change(&mut options);
        Address::new(&options)
    }

    #[test]
    fn the_bucket_stands_in_the_path_or_in_the_host() {
        let aws = address(|options| options.region = "eu-west-1".to_owned()).expect("an address");
        assert_eq!(
            aws.of(Some("a/b c+d%e/ü"), &[]),
            "https://s3.eu-west-1.amazonaws.com/front50/a/b%20c%2Bd%25e/%C3%BC"
        );
        assert_eq!(
            aws.of(None, &[("list-type", "2"), ("prefix", "a/b c")]),
            "https://s3.eu-west-1.amazonaws.com/front50?list-type=2&prefix=a%2Fb%20c"
        );
        let host = address(|options| options.path_style = false).expect("an address");
        assert_eq!(host.of(Some("a"), &[]), "https://front50.s3.us-east-1.amazonaws.com/a");
        assert_eq!(host.of(None, &[("versioning", "")]), "https://front50.s3.us-east-1.amazonaws.com/?versioning=");
        let china = address(|options| options.region = "cn-north-1".to_owned()).expect("an address");
        assert_eq!(china.text(), "https://s3.cn-north-1.amazonaws.com.cn/front50");
        let own = address(|options| options.endpoint = Some("http://127.0.0.1:9000/".to_owned())).expect("an address");
        assert_eq!((own.text(), own.is_loopback(), own.is_tls()), ("http://127.0.0.1:9000/front50", true, false));
        let bare = address(|options| options.endpoint = Some("minio.example.com".to_owned())).expect("an address");
        assert_eq!(bare.text(), "https://minio.example.com/front50");
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for endpoint in ["ftp://a", "http://", "http://user:secret@a", "http://a?b"] {
            let error = address(|options| options.endpoint = Some(endpoint.to_owned())).expect_err(endpoint);
            assert!(!error.contains("secret"), "{error}");
        }
        assert!(address(|options| options.bucket = "a/b".to_owned()).is_err());
        assert!(address(|options| options.bucket = String::new()).is_err());
    }
}
