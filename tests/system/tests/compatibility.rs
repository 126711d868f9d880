//! `docs/compatibility.md` says how much of each of upstream's endpoints is there: it is made of what the services
//! declare, and of `docs/reference/http-api.tsv`, which lists what upstream has.
//!
//! What gate passes on is there as far as the endpoint behind it is.
//!
//! The part between the two marks is written by hand and kept. Paths are compared by position: `/pipelines/{id}` is
//! `/pipelines/{executionId}`. A parameter of ours takes a segment of theirs that begins with one (`{id}:resume`), and
//! `{*rest}` takes all that follows: our router knows no other way to say these.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use gennaker_clouddriver::Clouddriver;
use gennaker_deck::Deck;
use gennaker_echo::Echo;
use gennaker_front50::Front50;
use gennaker_gate::{Forwarded, Gate};
use gennaker_http::{Coverage, Endpoint};
use gennaker_orca::Orca;

/// Writes the file anew.
const UPDATE: &str = "GENNAKER_UPDATE=1 cargo test -p gennaker-system-tests --test compatibility";
/// Before what is written by hand.
const FROM: &str = "<!-- Written by hand, and kept: from here -->";
/// After what is written by hand.
const TO: &str = "<!-- to here. What follows is generated. -->";

/// An endpoint of upstream's.
struct Upstream {
    service: String,
    /// `ANY` is every method.
    method: String,
    path: String,
}

impl Upstream {
    /// Whether our endpoint answers this one.
    fn is(&self, endpoint: &Endpoint) -> bool {
        self.asks(endpoint) && covers(endpoint.path, &self.path)
    }

    /// Whether it does nothing else.
    fn is_just(&self, endpoint: &Endpoint) -> bool {
        self.asks(endpoint) && pattern(endpoint.path) == pattern(&self.path)
    }

    fn asks(&self, endpoint: &Endpoint) -> bool {
        self.service == endpoint.service && (self.method == "ANY" || self.method == endpoint.method)
    }
}

/// How much of an endpoint is there, the worst last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum State {
    Done,
    Partly(&'static str),
    NotYet,
    Unknown,
}

impl State {
    fn text(self) -> String {
        match self {
            State::Done => "done".to_owned(),
            State::Partly(missing) => format!("partly: {}", missing.replace('|', "\\|")),
            State::NotYet => "not yet".to_owned(),
            State::Unknown => "not yet (404)".to_owned(),
        }
    }
}

/// How many endpoints are in which state.
#[derive(Default)]
struct Counts {
    done: usize,
    partly: usize,
    not_yet: usize,
    ours: usize,
}

impl Counts {
    fn of(states: &[State], ours: usize) -> Self {
        let count = |wanted: fn(&State) -> bool| states.iter().filter(|state| wanted(state)).count();
        Counts {
            done: count(|state| *state == State::Done),
            partly: count(|state| matches!(state, State::Partly(_))),
            not_yet: count(|state| *state >= State::NotYet),
            ours,
        }
    }

    fn add(&mut self, other: &Counts) {
        self.done += other.done;
        self.partly += other.partly;
        self.not_yet += other.not_yet;
        self.ours += other.ours;
    }

    fn row(&self, name: &str) -> String {
        let Counts { done, partly, not_yet, ours } = self;
        format!("| {name} | {} | {done} | {partly} | {not_yet} | {ours} |\n", done + partly + not_yet)
    }
}

#[test]
fn the_file_says_what_the_services_declare() {
    let place = documents().join("compatibility.md");
    let present = fs::read_to_string(&place).expect("docs/compatibility.md can be read");
    let wanted = render(by_hand(&present), &upstream(), &declared());
    if present == wanted {
        return;
    }
    if std::env::var_os("GENNAKER_UPDATE").is_some() {
        fs::write(&place, wanted).expect("docs/compatibility.md can be written");
        return;
    }
    let differs = present.lines().zip(wanted.lines()).position(|(present, wanted)| present != wanted);
    let line = differs.unwrap_or_else(|| present.lines().count().min(wanted.lines().count()));
    panic!(
        "docs/compatibility.md is out of date from line {}\n    it says   {}\n    should be {}\nrewrite it with\n    {UPDATE}",
        line + 1,
        present.lines().nth(line).unwrap_or("(its end)"),
        wanted.lines().nth(line).unwrap_or("(its end)"),
    );
}

#[test]
fn every_endpoint_declares_what_it_needs_of_its_caller() {
    let without = declared().into_iter().filter(|endpoint| endpoint.permission.is_none());
    let without: Vec<_> = without.map(|endpoint| named(&endpoint)).collect();
    assert!(without.is_empty(), "declare a permission with `.needs(...)`:\n{}", without.join("\n"));
}

#[test]
fn every_endpoint_is_upstreams_or_is_declared_as_ours() {
    let upstream = upstream();
    let wrong = declared().into_iter().filter_map(|endpoint| {
        let known = upstream.iter().any(|theirs| theirs.is(&endpoint));
        match (known, endpoint.coverage == Coverage::Beyond) {
            (false, false) => Some(format!("{}: upstream has no such endpoint; say `.beyond()`", named(&endpoint))),
            (true, true) => Some(format!("{}: upstream has it; do not say `.beyond()`", named(&endpoint))),
            _ => None,
        }
    });
    let wrong: Vec<_> = wrong.collect();
    assert!(wrong.is_empty(), "see docs/reference/http-api.tsv:\n{}", wrong.join("\n"));
}

