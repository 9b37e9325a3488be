//! The schema, one portable text for both databases. How to write a safe one: `migrations/README.md`.

use crate::db::Result;
use crate::error::StoreError;
use sqlx::SqlStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::postgres::PgPool;
use sqlx::sqlite::SqlitePool;
use std::borrow::Cow;

/// Number, sentence and text of each migration. Never change one that was released.
const ALL: &[(i64, &str, &str)] = &[
    (1, "changes leave events", include_str!("../../../migrations/0001_changes_leave_events.sql")),
    (2, "apps are connected", include_str!("../../../migrations/0002_apps_are_connected.sql")),
    (
        3,
        "people work in workspaces",
        include_str!("../../../migrations/0003_people_work_in_workspaces.sql"),
    ),
    (
        10,
        "flows are built and run",
        include_str!("../../../migrations/0010_flows_are_built_and_run.sql"),
    ),
    (
        20,
        "the assistant remembers",
        include_str!("../../../migrations/0020_the_assistant_remembers.sql"),
    ),
    (
        21,
        "approvals name who decided",
        include_str!("../../../migrations/0021_approvals_name_who_decided.sql"),
    ),
    (30, "basecamp is mirrored", include_str!("../../../migrations/0030_basecamp_is_mirrored.sql")),
    (
        32,
        "questions find their index",
        include_str!("../../../migrations/0032_questions_find_their_index.sql"),
    ),
    (
        50,
        "flows remember values",
        include_str!("../../../migrations/0050_flows_remember_values.sql"),
    ),
    (
        51,
        "runs wait for answers",
        include_str!("../../../migrations/0051_runs_wait_for_answers.sql"),
    ),
    (52, "ended runs are found", include_str!("../../../migrations/0052_ended_runs_are_found.sql")),
    (60, "people hold api keys", include_str!("../../../migrations/0060_people_hold_api_keys.sql")),
    (
        61,
        "chat clients keep their session",
        include_str!("../../../migrations/0061_chat_clients_keep_their_session.sql"),
    ),
    (70, "models answer", include_str!("../../../migrations/0070_models_answer.sql")),
    (
        80,
        "people sign in to basecamp",
        include_str!("../../../migrations/0080_people_sign_in_to_basecamp.sql"),
    ),
    (90, "undoing is claimed", include_str!("../../../migrations/0090_undoing_is_claimed.sql")),
    (
        100,
        "flows use connections",
        include_str!("../../../migrations/0100_flows_use_connections.sql"),
    ),
    (
        105,
        "flows start by basecamp",
        include_str!("../../../migrations/0105_flows_start_by_basecamp.sql"),
    ),
    (106, "flows keep tables", include_str!("../../../migrations/0106_flows_keep_tables.sql")),
    (
        110,
        "clients sign people in",
        include_str!("../../../migrations/0110_clients_sign_people_in.sql"),
    ),
    (
        115,
        "answers are remembered",
        include_str!("../../../migrations/0115_answers_are_remembered.sql"),
    ),
    (
        120,
        "writes are stored first",
        include_str!("../../../migrations/0120_writes_are_stored_first.sql"),
    ),
    (121, "basecamp calls back", include_str!("../../../migrations/0121_basecamp_calls_back.sql")),
    (122, "nodes take turns", include_str!("../../../migrations/0122_nodes_take_turns.sql")),
    (
        123,
        "what was made is found",
        include_str!("../../../migrations/0123_what_was_made_is_found.sql"),
    ),
    (125, "projects are scored", include_str!("../../../migrations/0125_projects_are_scored.sql")),
    (
        126,
        "people keep definitions",
        include_str!("../../../migrations/0126_people_keep_definitions.sql"),
    ),
    (140, "flows run elsewhere", include_str!("../../../migrations/0140_flows_run_elsewhere.sql")),
    (
        145,
        "flows have proposals",
        include_str!("../../../migrations/0145_flows_have_proposals.sql"),
    ),
    (150, "steps are tried", include_str!("../../../migrations/0150_steps_are_tried.sql")),
    (
        151,
        "flows are in folders",
        include_str!("../../../migrations/0151_flows_are_in_folders.sql"),
    ),
    (160, "templates are kept", include_str!("../../../migrations/0160_templates_are_kept.sql")),
    (161, "apps are published", include_str!("../../../migrations/0161_apps_are_published.sql")),
    (
        165,
        "super admins have a shell",
        include_str!("../../../migrations/0165_super_admins_have_a_shell.sql"),
    ),
    (
        166,
        "requests are counted",
        include_str!("../../../migrations/0166_requests_are_counted.sql"),
    ),
    (
        170,
        "agents work on goals",
        include_str!("../../../migrations/0170_agents_work_on_goals.sql"),
    ),
    (
        171,
        "people subscribe to events",
        include_str!("../../../migrations/0171_people_subscribe_to_events.sql"),
    ),
    (
        175,
        "other servers offer tools",
        include_str!("../../../migrations/0175_other_servers_offer_tools.sql"),
    ),
    (
        176,
        "objectives become plans",
        include_str!("../../../migrations/0176_objectives_become_plans.sql"),
    ),
    (180, "flows take turns", include_str!("../../../migrations/0180_flows_take_turns.sql")),
    (185, "code steps log", include_str!("../../../migrations/0185_code_steps_log.sql")),
    (
        186,
        "steps know when they go on",
        include_str!("../../../migrations/0186_steps_know_when_they_go_on.sql"),
    ),
    (188, "messages have files", include_str!("../../../migrations/0188_messages_have_files.sql")),
    (200, "people have limits", include_str!("../../../migrations/0200_people_have_limits.sql")),
    (
        205,
        "connections are looked after",
        include_str!("../../../migrations/0205_connections_are_looked_after.sql"),
    ),
    (206, "alerts go elsewhere", include_str!("../../../migrations/0206_alerts_go_elsewhere.sql")),
    (
        210,
        "tool servers are programs",
        include_str!("../../../migrations/0210_tool_servers_are_programs.sql"),
    ),
    (220, "undoing is a write", include_str!("../../../migrations/0220_undoing_is_a_write.sql")),
    (
        226,
        "projects tell what is new",
        include_str!("../../../migrations/0226_projects_tell_what_is_new.sql"),
    ),
    (
        231,
        "decided runs are found",
        include_str!("../../../migrations/0231_decided_runs_are_found.sql"),
    ),
    (
        236,
        "chat clients keep tasks",
        include_str!("../../../migrations/0236_chat_clients_keep_tasks.sql"),
    ),
    (
        237,
        "tool servers are signed in to",
        include_str!("../../../migrations/0237_tool_servers_are_signed_in_to.sql"),
    ),
    (
        241,
        "looks at models are kept",
        include_str!("../../../migrations/0241_looks_at_models_are_kept.sql"),
    ),
    (250, "scopes know of news", include_str!("../../../migrations/0250_scopes_know_of_news.sql")),
    (
        251,
        "changes name who made them",
        include_str!("../../../migrations/0251_changes_name_who_made_them.sql"),
    ),
    (
        255,
        "steps say what they would change",
        include_str!("../../../migrations/0255_steps_say_what_they_would_change.sql"),
    ),
    (
        260,
        "runs are found by what they are",
        include_str!("../../../migrations/0260_runs_are_found_by_what_they_are.sql"),
    ),
    (
        265,
        "conversations keep summaries",
        include_str!("../../../migrations/0265_conversations_keep_summaries.sql"),
    ),
    (
        266,
        "approvals show what changes",
        include_str!("../../../migrations/0266_approvals_show_what_changes.sql"),
    ),
    (
        270,
        "tasks are taken up again",
        include_str!("../../../migrations/0270_tasks_are_taken_up_again.sql"),
    ),
    (
        275,
        "sessions say where they are",
        include_str!("../../../migrations/0275_sessions_say_where_they_are.sql"),
    ),
    (
        280,
        "looks know their first page",
        include_str!("../../../migrations/0280_looks_know_their_first_page.sql"),
    ),
];

