//! The commands: which there are, and what their words mean.

use crate::Backend;
use crate::shell::{backups, doctor, reruns, status};
use domain::actor::Actor;
use domain::problem::Problem;

/// Every command as it is typed, and what it does.
pub const COMMANDS: [(&str, &str); 13] = [
    ("help", "lists the commands"),
    ("status", "what runs, since when, how much there is"),
    ("doctor", "checks the installation and says what to mend"),
    ("migrations", "steps of the schema that were applied"),
    ("logs [--last N]", "the newest lines of this node's log, 50 unless told"),
    ("workspaces [--last N]", "the workspaces and when something last happened in them"),
    ("backup list [--last N]", "the backups in the data folder"),
    ("backup make", "writes a backup and reads it to its end"),
    ("backup verify NAME", "reads a backup to its end"),
    (
        "flow failed [--since 06:00]",
        "failed runs of the workspace you are in, of 24 hours unless told",
    ),
    (
        "flow rerun --failed [--since 06:00] [--dry-run]",
        "starts them again from the step that failed",
    ),
    (
        "audit verify [HEAD]",
        "whether the events of every workspace are complete and unchanged, also since a head was kept",
    ),
    ("audit head", "the newest event of every workspace with its hash, to keep elsewhere"),
];

/// What a command answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ran {
    pub(crate) output: String,
    /// 0 when it worked, 1 when it found or met a problem, 2 when its words were wrong.
    pub(crate) exit_code: i32,
}

impl Ran {
    /// It worked.
    pub(crate) fn good(output: String) -> Self {
        Self { output, exit_code: 0 }
    }

    /// It met a problem.
    pub(crate) fn failed(output: String) -> Self {
        Self { output, exit_code: 1 }
    }

    /// Its words were wrong.
    pub(crate) fn wrong(output: String) -> Self {
        Self { output, exit_code: 2 }
    }
}

/// The words behind a command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Options {
    /// `--last N`.
    pub(crate) last: Option<usize>,
    /// `--since 06:00`, `--since 2h`.
    pub(crate) since: Option<String>,
    /// `--failed`.
    pub(crate) failed: bool,
    /// `--dry-run`.
    pub(crate) dry_run: bool,
    /// Words without a name.
    pub(crate) names: Vec<String>,
}

impl Options {
    /// Reads them; what is wrong with them, in words.
    fn read(words: &[&str]) -> Result<Self, String> {
        let mut read = Self::default();
        let mut words = words.iter().copied();
        while let Some(word) = words.next() {
            match word {
                "--failed" => read.failed = true,
                "--dry-run" => read.dry_run = true,
                "--last" => {
                    let number = words.next().and_then(|it| it.parse().ok());
                    let number = number.filter(|it| (1..=1000).contains(it));
                    read.last = Some(number.ok_or("Give --last a number from 1 to 1000")?);
                }
                "--since" => {
                    let given = words.next().ok_or("Give --since a time such as 06:00 or 2h")?;
                    read.since = Some(given.to_owned());
                }
                _ if word.starts_with("--") => return Err(format!("{word} is not known here")),
                _ => read.names.push(word.to_owned()),
            }
        }
        Ok(read)
    }

    /// What was given beyond what the command takes.
    fn beyond(&self, takes: Takes) -> Option<&'static str> {
        let (last, since, failed, name) = match takes {
            Takes::Nothing => (false, false, false, 0),
            Takes::Last => (true, false, false, 0),
            Takes::Since => (false, true, false, 0),
            Takes::Rerun => (false, true, true, 0),
            Takes::Name => (false, false, false, 1),
            Takes::Head => (false, false, false, if self.names.is_empty() { 0 } else { 3 }),
        };
        match self {
            it if it.last.is_some() && !last => Some("--last"),
            it if it.since.is_some() && !since => Some("--since"),
            it if it.failed && !failed => Some("--failed"),
            it if it.dry_run && !failed => Some("--dry-run"),
            it if it.names.len() != name => Some("the number of words"),
            _ => None,
        }
    }
}

/// Which options a command takes.
#[derive(Clone, Copy)]
enum Takes {
    Nothing,
    Last,
    Since,
    Rerun,
    Name,
    /// Nothing, or the three words of a head.
    Head,
}

