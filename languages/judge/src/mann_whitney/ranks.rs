//! The rank statistic of two samples, as a function of the shift between them.
//!
//! Read plainly it ranks all `n + m` points anew for every shift, or compares all `n * m` pairs. A shift does not change
//! the order within a sample, though: so both are sorted once, and an evaluation is one merge of the shifted experiment
//! into the control, O(n + m). What it counts are whole numbers below 2^53, hence the same to the last bit in whatever
//! order they are added.
//!
//! A merge is a chain of steps each of which waits for the one before. It is cut into [`LANES`] parts of equal length
//! (where to cut is found by bisection), whose steps do not wait for each other; which sample a step goes on in is computed
//! and not branched on, since it cannot be foreseen. Measured twice as fast as one part.

use super::{Error, MAX_POINTS};

/// How many parts a merge is done in at a time.
const LANES: usize = 4;

/// Two samples, ready for the rank statistic at any shift.
///
/// Making one sorts them, O(n log n + m log m); evaluating it merges them, O(n + m).
#[derive(Debug, Clone)]
pub struct RankStatistic {
    /// Ascending; NaN is positive infinity.
    experiment: Vec<f64>,
    own: Groups,
    /// The keys of the control, ascending, and [`END`].
    control: Vec<i64>,
    /// How many points of the control from each on are equal to it.
    runs: Vec<u32>,
    control_ties: u64,
    /// How many points the two have.
    points: (f64, f64),
    /// The keys of the shifted experiment, and [`END`]; kept so that an evaluation allocates nothing.
    shifted: Vec<i64>,
}

/// The groups of equal points in a sample.
#[derive(Debug, Clone)]
struct Groups {
    /// How many points are equal to the one before them.
    repeated: usize,
    /// For each point, how many its group has.
    sizes: Vec<u32>,
    /// The sum of t^3 - t over groups of t points.
    ties: u64,
}

/// What a merge counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Counts {
    /// Twice the pairs in which the experiment is greater, and once those that are equal.
    pub(super) twice_wins: u64,
    /// The sum of t^3 - t over the groups of t equal points of both samples together.
    pub(super) ties: u64,
}

/// Greater than every key.
const END: i64 = i64::MAX;

impl RankStatistic {
    /// Sorts the samples. Fails if one is empty or longer than [`MAX_POINTS`].
    pub fn new(experiment: &[f64], control: &[f64]) -> Result<Self, Error> {
        let sorted = |values: &[f64]| {
            let mut sorted = values.to_vec();
            sorted.sort_unstable_by(f64::total_cmp);
            sorted
        };
        if let Some(long) = [experiment.len(), control.len()].into_iter().find(|&length| length > MAX_POINTS) {
            return Err(Error::TooManyPoints(long));
        }
        // A NaN ranks like infinity, and may have a sign that sorts it first.
        let recoded = |values: &[f64]| values.iter().map(|&value| or_infinity(value)).collect::<Vec<_>>();
        if experiment.iter().chain(control).any(|value| value.is_nan()) {
            return Self::of_sorted(&sorted(&recoded(experiment)), &sorted(&recoded(control)));
        }
        Self::of_sorted(&sorted(experiment), &sorted(control))
    }

    /// Takes samples that are in total order and have no NaN.
    pub(crate) fn of_sorted(experiment: &[f64], control: &[f64]) -> Result<Self, Error> {
        if experiment.is_empty() || control.is_empty() {
            return Err(Error::Empty);
        }
        let longest = experiment.len().max(control.len());
        if longest > MAX_POINTS {
            return Err(Error::TooManyPoints(longest));
        }
        let mut keys: Vec<i64> = control.iter().copied().map(key).collect();
        let control_groups = Groups::of(&keys);
        let mut runs = control_groups.sizes;
        for index in 1..runs.len() {
            if keys[index] == keys[index - 1] {
                runs[index] = runs[index - 1] - 1;
            }
        }
        keys.push(END);
        let shifted: Vec<i64> = experiment.iter().copied().map(key).collect();
        Ok(RankStatistic {
            experiment: experiment.to_vec(),
            own: Groups::of(&shifted),
            control: keys,
            runs,
            control_ties: control_groups.ties,
            points: (experiment.len() as f64, control.len() as f64),
            shifted,
        })
    }

