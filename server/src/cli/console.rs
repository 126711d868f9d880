//! Where a command prints: what was asked for to the standard output, notes to the standard error.

use std::{
    env,
    io::{self, Write},
};

use serde_json::Value;

use super::table;

/// How what was asked for is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// For people: aligned columns.
    Table,
    /// For programs: gate's own JSON. Progress goes to the standard error.
    Json,
    /// The same as YAML, which every command here and upstream reads.
    Yaml,
}

/// The two outputs and how to use them.
pub(super) struct Console<'run> {
    out: &'run mut dyn Write,
    err: &'run mut dyn Write,
    /// How to print what was asked for.
    pub(super) format: Format,
    /// Names and ids only, no notes.
    pub(super) quiet: bool,
    /// Whether progress goes to a terminal on which lines can be drawn again.
    pub(super) live: bool,
    /// Whether statuses may have a colour there.
    pub(super) colour: bool,
}

impl<'run> Console<'run> {
    /// Prints to `out` and `err`; `terminal` says whether progress (see [`Console::progress`]) goes to one,
    /// `colour` whether that may have colours.
    pub(super) fn new(
        out: &'run mut dyn Write,
        err: &'run mut dyn Write,
        format: Format,
        quiet: bool,
        terminal: bool,
        colour: bool,
    ) -> Self {
        let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty());
        let live = terminal && set("TERM").is_some_and(|term| term != "dumb");
        Console { out, err, format, quiet, live, colour: live && colour && set("NO_COLOR").is_none() }
    }

    /// Whether people read it, who may want more than what was asked for.
    pub(super) fn is_for_people(&self) -> bool {
        self.format == Format::Table && !self.quiet
    }

    /// Prints a line of what was asked for.
    pub(super) fn line(&mut self, line: &str) -> io::Result<()> {
        writeln!(self.out, "{line}")?;
        self.out.flush()
    }

    /// Whether a program reads it.
    pub(super) fn is_for_programs(&self) -> bool {
        self.format != Format::Table
    }

    /// Prints a value that was asked for, as YAML if that was asked for, as JSON otherwise.
    pub(super) fn data(&mut self, value: &Value) -> io::Result<()> {
        if self.format == Format::Yaml {
            self.out.write_all(gennaker_yaml::write(value).as_bytes())?;
            return self.out.flush();
        }
        serde_json::to_writer_pretty(&mut self.out, value)?;
        self.line("")
    }

    /// Prints content as it is.
    pub(super) fn bytes(&mut self, content: &[u8]) -> io::Result<()> {
        self.out.write_all(content)?;
        self.out.flush()
    }

    /// Prints a list: as data, as the first column of each row, or as a table under `head`.
    pub(super) fn list(&mut self, value: &Value, head: &[&str], rows: Vec<Vec<String>>) -> io::Result<()> {
        if self.is_for_programs() {
            return self.data(value);
        }
        if self.quiet {
            return rows.iter().filter_map(|row| row.first()).try_for_each(|name| self.line(&table::clean(name)));
        }
        let head = head.iter().map(|name| (*name).to_owned()).collect();
        let rows: Vec<Vec<String>> = std::iter::once(head).chain(rows).collect();
        table::lines(&rows).iter().try_for_each(|line| self.line(line))
    }

    /// Prints one thing: as data, as its name, or as lines of fields; fields without a value are left out.
    pub(super) fn fields(&mut self, value: &Value, name: &str, fields: &[(&str, Option<String>)]) -> io::Result<()> {
        if self.is_for_programs() {
            return self.data(value);
        }
        if self.quiet {
            return self.line(&table::clean(name));
        }
        let set = |(name, value): &(&str, Option<String>)| {
            let value = value.clone().filter(|value| !value.is_empty())?;
            Some(vec![format!("{name}:"), value])
        };
        let rows: Vec<Vec<String>> = fields.iter().filter_map(set).collect();
        table::lines(&rows).iter().try_for_each(|line| self.line(line))
    }

    /// Says that something was done: as `value` for programs, only `name` if quiet.
    pub(super) fn done(&mut self, value: &Value, name: &str, sentence: &str) -> io::Result<()> {
        match self.format {
            Format::Json | Format::Yaml => self.data(value),
            Format::Table if self.quiet => self.line(&table::clean(name)),
            Format::Table => self.line(&table::clean(sentence)),
        }
    }

    /// Says something beside what was asked for; nothing if quiet.
    pub(super) fn note(&mut self, note: &str) -> io::Result<()> {
        if self.quiet {
            return Ok(());
        }
        writeln!(self.err, "{note}")?;
        self.err.flush()
    }

    /// Says what failed of a larger whole, quiet or not.
    pub(super) fn complain(&mut self, complaint: &str) -> io::Result<()> {
        writeln!(self.err, "error: {}", table::clean_lines(complaint))?;
        self.err.flush()
    }

    /// Asks, on the line on which the answer is typed.
    pub(super) fn ask(&mut self, question: &str) -> io::Result<()> {
        write!(self.err, "{question}")?;
        self.err.flush()
    }

    /// Where progress goes: the standard output, unless that is for programs.
    pub(super) fn progress(&mut self) -> &mut dyn Write {
        match self.format {
            Format::Table => self.out,
            Format::Json | Format::Yaml => self.err,
        }
    }
}
