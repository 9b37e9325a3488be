//! Which write tools of Basecamp are steps of flows: every one, but for those below.

use domain::flow::catalog::{self, OperationMeta};

/// Every tool of Basecamp: name, group, profile, risk, ...
const TOOLS: &str = include_str!("../../src/catalog/basecamp.tsv");

/// Groups of tools that change records of Basecamp.
const GROUPS: [&str; 9] =
    ["projects", "todos", "cards", "messages", "schedule", "files", "recordings", "people", "api"];

/// Tools that are a step under another name.
const CALLED_OTHERWISE: [(&str, &str); 4] = [
    ("create_campfire_line", "create_chat_line"),
    ("api_post_templates_by_template_id_project_constructions", "create_project_construction"),
    ("api_put_buckets_by_bucket_id_recordings_by_recording_id_subscription", "update_subscription"),
    ("api_put_projects_by_project_id_people_users", "update_project_people"),
];

/// Tools that are no step, and why.
const NOT_STEPS: [(&str, &str); 8] = [
    (
        "create_attachment",
        "it leaves a file that nobody finds; “Put a file there” does it with its place",
    ),
    ("create_chatbot", "a chatbot is made once, by hand, and leaves an address that is a secret"),
    ("update_chatbot", "a chatbot is set up once, by hand"),
    ("delete_chatbot", "whoever posts as it would fail from then on"),
    (
        "post_chatbot_line",
        "“Post to a chat channel” posts as a chatbot, its address kept in a connection",
    ),
    ("create_webhook", "a flow hears of Basecamp by its trigger"),
    ("update_webhook", "a flow hears of Basecamp by its trigger"),
    ("delete_webhook", "PM OS keeps its own webhooks, and a flow must not cut them off"),
];

fn writes() -> impl Iterator<Item = (&'static str, &'static str)> {
    TOOLS.lines().skip(1).filter_map(|line| {
        let mut columns = line.split('\t');
        let (name, group) = (columns.next()?, columns.next()?);
        let risk = columns.nth(1)?;
        (GROUPS.contains(&group) && risk != "read").then_some((name, risk))
    })
}

fn step(operation: &str) -> Option<&'static OperationMeta> {
    let piece = catalog::piece(catalog::BASECAMP)?;
    piece.actions.iter().flat_map(|it| &it.operations).find(|it| it.value == operation)
}

#[test]
fn every_write_tool_is_a_step_or_says_why_not() {
    assert!(writes().count() > 80);
    for (tool, risk) in writes() {
        let reason = NOT_STEPS.iter().find(|it| it.0 == tool);
        let name = CALLED_OTHERWISE.iter().find(|it| it.0 == tool).map_or(tool, |it| it.1);
        match (step(name), reason) {
            (Some(meta), None) => {
                assert_eq!(meta.risk.as_str(), risk, "{tool} is asked about as the tool is");
            }
            (None, Some((_, why))) => assert!(!why.is_empty()),
            (found, _) => {
                panic!("{tool}: a step: {}, left out: {}", found.is_some(), reason.is_some())
            }
        }
    }
}

#[test]
fn what_is_left_out_is_a_tool() {
    for (tool, _) in NOT_STEPS.iter().chain(&CALLED_OTHERWISE) {
        assert!(writes().any(|it| it.0 == *tool), "{tool}");
    }
}
