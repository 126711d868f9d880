//! Accounts come, change and go while this node runs: from the configuration, from files of a watched folder, and through
//! the API, which keeps them in the store.
//!
//! One task looks at all three every second, or at once when this node changed something, and gives each account's
//! definition to its provider. A definition that cannot be used is set aside as a broken account with its reason, and
//! tried again with every look; it holds up nobody else. What cannot be read for now (the store, the folder) stays as it
//! was: a store that is away removes no account. Until the store was read once, no operation runs, and an account that is not there is
//! no answer ([`Providers::complete`]).

mod choose;
mod folder;
mod masked;
mod missing;
mod stored;

use std::{collections::BTreeMap, path::PathBuf, sync::Arc, time::Duration};

use gennaker_provider_api::AccountDefinition;
use gennaker_store::SharedStore;
use tokio::sync::{mpsc, oneshot, watch};
use tokio_util::sync::CancellationToken;

use self::{
    choose::{Origin, choose},
    folder::Folder,
};
pub(crate) use self::{missing::Missing, stored::Error};
use super::providers::{Broken, Providers};

/// How often everything is looked at: a change through one node is on every other within two seconds.
const LOOK: Duration = Duration::from_secs(1);
/// How long a caller waits until what it changed is there on this node.
const SEEN: Duration = Duration::from_secs(2);

/// The definitions of accounts: cheap to clone.
#[derive(Clone)]
pub(crate) struct Definitions {
    store: SharedStore,
    providers: Providers,
    configured: watch::Receiver<Arc<Vec<AccountDefinition>>>,
    folder: Option<PathBuf>,
    look_now: mpsc::Sender<oneshot::Sender<()>>,
    asked: Arc<parking_lot::Mutex<Option<mpsc::Receiver<oneshot::Sender<()>>>>>,
}

impl Definitions {
    /// The configured accounts are there when this returns; the others once [`Definitions::run`] runs.
    pub(crate) fn new(
        store: SharedStore,
        providers: Providers,
        configured: watch::Receiver<Arc<Vec<AccountDefinition>>>,
        folder: Option<PathBuf>,
    ) -> Self {
        let (look_now, asked) = mpsc::channel(16);
        let asked = Arc::new(parking_lot::Mutex::new(Some(asked)));
        let definitions = Definitions { store, providers, configured, folder, look_now, asked };
        let mut applied = Applied::default();
        let first = vec![(Origin::Configuration, definitions.configured.borrow().to_vec())];
        applied.apply(&definitions.providers, first, Vec::new());
        definitions
    }

    /// Looks until `shutdown`.
    pub(crate) async fn run(&self, shutdown: &CancellationToken) {
        // There is one who looks; a second one would have nobody who asks.
        let Some(mut asked) = self.asked.lock().take() else { return };
        let mut configured = self.configured.clone();
        let mut state = State::new(self.folder.clone());
        let mut waiting: Vec<oneshot::Sender<()>> = Vec::new();
        loop {
            let wanted = configured.borrow_and_update().to_vec();
            state.look(self, wanted).await;
            for reply in waiting.drain(..) {
                let _nobody_waits = reply.send(());
            }
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = tokio::time::sleep(LOOK) => {}
                () = changed(&mut configured) => {}
                Some(reply) = asked.recv() => waiting.push(reply),
            }
        }
    }

    /// Waits until what was just stored is applied here, for a while.
    async fn look_now(&self) {
        let (reply, done) = oneshot::channel();
        let wait = async {
            if self.look_now.send(reply).await.is_ok() {
                let _stopped = done.await;
            }
        };
        if tokio::time::timeout(SEEN, wait).await.is_err() {
            tracing::warn!("a changed account is stored, and not yet applied on this node");
        }
    }
}

/// Returns when the configuration has changed: never, if nobody follows it.
async fn changed(configured: &mut watch::Receiver<Arc<Vec<AccountDefinition>>>) {
    if configured.changed().await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// What the looks know.
struct State {
    folder: Option<Folder>,
    /// Those of the store; `None` until it has been read.
    stored: Option<Vec<AccountDefinition>>,
    applied: Applied,
}

impl State {
    fn new(folder: Option<PathBuf>) -> Self {
        State { folder: folder.map(Folder::new), stored: None, applied: Applied::default() }
    }

    async fn look(&mut self, definitions: &Definitions, configured: Vec<AccountDefinition>) {
        match stored::definitions(&definitions.store).await {
            Ok(stored) => self.stored = Some(stored),
            Err(error) => tracing::warn!(%error, "the stored accounts cannot be read; they stay as they are"),
        }
        let mut broken = Vec::new();
        let mut sources = vec![(Origin::Configuration, configured)];
        if let Some(folder) = self.folder.take() {
            // Files are read on a thread that may wait for a disk.
            match tokio::task::spawn_blocking(move || folder.look()).await {
                Ok(folder) => {
                    broken.extend(folder.problems());
                    sources.push((Origin::Folder, folder.definitions()));
                    self.folder = Some(folder);
                }
                Err(error) => {
                    tracing::error!(%error, "the accounts' folder cannot be looked at any more");
                    self.folder = definitions.folder.clone().map(Folder::new);
                }
            }
        }
        sources.push((Origin::Stored, self.stored.clone().unwrap_or_default()));
        self.applied.apply(&definitions.providers, sources, broken);
        if self.stored.is_some() {
            definitions.providers.set_complete();
        }
    }
}

/// Which accounts were given to which provider.
#[derive(Default)]
struct Applied {
    providers: BTreeMap<String, String>,
}

impl Applied {
    /// Gives every definition that counts to its provider, takes away what is defined no more, and shows what is broken.
    fn apply(
        &mut self,
        providers: &Providers,
        sources: Vec<(Origin, Vec<AccountDefinition>)>,
        mut broken: Vec<Broken>,
    ) {
        let (chosen, refused) = choose(sources);
        broken.extend(refused);
        for definition in chosen.values() {
            let kind = definition.kind();
            let before = self.providers.get(&definition.name);
            if before.is_some_and(|before| !before.eq_ignore_ascii_case(&kind)) {
                self.remove(providers, &definition.name);
            }
            let put = match providers.named(&kind) {
                Some(provider) => provider.put_account(definition).map_err(|error| error.message),
                None => Err(format!("there is no provider {kind} in this build; there are: {}", providers.names())),
            };
            match put {
                Ok(()) => {
                    self.providers.insert(definition.name.clone(), kind);
                }
                Err(problem) => broken.push(Broken { name: definition.name.clone(), kind, problem }),
            }
        }
        let gone: Vec<String> = self.providers.keys().filter(|name| !chosen.contains_key(*name)).cloned().collect();
        for name in gone {
            self.remove(providers, &name);
        }
        providers.set_broken(broken);
    }

    fn remove(&mut self, providers: &Providers, name: &str) {
        if let Some(provider) = self.providers.remove(name).and_then(|kind| providers.named(&kind)) {
            provider.remove_account(name);
        }
    }
}
