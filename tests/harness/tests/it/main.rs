//! The harness against real programs: the greeter, a shell, and a server that cuts connections.

mod greeter;
mod install;
mod load;
mod program;
mod web_socket;
