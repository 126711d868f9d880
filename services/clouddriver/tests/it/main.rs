//! clouddriver against a SQLite store and a cloud that writes down what it is asked.

mod accounts;
mod api;
mod artifacts;
mod cloud;
mod front50;
mod infrastructure;
mod operations;
mod ownership;
mod sky;
mod tags;
mod world;
