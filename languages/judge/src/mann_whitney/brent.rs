//! Brent's root finder, as R's `zeroin` steps.
//!
//! The order of the steps matters: the rank statistic is flat in places, and there the root is where the search happened
//! to land.

/// The width to which a root is narrowed down.
const TOLERANCE: f64 = 1e-4;

/// How often the function is evaluated at most, ends not counted.
const EVALUATIONS: usize = 1_001;

/// Where `function` is zero between two places, each with its value there.
///
/// If the values at both ends have the same sign it is some place that the search ended at; after [`EVALUATIONS`] it is
/// the last one. Fails where the function does. Source: upstream's `BrentSolver`; R. Brent, Algorithms for Minimization
/// without Derivatives, 1973, chapter 4.
pub(super) fn root<E>(
    (start, at_start): (f64, f64),
    (end, at_end): (f64, f64),
    mut function: impl FnMut(f64) -> Result<f64, E>,
) -> Result<f64, E> {
    if is_zero(at_start) {
        return Ok(start);
    }
    if is_zero(at_end) {
        return Ok(end);
    }
    // `best` is the last place, `previous` the one before it; the root lies between `best` and `opposite`.
    let (mut previous, mut at_previous) = (start, at_start);
    let (mut best, mut at_best) = (end, at_end);
    let (mut opposite, mut at_opposite) = (start, at_start);
    for _ in 0..EVALUATIONS {
        let last_step = best - previous;
        if at_opposite.abs() < at_best.abs() {
            (previous, at_previous) = (best, at_best);
            (best, at_best) = (opposite, at_opposite);
            (opposite, at_opposite) = (previous, at_previous);
        }
        let tolerance = 2.0 * f64::EPSILON * best.abs() + TOLERANCE / 2.0;
        let half = (opposite - best) / 2.0;
        if half.abs() <= tolerance || is_zero(at_best) {
            return Ok(best);
        }
        let mut step = half;
        if last_step.abs() >= tolerance && at_previous.abs() > at_best.abs() {
            let width = opposite - best;
            let (mut numerator, mut denominator);
            if previous == opposite {
                let slope = at_best / at_previous;
                numerator = width * slope;
                denominator = 1.0 - slope;
            } else {
                let q = at_previous / at_opposite;
                let r = at_best / at_opposite;
                let s = at_best / at_previous;
                numerator = s * (width * q * (q - r) - (best - previous) * (r - 1.0));
                denominator = (q - 1.0) * (r - 1.0) * (s - 1.0);
            }
            if numerator > 0.0 {
                denominator = -denominator;
            } else {
                numerator = -numerator;
            }
            let within = numerator < 0.75 * width * denominator - (tolerance * denominator).abs() / 2.0;
            if within && numerator < (last_step * denominator / 2.0).abs() {
                step = numerator / denominator;
            }
        }
        if step.abs() < tolerance {
            step = if step > 0.0 { tolerance } else { -tolerance };
        }
        (previous, at_previous) = (best, at_best);
        best += step;
        at_best = function(best)?;
        if (at_best > 0.0 && at_opposite > 0.0) || (at_best < 0.0 && at_opposite < 0.0) {
            (opposite, at_opposite) = (previous, at_previous);
        }
    }
    Ok(best)
}

/// Zero, or the number next to it.
fn is_zero(value: f64) -> bool {
    value.abs() <= f64::from_bits(1)
}
