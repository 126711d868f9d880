//! Which URLs may be called, so that a user of the program cannot reach through it what only its machine can reach.
//!
//! ```
//! use gennaker_http::outbound::{UrlRuleOptions, UrlRules};
//! use url::Url;
//!
//! let rules = UrlRules::new(&UrlRuleOptions::default())?;
//! assert!(rules.check_url(&Url::parse("https://ci.example.com/hook")?).is_ok());
//! assert!(rules.check_url(&Url::parse("http://10.0.0.1/")?).is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Names, defaults and order are those of orca's `UserConfiguredUrlRestrictions`, and of clouddriver's
//! `HttpUrlRestrictions`, which has `allowedDomains` besides. It is stricter in four ways: every
//! address that a name has is checked, not the first; `rejectedIps` is about those addresses, not about what the URL
//! says; an IPv4 address within an IPv6 one counts as the former; a URL with a user or a password is refused, because
//! neither would be sent.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use gennaker_javaregex::{Regex, quote};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use url::{Host, Url};

use super::SetupError;

/// Which URLs may be called. Patterns are Java's and match a whole host name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct UrlRuleOptions {
    /// The host names that may be called: `.*\..+`, any with a dot, because a name of one word is one of the network
    /// that this machine is in. Empty: none.
    pub allowed_hostnames_regex: String,
    /// Host names, as patterns, of which a called one has to be; none, which is all. One that stands there as it is needs
    /// to be neither allowed otherwise nor not excluded.
    pub allowed_domains: Vec<String>,
    /// The schemes: `http` and `https`.
    pub allowed_schemes: Vec<String>,
    /// Refuses the machine itself: loopback and the addresses of its interfaces; true. If false, such an address needs no
    /// allowed name.
    pub reject_localhost: bool,
    /// Refuses link-local addresses (169.254.0.0/16, fe80::/10), where clouds keep the credentials of their machines;
    /// true. If false, such an address needs no allowed name.
    pub reject_link_local: bool,
    /// Refuses addresses in place of names; true. If false, an address needs no allowed name.
    pub reject_verbatim_ips: bool,
    /// Addresses and ranges (`10.0.0.0/8`) that are refused, also behind a name; none.
    pub rejected_ips: Vec<String>,
    /// The pattern of an excluded domain, `%s` its name: `(?=.+\.%s$).*\..+`, everything that ends in it.
    pub excluded_domain_template: String,
    /// The excluded domains: `spinnaker`, `local`, `localdomain`, `internal`.
    pub excluded_domains: Vec<String>,
    /// Variables of the environment that name further ones; none. Whoever reads the configuration adds their values to
    /// [`UrlRuleOptions::excluded_domains`].
    pub excluded_domains_from_environment: Vec<String>,
    /// Patterns of further host names that are refused; none.
    pub extra_excluded_patterns: Vec<String>,
}

impl Default for UrlRuleOptions {
    fn default() -> Self {
        UrlRuleOptions {
            allowed_hostnames_regex: r".*\..+".to_owned(),
            allowed_domains: Vec::new(),
            allowed_schemes: vec!["http".to_owned(), "https".to_owned()],
            reject_localhost: true,
            reject_link_local: true,
            reject_verbatim_ips: true,
            rejected_ips: Vec::new(),
            excluded_domain_template: r"(?=.+\.%s$).*\..+".to_owned(),
            excluded_domains: ["spinnaker", "local", "localdomain", "internal"].map(str::to_owned).to_vec(),
            excluded_domains_from_environment: Vec::new(),
            extra_excluded_patterns: Vec::new(),
        }
    }
}

/// The rules, read once.
#[derive(Debug, Clone)]
pub struct UrlRules {
    allowed: Option<Regex>,
    domains: Vec<(String, Regex)>,
    excluded: Vec<Regex>,
    schemes: Vec<String>,
    rejected: Vec<IpNet>,
    reject_localhost: bool,
    reject_link_local: bool,
    reject_verbatim_ips: bool,
}

impl Default for UrlRules {
    /// Those of [`UrlRuleOptions::default`].
    fn default() -> Self {
        UrlRules::new(&UrlRuleOptions::default()).unwrap_or_else(|error| unreachable!("constant rules: {error}"))
    }
}

impl UrlRules {
    /// Reads the rules.
    ///
    /// # Errors
    /// If a pattern is none of Java's, or an address none.
    pub fn new(options: &UrlRuleOptions) -> Result<Self, SetupError> {
        let template = &options.excluded_domain_template;
        let domains = options.excluded_domains.iter().map(|domain| template.replace("%s", &quote(domain)));
        let excluded = domains.chain(options.extra_excluded_patterns.iter().cloned());
        let allowed = Some(&options.allowed_hostnames_regex).filter(|pattern| !pattern.trim().is_empty());
        let domains = options.allowed_domains.iter().map(|domain| Ok((domain.clone(), regex(domain)?)));
        Ok(UrlRules {
            domains: domains.collect::<Result<_, SetupError>>()?,
            allowed: allowed.map(|pattern| regex(pattern)).transpose()?,
            excluded: excluded.map(|pattern| regex(&pattern)).collect::<Result<_, _>>()?,
            schemes: options.allowed_schemes.iter().map(|scheme| scheme.to_ascii_lowercase()).collect(),
            rejected: options.rejected_ips.iter().map(|range| network(range)).collect::<Result<_, _>>()?,
            reject_localhost: options.reject_localhost,
            reject_link_local: options.reject_link_local,
            reject_verbatim_ips: options.reject_verbatim_ips,
        })
    }

