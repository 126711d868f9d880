//! Every strategy and every way back on the local provider, under load: no request fails, and a version that does not work gets
//! none.
//!
//! By default a few of each run. `GENNAKER_STRATEGIES=all` runs the whole matrix with 500 requests a second, of which some take
//! five seconds, as `make faults` does.

mod broken;
mod journey;
mod kills;
mod monitored;
mod pipelines;
mod push;
mod rollbacks;
mod takeovers;

/// Whether all of the matrix is to run.
fn all() -> bool {
    std::env::var_os("GENNAKER_STRATEGIES").is_some_and(|which| which == "all")
}
