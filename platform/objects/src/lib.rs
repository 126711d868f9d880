//! Named objects with atomic, conditional writes, in a folder or a bucket.
