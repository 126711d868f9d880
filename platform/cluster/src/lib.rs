//! Node leases and epochs: who is alive and who owns what.
