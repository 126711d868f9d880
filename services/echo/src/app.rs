//! What echo does, without HTTP.

mod quiet;

use gennaker_base::SharedClock;

pub(crate) use self::quiet::{Quiet, QuietNow};
use crate::{Deps, Options};

/// Everything that echo works with.
pub(crate) struct App {
    pub(crate) quiet: Quiet,
    pub(crate) clock: SharedClock,
}

impl App {
    pub(crate) fn new(options: Options, deps: Deps) -> App {
        let Deps { clock, .. } = deps;
        App { quiet: Quiet::new(&options.quiet_period), clock }
    }
}
