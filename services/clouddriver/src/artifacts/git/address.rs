//! Where a repository is, and whether it may be asked.

use std::net::IpAddr;

use gennaker_http::outbound::{self, Resolve as _, SystemResolver, UrlRuleOptions, UrlRules};
use url::{Host, Url};

use super::super::Error;

/// How git is spoken to a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scheme {
    Http,
    Https,
    Ssh,
}

impl Scheme {
    /// As git names it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Scheme::Http => "http",
            Scheme::Https => "https",
            Scheme::Ssh => "ssh",
        }
    }
}

/// The address of a repository, without any secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address {
    text: String,
    pub(super) scheme: Scheme,
    pub(super) host: Host<String>,
    pub(super) port: u16,
}

impl Address {
    /// Reads it; what to write if it is none.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let (scheme, host, port) = match Url::parse(text) {
            Ok(url) if matches!(url.scheme(), "http" | "https") => {
                let scheme = if url.scheme() == "http" { Scheme::Http } else { Scheme::Https };
                if !url.username().is_empty() || url.password().is_some() {
                    return Err("user and password belong into the account and not into the address".to_owned());
                }
                let host = url.host().ok_or("it names no host")?.to_owned();
                (scheme, host, url.port_or_known_default().unwrap_or(443))
            }
            Ok(url) if url.scheme() == "ssh" => {
                if url.password().is_some() {
                    return Err("a password does not belong into the address: use a key".to_owned());
                }
                let host = host(url.host_str().ok_or("it names no host")?)?;
                (Scheme::Ssh, host, url.port().unwrap_or(22))
            }
            Ok(url) if text.contains("://") => {
                return Err(format!("{} is not spoken here: write https:// or ssh://", url.scheme()));
            }
            _ => {
                let (user, rest) = text.split_once('@').ok_or("write https://HOST/PATH or git@HOST:PATH")?;
                let (name, path) = rest.split_once(':').ok_or("write git@HOST:PATH")?;
                if user.is_empty() || user.starts_with('-') || path.is_empty() {
                    return Err("write git@HOST:PATH".to_owned());
                }
                (Scheme::Ssh, host(name)?, 22)
            }
        };
        Ok(Address { text: text.to_owned(), scheme, host, port })
    }

    /// As it was written.
    pub(super) fn text(&self) -> &str {
        &self.text
    }
}

/// A host of SSH, which the URL's reader takes as it is.
fn host(text: &str) -> Result<Host<String>, String> {
    if text.starts_with('-') {
        return Err("its host begins with a dash".to_owned());
    }
    Host::parse(text).map_err(|error| format!("its host cannot be read: {error}"))
}

/// Which servers an account may ask.
pub(super) struct Servers {
    allowed: Vec<String>,
    rules: UrlRules,
    /// For servers that are allowed by name.
    named: UrlRules,
}

impl Servers {
    pub(super) fn new(allowed: &[String], rules: &UrlRuleOptions) -> Result<Self, String> {
        let named = UrlRuleOptions {
            allowed_hostnames_regex: ".+".to_owned(),
            excluded_domains: Vec::new(),
            reject_verbatim_ips: false,
            ..rules.clone()
        };
        let read = |rules: &UrlRuleOptions| UrlRules::new(rules).map_err(|error| error.to_string());
        let allowed = allowed.iter().map(|host| host.to_ascii_lowercase()).collect();
        Ok(Servers { allowed, rules: read(rules)?, named: read(&named)? })
    }

