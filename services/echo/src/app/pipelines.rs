//! The pipelines, kept at hand and as fresh as an event needs them.
//!
//! front50 tells what changed: it is asked before each event, by one call for all events that came before that began, so a
//! pipeline that was saved a moment ago is started. Of many changes it tells page by page; events see them once all are
//! there. A front50 that tells no changes but has an `ETag` is read as a whole if that is another one; one without
//! (upstream's) at upstream's interval. If it does not answer, those that were read last are used, and the health says so.
//!
//! Each node of front50 numbers changes in its own way. Where a balancer has another node answer each page, none of them goes
//! on where the last one was: then all pipelines are read as one list.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use gennaker_base::{Kind, SharedClock};
use gennaker_clients::{Caller, Front50Client, IfChanged, PipelineChanges, PipelinePage};
use gennaker_http::{Health, HealthComponent, HealthStatus};
use parking_lot::{Mutex, RwLock};
use serde_json::{
    Map, Value,
    value::{RawValue, to_raw_value},
};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::{Error, known::Known};
use crate::options::Front50Options;

/// In whose name echo reads.
pub(super) const ECHO: &str = "echo";
/// How long an event waits for the answer whether pipelines changed, and before that for whoever asks at the moment; then
/// those that are known have to do.
const CHECK_DEADLINE: Duration = Duration::from_secs(5);
/// How long a page, or all of them, may take to be read without an event.
const READ_DEADLINE: Duration = Duration::from_secs(60);
/// How long after a failure front50 is asked again without an event.
const AGAIN: Duration = Duration::from_secs(1);
/// So often front50 may begin anew while it is followed: at first, and after its restart in the middle of that.
const BEGINNINGS: u32 = 2;

/// The pipelines.
pub(crate) struct Pipelines {
    front50: Front50Client,
    clock: SharedClock,
    interval: Duration,
    read: RwLock<Option<Read>>,
    /// How far front50 was followed: only whoever has the turn goes on from there.
    place: Mutex<Place>,
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
    /// Whether front50 says if there is anything newer.
    is_followed: bool,
}

/// How far front50 was followed.
#[derive(Default)]
struct Place {
    /// What it has told so far: more than events see until it has told all.
    known: Known,
    /// What to ask after; empty at the beginning.
    version: String,
    /// What names all pipelines, for a front50 that tells no changes.
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
            place: Mutex::default(),
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
        let outcome = self.look().await;
        let read = self.read.read().clone();
        match (read, outcome) {
            (Some(read), outcome) => Ok(Fresh { known: read.known, is_newest: outcome.is_ok() && read.is_followed }),
            (None, outcome) => {
                Err(Error::NoPipelines(outcome.err().unwrap_or_else(|| "front50 was not asked".to_owned())))
            }
        }
    }

    /// Has front50 asked after what is newer, if it tells. The error is why that is not known.
    async fn look(&self) -> Result<(), String> {
        let before = self.asked.load(Ordering::SeqCst);
        let turn = tokio::select! {
            biased;
            turn = self.turn.acquire() => turn,
            () = self.clock.sleep_until(self.clock.now().after(CHECK_DEADLINE)) => {
                return Err("front50 has not answered yet what it was asked before".to_owned());
            }
        };
        let Ok(_turn) = turn else { return Err("echo is stopping".to_owned()) };
        // Somebody asked after this event came, and has his answer: it is as good for this one.
        let is_answered = self.asked.load(Ordering::SeqCst) > before;
        let is_followed = self.read.read().as_ref().map(|read| read.is_followed);
        match is_followed {
            Some(true) if is_answered => Ok(()),
            Some(false) => Ok(()),
            Some(true) | None => self.ask(CHECK_DEADLINE).await,
        }
    }

    /// Those of one application, read now: where it is not known whether there are newer ones.
    pub(crate) async fn of_application(&self, application: &str) -> Result<Known, gennaker_http::Error> {
        let caller = Caller::service(ECHO);
        let found = tokio::select! {
            biased;
            found = self.front50.application_configs(&caller, application) => found?,
            () = self.clock.sleep_until(self.clock.now().after(CHECK_DEADLINE)) => {
                let message = format!("front50 did not answer within {CHECK_DEADLINE:?}");
                return Err(gennaker_http::Error::new(Kind::Timeout, message));
            }
        };
        Ok(Known::of(found.iter().filter_map(|config| to_raw_value(config).ok())))
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
        match self.follow(deadline).await {
            Ok(()) => {
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

    /// Takes over what front50 tells, until that is all. `deadline` is for each of its answers.
    async fn follow(&self, deadline: Duration) -> Result<(), gennaker_http::Error> {
        let caller = Caller::service(ECHO);
        let mut beginnings = 0;
        loop {
            let (after, etag) = {
                let place = self.place.lock();
                (place.version.clone(), place.etag.clone())
            };
            let after = Some(after).filter(|_| beginnings <= BEGINNINGS);
            if after.is_none() {
                tracing::warn!(
                    "front50 begins anew with each page: have a balancer send echo to one of its nodes. All pipelines are \
                     read as one list"
                );
            }
            let asked = self.front50.pipeline_changes(&caller, after.as_deref(), etag.as_deref(), deadline);
            let is_all = match asked.await? {
                IfChanged::Unchanged => true,
                IfChanged::Changed { value: PipelineChanges::All(all), etag } => self.keep_all(all, etag),
                IfChanged::Changed { value: PipelineChanges::Page(page), .. } => {
                    beginnings += u32::from(page.reset);
                    self.keep_page(page)
                }
            };
            if is_all {
                return Ok(());
            }
        }
    }

    /// Keeps all pipelines.
    fn keep_all(&self, sent: Vec<Box<RawValue>>, etag: Option<String>) -> bool {
        let known = Known::of(sent);
        let is_followed = etag.is_some();
        *self.place.lock() = Place { known: Known::default(), version: String::new(), etag };
        self.publish(known, is_followed);
        true
    }

    /// Keeps a page of changes, and says whether that is all. Only then events see them: of a new beginning they would
    /// see too little.
    fn keep_page(&self, page: PipelinePage) -> bool {
        let mut place = self.place.lock();
        if page.reset {
            place.known = Known::default();
        }
        page.removed.iter().for_each(|id| place.known.remove(id));
        for (id, text) in page.changed {
            place.known.put(&id, text);
        }
        place.version = page.version;
        place.etag = None;
        if page.complete {
            self.publish(place.known.clone(), true);
        }
        page.complete
    }

    fn publish(&self, known: Known, is_followed: bool) {
        metrics::gauge!("echo_pipelines").set(known.len() as f64);
        *self.read.write() = Some(Read { known: Arc::new(known), is_followed });
    }
}
