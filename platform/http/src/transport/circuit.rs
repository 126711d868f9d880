//! Stops calling a service that cannot be reached, and tries with one call whether it can again.
//!
//! Closed: calls pass. After `FAILURES` failures in a row it is open for `PAUSE`: calls fail at once. Then one call
//! passes as a probe: its success closes the circuit, its failure opens it again. A probe that has no answer after another
//! `PAUSE` is not waited for, the next call probes beside it. One that is given up by its caller says nothing; the next call
//! probes.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// How many failures in a row open the circuit.
pub(super) const FAILURES: u32 = 5;
/// How long it stays open before a probe.
pub(super) const PAUSE: Duration = Duration::from_secs(1);

#[derive(Debug, Clone, Default)]
pub(super) struct Circuit {
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Closed { failures: u32 },
    Open { until: Instant },
    Probing { since: Instant },
}

impl Default for State {
    fn default() -> Self {
        State::Closed { failures: 0 }
    }
}

/// The leave to make one call, whose result is told to it.
#[derive(Debug)]
pub(super) struct Pass {
    circuit: Circuit,
    probe: bool,
    told: bool,
}

impl Circuit {
    /// Leave for a call at `now`; `None` while the circuit is open.
    pub(super) fn enter(&self, now: Instant) -> Option<Pass> {
        let mut state = self.lock();
        let probe = match *state {
            State::Closed { .. } => false,
            State::Open { until } if now >= until => true,
            State::Probing { since } if now >= since + PAUSE => true,
            State::Open { .. } | State::Probing { .. } => return None,
        };
        if probe {
            *state = State::Probing { since: now };
        }
        Some(Pass { circuit: self.clone(), probe, told: false })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pass {
    /// The service was reached.
    pub(super) fn reached(mut self) {
        self.told = true;
        let mut state = self.circuit.lock();
        // A call that set out before the circuit opened does not close it: that is the probe's to do.
        if self.probe || matches!(*state, State::Closed { .. }) {
            *state = State::Closed { failures: 0 };
        }
    }

    /// The service was not reached; seen at `now`.
    pub(super) fn failed(mut self, now: Instant) {
        self.told = true;
        let mut state = self.circuit.lock();
        *state = match *state {
            State::Closed { failures } if failures + 1 < FAILURES => State::Closed { failures: failures + 1 },
            State::Closed { .. } => State::Open { until: now + PAUSE },
            _ if self.probe => State::Open { until: now + PAUSE },
            other => other,
        };
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        if self.probe && !self.told {
            let mut state = self.circuit.lock();
            if matches!(*state, State::Probing { .. }) {
                *state = State::Open { until: Instant::now() };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fail(circuit: &Circuit, now: Instant) {
        circuit.enter(now).expect("closed").failed(now);
    }

    #[test]
    fn failures_in_a_row_open_it_and_one_probe_closes_it() {
        let (circuit, start) = (Circuit::default(), Instant::now());
        (1..FAILURES).for_each(|_| fail(&circuit, start));
        circuit.enter(start).expect("still closed").reached();
        (0..FAILURES).for_each(|_| fail(&circuit, start));
        assert!(circuit.enter(start).is_none(), "open");

        let probe = circuit.enter(start + PAUSE).expect("one probe");
        assert!(circuit.enter(start + PAUSE).is_none(), "and no other call beside it");
        probe.failed(start + PAUSE);
        assert!(circuit.enter(start + PAUSE).is_none(), "open again");

        circuit.enter(start + PAUSE * 2).expect("the next probe").reached();
        assert!(circuit.enter(start + PAUSE * 2).is_some(), "closed");
    }

    #[test]
    fn a_probe_that_is_given_up_does_not_block_the_next() {
        let (circuit, start) = (Circuit::default(), Instant::now());
        let early = circuit.enter(start).expect("closed");
        (0..FAILURES).for_each(|_| fail(&circuit, start));
        drop(circuit.enter(start + PAUSE).expect("a probe"));
        early.reached();
        assert!(circuit.enter(Instant::now()).expect("a probe again").probe);
    }

    #[test]
    fn a_slow_probe_does_not_keep_the_circuit_open() {
        let (circuit, start) = (Circuit::default(), Instant::now());
        (0..FAILURES).for_each(|_| fail(&circuit, start));
        let slow = circuit.enter(start + PAUSE).expect("a probe");
        circuit.enter(start + PAUSE * 2).expect("another one").reached();
        slow.failed(start + PAUSE * 2);
        assert!(circuit.enter(start + PAUSE * 2).is_some(), "the service is back");
    }

    #[test]
    fn a_late_probe_that_is_given_up_leaves_a_closed_circuit_closed() {
        let (circuit, start) = (Circuit::default(), Instant::now());
        (0..FAILURES).for_each(|_| fail(&circuit, start));
        let slow = circuit.enter(start + PAUSE).expect("a probe");
        circuit.enter(start + PAUSE * 2).expect("another one").reached();
        drop(slow);
        assert!(!circuit.enter(start + PAUSE * 2).expect("closed").probe);
    }
}