/// Runs `command`, with or without `pmos` before it.
///
/// # Errors
/// [`Problem::Invalid`] with the list when there is no such command; what the command itself met.
pub(crate) async fn run(backend: &Backend, actor: &Actor, command: &str) -> Result<Ran, Problem> {
    let words: Vec<&str> = command.split_whitespace().collect();
    let words = words.strip_prefix(&["pmos"]).unwrap_or(&words);
    let (known, takes) = match words {
        ["help", ..] => (1, Takes::Nothing),
        ["status" | "doctor" | "migrations", ..] => (1, Takes::Nothing),
        ["logs" | "workspaces", ..] => (1, Takes::Last),
        ["backup", "list", ..] => (2, Takes::Last),
        ["backup", "make", ..] | ["audit", "head", ..] => (2, Takes::Nothing),
        ["audit", "verify", ..] => (2, Takes::Head),
        ["backup", "verify", ..] => (2, Takes::Name),
        ["flow", "failed", ..] => (2, Takes::Since),
        ["flow", "rerun", ..] => (2, Takes::Rerun),
        ["secrets", ..] => return Ok(Ran::failed(NO_SECRETS.to_owned())),
        _ => return Err(Problem::invalid("command", unknown())),
    };
    let (name, rest) = words.split_at(known);
    let options = match Options::read(rest) {
        Ok(options) => options,
        Err(wrong) => return Ok(Ran::wrong(format!("{wrong}\n{}", usage(name)))),
    };
    if let Some(beyond) = options.beyond(takes) {
        return Ok(Ran::wrong(format!("This command does not take {beyond}\n{}", usage(name))));
    }
    chosen(backend, actor, &name.join(" "), &options).await
}

/// Each on the heap: together they would be too large for the stack.
async fn chosen(
    backend: &Backend,
    actor: &Actor,
    name: &str,
    options: &Options,
) -> Result<Ran, Problem> {
    match name {
        "status" => Box::pin(status::status(backend)).await,
        "doctor" => Box::pin(doctor::doctor(backend)).await,
        "migrations" => Box::pin(status::migrations(backend)).await,
        "logs" => Ok(status::logs(options)),
        "workspaces" => Box::pin(status::workspaces(backend, actor, options)).await,
        "backup list" => Box::pin(backups::list(backend, options)).await,
        "backup make" => Box::pin(backups::make(backend)).await,
        "backup verify" => Box::pin(backups::verify(backend, options)).await,
        "flow failed" => Box::pin(reruns::failed(backend, actor, options)).await,
        "flow rerun" => Box::pin(reruns::rerun(backend, actor, options)).await,
        "audit verify" => Box::pin(doctor::audit(backend, options)).await,
        "audit head" => Box::pin(doctor::heads(backend)).await,
        _ => Ok(Ran::good(help())),
    }
}

const NO_SECRETS: &str = "Refused: secrets are never printed. Replace a key where it was given, under Settings or Integrations.";

fn help() -> String {
    let widest = COMMANDS.iter().map(|it| it.0.len()).max().unwrap_or_default();
    let lines = COMMANDS.iter().map(|(usage, does)| format!("pmos {usage:widest$}  {does}"));
    lines.collect::<Vec<_>>().join("\n")
}

fn unknown() -> String {
    let names: Vec<&str> =
        COMMANDS.iter().map(|it| it.0.split(" [").next().unwrap_or(it.0)).collect();
    format!("There is no such command. There are: {}", names.join(", "))
}

fn usage(name: &[&str]) -> String {
    let name = name.join(" ");
    let found = COMMANDS.iter().find(|it| it.0 == name || it.0.starts_with(&format!("{name} ")));
    found.map_or_else(String::new, |it| format!("Usage: pmos {}", it.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read_and_wrong_ones_are_named() {
        let read = Options::read(&["--failed", "--since", "06:00", "--dry-run"]).unwrap();
        assert_eq!((read.since.as_deref(), read.failed, read.dry_run), (Some("06:00"), true, true));
        assert_eq!(Options::read(&["--last", "3"]).unwrap().last, Some(3));
        for wrong in [&["--last", "many"][..], &["--last", "0"], &["--since"], &["--force"]] {
            assert!(Options::read(wrong).is_err(), "{wrong:?}");
        }
        assert_eq!(read.beyond(Takes::Since), Some("--failed"));
        assert_eq!(read.beyond(Takes::Rerun), None);
    }

    #[test]
    fn help_names_every_command_and_a_wrong_use_its_own() {
        assert_eq!(help().lines().count(), COMMANDS.len());
        assert_eq!(usage(&["backup", "verify"]), "Usage: pmos backup verify NAME");
        assert!(unknown().contains("flow failed, flow rerun --failed"));
    }
}
