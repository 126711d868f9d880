//! Log lines as flat JSON objects.
//!
//! `{"timestamp": "...", "level": "INFO", "target": "gennaker_orca", "message": "...", "execution": "01J..."}`: the
//! fields of the surrounding spans stand beside the event's own, so that a search for one execution finds every line that
//! was written on its behalf. The event's field wins over a span's of the same name, the inner span's over the outer's,
//! and the four fixed names over both.

use std::fmt::{self, Write as _};

use serde_json::{Map, Value};
use tracing::{Event, Subscriber, field::Field, field::Visit};
use tracing_subscriber::{
    Layer,
    fmt::{
        FmtContext, FormatEvent, FormatFields, FormattedFields, MakeWriter,
        format::{JsonFields, Writer},
        time::{FormatTime as _, SystemTime},
    },
    registry::LookupSpan,
};

/// The layer that writes such lines.
pub(super) fn layer<S, W>(writer: W) -> impl Layer<S>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    tracing_subscriber::fmt::layer()
        .event_format(Flat)
        .fmt_fields(JsonFields::new())
        .with_ansi(false)
        .with_writer(writer)
}

struct Flat;

impl<S, N> FormatEvent<S, N> for Flat
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, context: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let mut line = Map::new();
        let mut time = String::new();
        SystemTime.format_time(&mut Writer::new(&mut time))?;
        line.insert("timestamp".into(), time.into());
        line.insert("level".into(), event.metadata().level().as_str().into());
        line.insert("target".into(), event.metadata().target().into());

        let mut own = Fields(Map::new());
        event.record(&mut own);
        let Fields(mut own) = own;
        line.insert("message".into(), own.remove("message").unwrap_or_else(|| "".into()));

        let mut fields = Map::new();
        for span in context.event_scope().into_iter().flat_map(|scope| scope.from_root()) {
            let extensions = span.extensions();
            let text = extensions.get::<FormattedFields<N>>().map(|fields| fields.as_str());
            if let Some(Ok(Value::Object(of_span))) = text.map(serde_json::from_str) {
                fields.extend(of_span);
            }
        }
        fields.extend(own);
        for (name, value) in fields {
            line.entry(name).or_insert(value);
        }
        writeln!(writer, "{}", Value::Object(line))
    }
}

/// Collects an event's fields.
struct Fields(Map<String, Value>);

impl Fields {
    fn set(&mut self, field: &Field, value: impl Into<Value>) {
        self.0.insert(field.name().to_owned(), value.into());
    }
}

impl Visit for Fields {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.set(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.set(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.set(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.set(field, value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.set(field, value);
    }

    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        // The whole chain, once: an error's own text does not have its source's.
        let mut chain = value.to_string();
        let mut source = value.source();
        while let Some(cause) = source {
            // Writing to a String cannot fail.
            let _ = write!(chain, ": {cause}");
            source = cause.source();
        }
        self.set(field, chain);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.set(field, format!("{value:?}"));
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io,
        sync::{Arc, Mutex},
    };

    use serde_json::json;
    use tracing_subscriber::{Registry, layer::SubscriberExt as _};

    use super::*;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("no panic before").extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_line_has_the_fields_of_its_spans() {
        let lines = Lines::default();
        let writer = lines.clone();
        let subscriber = Registry::default().with(layer(move || writer.clone()));
        tracing::subscriber::with_default(subscriber, || {
            let outer = tracing::info_span!("request", execution = tracing::field::Empty, user = "ann", level = "x");
            outer.record("execution", "01J");
            let _outer = outer.enter();
            let _inner = tracing::info_span!("stage", user = "bob", stage = 3).entered();
            tracing::warn!(target: "orca", stage = 4, ratio = 0.5, "a \"quoted\"\nmessage");
        });
        let text = lines.0.lock().expect("no panic before").clone();
        let text = String::from_utf8(text).expect("text");
        assert_eq!(text.lines().count(), 1, "{text}");
        let mut line: Map<String, Value> = serde_json::from_str(&text).expect("JSON");
        let time = line.remove("timestamp").expect("a time");
        assert!(time.as_str().is_some_and(|time| time.ends_with('Z')), "{time}");
        let expected = json!({
            "level": "WARN", "target": "orca", "message": "a \"quoted\"\nmessage",
            "execution": "01J", "user": "bob", "stage": 4, "ratio": 0.5,
        });
        assert_eq!(Value::Object(line), expected);
    }
}