#[test]
fn paths_are_compared_by_position() {
    for (ours, theirs) in [
        ("/a/{y}/b", "/a/{x}/b"),
        ("/a/{y}:kill", "/a/{x}:kill"),
        ("/a/{y}", "/a/{x}:kill"),
        ("/a/{x}/{*rest}", "/a/{x}/**"),
        ("/a/{x}", "/a/{x}/**"),
        ("/a/{*rest}", "/a/{x}/{y}"),
    ] {
        assert!(covers(ours, theirs), "{ours} and {theirs}");
    }
    for (ours, theirs) in [
        ("/a/{x}", "/a/b"),
        ("/a/{x}", "/a"),
        ("/a", "/a/{x}"),
        ("/a/{x}:kill", "/a/{x}"),
        ("/a/{*rest}", "/a"),
        ("/a/{x}/b", "/a/{x}/**"),
    ] {
        assert!(!covers(ours, theirs), "{ours} and {theirs}");
    }
}

#[test]
fn what_is_passed_on_is_there_as_far_as_what_is_behind() {
    let endpoint = |path, coverage| Endpoint {
        service: "clouddriver",
        method: "GET".to_owned(),
        path,
        permission: None,
        coverage,
        query: Vec::new(),
    };
    let declared = [
        endpoint("/aws/images/find", Coverage::Unsupported),
        endpoint("/docker/images/find", Coverage::Done),
        endpoint("/subnets/{cloudProvider}", Coverage::Done),
        endpoint("/tags", Coverage::Unsupported),
    ];
    let to = |to, is_optional| {
        let get = || "GET".to_owned();
        Forwarded { method: get(), path: "/x", service: "clouddriver", to_method: get(), to, is_optional }
    };
    assert_eq!(behind(&to("/{provider}/images/find", false), &declared), State::Done);
    assert_eq!(behind(&to("/subnets/aws", false), &declared), State::Done);
    assert_eq!(behind(&to("/tags", false), &declared), State::NotYet);
    assert_eq!(behind(&to("/nothing", false), &declared), State::NotYet);
    assert!(matches!(behind(&to("/tags", true), &declared), State::Partly(_)));
}

#[test]
fn methods_and_services_are_compared() {
    let endpoint = |service, method: &str| Endpoint {
        service,
        method: method.to_owned(),
        path: "/a",
        permission: None,
        coverage: Coverage::Done,
        query: Vec::new(),
    };
    let theirs = |method: &str| Upstream { service: "gate".into(), method: method.into(), path: "/a".into() };
    assert!(theirs("GET").is(&endpoint("gate", "GET")) && theirs("ANY").is(&endpoint("gate", "PUT")));
    assert!(!theirs("GET").is(&endpoint("gate", "POST")) && !theirs("ANY").is(&endpoint("orca", "GET")));
}

/// Every endpoint that a service of ours declares.
fn declared() -> Vec<Endpoint> {
    [
        Gate::endpoints(),
        Orca::endpoints(),
        Clouddriver::endpoints(),
        Front50::endpoints(),
        Echo::endpoints(),
        Deck::endpoints(),
    ]
    .concat()
}

/// Every endpoint of upstream's, in the file's order; what it lists twice is one endpoint.
fn upstream() -> Vec<Upstream> {
    let place = documents().join("reference/http-api.tsv");
    let text = fs::read_to_string(&place).expect("docs/reference/http-api.tsv can be read");
    let mut found: Vec<Upstream> = Vec::new();
    for line in text.lines().skip(1) {
        let mut fields = line.split('\t');
        let mut field = || fields.next().unwrap_or_else(|| panic!("too few fields: {line}")).to_owned();
        let (service, methods, path) = (field(), field(), field());
        for method in methods.split('|') {
            let twice = |known: &Upstream| {
                known.service == service && known.method == method && pattern(&known.path) == pattern(&path)
            };
            if !found.iter().any(twice) {
                found.push(Upstream { service: service.clone(), method: method.to_owned(), path: path.clone() });
            }
        }
    }
    found
}

/// A path without the names of its parameters.
fn pattern(path: &str) -> String {
    let mut pattern = String::new();
    let mut rest = path;
    while let Some((before, parameter)) = rest.split_once('{') {
        let (name, after) = parameter.split_once('}').unwrap_or((parameter, ""));
        pattern.push_str(before);
        pattern.push_str(if name.starts_with('*') { "**" } else { "{}" });
        rest = after;
    }
    pattern + rest
}

/// Whether our path takes what theirs takes.
fn covers(ours: &str, theirs: &str) -> bool {
    let (ours, theirs) = (pattern(ours), pattern(theirs));
    let (mut ours, mut theirs) = (ours.split('/'), theirs.split('/'));
    loop {
        match (ours.next(), theirs.next()) {
            // `/**` is also nothing at all.
            (None, None | Some("**")) | (Some("**"), Some(_)) => return true,
            (Some(our), Some(their)) if our == their || (our == "{}" && their.starts_with("{}")) => {}
            _ => return false,
        }
    }
}

