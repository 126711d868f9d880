//! The gennaker program.

fn main() {}
