//! Plays the recorded answers of the original against Gennaker.

fn main() {}
