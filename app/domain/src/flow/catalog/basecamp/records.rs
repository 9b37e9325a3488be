//! Check-ins, and what can be done with a record of any kind.

use super::setting_up::lost;
use super::{chosen, noun, optional, people, project, reads, seldom, trashes, writes};
use crate::flow::catalog::{ActionMeta, OperationMeta, PropKind, PropMeta, one_of, prop};

const QUESTION: &[&str] = &["project", "question"];

pub(super) fn checkins() -> ActionMeta {
    let mut operations = vec![
        writes(
            (
                "create_question_answer",
                "Answer a check-in",
                "Adds an answer to a question that is asked regularly",
            ),
            QUESTION,
            vec![
                prop("content", "Answer", PropKind::LongText).required(),
                prop("group_on", "For the day", PropKind::ShortText)
                    .note("A day, as 2026-03-31; today, when left empty"),
            ],
        ),
        writes(
            (
                "update_question_answer",
                "Change an answer to a check-in",
                "Gives an answer another text",
            ),
            &[],
            vec![
                prop("answer_id", "Answer", PropKind::Number)
                    .required()
                    .note("The id that an earlier step gives"),
                prop("content", "Answer", PropKind::LongText).required(),
            ],
        ),
        writes(
            ("pause_question", "Pause a check-in", "Stops asking a question"),
            QUESTION,
            Vec::new(),
        ),
        writes(
            ("resume_question", "Go on with a check-in", "Asks a paused question again"),
            QUESTION,
            Vec::new(),
        ),
        reads(
            ("list_questions", "List the check-ins", "Gives the questions of a project"),
            &["project"],
            Vec::new(),
        ),
    ];
    operations.extend(questions());
    let pickers = vec![project(), chosen("question", "Question", &["project"])];
    noun("checkins", ("Check-ins", "Answers and pauses check-ins"), pickers, operations)
}

/// How often a question can be asked, as Basecamp calls it.
const OFTEN: [(&str, &str); 4] = [
    ("every_day", "Every day"),
    ("every_week", "Every week"),
    ("every_other_week", "Every other week"),
    ("every_month", "Every month"),
];

fn questions() -> Vec<OperationMeta> {
    let question = || {
        vec![
            prop("title", "Question", PropKind::ShortText).required(),
            prop("frequency", "How often", one_of(&OFTEN)).required(),
            prop("days", "On which days", PropKind::Array)
                .note("One a line: Monday, Tuesday. Monday to Friday, when left empty"),
            prop("hour", "At what hour", PropKind::Number).note("0 to 23; 9, when left empty"),
        ]
    };
    let told = |name, label| prop(name, label, PropKind::Checkbox).required().default(true);
    let all = vec![
        writes(
            (
                "create_question",
                "Add a check-in",
                "Adds a question that everybody in a project is asked regularly",
            ),
            &["project"],
            question(),
        ),
        writes(
            (
                "update_question",
                "Change a check-in",
                "Changes what is asked, or when; what is left empty stays",
            ),
            QUESTION,
            optional(question()),
        ),
        writes(
            (
                "update_question_notification_settings",
                "Choose what to be told of a check-in",
                "Says what whoever the flow acts as is told of answers",
            ),
            QUESTION,
            vec![
                told("notify_on_answer", "Tell of each answer"),
                told("digest_include_unanswered", "Say who has not answered"),
            ],
        ),
    ];
    all.into_iter().map(seldom).collect()
}

pub(super) fn records() -> ActionMeta {
    let operations = vec![
        writes(
            ("archive_recording", "Archive a record", "Puts any record into the archive"),
            &[],
            record(),
        ),
        writes(
            (
                "unarchive_recording",
                "Bring a record back",
                "Takes any record out of the archive or the trash",
            ),
            &[],
            record(),
        ),
        trashes(("trash_recording", "Move a record to the trash"), &[], record()),
        writes(
            (
                "subscribe_recording",
                "Follow a record",
                "Whoever the flow acts as is told of what happens to it",
            ),
            &[],
            record(),
        ),
        writes(
            ("unsubscribe_recording", "Stop following a record", "It is told of no more"),
            &[],
            record(),
        ),
        seldom(writes(
            (
                "update_subscription",
                "Change who follows a record",
                "Lets people be told of what happens to a record, or no longer",
            ),
            &[],
            [
                record(),
                vec![people("subscriptions", "Let follow"), people("unsubscriptions", "No longer")],
            ]
            .concat(),
        )),
        seldom(lost(writes(
            (
                "update_client_visibility",
                "Show a record to clients, or hide it",
                "Clients are told of what they see for the first time",
            ),
            &[],
            [
                record(),
                vec![
                    prop("visible_to_clients", "Clients see it", PropKind::Checkbox)
                        .required()
                        .default(false),
                ],
            ]
            .concat(),
        ))),
    ];
    noun("records", ("Any record", "Archives, trashes and follows records"), Vec::new(), operations)
}

fn record() -> Vec<PropMeta> {
    vec![prop("record", "Record", PropKind::Number).required().note(
        "The id that an earlier step gives: of a to-do, a card, a message, a document, an event or anything else",
    )]
}
