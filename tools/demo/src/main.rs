//! make demo: the main job from one command.

fn main() {}
