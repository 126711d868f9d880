//! The sets `front50` and `gate`: calls made one after the other, and the answer to each.
//!
//! A case's `steps` are calls (`service`, `method`, `path`, `body` or `rawBody` with `contentType`) and waits (`sleep`). A call may
//! be repeated `until` its answer is as given, and may `save` fields of its answer under names, which stand in braces in what
//! follows; with `saveLast` only what is after the last slash. The file's `meta` says so in full.
//!
//! Compared: statuses and bodies, with symbols where the recording has them. Not compared: of an error the `exception`, which
//! names a class of the original's, and fields that ours has besides; of `/health` all but the status; in lists over everything what other cases made; what
//! differed between recordings of the same case.

mod case;
mod mishap;
mod own;
mod play;
mod verdict;

use self::case::Recorded;
use crate::{Case, Failure, Set, Target, world::World};

/// How many cases are played beside each other: each has things of its own.
const AT_ONCE: usize = 8;

/// One of the sets.
pub(super) struct Calls {
    name: &'static str,
    about: &'static str,
    world: World,
}

impl Calls {
    /// The set `front50`.
    pub(super) fn front50() -> Calls {
        Calls { name: "front50", about: "what front50 keeps, through its HTTP", world: World::default() }
    }

    /// The set `gate`.
    pub(super) fn gate() -> Calls {
        Calls { name: "gate", about: "the front's HTTP", world: World::default() }
    }
}

impl Set for Calls {
    fn name(&self) -> &'static str {
        self.name
    }

    fn about(&self) -> &'static str {
        self.about
    }

    fn aim(&mut self, targets: &[Target]) -> anyhow::Result<()> {
        self.world.aim(targets)
    }

    fn at_once(&self) -> usize {
        AT_ONCE
    }

    fn play(&self, case: &Case) -> Result<(), Failure> {
        let recorded = Recorded::read(&case.json).map_err(Failure::NotPlayed)?;
        let world = self.world.running()?;
        let answers = world.runtime.block_on(play::play(&recorded, &world.services));
        verdict::judge(&recorded, answers.map_err(Failure::NotPlayed)?)
    }
}
