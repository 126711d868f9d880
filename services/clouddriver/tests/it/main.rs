//! clouddriver against a SQLite store and a cloud that writes down what it is asked.

mod api;
mod artifacts;
mod cloud;
mod infrastructure;
mod operations;
mod ownership;
mod sky;
mod world;
