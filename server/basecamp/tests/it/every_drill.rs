//! Each failure that is known from the wild, with the tests that fail where it is not withstood.

use std::collections::HashSet;

/// Every test of this crate over HTTP.
const TESTS: [&str; 9] = [
    include_str!("drills.rs"),
    include_str!("failures.rs"),
    include_str!("glances.rs"),
    include_str!("mirror.rs"),
    include_str!("reading.rs"),
    include_str!("renewals.rs"),
    include_str!("switches.rs"),
    include_str!("webhooks.rs"),
    include_str!("writing.rs"),
];

const DRILLS: [(&str, &[&str]); 16] = [
    (
        "the first page mistaken for all",
        &["every_todo_of_many_pages_is_read_exactly_once", "a_first_load_equals_the_live_walk"],
    ),
    ("304 with a lost copy", &["a_304_without_a_copy_of_ours_takes_nothing_away"]),
    (
        "records that move between pages during a walk",
        &[
            "records_that_move_between_pages_are_neither_lost_nor_doubled",
            "a_look_ends_with_its_first_page_once_two_met_the_same_there",
        ],
    ),
    ("an empty page with a count", &["empty_pages_and_foreign_links_take_nothing_away"]),
    (
        "a storm of 429 in the first load while a person waits",
        &["a_storm_of_refusals_in_a_first_load_does_not_hold_up_people"],
    ),
    (
        "access that ends in the middle of a walk",
        &[
            "access_that_ends_in_the_middle_of_a_load_is_renewed_once_and_the_load_goes_on",
            "lost_access_stops_the_load_which_goes_on_after_reconnecting",
        ],
    ),
    (
        "a project hidden and regained",
        &["a_project_that_is_hidden_takes_its_todos_along_and_brings_them_back"],
    ),
    (
        "a to-do that moves to another project",
        &["a_todo_that_moves_to_another_project_is_there_once"],
    ),
    ("trashed, then restored", &["what_is_trashed_and_restored_is_neither_lost_nor_doubled"]),
    ("a group deleted with its to-dos", &["a_group_that_is_deleted_takes_its_todos_along"]),
    (
        "webhooks that come twice and out of order",
        &["what_a_webhook_hints_at_is_read_once_however_often_it_is_told"],
    ),
    ("a gap in the feed", &["a_feed_with_a_gap_begins_again"]),
    ("clocks that disagree", &["changes_are_found_though_basecamps_clock_is_behind"]),
    (
        "a create whose answer is lost",
        &[
            "a_create_whose_answer_is_lost_is_found_and_not_repeated",
            "a_create_that_did_not_happen_says_so",
            "a_create_that_came_too_late_is_found_and_not_repeated",
        ],
    ),
    (
        "a replacing write that wipes the notes",
        &[
            "a_change_of_one_field_wipes_no_other_and_a_lost_record_is_not_written",
            "a_change_keeps_everything_it_does_not_name",
        ],
    ),
    ("a next page on another server", &["empty_pages_and_foreign_links_take_nothing_away"]),
];

#[test]
fn every_drill_is_a_test() {
    let names: HashSet<&str> = TESTS
        .iter()
        .flat_map(|it| it.split("async fn ").skip(1))
        .filter_map(|it| it.split('(').next())
        .collect();
    for (drill, tests) in DRILLS {
        assert!(!tests.is_empty(), "{drill}");
        for test in tests {
            assert!(names.contains(test), "{drill}: there is no test {test}");
        }
    }
}
