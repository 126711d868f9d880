//! `gennaker completion`.

use std::io::stdout;

use clap::CommandFactory as _;
use clap_complete::{Shell, generate};

use crate::Arguments;

/// Print a script that completes commands and options in a shell.
///
/// Examples: source <(gennaker completion bash) in ~/.bashrc; gennaker completion zsh > ~/.zfunc/_gennaker; gennaker completion fish >
/// ~/.config/fish/completions/gennaker.fish
#[derive(clap::Args)]
pub(crate) struct Completion {
    /// The shell.
    #[arg(value_enum)]
    shell: For,
}

/// A shell.
#[derive(Clone, Copy, clap::ValueEnum)]
enum For {
    Bash,
    Zsh,
    Fish,
}

impl Completion {
    /// Prints it.
    pub(crate) fn run(&self) {
        let shell = match self.shell {
            For::Bash => Shell::Bash,
            For::Zsh => Shell::Zsh,
            For::Fish => Shell::Fish,
        };
        generate(shell, &mut Arguments::command(), "gennaker", &mut stdout());
    }
}