/// How much of upstream's endpoint is there.
fn state(theirs: &Upstream, declared: &[Endpoint], forwarded: &[Forwarded]) -> State {
    let worst = |states: &dyn Fn(&&Endpoint) -> bool| {
        let states = declared.iter().filter(states).map(|endpoint| match endpoint.coverage {
            Coverage::Done | Coverage::Beyond => State::Done,
            Coverage::Partly(missing) => State::Partly(missing),
            Coverage::Unsupported => State::NotYet,
        });
        states.max()
    };
    let just = worst(&|endpoint| theirs.is_just(endpoint));
    let own = just.or_else(|| worst(&|endpoint| theirs.is(endpoint))).unwrap_or(State::Unknown);
    match forwarded.iter().find(|one| is_passed_on(theirs, one)) {
        Some(one) => own.max(behind(one, declared)),
        None => own,
    }
}

/// Whether gate passes the endpoint on so.
fn is_passed_on(theirs: &Upstream, one: &Forwarded) -> bool {
    let is_method = theirs.method == "ANY" || theirs.method == one.method;
    theirs.service == "gate" && is_method && pattern(one.path) == pattern(&theirs.path)
}

/// How much is there of what gate passes on to.
fn behind(one: &Forwarded, declared: &[Endpoint]) -> State {
    let of_service = || declared.iter().filter(|ours| ours.service == one.service && ours.method == one.to_method);
    let state = |ours: &Endpoint| match ours.coverage {
        Coverage::Done | Coverage::Beyond => State::Done,
        Coverage::Partly(missing) => State::Partly(missing),
        Coverage::Unsupported => State::NotYet,
    };
    let same = of_service().find(|ours| pattern(ours.path) == pattern(one.to)).map(state);
    // A parameter of the one may be a word of the other, the cloud's: what one of them has is there.
    let some = || of_service().filter(|ours| may_be(ours.path, one.to)).map(state).min();
    match same.or_else(some).unwrap_or(State::NotYet) {
        State::NotYet if one.is_optional => State::Partly("it is empty: the service behind has none yet"),
        state => state,
    }
}

/// Whether a service's path is one that gate may ask for: what is a word in the one may be a parameter in the other.
fn may_be(path: &str, to: &str) -> bool {
    let (path, to) = (pattern(path), pattern(to));
    let (mut path, mut to) = (path.split('/'), to.split('/'));
    loop {
        match (path.next(), to.next()) {
            (None, None) => return true,
            (Some(segment), Some(to)) if segment == to || to.contains("{}") || segment.contains("{}") => {}
            _ => return false,
        }
    }
}

/// What stands between the marks.
fn by_hand(present: &str) -> &str {
    let found = present.split_once(FROM).and_then(|(_, rest)| rest.split_once(TO));
    found.map(|(text, _)| text).expect("docs/compatibility.md has both marks")
}

/// The whole file.
fn render(by_hand: &str, upstream: &[Upstream], declared: &[Endpoint]) -> String {
    let mut services: Vec<&str> = Vec::new();
    for theirs in upstream {
        if !services.contains(&theirs.service.as_str()) {
            services.push(&theirs.service);
        }
    }
    let forwarded = [Gate::forwarded(), Gate::relying()].concat();
    let (mut table, mut parts, mut all) = (String::new(), String::new(), Counts::default());
    for service in services {
        let theirs: Vec<_> = upstream.iter().filter(|theirs| theirs.service == service).collect();
        let states: Vec<_> = theirs.iter().map(|theirs| state(theirs, declared, &forwarded)).collect();
        let ours = declared.iter().filter(|ours| ours.service == service && ours.coverage == Coverage::Beyond);
        let ours: Vec<_> = ours.collect();
        let counts = Counts::of(&states, ours.len());
        table.push_str(&counts.row(&format!("[{service}](#{service})")));
        all.add(&counts);

        let rows = theirs.iter().zip(&states);
        let rows = rows.map(|(theirs, state)| row(&theirs.method, &theirs.path, &state.text()));
        let rows = rows.chain(ours.iter().map(|ours| row(&ours.method, ours.path, "ours")));
        // Writing to a String cannot fail.
        let _ = write!(parts, "\n## {service}\n\n| endpoint | state |\n|---|---|\n{}", rows.collect::<String>());
    }
    let heads = "| service | upstream's endpoints | done | partly | not yet | ours |\n|---|---|---|---|---|---|\n";
    format!("# Compatibility\n\n{FROM}{by_hand}{TO}\n\n## In numbers\n\n{heads}{table}{}{parts}", all.row("all"))
}

fn row(method: &str, path: &str, state: &str) -> String {
    format!("| `{method} {path}` | {state} |\n")
}

fn named(endpoint: &Endpoint) -> String {
    format!("{} {} {}", endpoint.service, endpoint.method, endpoint.path)
}

fn documents() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs")
}
