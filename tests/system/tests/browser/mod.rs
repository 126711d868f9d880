//! Journeys of `ui/tests` in Chromium: TypeScript, run by vitest; what they print is shown if one fails. Where there is no
//! Node.js, no Chromium, or the page was not built (`tools/ui.sh`), they do not run: the test passes, and says so.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use gennaker_harness::{Install, InstallOptions, Profile, Programs, Service};

/// Where Debian puts Chromium, unless `CHROMIUM` says otherwise.
const CHROMIUM: &str = "/usr/bin/chromium";

/// Runs `ui/tests/<name>.journey.ts` on an install of its own.
pub(crate) async fn journey(name: &str) {
    let chromium = std::env::var_os("CHROMIUM").map_or_else(|| PathBuf::from(CHROMIUM), PathBuf::from);
    let Some(mut vitest) = vitest() else { return };
    if !chromium.exists() {
        eprintln!("not run: there is no Chromium at {}; get it with: apt-get install -y chromium", chromium.display());
        return;
    }
    let programs = Programs::build(Profile::own(), &["gennaker", "greeter"]).await.expect("they build");
    let install = Install::start(&programs, InstallOptions::default()).await.expect("an install");
    let health = install.client(Service::Deck).get("/health").await.expect("an answer").ok().expect("healthy");
    if health["components"]["page"]["details"]["page"] != "built" {
        eprintln!("not run: the page was not built into the program; run tools/ui.sh first");
        return;
    }
    vitest
        .args(["--project", "journeys", &format!("tests/{name}.journey.ts")])
        .env("UI_DECK", install.base_url(Service::Deck))
        .env("UI_GATE", install.base_url(Service::Gate))
        .env("UI_GREETER", programs.path("greeter").expect("it is built"))
        .env("CHROMIUM", chromium);
    let run = tokio::task::spawn_blocking(move || succeeds(&mut vitest));
    run.await.expect("the journey");
}

/// vitest in `ui/`, with the packages that the lock file names; `None` where they cannot be had.
pub(crate) fn vitest() -> Option<Command> {
    let modules = Command::new(page().join("../tools/ui.sh")).arg("modules").stdin(Stdio::null()).output();
    let modules = modules.expect("tools/ui.sh can be started");
    if modules.status.code() == Some(3) {
        eprintln!("not run: {}", String::from_utf8_lossy(&modules.stderr));
        return None;
    }
    assert!(modules.status.success(), "{}", String::from_utf8_lossy(&modules.stderr));
    let mut vitest = Command::new(page().join("node_modules/.bin/vitest"));
    vitest.args(["run", "--no-color"]).current_dir(page()).stdin(Stdio::null());
    Some(vitest)
}

/// Runs it; what it printed is shown if it fails.
pub(crate) fn succeeds(command: &mut Command) {
    let output = command.output().expect("vitest can be started");
    let words = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{words}");
}

/// The folder `ui`.
pub(crate) fn page() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui")
}
