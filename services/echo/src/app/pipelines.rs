//! The pipelines, kept at hand and as fresh as an event needs them.
//!
//! front50 says with an `ETag` whether they changed: it is asked before each event, by one call for all events that came
//! before that began, so a pipeline that was saved a moment ago is started. A front50 without an `ETag` (upstream's) is read
//! as a whole, at upstream's interval. If it does not answer, those that were read last are used, and the health says so.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use gennaker_base::SharedClock;
use gennaker_clients::{Caller, Front50Client, IfChanged};
use gennaker_http::{Health, HealthComponent, HealthStatus};
use gennaker_wire::Object;
use parking_lot::RwLock;
use serde_json::{Map, Value};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::{Error, known::Known};
use crate::options::Front50Options;

/// In whose name echo reads.
pub(super) const ECHO: &str = "echo";
/// How long an event waits for the answer whether pipelines changed; then those that are known have to do.
const CHECK_DEADLINE: Duration = Duration::from_secs(5);
/// How long reading all of them may take.
const READ_DEADLINE: Duration = Duration::from_secs(60);
/// How long after a failure front50 is asked again without an event.
const AGAIN: Duration = Duration::from_secs(1);

/// The pipelines.
pub(crate) struct Pipelines {
    front50: Front50Client,
    clock: SharedClock,
    interval: Duration,
    read: RwLock<Option<Read>>,
    /// Who may ask front50: one at a time.
    turn: Semaphore,
    /// How often front50 was asked.
    asked: AtomicU64,
    health: HealthComponent,
}

/// What was read last.
#[derive(Clone)]
struct Read {
    known: Arc<Known>,
    etag: Option<String>,
}

/// The pipelines that an event is matched with.
pub(crate) struct Fresh {
    /// The pipelines.
    pub(crate) known: Arc<Known>,
    /// Whether front50 has just said that there are no newer ones.
    pub(crate) is_newest: bool,
}

impl Pipelines {
    pub(super) fn new(front50: Front50Client, clock: SharedClock, options: &Front50Options, health: &Health) -> Self {
        Pipelines {
            front50,
            clock,
            interval: options.interval(),
            read: RwLock::default(),
            turn: Semaphore::new(1),
            asked: AtomicU64::new(0),
            health: health.component("pipelines"),
        }
    }

    /// The pipelines as front50 has them now, or as it had them when it last answered.
    ///
    /// # Errors
    /// If they were never read.
    pub(crate) async fn fresh(&self) -> Result<Fresh, Error> {
        let before = self.asked.load(Ordering::SeqCst);
        let Ok(_turn) = self.turn.acquire().await else {
            return Err(Error::NoPipelines("echo is stopping".to_owned()));
        };
        // Somebody asked after this event came, and has his answer: it is as good for this one.
        let is_answered = self.asked.load(Ordering::SeqCst) > before;
        let has_etag = self.read.read().as_ref().map(|read| read.etag.is_some());
        let outcome = match has_etag {
            Some(_) if is_answered => Ok(()),
            Some(false) => Ok(()),
            Some(true) => self.ask(CHECK_DEADLINE).await,
            None => self.ask(CHECK_DEADLINE).await,
        };
        let read = self.read.read().clone();
        match (read, outcome) {
            (Some(read), outcome) => Ok(Fresh { known: read.known, is_newest: outcome.is_ok() && read.etag.is_some() }),
            (None, outcome) => {
                Err(Error::NoPipelines(outcome.err().unwrap_or_else(|| "front50 was not asked".to_owned())))
            }
        }
    }

    /// Those of one application, read now: where it is not known whether there are newer ones.
    pub(crate) async fn of_application(&self, application: &str) -> Result<Known, gennaker_http::Error> {
        let caller = Caller::service(ECHO);
        self.front50.application_configs(&caller, application).await.map(Known::of)
    }

    /// Reads them at the start and at each interval, until `shutdown`.
    pub(super) async fn run(&self, shutdown: CancellationToken) {
        let work = async {
            loop {
                let failed = match self.turn.acquire().await {
                    Ok(_turn) => self.ask(READ_DEADLINE).await.is_err(),
                    Err(_) => return,
                };
                let wait = if failed { AGAIN.min(self.interval) } else { self.interval };
                self.clock.sleep_until(self.clock.now().after(wait)).await;
            }
        };
        tokio::select! {
            biased;
            () = shutdown.cancelled() => {}
            () = work => {}
        }
    }

    /// Asks front50, and keeps what it answers. The error is why there is nothing newer.
    async fn ask(&self, deadline: Duration) -> Result<(), String> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let etag = self.read.read().as_ref().and_then(|read| read.etag.clone());
        match self.front50.all_configs(&Caller::service(ECHO), etag.as_deref(), deadline).await {
            Ok(IfChanged::Unchanged) => {
                self.health.up();
                Ok(())
            }
            Ok(IfChanged::Changed { value, etag }) => {
                self.keep(value, etag);
                self.health.up();
                Ok(())
            }
            Err(error) => {
                let reason = error.to_string();
                let known = self.read.read().as_ref().map(|read| read.known.len());
                match known {
                    Some(known) => {
                        let details = [
                            (
                                "reason",
                                Value::from(format!(
                                    "front50 does not answer ({reason}): pipelines may be out of date"
                                )),
                            ),
                            ("pipelines", known.into()),
                        ];
                        let details = details.into_iter().map(|(name, value)| (name.to_owned(), value));
                        self.health.set(HealthStatus::Unknown, Map::from_iter(details));
                    }
                    None => self.health.down(&format!("the pipelines could not be read yet: {reason}")),
                }
                tracing::warn!(%error, "the pipelines could not be read; those that are known are used");
                Err(reason)
            }
        }
    }

    fn keep(&self, sent: Vec<Object>, etag: Option<String>) {
        let known = Arc::new(Known::of(sent));
        metrics::gauge!("echo_pipelines").set(known.len() as f64);
        *self.read.write() = Some(Read { known, etag });
    }
}