    /// What the URL itself says.
    ///
    /// # Errors
    /// The reason why it may not be called.
    pub fn check_url(&self, url: &Url) -> Result<(), String> {
        if !self.schemes.iter().any(|scheme| scheme == url.scheme()) {
            return Err(format!(
                "the scheme {} is not allowed; it is one of {}",
                url.scheme(),
                self.schemes.join(", ")
            ));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("it has a user or a password, which are not sent; set the header Authorization".to_owned());
        }
        match url.host() {
            None => Err("it names no host".to_owned()),
            Some(Host::Domain("")) => Err("it names no host".to_owned()),
            Some(Host::Domain(_)) => Ok(()),
            Some(Host::Ipv4(_) | Host::Ipv6(_)) if self.reject_verbatim_ips => {
                Err("an address in place of a host name is not allowed (rejectVerbatimIps)".to_owned())
            }
            Some(Host::Ipv4(_) | Host::Ipv6(_)) => Ok(()),
        }
    }

    /// What the host is, by all the addresses that it has.
    ///
    /// # Errors
    /// The reason why it may not be called.
    pub fn check_addresses(&self, host: &Host<String>, addresses: &[IpAddr]) -> Result<(), String> {
        let addresses: Vec<IpAddr> = addresses.iter().map(|address| plain(*address)).collect();
        let local = addresses.iter().copied().find(|address| is_localhost(*address));
        if let Some(address) = local.filter(|_| self.reject_localhost) {
            return Err(format!("{address} is this machine itself (rejectLocalhost)"));
        }
        let link_local = addresses.iter().copied().find(|address| is_link_local(*address));
        if let Some(address) = link_local.filter(|_| self.reject_link_local) {
            return Err(format!("{address} is a link-local address (rejectLinkLocal)"));
        }
        if self.allowed.is_none() && self.domains.is_empty() {
            return Err("no host may be called (allowedHostnamesRegex is empty)".to_owned());
        }
        if let Host::Domain(name) = host {
            self.check_name(name, local.is_some() || link_local.is_some())?;
        } else if !self.domains.is_empty() {
            return Err(format!("the address {host} is not one of the hosts that are allowed (allowedDomains)"));
        }
        let rejected = |address: &IpAddr| self.rejected.iter().any(|network| network.contains(address));
        match addresses.iter().find(|address| rejected(address)) {
            Some(address) => Err(format!("the address {address} is not allowed (rejectedIps)")),
            None => Ok(()),
        }
    }
}

impl UrlRules {
    /// A near one is this machine or link-local, and allowed as such.
    fn check_name(&self, name: &str, is_near: bool) -> Result<(), String> {
        // With a dot at its end it is the same name.
        let name = name.trim_end_matches('.');
        let matches = |pattern: &Regex| pattern.matches(name).map_err(|error| error.to_string());
        if !is_near && !self.domains.iter().any(|(domain, _)| domain == name) {
            let is_allowed = self.allowed.as_ref().map(matches).transpose()?;
            if is_allowed != Some(true) {
                return Err(format!("the host {name} is not allowed (allowedHostnamesRegex)"));
            }
            for pattern in &self.excluded {
                if matches(pattern)? {
                    return Err(format!("the host {name} is excluded (excludedDomains, extraExcludedPatterns)"));
                }
            }
        }
        for (_, pattern) in &self.domains {
            if matches(pattern)? {
                return Ok(());
            }
        }
        match self.domains.is_empty() {
            true => Ok(()),
            false => Err(format!("the host {name} is not one of those that are allowed (allowedDomains)")),
        }
    }
}

fn regex(pattern: &str) -> Result<Regex, SetupError> {
    Regex::new(pattern).map_err(|error| SetupError::Rule { rule: pattern.to_owned(), problem: error.to_string() })
}

fn network(range: &str) -> Result<IpNet, SetupError> {
    let range = range.trim();
    let single = range.parse::<IpAddr>().map(IpNet::from);
    single.or_else(|_| range.parse()).map_err(|_| SetupError::Rule {
        rule: range.to_owned(),
        problem: "write an address or a range such as 10.0.0.0/8".to_owned(),
    })
}

/// The IPv4 address that an IPv6 one stands for: mapped, or for a translator (NAT64's `64:ff9b::/96`).
fn plain(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(six) if six.segments()[..6] == [0x64, 0xff9b, 0, 0, 0, 0] => {
            let [.., a, b, c, d] = six.octets();
            Ipv4Addr::new(a, b, c, d).into()
        }
        address => address,
    }
}

/// The unspecified address is connected to as loopback.
fn is_localhost(address: IpAddr) -> bool {
    address.is_loopback()
        || address.is_unspecified()
        || if_addrs::get_if_addrs().is_ok_and(|interfaces| interfaces.iter().any(|own| own.ip() == address))
}

fn is_link_local(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_link_local(),
        IpAddr::V6(address) => Ipv6Addr::is_unicast_link_local(&address),
    }
}

#[cfg(test)]
mod tests;
