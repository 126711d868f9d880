//! The example program that the demo deploys.

fn main() {}
