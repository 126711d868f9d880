use super::*;

fn rules(change: impl FnOnce(&mut UrlRuleOptions)) -> UrlRules {
    let mut options = UrlRuleOptions::default();
    change(&mut options);
    UrlRules::new(&options).expect("rules")
}

/// What the rules say of a URL whose host has these addresses.
fn judged(rules: &UrlRules, url: &str, addresses: &[&str]) -> Result<(), String> {
    let url = Url::parse(url).expect("a URL");
    rules.check_url(&url)?;
    let host = url.host().expect("a host").to_owned();
    let addresses: Vec<IpAddr> = match &host {
        Host::Ipv4(address) => vec![(*address).into()],
        Host::Ipv6(address) => vec![(*address).into()],
        Host::Domain(_) => addresses.iter().map(|address| address.parse().expect("an address")).collect(),
    };
    rules.check_addresses(&host, &addresses)
}

const OUTSIDE: &[&str] = &["192.0.2.7", "2001:db8::7"];

#[test]
fn by_default_only_names_of_other_machines_may_be_called() {
    let rules = UrlRules::default();
    assert_eq!(judged(&rules, "https://ci.example.com/hook", OUTSIDE), Ok(()));
    assert_eq!(judged(&rules, "https://ci.example.com./hook", OUTSIDE), Ok(()));
    for (url, addresses) in [
        ("ftp://ci.example.com/", OUTSIDE),
        ("https://user:password@ci.example.com/", OUTSIDE),
        ("https://user@ci.example.com/", OUTSIDE),
        ("https://192.0.2.7/", &[][..]),
        ("https://3221225991/", &[]),
        ("https://[2001:db8::7]/", &[]),
        ("https://front50/", OUTSIDE),
        ("https://front50.spinnaker/", OUTSIDE),
        ("https://printer.local/", OUTSIDE),
        ("https://front50./", OUTSIDE),
        ("https://spin-front50.spinnaker.svc.cluster.local.:8080/", OUTSIDE),
        ("https://metadata.google.internal/", OUTSIDE),
        ("https://a.example.com/", &["127.0.0.1"]),
        ("https://a.example.com/", &["0.0.0.0"]),
        ("https://a.example.com/", &["::"]),
        ("https://a.example.com/", &["::1"]),
        ("https://a.example.com/", &["::ffff:127.0.0.1"]),
        ("https://a.example.com/", &["169.254.169.254"]),
        ("https://a.example.com/", &["::ffff:169.254.169.254"]),
        ("https://a.example.com/", &["64:ff9b::a9fe:a9fe"]),
        ("https://a.example.com/", &["fe80::1"]),
        ("https://a.example.com/", &["192.0.2.7", "169.254.169.254"]),
    ] {
        assert!(judged(&rules, url, addresses).is_err(), "{url} {addresses:?}");
    }
}

#[test]
fn the_addresses_of_the_machines_interfaces_are_the_machine() {
    for interface in if_addrs::get_if_addrs().expect("interfaces") {
        let address = interface.ip().to_string();
        assert!(judged(&UrlRules::default(), "https://a.example.com/", &[&address]).is_err(), "{address}");
    }
}

#[test]
fn ranges_are_refused_behind_a_name_and_in_a_url() {
    let rules = rules(|options| {
        options.reject_verbatim_ips = false;
        options.rejected_ips = vec!["10.0.0.0/8".into(), "192.0.2.9".into(), "2001:db8:1::/48".into()];
    });
    for (url, addresses) in [
        ("https://a.example.com/", &["10.1.2.3"][..]),
        ("https://a.example.com/", &["::ffff:10.1.2.3"]),
        ("https://a.example.com/", &["192.0.2.7", "192.0.2.9"]),
        ("https://[2001:db8:1::5]/", &[]),
        ("http://0x0a.1/", &[]),
    ] {
        assert!(judged(&rules, url, addresses).is_err_and(|reason| reason.contains("rejectedIps")), "{url}");
    }
    assert_eq!(judged(&rules, "https://a.example.com/", OUTSIDE), Ok(()));
    assert_eq!(judged(&rules, "https://192.0.2.8/", &[]), Ok(()));
}

#[test]
fn what_is_allowed_to_be_local_needs_no_allowed_name() {
    let rules = rules(|options| {
        options.reject_localhost = false;
        options.allowed_hostnames_regex = "hooks\\.example\\.com".into();
    });
    assert_eq!(judged(&rules, "http://localhost:8084/", &["127.0.0.1"]), Ok(()));
    assert_eq!(judged(&rules, "http://hooks.example.com/", OUTSIDE), Ok(()));
    assert!(judged(&rules, "http://hooks.example.com.evil.example/", OUTSIDE).is_err());
    assert!(judged(&rules, "http://other.example.com/", OUTSIDE).is_err());
}

#[test]
fn further_names_can_be_excluded() {
    let rules = rules(|options| {
        options.excluded_domains.push("prod.svc".into());
        options.extra_excluded_patterns = vec!["admin\\..*".into()];
    });
    assert!(judged(&rules, "http://orca.prod.svc/", OUTSIDE).is_err());
    assert!(judged(&rules, "http://admin.example.com/", OUTSIDE).is_err());
    assert_eq!(judged(&rules, "http://prod.svc.example.com/", OUTSIDE), Ok(()));
    assert!(judged(&rules_without_names(), "http://a.example.com/", OUTSIDE).is_err());
}

fn rules_without_names() -> UrlRules {
    rules(|options| options.allowed_hostnames_regex = " ".into())
}

#[test]
fn rules_that_cannot_be_read_say_which() {
    for change in [
        (|options: &mut UrlRuleOptions| options.allowed_hostnames_regex = "[".into()) as fn(&mut UrlRuleOptions),
        |options| options.extra_excluded_patterns = vec!["(".into()],
        |options| options.rejected_ips = vec!["10.0.0.0/33".into()],
    ] {
        let mut options = UrlRuleOptions::default();
        change(&mut options);
        assert!(matches!(UrlRules::new(&options), Err(SetupError::Rule { .. })));
    }
}

#[test]
fn with_allowed_domains_only_these_may_be_called_also_excluded_ones() {
    let rules = rules(|options| {
        options.allowed_domains = vec!["git.internal".to_owned(), r".+\.example\.com".to_owned(), "forge".to_owned()];
        options.reject_verbatim_ips = false;
    });
    for url in ["https://git.internal/a", "https://api.example.com/", "https://forge/"] {
        assert_eq!(judged(&rules, url, OUTSIDE), Ok(()), "{url}");
    }
    for url in
        ["https://other.internal/", "https://example.org/", "https://api.example.com.evil.org/", "http://192.0.2.7/"]
    {
        let refusal = judged(&rules, url, OUTSIDE).expect_err(url);
        assert!(refusal.contains("allowed") || refusal.contains("excluded"), "{url}: {refusal}");
    }
    assert!(judged(&rules, "https://forge/", &["127.0.0.1"]).is_err(), "its addresses are looked at all the same");
}
