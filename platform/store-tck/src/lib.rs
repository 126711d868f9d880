//! One suite that proves the guarantees of the storage traits on every backend.
//!
//! Each guarantee written on the traits is one named check, an async function over a [`Fixture`]. A backend's tests list
//! them all by [`checks!`], which makes one test of each:
//!
//! ```text
//! gennaker_store_tck::checks!(MyFixture::new().await);
//! ```
//!
//! A check sees the traits only, uses one fresh database and moves the store's clock through the fixture: it neither
//! sleeps nor measures time. What is particular to a backend (files, permissions, fail-over) is tested beside it.

pub mod changed;
pub mod claim;
pub mod commit;
pub mod compact;
pub mod correlation;
pub mod create;
pub mod delete;
pub mod documents;
pub mod durability;
pub mod ends;
pub mod events;
pub mod fences;
pub mod leases;
pub mod list;
pub mod nodes;
pub mod places;
pub mod queue;
pub mod retention;
pub mod signals;
mod world;

use std::{future::Future, time::Duration};

use gennaker_store::SharedStore;

/// One fresh, empty database.
pub trait Fixture: Send + Sync {
    /// A new handle on the database, as one more node has it.
    fn open(&self) -> impl Future<Output = SharedStore> + Send;

    /// Moves the clock of the store, for all handles.
    fn advance(&self, by: Duration) -> impl Future<Output = ()> + Send;

    /// Ends all handles, as a stop of the whole system does.
    fn stop(&self) -> impl Future<Output = ()> + Send;
}

