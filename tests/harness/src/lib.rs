//! Starts the built programs, loads them, kills them.
