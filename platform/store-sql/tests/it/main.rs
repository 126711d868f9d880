//! The suite of the storage traits on SQLite, and what is particular to a file.

mod sqlite;
