//! YAML 1.1 as SnakeYAML reads it, from outside: recorded answers, round trips, hostile texts.

mod hostile;
mod recorded;
mod round_trips;