/// Makes a test of each check; the argument is an expression that gives a new fixture and may await.
#[macro_export]
macro_rules! checks {
    ($fixture:expr) => {
        $crate::checks! { $fixture;
            nodes {
                epochs_grow_with_every_join,
                epochs_grow_under_concurrent_joins,
                a_renewed_lease_lives_on,
                an_expired_lease_is_dead_for_good,
                a_lease_ends_exactly_at_its_expiry,
                joining_again_replaces_the_node_of_that_name,
                leaving_ends_the_lease_at_once,
                leaving_a_dead_lease_is_no_error,
                the_living_are_listed_by_name,
                the_stores_time_moves_with_its_clock,
            }
            leases {
                one_of_many_acquires_a_lease,
                acquiring_again_returns_the_same_lease,
                a_lease_moves_only_when_its_holder_is_dead,
                a_replaced_node_does_not_hold_its_former_lease,
                a_released_lease_is_free_at_once,
                only_the_holder_releases,
                a_dead_node_acquires_nothing,
                held_lists_leases_of_the_living_by_name,
            }
            create {
                what_is_created_can_be_loaded,
                a_second_creation_of_an_id_is_existing,
                a_second_request_is_existing,
                a_request_is_known_per_kind,
                a_request_answered_by_an_existing_id_is_remembered,
                of_racing_creators_of_an_id_one_is_new,
                of_racing_creators_of_a_request_one_is_new,
                an_owner_that_does_not_live_is_fenced,
                a_refused_creation_leaves_nothing,
            }
            compact {
                a_packed_execution_is_as_it_was,
                lists_hold_packed_executions,
                only_what_has_ended_is_packed,
                as_many_are_packed_as_are_asked_for,
                a_packed_execution_is_restarted,
                a_claim_returns_what_was_packed,
                packing_races_restarts,
                a_packed_execution_is_deleted,
                packed_executions_survive_a_restart,
            }
            correlation {
                a_second_creation_with_a_correlation_is_existing,
                a_correlation_is_known_per_kind,
                a_correlation_is_free_after_the_end,
                a_waiting_execution_has_its_correlation,
                a_request_answered_by_a_correlation_is_remembered,
                of_racing_creators_of_a_correlation_one_is_new,
                a_correlation_is_listed_with_what_has_ended,
            }
            fences {
                a_lower_epoch_is_refused,
                an_equal_and_a_higher_epoch_pass,
                a_fence_is_remembered_with_the_request,
                a_repeated_request_raises_the_fence,
                fences_of_executions_are_apart,
                a_refused_creation_does_not_raise_the_fence,
                a_fence_alone_is_admitted_unless_it_is_lower,
                of_racing_fences_the_highest_stays,
                fences_alone_and_of_creations_are_the_same,
            }
            commit {
                all_of_a_change_is_stored,
                what_a_commit_does_not_name_stays,
                another_epoch_is_refused_and_leaves_nothing,
                another_node_is_refused_and_leaves_nothing,
                a_claimed_away_execution_refuses_its_former_owner,
                an_unowned_execution_refuses_commits,
                a_missing_execution_refuses_commits,
                a_gap_is_a_conflict_and_leaves_nothing,
                a_repeated_commit_is_a_conflict,
                taking_a_signal_twice_is_a_conflict,
                a_head_of_another_id_is_a_conflict,
                a_refused_commit_leaves_concurrent_ones_alone,
                of_racing_commits_after_one_event_one_succeeds,
            }
            events {
                events_are_numbered_from_one_without_gaps,
                events_carry_the_epoch_that_recorded_them,
                events_are_read_after_a_number_and_up_to_a_limit,
                an_unknown_execution_has_no_events,
            }
            changed {
                an_execution_is_listed_at_its_last_change,
                claims_signals_and_refused_commits_are_no_changes,
                changes_are_listed_in_their_order_page_by_page,
                changes_are_filtered_by_kind_and_group,
                packing_changes_nothing_and_deletion_leaves_nothing,
                what_is_not_seen_yet_changes_later,
                who_follows_misses_no_last_state,
                changes_survive_a_restart,
            }
            claim {
                a_never_owned_execution_is_claimable,
                an_owned_execution_is_not_claimable,
                a_released_execution_is_claimable_when_it_is_due,
                a_released_execution_without_due_time_waits,
                a_kept_due_time_stands,
                a_due_time_in_the_past_is_claimable_at_once,
                a_signal_makes_a_released_execution_claimable,
                a_signal_that_came_before_the_release_is_not_lost,
                a_signal_racing_the_release_is_not_lost,
                what_a_node_that_left_owned_is_claimable,
                what_a_node_owned_is_claimable_when_its_lease_expired,
                what_a_replaced_node_owned_is_claimable,
                an_ended_execution_is_not_claimable,
                an_ended_execution_is_claimable_for_a_signal,
                an_untaken_signal_survives_its_owners_death,
                concurrent_claims_are_exclusive,
                concurrent_claims_of_a_dead_nodes_work_are_exclusive,
                only_readable_formats_are_claimed,
                only_the_asked_kinds_are_claimed,
                a_claim_takes_at_most_its_limit,
                the_longest_waiting_is_claimed_first,
                a_dead_node_claims_nothing,
                a_claim_returns_what_is_stored,
                the_next_due_time_is_that_of_ownerless_executions,
            }
            places {
                who_finds_no_place_waits,
                who_holds_a_place_and_has_no_owner_is_claimable,
                limits_are_apart,
                a_limit_of_zero_counts_as_one,
                only_what_is_created_takes_a_place,
                a_released_execution_holds_its_place,
                an_end_gives_its_place_to_the_longest_waiting,
                a_refused_end_gives_no_place,
                nobody_overtakes,
                a_place_is_given_as_far_as_the_next_one_allows,
                deletion_leaves_places_as_they_are,
                racing_creators_share_the_places,
                no_place_is_lost_or_given_twice,
                places_survive_a_restart,
            }
            queue {
                a_signalled_execution_keeps_its_position,
                a_waiting_execution_loses_no_signal,
                a_waiting_execution_survives_its_owners_death,
                a_place_given_to_an_owned_execution_is_told_at_its_release,
                a_waiting_execution_that_ends_leaves_the_queue,
                the_newest_supersedes_the_others,
                a_superseded_execution_gets_no_place_any_more,
                a_restart_takes_a_free_place,
                a_restart_waits_where_others_hold_the_place,
                asking_again_for_the_same_place_changes_nothing,
                asking_under_another_limit_gives_the_former_place_back,
                an_end_asks_for_no_place,
            }
            retention {
                what_ended_before_a_time_has_expired,
                only_the_asked_kinds_expire,
                the_newest_of_each_definition_are_kept,
                all_that_expired_can_be_deleted,
                a_tombstone_whose_time_is_over_is_not_left,
                what_no_longer_matters_is_forgotten,
            }
            signals {
                signals_are_numbered_and_returned_in_order,
                concurrent_signals_have_distinct_numbers,
                a_number_is_not_used_again,
                a_taken_signal_is_gone,
                an_owner_sees_which_of_its_executions_are_signalled,
                a_missing_execution_takes_no_signal,
            }
            list {
                newest_first_is_the_default,
                equal_times_have_a_stable_order,
                each_filter_filters,
                filters_are_combined,
                an_owner_lists_what_it_owns,
                a_time_range_includes_its_start_only,
                pages_have_no_gap_and_no_repetition,
                so_many_of_each_definition,
                the_limit_per_definition_counts_after_filters_and_before_pages,
                lists_carry_parts_and_signals,
                an_empty_limit_means_a_thousand,
                each_combination_of_filters_finds_the_same_as_a_look_at_each,
            }
            delete {
                an_ended_execution_is_deleted_with_all_its_rows,
                a_running_execution_is_not_deleted,
                a_waiting_execution_is_not_deleted,
                an_execution_claimed_again_is_not_deleted,
                a_missing_execution_is_not_found,
                a_tombstone_keeps_the_id_from_being_made_again,
                a_tombstone_keeps_the_request_from_being_made_again,
                a_tombstone_ends,
            }
            documents {
                a_document_has_revisions_and_a_history,
                a_write_that_expects_something_else_is_refused,
                of_racing_writers_that_expect_the_same_one_wins,
                a_removed_document_goes_on_where_it_was,
                groups_are_apart_and_lists_are_by_name,
                old_revisions_are_forgotten,
                documents_survive_a_restart,
            }
            ends {
                an_end_is_claimable_when_it_is_due,
                a_told_end_is_not_claimable,
                what_changed_meanwhile_stays_due,
                a_packed_end_is_claimable_when_it_is_due,
                an_end_that_was_not_told_is_not_deleted,
                an_end_that_is_due_survives_a_restart,
            }
            durability {
                executions_survive_a_restart,
                fences_and_requests_survive_a_restart,
                tombstones_survive_a_restart,
                epochs_go_on_after_a_restart,
                a_dead_lease_stays_dead_after_a_restart,
                handles_see_each_others_writes_at_once,
            }
        }
    };
    ($fixture:expr; $($module:ident { $($check:ident,)* })*) => {
        $(mod $module {
            #[allow(unused_imports)]
            use super::*;
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $check() {
                    $crate::$module::$check($fixture).await;
                }
            )*
        })*
    };
}