    /// The statistic with the experiment lowered by `mu`, standardised: by how many standard deviations the ranks of the
    /// experiment are higher than by chance, with continuity correction, its variance corrected for ties.
    ///
    /// Falls, in steps, as `mu` grows. Fails if all points are tied there. Source: upstream's `MannWhitney.wilcoxonDiff`.
    pub fn standardised(&mut self, mu: f64) -> Result<f64, Error> {
        let Counts { twice_wins, ties } = self.counts(mu);
        let (n, m) = self.points;
        let excess = twice_wins as f64 / 2.0 - n * m / 2.0;
        let correction = if excess == 0.0 { 0.0 } else { 0.5_f64.copysign(excess) };
        let variance = (n * m / 12.0) * ((n + m + 1.0) - ties as f64 / ((n + m) * (n + m - 1.0)));
        let deviation = variance.sqrt();
        if deviation == 0.0 {
            return Err(Error::Tied);
        }
        Ok((excess - correction) / deviation)
    }

    /// The share of pairs of points in which the experiment is greater, those that are equal counted half: 0 to 1.
    pub fn share_greater(&mut self) -> f64 {
        self.counts(0.0).twice_wins as f64 / (2.0 * self.points.0 * self.points.1)
    }

    pub(super) fn counts(&mut self, mu: f64) -> Counts {
        self.shifted.clear();
        self.shifted.extend(self.experiment.iter().map(|value| key(or_infinity(value - mu))));
        // Values that are close may round to the same.
        let united = (repeated(&self.shifted) != self.own.repeated).then(|| Groups::of(&self.shifted));
        let own = united.as_ref().unwrap_or(&self.own);
        self.shifted.push(END);
        let between = merge(&self.shifted, &own.sizes, &self.control, &self.runs);
        Counts { ties: own.ties + self.control_ties + between.ties, ..between }
    }
}

impl Groups {
    /// Those of keys that ascend.
    fn of(keys: &[i64]) -> Self {
        let mut groups = Groups { repeated: 0, sizes: Vec::with_capacity(keys.len()), ties: 0 };
        for group in keys.chunk_by(|this, next| this == next) {
            let size = group.len() as u32;
            groups.repeated += group.len() - 1;
            groups.sizes.extend(group.iter().map(|_| size));
            groups.ties += u64::from(size).pow(3) - u64::from(size);
        }
        groups
    }
}

fn repeated(keys: &[i64]) -> usize {
    keys.iter().zip(keys.iter().skip(1)).filter(|(this, next)| this == next).count()
}

/// Counts what the experiment wins against the control, and the ties that there are only between the two.
fn merge(experiment: &[i64], sizes: &[u32], control: &[i64], runs: &[u32]) -> Counts {
    let steps = experiment.len() + control.len() - 2;
    let each = steps / LANES;
    // The place in the control at which each part begins; its place in the experiment is what else it takes to get there.
    let mut places: [usize; LANES] = std::array::from_fn(|lane| place_after(lane * each, experiment, control));
    let (mut passed, mut equal, mut ties) = (0, 0, 0);
    let mut advance = |step: usize, place: &mut usize| {
        let (value, against) = (experiment[step - *place], control[*place]);
        passed += *place as u64;
        if value == against {
            let (here, there) = (u64::from(sizes[step - *place]), u64::from(runs[*place]));
            equal += there;
            // Over the whole group (a + b)^3 - a^3 - b^3 = 3ab(a + b), less what cancels out of a, b and a + b.
            ties += 3 * there * (here + there);
        }
        *place += usize::from(against < value);
    };
    for step in 0..each {
        for (lane, place) in places.iter_mut().enumerate() {
            advance(lane * each + step, place);
        }
    }
    let mut last = places[LANES - 1];
    for step in LANES * each..steps {
        advance(step, &mut last);
    }
    // Steps of the experiment have passed what is less than their point, those of the control 0, 1, 2 ... points.
    let of_control = control.len() as u64 - 1;
    let less = passed - of_control * of_control.saturating_sub(1) / 2;
    Counts { twice_wins: 2 * less + equal, ties }
}

/// How many of the first `steps` steps of the merge go through the control.
fn place_after(steps: usize, experiment: &[i64], control: &[i64]) -> usize {
    let (mut low, mut high) = ((steps + 1).saturating_sub(experiment.len()), steps.min(control.len() - 1));
    while low < high {
        let middle = usize::midpoint(low, high);
        // Of equal values the experiment's goes first.
        if control[middle] < experiment[steps - 1 - middle] {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

/// An integer that orders as the value does; negative zero comes before zero.
fn key(value: f64) -> i64 {
    let bits = value.to_bits() as i64;
    bits ^ ((bits >> 63) as u64 >> 1) as i64
}

fn or_infinity(value: f64) -> f64 {
    if value.is_nan() { f64::INFINITY } else { value }
}
