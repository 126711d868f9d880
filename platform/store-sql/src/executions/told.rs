//! Ends of which everybody was told: they are not due any more.

use gennaker_store::Told;

use crate::{dialect::Script, error::Step, rows::signed, writer::Turn};

pub(super) async fn told(turn: &mut Turn, told: Vec<Told>) -> Step<()> {
    let mut script = Script::new();
    for Told { id, sequence } in told {
        let statement =
            script.statement("UPDATE gennaker_executions SET due = NULL, ready = CASE WHEN signals > 0 THEN ");
        statement.push("ready ELSE NULL END WHERE id = ").push_bind(id);
        statement.push(" AND is_over = 1 AND owner_node IS NULL AND sequence = ").push_bind(signed(sequence));
    }
    turn.write(script).await
}
