//! The results as a table, and as the page that is kept.

use std::{fmt::Write as _, time::Duration};

use crate::machine::Machine;

/// One result.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    /// What was measured.
    pub(crate) what: String,
    /// What it should be, if anything was promised, and whether that was kept.
    pub(crate) target: Option<(String, bool)>,
    /// The original's figure, where there is one.
    pub(crate) original: &'static str,
    /// What was measured.
    pub(crate) measured: String,
    /// How.
    pub(crate) method: String,
}

/// All results.
#[derive(Debug, Clone, Default)]
pub(crate) struct Report {
    rows: Vec<Row>,
}

impl Report {
    pub(crate) fn add(&mut self, row: Row) {
        self.rows.push(row);
    }

    /// The results in Markdown.
    pub(crate) fn table(&self) -> String {
        let titles = ["what", "measured", "target", "the original"].map(str::to_owned);
        let mut lines = vec![titles];
        for row in &self.rows {
            let target = match &row.target {
                Some((target, true)) => format!("{target}: met"),
                Some((target, false)) => format!("{target}: MISSED"),
                None => "-".to_owned(),
            };
            lines.push([row.what.clone(), row.measured.clone(), target, row.original.to_owned()]);
        }
        let widths =
            [0, 1, 2, 3].map(|column| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0));
        let mut table = String::new();
        for (number, line) in lines.iter().enumerate() {
            let cells: Vec<String> = line.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
            let _ = writeln!(table, "| {} |", cells.join(" | "));
            if number == 0 {
                let rule: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
                let _ = writeln!(table, "| {} |", rule.join(" | "));
            }
        }
        table
    }

    /// The page: when, where, what and how.
    pub(crate) fn document(&self, machine: &Machine, table: &str) -> String {
        let mut page = format!(
            "# Results of `make bench`\n\nWritten by `make bench` from the release build; what is missed stands here as it \
             is.\n\n- Date: {}\n- Commit: {}\n- Machine: {}\n\n{table}\nThe original's figures were measured on its own \
             services, each a Java virtual machine. Runs on other machines, and states side by side: \
             [HISTORY.md](HISTORY.md).\n\n## How it is measured\n\n",
            machine.date, machine.commit, machine.hardware
        );
        page.push_str(&self.methods());
        page
    }

    /// How each was measured, as a list.
    pub(crate) fn methods(&self) -> String {
        self.rows.iter().map(|row| format!("- **{}**: {}\n", row.what, row.method)).collect()
    }
}

/// A duration in milliseconds.
pub(crate) fn millis(duration: Duration) -> String {
    let millis = duration.as_secs_f64() * 1000.0;
    if millis < 10.0 { format!("{millis:.1} ms") } else { format!("{millis:.0} ms") }
}

/// A number of bytes in MiB.
pub(crate) fn mebibytes(bytes: u64) -> String {
    format!("{:.1} MiB", bytes as f64 / f64::from(1 << 20))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_miss_is_shown_as_one() {
        let row = |what: &str, kept| Row {
            what: what.to_owned(),
            target: Some(("< 1 s".to_owned(), kept)),
            original: "a minute",
            measured: millis(Duration::from_micros(1500)),
            method: "with a clock".to_owned(),
        };
        let mut report = Report::default();
        report.add(row("ready", true));
        report.add(row("over", false));
        assert_eq!(
            report.table(),
            "| what  | measured | target        | the original |\n\
             | ----- | -------- | ------------- | ------------ |\n\
             | ready | 1.5 ms   | < 1 s: met    | a minute     |\n\
             | over  | 1.5 ms   | < 1 s: MISSED | a minute     |\n"
        );
    }
}
