//! The sentences, one for each thing that a step can change.

use crate::flow::catalog::{
    APPROVAL, BASECAMP, CHAT_WEBHOOK, NOTIFY, SMTP, STORE, SUBFLOWS, TABLES, WEBHOOK,
};

/// The pattern of what `action` of `piece` changes, in which `operation` may choose; none where there is no sentence.
pub(super) fn of(piece: &str, action: &str, operation: &str) -> Option<&'static str> {
    if piece == BASECAMP {
        return BASECAMPS.iter().find(|it| it.0 == operation).map(|it| it.1);
    }
    OTHERS.iter().find(|it| (it.0, it.1) == (piece, action)).map(|it| it.2)
}

const OTHERS: [(&str, &str, &str); 16] = [
    (
        WEBHOOK,
        "return_response_and_wait_for_next_webhook",
        "Answer the request, and wait for the next one",
    ),
    (NOTIFY, "notify_person", "Tell {person|whoever owns the flow}: “{message}”"),
    (APPROVAL, "wait_for_approval", "Ask {person|whoever owns the flow}[: “{message}”]"),
    (APPROVAL, "create_approval_links", "Make two addresses to answer at[: “{message}”]"),
    (SUBFLOWS, "callFlow", "Start the flow {flow|that is chosen}"),
    (SMTP, "send-email", "Send the e-mail “{subject}” to {to}"),
    (CHAT_WEBHOOK, "post_message", "Post “{text}” to a chat channel"),
    (STORE, "put", "Keep “{value}” under the name {key}"),
    (STORE, "append", "Write “{value}” after the text kept as {key}"),
    (STORE, "remove_value", "Forget what is kept as {key}"),
    (STORE, "add_to_list", "Add “{value}” to the list kept as {key}"),
    (STORE, "remove_from_list", "Take “{value}” from the list kept as {key}"),
    (TABLES, "tables-create-records", "Add rows to the table {table_id}"),
    (TABLES, "tables-update-record", "Change a row of the table {table_id}"),
    (TABLES, "tables-delete-record", "Remove a row of the table {table_id}"),
    (TABLES, "tables-clear-table", "Remove every row of the table {table_id}"),
];

