//! The shell of super admins: PM OS's own commands, never those of the operating system. Every command and its output
//! is a row of the audit log.

mod backups;
mod commands;
mod doctor;
mod reruns;
mod status;

pub use commands::COMMANDS;
pub(crate) use status::size;

use crate::Backend;
use crate::shell::commands::Ran;
use domain::actor::{Actor, Permission};
use domain::event::{Event, EventKind, Outcome, StoredEvent};
use domain::platform::{SHELL_IDLE_MS, ShellLine, ShellSession};
use domain::problem::Problem;
use serde_json::json;
use std::time::Instant;
use store::shell::ShellRow;
use store::{events, ids, shell};

/// The longest command, letters.
const COMMAND_MAX: usize = 500;
/// The longest output, letters; the rest is left out and said so.
const OUTPUT_MAX: usize = 20_000;
/// What a command is called in the log when it is none: it may be a password in the wrong window.
const NO_COMMAND: &str = "(no command)";

impl Backend {
    /// Opens a session of the shell; gives its id.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] unless a super admin asks, which is noted.
    pub async fn open_shell(&self, actor: &Actor) -> Result<String, Problem> {
        self.auth.authorise(actor, Permission::Platform, "shell").await?;
        let id = format!("sh_{}", ids::random_hex(5));
        let (by, session, now_ms) = (actor.clone(), id.clone(), self.auth.clock().now_ms());
        let opened: Result<(), Problem> = self
            .db
            .write(move |conn| {
                Box::pin(async move {
                    let event = Event::new(EventKind::ShellOpened, &session, "Shell");
                    let number = events::record(conn, &by, &event).await?;
                    let owner = (&by.workspace, &by.user);
                    Ok(shell::open(conn, owner, &session, number, now_ms).await?)
                })
            })
            .await;
        opened?;
        Ok(id)
    }

    /// Runs one of our commands in an open session of `actor`.
    ///
    /// # Errors
    /// [`Problem::Forbidden`]; [`Problem::NotFound`], also for somebody else's session; [`Problem::Conflict`] when it
    /// is closed; [`Problem::Invalid`] with the list when there is no such command.
    pub async fn run_in_shell(
        &self,
        actor: &Actor,
        id: &str,
        command: &str,
    ) -> Result<ShellLine, Problem> {
        self.auth.authorise(actor, Permission::Platform, "shell").await?;
        self.open_session(actor, id).await?;
        let command = command.trim();
        if command.is_empty() || command.chars().count() > COMMAND_MAX {
            let message = "Give a command of at most 500 letters, such as help";
            return Err(Problem::invalid("command", message));
        }
        let started = Instant::now();
        let ran = Box::pin(commands::run(self, actor, command)).await;
        let ms = i64::try_from(started.elapsed().as_millis()).unwrap_or(i64::MAX);
        let line = match &ran {
            Ok(ran) => line(command, ran, ms),
            Err(Problem::Invalid { .. }) => {
                line(NO_COMMAND, &Ran::wrong("There is no such command".to_owned()), ms)
            }
            Err(problem) => line(command, &Ran::failed(problem.to_string()), ms),
        };
        self.record_line(actor, id, &line).await?;
        match ran {
            Err(unknown @ Problem::Invalid { .. }) => Err(unknown),
            _ => Ok(line),
        }
    }

    /// Closes a session of `actor`.
    ///
    /// # Errors
    /// [`Problem::Forbidden`], [`Problem::NotFound`].
    pub async fn close_shell(&self, actor: &Actor, id: &str) -> Result<(), Problem> {
        self.auth.authorise(actor, Permission::Platform, "shell").await?;
        self.session_of(actor, id).await?;
        self.record_closing(actor, id, "by hand").await
    }

    /// The open session of `actor` with what was done in it, if there is one.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] unless a super admin asks.
    pub async fn shell(&self, actor: &Actor) -> Result<Option<ShellSession>, Problem> {
        actor.require(Permission::Platform)?;
        let used_after = self.auth.clock().now_ms() - SHELL_IDLE_MS;
        let mut conn = self.db.read().await?;
        let owner = (&actor.workspace, &actor.user);
        let Some(row) = shell::newest_open(&mut conn, owner, used_after).await? else {
            return Ok(None);
        };
        let used = (EventKind::ShellUsed, row.id.as_str());
        let lines = events::about(&mut conn, &actor.workspace, used, row.first_event).await?;
        let lines = lines.into_iter().map(line_of).collect();
        Ok(Some(ShellSession { id: row.id, opened_at_ms: row.opened_at, lines }))
    }

    async fn session_of(&self, actor: &Actor, id: &str) -> Result<ShellRow, Problem> {
        let mut conn = self.db.read().await?;
        let found = shell::find(&mut conn, (&actor.workspace, &actor.user), id).await?;
        found.ok_or_else(|| Problem::not_found("Session"))
    }

    /// The session, when it is open; one that was idle for too long is closed now.
    async fn open_session(&self, actor: &Actor, id: &str) -> Result<(), Problem> {
        let row = self.session_of(actor, id).await?;
        let is_idle = row.used_at + SHELL_IDLE_MS <= self.auth.clock().now_ms();
        if is_idle && row.closed_at.is_none() {
            self.record_closing(actor, id, "idle for 15 minutes").await?;
        }
        if is_idle || row.closed_at.is_some() {
            let message = "This session is closed. Open another one".to_owned();
            return Err(Problem::Conflict { message, status: Some("closed".to_owned()) });
        }
        Ok(())
    }

    async fn record_closing(&self, actor: &Actor, id: &str, why: &str) -> Result<(), Problem> {
        let (by, session, now_ms) = (actor.clone(), id.to_owned(), self.auth.clock().now_ms());
        let event = Event::new(EventKind::ShellClosed, id, "Shell").with(json!({ "why": why }));
        self.db
            .write(move |conn| {
                Box::pin(async move {
                    if shell::close(conn, &session, now_ms).await? {
                        events::record(conn, &by, &event).await?;
                    }
                    Ok(())
                })
            })
            .await
    }

    async fn record_line(&self, actor: &Actor, id: &str, line: &ShellLine) -> Result<(), Problem> {
        let outcome = if line.exit_code == 0 { Outcome::Success } else { Outcome::Failed };
        let event = Event::new(EventKind::ShellUsed, id, line.command.as_str());
        let event = event.with(json!(line)).ended(outcome);
        let (by, session, now_ms) = (actor.clone(), id.to_owned(), self.auth.clock().now_ms());
        self.db
            .write(move |conn| {
                Box::pin(async move {
                    shell::touch(conn, &session, now_ms).await?;
                    events::record(conn, &by, &event).await?;
                    Ok(())
                })
            })
            .await
    }
}

fn line(command: &str, ran: &Ran, ms: i64) -> ShellLine {
    let mut output: String = ran.output.chars().take(OUTPUT_MAX).collect();
    if output.len() < ran.output.len() {
        output.push_str("\n... the rest is left out");
    }
    ShellLine { command: command.to_owned(), output, exit_code: ran.exit_code, ms }
}

fn line_of(stored: StoredEvent) -> ShellLine {
    serde_json::from_value(stored.event.detail).unwrap_or_default()
}