#[cfg(test)]
mod tests {
    /// A check that nobody lists would never run.
    #[test]
    fn every_check_is_listed() {
        let list = include_str!("lib.rs");
        let modules = [
            ("changed", include_str!("changed.rs")),
            ("claim", include_str!("claim.rs")),
            ("commit", include_str!("commit.rs")),
            ("compact", include_str!("compact.rs")),
            ("correlation", include_str!("correlation.rs")),
            ("create", include_str!("create.rs")),
            ("delete", include_str!("delete.rs")),
            ("documents", include_str!("documents.rs")),
            ("durability", include_str!("durability.rs")),
            ("ends", include_str!("ends.rs")),
            ("events", include_str!("events.rs")),
            ("fences", include_str!("fences.rs")),
            ("leases", include_str!("leases.rs")),
            ("list", include_str!("list.rs")),
            ("nodes", include_str!("nodes.rs")),
            ("places", include_str!("places.rs")),
            ("queue", include_str!("queue.rs")),
            ("retention", include_str!("retention.rs")),
            ("signals", include_str!("signals.rs")),
        ];
        for (module, text) in modules {
            let start = list.find(&format!("            {module} {{")).expect("the module is listed");
            let listed = list[start..].split('}').next().expect("a block");
            let checks = text.lines().filter_map(|line| line.strip_prefix("pub async fn "));
            for check in checks.filter_map(|rest| rest.split('<').next()) {
                assert!(listed.contains(&format!(" {check},")), "{module}::{check} is not in checks!");
            }
        }
    }
}
