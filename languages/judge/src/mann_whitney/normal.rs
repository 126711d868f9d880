//! The quantile of the normal distribution.
//!
//! Good to some 1e-15 of its size where confidence levels lie, below 0.999; further out it loses digits, being computed from
//! `2 p - 1`. What matters is that it is the original's approximation, for which a library's is no substitute: where the rank
//! statistic is flat or values are huge, another last digit leads the search elsewhere.
//!
//! Source: M. Giles, Approximating the erfinv function, GPU Computing Gems Jade Edition, 2011, table for double precision;
//! it is what Commons Math's `Erf.erfInv` uses.

#![expect(clippy::excessive_precision, reason = "the table as it was published")]

use std::f64::consts::SQRT_2;

/// Below which value a standard normal number lies with this probability; infinite for 0 and 1, nothing outside of them.
pub(super) fn quantile(probability: f64) -> Option<f64> {
    (0.0..=1.0).contains(&probability).then(|| SQRT_2 * inverse_error_function(2.0 * probability - 1.0))
}

fn inverse_error_function(x: f64) -> f64 {
    let w = -((1.0 - x) * (1.0 + x)).ln();
    if w < 6.25 {
        polynomial(&CENTRAL, w - 3.125) * x
    } else if w < 16.0 {
        polynomial(&OUTER, w.sqrt() - 3.25) * x
    } else if w.is_finite() {
        polynomial(&TAIL, w.sqrt() - 5.0) * x
    } else {
        x * f64::INFINITY
    }
}

/// Highest power first.
fn polynomial(coefficients: &[f64], at: f64) -> f64 {
    coefficients.iter().fold(0.0, |value, coefficient| coefficient + value * at)
}

const CENTRAL: [f64; 23] = [
    -3.6444120640178196996e-21,
    -1.685059138182016589e-19,
    1.2858480715256400167e-18,
    1.115787767802518096e-17,
    -1.333171662854620906e-16,
    2.0972767875968561637e-17,
    6.6376381343583238325e-15,
    -4.0545662729752068639e-14,
    -8.1519341976054721522e-14,
    2.6335093153082322977e-12,
    -1.2975133253453532498e-11,
    -5.4154120542946279317e-11,
    1.051212273321532285e-09,
    -4.1126339803469836976e-09,
    -2.9070369957882005086e-08,
    4.2347877827932403518e-07,
    -1.3654692000834678645e-06,
    -1.3882523362786468719e-05,
    0.0001867342080340571352,
    -0.00074070253416626697512,
    -0.0060336708714301490533,
    0.24015818242558961693,
    1.6536545626831027356,
];

const OUTER: [f64; 19] = [
    2.2137376921775787049e-09,
    9.0756561938885390979e-08,
    -2.7517406297064545428e-07,
    1.8239629214389227755e-08,
    1.5027403968909827627e-06,
    -4.013867526981545969e-06,
    2.9234449089955446044e-06,
    1.2475304481671778723e-05,
    -4.7318229009055733981e-05,
    6.8284851459573175448e-05,
    2.4031110387097893999e-05,
    -0.0003550375203628474796,
    0.00095328937973738049703,
    -0.0016882755560235047313,
    0.0024914420961078508066,
    -0.0037512085075692412107,
    0.005370914553590063617,
    1.0052589676941592334,
    3.0838856104922207635,
];

const TAIL: [f64; 17] = [
    -2.7109920616438573243e-11,
    -2.5556418169965252055e-10,
    1.5076572693500548083e-09,
    -3.7894654401267369937e-09,
    7.6157012080783393804e-09,
    -1.4960026627149240478e-08,
    2.9147953450901080826e-08,
    -6.7711997758452339498e-08,
    2.2900482228026654717e-07,
    -9.9298272942317002539e-07,
    4.5260625972231537039e-06,
    -1.9681778105531670567e-05,
    7.5995277030017761139e-05,
    -0.00021503011930044477347,
    -0.00013871931833623122026,
    1.0103004648645343977,
    4.8499064014085844221,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_the_tables() {
        for (probability, expected, tolerance) in [
            (0.5, 0.0, 0.0),
            (0.25, -0.674_489_750_196_081_7, 1e-15),
            (0.025, -1.959_963_984_540_054, 1e-15),
            (0.01, -2.326_347_874_040_841, 1e-15),
            (0.975, 1.959_963_984_540_054, 1e-15),
            (1e-6, -4.753_424_308_822_899, 1e-11),
            (1e-10, -6.361_340_902_404_056, 1e-7),
        ] {
            let quantile = quantile(probability).unwrap();
            assert!((quantile - expected).abs() <= tolerance, "{probability}: {quantile}");
        }
    }

    #[test]
    fn the_ends_are_infinite_and_beyond_is_nothing() {
        assert_eq!((quantile(0.0), quantile(1.0)), (Some(f64::NEG_INFINITY), Some(f64::INFINITY)));
        for outside in [-0.1, 1.1, f64::NAN, f64::INFINITY] {
            assert_eq!(quantile(outside), None);
        }
    }
}