/// Number, sentence, and the texts for SQLite and for PostgreSQL, where no one text says the same to both.
const TWINS: &[(i64, &str, &str, &str)] = &[
    (
        31,
        "words are found",
        include_str!("../../../migrations/0031_words_are_found.sqlite.sql"),
        include_str!("../../../migrations/0031_words_are_found.postgres.sql"),
    ),
    (
        199,
        "events are chained",
        include_str!("../../../migrations/0199_events_are_chained.sqlite.sql"),
        include_str!("../../../migrations/0199_events_are_chained.postgres.sql"),
    ),
];

/// How many steps this program knows.
pub fn known() -> usize {
    ALL.len() + TWINS.len()
}

fn migrator(is_sqlite: bool) -> Migrator {
    let twins = TWINS.iter().map(|(version, sentence, sqlite, postgres)| {
        (*version, *sentence, if is_sqlite { *sqlite } else { *postgres })
    });
    let mut all: Vec<_> = ALL.iter().copied().chain(twins).collect();
    all.sort_by_key(|(version, ..)| *version);
    let migrations = all.into_iter().map(|(version, sentence, sql)| {
        Migration::new(
            version,
            Cow::Borrowed(sentence),
            MigrationType::Simple,
            SqlStr::from_static(sql),
            false,
        )
    });
    Migrator::with_migrations(migrations.collect())
}

/// The texts of all steps for PostgreSQL, in order: two programs with the same ones lay the same schema.
#[cfg(feature = "testing")]
pub(crate) fn postgres_texts() -> String {
    migrator(false).iter().map(|step| step.sql.as_str()).collect()
}

pub(crate) async fn run_sqlite(pool: &SqlitePool) -> Result<()> {
    migrator(true).run(pool).await.map_err(failed)
}

pub(crate) async fn run_postgres(pool: &PgPool) -> Result<()> {
    migrator(false).run(pool).await.map_err(failed)
}

fn failed(error: sqlx::migrate::MigrateError) -> StoreError {
    StoreError::Other(sqlx::Error::Migrate(Box::new(error)))
}
