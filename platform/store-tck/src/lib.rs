//! One suite that proves the guarantees of the storage traits on every backend.