const BASECAMPS: [(&str, &str); 82] = [
    (
        "create_todo",
        "Add the to-do “{inputs.content}” to {todolist|a list}[, due {inputs.due_on}][, for {inputs.assignee_ids}]",
    ),
    ("complete_todo", "Complete the to-do {todo|of an earlier step}"),
    ("uncomplete_todo", "Reopen the to-do {todo|of an earlier step}"),
    (
        "update_todo_details",
        "Change the to-do {todo|of an earlier step}[: “{inputs.content}”][, due {inputs.due_on}][, for {inputs.assignee_ids}]",
    ),
    ("assign_todo", "Assign the to-do {todo|of an earlier step} to {inputs.assignee_ids|somebody}"),
    ("trash_todo", "Move the to-do {todo|of an earlier step} to the trash"),
    (
        "reposition_todo",
        "Move the to-do {todo|of an earlier step} to place {inputs.position} of its list",
    ),
    ("create_todolist", "Add the to-do list “{inputs.name}” to {project|a project}"),
    ("update_todolist", "Change the to-do list {todolist|of an earlier step}[: “{inputs.name}”]"),
    ("create_todolist_group", "Add the group “{inputs.name}” to {todolist|a list}"),
    (
        "create_card",
        "Add the card “{inputs.title}” to {column|a column}[, due {inputs.due_on}][, for {inputs.assignee_ids}]",
    ),
    ("move_card", "Move the card {card|of an earlier step} to {column|another column}"),
    (
        "update_card",
        "Change the card {card|of an earlier step}[: “{inputs.title}”][, due {inputs.due_on}][, for {inputs.assignee_ids}]",
    ),
    ("create_card_step", "Add the step “{inputs.title}” to the card {card|of an earlier step}"),
    ("archive_card", "Archive the card {card|of an earlier step}"),
    ("trash_card", "Move the card {card|of an earlier step} to the trash"),
    ("create_card_table_column", "Add the column “{inputs.title}” to {card_table|a board}"),
    (
        "update_card_table_column",
        "Change the column {column|of an earlier step}[: “{inputs.title}”]",
    ),
    (
        "update_card_table_column_color",
        "Colour the column {column|of an earlier step} {inputs.color}",
    ),
    ("create_message", "Post “{inputs.subject}” to {project|a project}"),
    ("update_message", "Change the message {message|of an earlier step}[: “{inputs.subject}”]"),
    ("pin_recording", "Pin the message {message|of an earlier step}"),
    ("unpin_recording", "Unpin the message {message|of an earlier step}"),
    ("create_chat_line", "Write “{inputs.content}” in the chat of {project|a project}"),
    (
        "create_comment",
        "Comment on {inputs.recording_id|a record of an earlier step}: “{inputs.content}”",
    ),
    ("update_comment", "Change a comment: “{inputs.content}”"),
    (
        "create_schedule_entry",
        "Add “{inputs.summary}” to the schedule of {project|a project}, from {inputs.starts_at}",
    ),
    ("update_schedule_entry", "Change the event {entry|of an earlier step}[: “{inputs.summary}”]"),
    ("create_document", "Write the document “{inputs.title}” in {project|a project}"),
    ("update_document", "Change the document {document|of an earlier step}[: “{inputs.title}”]"),
    ("create_upload", "Put the file[ {inputs.name}] into {project|a project}"),
    ("create_child_vault", "Add the folder “{inputs.title}” to {project|a project}"),
    ("create_project", "Start the project “{inputs.name}”"),
    ("create_project_construction", "Start the project “{inputs.name}” from {template|a template}"),
    ("update_project", "Change the project {project|of an earlier step}[: “{inputs.name}”]"),
    ("trash_project", "Move the project {project|of an earlier step} to the trash"),
    (
        "create_question_answer",
        "Answer the check-in {question|of an earlier step}: “{inputs.content}”",
    ),
    ("pause_question", "Pause the check-in {question|of an earlier step}"),
    ("resume_question", "Go on with the check-in {question|of an earlier step}"),
    ("archive_recording", "Archive {inputs.record|a record of an earlier step}"),
    ("unarchive_recording", "Bring {inputs.record|a record of an earlier step} back"),
    ("trash_recording", "Move {inputs.record|a record of an earlier step} to the trash"),
    ("subscribe_recording", "Follow {inputs.record|a record of an earlier step}"),
    ("unsubscribe_recording", "Stop following {inputs.record|a record of an earlier step}"),
    ("complete_task_by_name", "Complete the to-do “{inputs.task}” in {project|a project}"),
    (
        "reposition_todolist_group",
        "Move the group {group|of an earlier step} to place {inputs.position} of its list",
    ),
    (
        "move_card_table_column",
        "Move the column {column|of an earlier step} to place {inputs.position}",
    ),
    ("subscribe_card_table_column", "Follow the column {column|of an earlier step}"),
    ("unsubscribe_card_table_column", "Stop following the column {column|of an earlier step}"),
    (
        "create_card_table_on_hold",
        "Give the column {column|of an earlier step} a place for cards on hold",
    ),
    (
        "delete_card_table_on_hold",
        "Take the place for cards on hold from the column {column|of an earlier step}",
    ),
    ("unarchive_card", "Bring the card {inputs.record|of an earlier step} back"),
    ("update_card_step", "Change the step {card_step|of a card}[: “{inputs.title}”]"),
    ("complete_card_step", "Complete the step {card_step|of a card}"),
    ("uncomplete_card_step", "Reopen the step {card_step|of a card}"),
    ("reposition_card_step", "Move the step {card_step|of a card} to place {inputs.position}"),
    ("create_message_type", "Add “{inputs.name}” as a kind of message to {project|a project}"),
    ("update_message_type", "Change a kind of message[ to “{inputs.name}”] in {project|a project}"),
    ("delete_message_type", "Delete a kind of message in {project|a project}"),
    ("delete_campfire_line", "Delete a line from the chat of {project|a project}"),
    ("update_upload", "Change the file {upload|of an earlier step}[: {inputs.base_name}]"),
    ("update_vault", "Rename the folder {folder|of an earlier step} to “{inputs.title}”"),
    ("update_schedule", "Change what the schedule of {project|a project} shows"),
    (
        "update_project_people",
        "Change who is in {project|a project}[, let in {inputs.grant}][, take out {inputs.revoke}]",
    ),
    ("create_template", "Add the template “{inputs.name}”"),
    ("update_template", "Change the template {template|of an earlier step}[: “{inputs.name}”]"),
    ("trash_template", "Move the template {template|of an earlier step} to the trash"),
    ("create_dock_tool", "Add the tool “{inputs.title}” to {project|a project}"),
    ("update_dock_tool", "Rename the tool {tool|of a project} to “{inputs.title}”"),
    ("enable_dock_tool", "Switch the tool {tool|of a project} on in {project|a project}"),
    ("disable_dock_tool", "Switch the tool {tool|of a project} off in {project|a project}"),
    ("move_dock_tool", "Move the tool {tool|of a project} to place {inputs.position}"),
    ("trash_dock_tool", "Move the tool {tool|of a project} to the trash, with all that is in it"),
    ("create_lineup_marker", "Mark {inputs.date} in the timeline as “{inputs.name}”"),
    ("update_lineup_marker", "Change a marker of the timeline[: “{inputs.name}”]"),
    ("delete_lineup_marker", "Delete a marker of the timeline"),
    ("create_question", "Add the check-in “{inputs.title}” to {project|a project}"),
    ("update_question", "Change the check-in {question|of an earlier step}[: “{inputs.title}”]"),
    (
        "update_question_notification_settings",
        "Choose what to be told of the check-in {question|of an earlier step}",
    ),
    ("update_question_answer", "Change an answer to a check-in: “{inputs.content}”"),
    (
        "update_subscription",
        "Change who follows {inputs.record|a record of an earlier step}[, let follow {inputs.subscriptions}][, no longer {inputs.unsubscriptions}]",
    ),
    (
        "update_client_visibility",
        "Change whether clients see {inputs.record|a record of an earlier step}",
    ),
];
