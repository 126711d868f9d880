//! echo behind its guard, with real peers in this process.

mod chain;
mod cron;
mod events;
mod feed;
mod input;
mod lists;
mod peers;
mod pipelines;
mod world;
