//! Changes of executions and tasks: orca's feed, followed over its absences, or what is looked at instead of it.

use std::{collections::VecDeque, time::Duration};

use futures::{
    StreamExt as _,
    stream::{self, BoxStream},
};
use gennaker_base::{Backoff, Kind};
use gennaker_clients::{Call, OrcaClient, Streamed};
use gennaker_http::{Caller, Error, Result};
use http::HeaderName;
use sse_stream::{Sse, SseByteStream};

use super::{Events, Told, Wanted, polled};
use crate::app::optional::is_absent;

/// What orca is told of where it is to go on.
pub(crate) const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
/// How long orca may take to begin.
const DEADLINE: Duration = Duration::from_secs(10);
/// How long to wait before it is asked again, at first and at most.
const WAITS: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(5));

const ORCA: &str = "orca";

/// Follows orca.
pub(super) struct Source {
    orca: OrcaClient,
    caller: Caller,
    application: Option<String>,
    types: &'static str,
    /// The id of the last event.
    last: Option<String>,
    events: Events,
    state: State,
    ready: VecDeque<Told>,
    backoff: Backoff,
    /// Whether it was told that orca cannot be asked.
    away: bool,
    /// Whether the beginning was told.
    begun: bool,
}

enum State {
    /// Orca is asked next, after a wait.
    Wait,
    /// Its events come.
    Open(BoxStream<'static, std::result::Result<Sse, sse_stream::Error>>),
    /// It has no feed: its lists are looked at.
    Polled(Box<polled::Follower>),
    /// All is told.
    Ended,
}

impl Source {
    /// Orca's word for what is wanted of it; `None` if nothing is.
    pub(super) fn types(wanted: &Wanted) -> Option<&'static str> {
        match (wanted.executions, wanted.tasks) {
            (true, true) => Some("execution,task"),
            (true, false) => Some("execution"),
            (false, true) => Some("task"),
            (false, false) => None,
        }
    }

    /// Begins to follow after `last`.
    ///
    /// # Errors
    /// What orca refuses; not that it cannot be reached.
    pub(super) async fn open(
        events: &Events,
        caller: Caller,
        application: Option<String>,
        types: &'static str,
        last: Option<String>,
    ) -> Result<Source> {
        let mut source = Source {
            orca: events.clients.orca.clone(),
            caller,
            application,
            types,
            last,
            events: events.clone(),
            state: State::Wait,
            ready: VecDeque::new(),
            backoff: Backoff::new(WAITS.0, WAITS.1),
            away: false,
            begun: false,
        };
        source.connect().await?;
        Ok(source)
    }

    /// What is told, without end unless the last event says so.
    pub(super) fn told(self) -> BoxStream<'static, Told> {
        stream::unfold(self, |mut source| async { Some((source.next().await?, source)) }).boxed()
    }

    async fn next(&mut self) -> Option<Told> {
        loop {
            if let Some(told) = self.ready.pop_front() {
                return Some(told);
            }
            match &mut self.state {
                State::Open(events) => match events.next().await {
                    Some(Ok(event)) => self.take(event),
                    Some(Err(error)) => {
                        tracing::debug!(%error, "orca's events broke off; they are asked for again");
                        self.state = State::Wait;
                    }
                    None => self.state = State::Wait,
                },
                State::Polled(follower) => return follower.next().await,
                State::Wait => {
                    tokio::time::sleep(self.backoff.next_wait()).await;
                    if let Err(error) = self.connect().await {
                        self.ready.push_back(Told::End { message: error.message().to_owned() });
                        self.state = State::Ended;
                    }
                }
                State::Ended => return None,
            }
        }
    }

    /// Asks orca to go on after the last event.
    async fn connect(&mut self) -> Result<()> {
        let call = Call::get(&["events"])
            .query_if("application", self.application.as_ref())
            .query("types", self.types)
            .header_if(LAST_EVENT_ID, self.last.as_deref())
            .deadline(DEADLINE);
        // What answers anything else has no feed, whatever it is.
        let no_feed = || Error::not_found("it does not answer with events");
        let answer = self.orca.stream(&self.caller, call).await;
        match answer.and_then(|answer| if is_feed(&answer) { Ok(answer) } else { Err(no_feed()) }) {
            Ok(answer) => {
                let bytes = stream::try_unfold(answer, |mut answer| async {
                    Ok::<_, Error>(answer.chunk().await?.map(|bytes| (bytes, answer)))
                });
                self.state = State::Open(SseByteStream::new(bytes.boxed()).boxed());
                Ok(())
            }
            Err(error) if is_absent(&error) => match &self.application {
                Some(application) => {
                    let follower = polled::Follower::new(&self.events, application, self.types, self.last.as_deref())?;
                    if std::mem::take(&mut self.away) {
                        self.ready.push_back(Told::Available { service: ORCA });
                    }
                    self.state = State::Polled(Box::new(follower));
                    Ok(())
                }
                None => {
                    Err(Error::invalid("this orca has no feed of all applications: name one, /events?application=NAME"))
                }
            },
            // An orca that was there may fail in any way while it comes back.
            Err(error) if error.kind().is_transient() || (self.begun && error.kind() == Kind::Bug) => {
                self.state = State::Wait;
                if !std::mem::replace(&mut self.away, true) {
                    self.ready.push_back(Told::Unavailable { service: ORCA, message: error.message().to_owned() });
                }
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    /// An event of orca's.
    fn take(&mut self, event: Sse) {
        if event.id.is_some() {
            self.last.clone_from(&event.id);
        }
        let (Some(name), Some(data)) = (event.event, event.data) else { return };
        if std::mem::take(&mut self.away) {
            self.ready.push_back(Told::Available { service: ORCA });
        }
        if name != "begin" {
            self.backoff.reset();
            self.ready.push_back(Told::Change { event: name, id: event.id, data });
        } else if !std::mem::replace(&mut self.begun, true) {
            self.ready.push_back(Told::Begin { id: event.id.unwrap_or_default() });
        }
    }
}

/// Whether the answer is one of server-sent events.
fn is_feed(answer: &Streamed) -> bool {
    answer.content_type().is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"))
}
