//! The random numbers that a judgement uses, from a seed.
//!
//! Series that are both constant have no ranks to speak of, so the judge adds a little noise to them. The original takes it
//! from a generator that nobody can set; here it comes from the caller, so that a judgement can be repeated.
//!
//! ```
//! use gennaker_judge::noise::Noise;
//!
//! let (mut once, mut again) = (Noise::seeded(7), Noise::seeded(7));
//! assert_eq!(once.gaussian(), again.gaussian());
//! ```
//!
//! The numbers are those of `java.util.Random` with that seed: what the original answers with its generator seeded so is
//! what is answered here, but for the last bit of a normal number. They are not for secrets.
//!
//! Sources: Java SE 17's documentation of `java.util.Random`, which specifies the generator; upstream's `RandomUtils`.

/// Random numbers that are the same whenever the seed is.
#[derive(Debug, Clone)]
pub struct Noise {
    state: u64,
    /// Normal numbers are made in pairs.
    spare: Option<f64>,
}

const MULTIPLIER: u64 = 0x5_DEEC_E66D;
const MASK: u64 = (1 << 48) - 1;

/// How many pairs are drawn for one normal number at most: all are refused once in 10^67 times.
const DRAWS: usize = 100;

impl Noise {
    /// The seed of [`Noise::default`].
    pub const SEED: i64 = 1234;

    /// A generator that starts at a seed, of which the lower 48 bits count.
    pub fn seeded(seed: i64) -> Self {
        Noise { state: (seed as u64 ^ MULTIPLIER) & MASK, spare: None }
    }

    /// A number from 0 to below 1, every one of 2^53 as likely.
    pub fn uniform(&mut self) -> f64 {
        let (high, low) = (self.bits(26), self.bits(27));
        ((high << 27) + low) as f64 / (1_u64 << 53) as f64
    }

    /// A number from the standard normal distribution.
    pub fn gaussian(&mut self) -> f64 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        for _ in 0..DRAWS {
            let (x, y) = (2.0 * self.uniform() - 1.0, 2.0 * self.uniform() - 1.0);
            let square = x * x + y * y;
            if square < 1.0 && square != 0.0 {
                let scale = (-2.0 * square.ln() / square).sqrt();
                self.spare = Some(y * scale);
                return x * scale;
            }
        }
        0.0
    }

    /// The values, each moved by a normal number times `deviation`. Source: upstream's `Transforms.addGaussianNoise`.
    pub fn added_to(&mut self, values: &[f64], deviation: f64) -> Vec<f64> {
        // The mean, 0, is added too: it turns a negative zero into zero.
        values.iter().map(|value| value + (self.gaussian() * deviation + 0.0)).collect()
    }

    fn bits(&mut self, count: u32) -> u64 {
        self.state = self.state.wrapping_mul(MULTIPLIER).wrapping_add(0xB) & MASK;
        self.state >> (48 - count)
    }
}

/// Starts at [`Noise::SEED`].
impl Default for Noise {
    fn default() -> Self {
        Noise::seeded(Self::SEED)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_javas() {
        let mut noise = Noise::seeded(42);
        assert_eq!([noise.uniform(), noise.uniform()], [0.7275636800328681, 0.6832234717598454]);
        let mut noise = Noise::seeded(42);
        for expected in [1.1419053154730547, 0.9194079489827879] {
            assert!((noise.gaussian() - expected).abs() < 1e-15);
        }
    }
}
