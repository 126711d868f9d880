//! Configuration as Spring reads it: files, profiles, placeholders, relaxed keys.