    /// The addresses of the repository's server: every one of them may be asked.
    pub(super) async fn addresses(&self, account: &str, address: &Address) -> Result<Vec<IpAddr>, Error> {
        let host = &address.host;
        let refused = |reason: String| {
            let at = address.text.clone();
            Error::Call {
                account: account.to_owned(),
                source: outbound::Error::Refused { at, reason, redirected: false },
            }
        };
        let rules = self.rules_for(host).map_err(refused)?;
        // The rules are for addresses of HTTP; for them a host is a host.
        let url = Url::parse(&format!("https://{host}/")).map_err(|error| refused(error.to_string()))?;
        rules.check_url(&url).map_err(refused)?;
        let addresses = match host {
            Host::Ipv4(address) => vec![(*address).into()],
            Host::Ipv6(address) => vec![(*address).into()],
            Host::Domain(name) => SystemResolver.resolve(name).await.map_err(|source| Error::Call {
                account: account.to_owned(),
                source: outbound::Error::UnknownHost { host: name.clone(), source },
            })?,
        };
        rules.check_addresses(host, &addresses).map_err(refused)?;
        Ok(addresses)
    }

    fn rules_for(&self, host: &Host<String>) -> Result<&UrlRules, String> {
        if self.allowed.is_empty() {
            return Ok(&self.rules);
        }
        let name = host.to_string().to_ascii_lowercase();
        let is_below = |allowed: &String| name == *allowed || name.ends_with(&format!(".{allowed}"));
        if self.allowed.iter().any(is_below) {
            Ok(&self.named)
        } else {
            Err(format!("the host {name} is not one of allowedHosts: {}", self.allowed.join(", ")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_git_reads_them() {
        let of = |text: &str| {
            let address = Address::parse(text).ok()?;
            Some((address.scheme, address.host.to_string(), address.port))
        };
        let known = |scheme, host: &str, port| Some((scheme, host.to_owned(), port));
        assert_eq!(of("https://github.com/a/b.git"), known(Scheme::Https, "github.com", 443));
        assert_eq!(of("http://git.example.com:8080/a"), known(Scheme::Http, "git.example.com", 8080));
        assert_eq!(of("ssh://git@example.com:2222/a/b"), known(Scheme::Ssh, "example.com", 2222));
        assert_eq!(of("git@github.com:a/b.git"), known(Scheme::Ssh, "github.com", 22));
        assert_eq!(of("ssh://git@127.0.0.1/a").map(|known| known.1), Some("127.0.0.1".to_owned()));
        assert!(matches!(Address::parse("ssh://git@127.0.0.1/a").expect("an address").host, Host::Ipv4(_)));
        for text in [
            "git://example.com/a",
            "file:///etc",
            "/etc",
            "ext::sh -c x",
            "https://u:p@example.com/a",
            "ssh://git:p@example.com/a",
            "ssh://-oProxyCommand=x/a",
            "git@-oProxyCommand=x:a",
            "-o@example.com:a",
        ] {
            assert_eq!(of(text), None, "{text}");
        }
    }

    #[tokio::test]
    async fn only_allowed_hosts_are_asked_and_their_addresses_are_looked_at_all_the_same() {
        let asked = async |allowed: &[&str], text: &str| {
            let allowed: Vec<String> = allowed.iter().map(|host| (*host).to_owned()).collect();
            let servers = Servers::new(&allowed, &UrlRuleOptions::default()).expect("rules");
            servers.addresses("git", &Address::parse(text).expect("an address")).await
        };
        for (allowed, text, part) in [
            (&[][..], "https://127.0.0.1/a", "rejectVerbatimIps"),
            (&[], "ssh://git@169.254.169.254/a", "rejectVerbatimIps"),
            (&["example.com"], "https://evilexample.com/a", "allowedHosts: example.com"),
            (&["127.0.0.1"], "https://127.0.0.1/a", "rejectLocalhost"),
            (&["localhost"], "git@localhost:a", "rejectLocalhost"),
        ] {
            let error = asked(allowed, text).await.expect_err(text).to_string();
            assert!(error.contains(part), "{text}: {error}");
        }
        let found = asked(&["192.0.2.7"], "https://192.0.2.7/a").await.expect("it is allowed by name");
        assert_eq!(found, ["192.0.2.7".parse::<IpAddr>().expect("an address")]);
    }
}
