//! Parts: the rows of an execution that change one by one.

use gennaker_store::Part;

use crate::dialect::{Script, upsert};

/// Adds parts, or lets them replace those with the same ids.
pub(super) fn put(script: &mut Script, id: &str, parts: Vec<Part>) {
    insert(script, id, parts, upsert!("execution, id"; "position", "body"));
}

/// Adds parts; `conflict` says what becomes of those whose ids are there.
pub(super) fn insert(script: &mut Script, id: &str, parts: Vec<Part>, conflict: &str) {
    script.insert(
        "INSERT INTO gennaker_parts (execution, id, position, body)",
        parts,
        |row, part| {
            row.push_bind(id.to_owned()).push_bind(part.id).push_bind(i64::from(part.position)).push_bind(part.body);
        },
        conflict,
    );
}

/// Removes parts.
pub(super) fn remove(script: &mut Script, id: &str, parts: Vec<String>) {
    for part in parts {
        let statement = script.statement("DELETE FROM gennaker_parts WHERE execution = ");
        statement.push_bind(id.to_owned()).push(" AND id = ").push_bind(part);
    }
}
