//! Checks of the installation, each with what to do.

use crate::Backend;
use crate::shell::backups;
use crate::shell::commands::{Options, Ran};
use domain::ids::WorkspaceId;
use domain::problem::Problem;
use domain::words::count;
use std::time::Instant;
use store::chain::{self, Head};
use store::error::StoreError;
use store::{ids, installation, migrations};

/// A backup older than this is named.
const OLD_MS: i64 = 2 * 86_400_000;

/// One line: how it stands, what was looked at, what to do.
fn line(state: State, what: &str) -> (State, String) {
    let word = match state {
        State::Good => "good",
        State::Look => "look",
        State::Bad => "bad ",
    };
    (state, format!("{word}  {what}"))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Good,
    Look,
    Bad,
}

/// Checks everything; exit code 1 when something is bad.
pub(crate) async fn doctor(backend: &Backend) -> Result<Ran, Problem> {
    let mut found = vec![answers(backend).await];
    let mut conn = backend.db.read().await?;
    let applied = installation::migrations(&mut conn).await?;
    let is_whole = applied.len() == migrations::known() && applied.iter().all(|it| it.2);
    found.push(match is_whole {
        true => line(State::Good, "the schema is up to date"),
        false => line(State::Bad, "the schema is not that of this program: start the newest one"),
    });
    let census = installation::census(&mut conn).await?;
    drop(conn);
    if let Some(census) = census {
        found.push(match census.troubled {
            0 => line(State::Good, "no Basecamp connection says that something is wrong"),
            some => {
                let which = count(some, "Basecamp connection says", "Basecamp connections say");
                let words = format!("{which} that something is wrong: open Integrations there");
                line(State::Look, &words)
            }
        });
    }
    found.push(match gaps(backend).await? {
        0 => line(State::Good, "the events of every workspace are complete"),
        some => {
            let which = count(some, "workspace misses", "workspaces miss");
            line(State::Bad, &format!("{which} events: compare with a backup"))
        }
    });
    found.push(Box::pin(apart(backend)).await?);
    found.push(key(backend));
    found.push(match &backend.config.base_url {
        Some(_) => line(State::Good, "APP_BASE_URL says where people reach this server"),
        None => line(
            State::Look,
            "APP_BASE_URL is not set: links in mail and sign-ins use the listening address",
        ),
    });
    found.push(last_backup(backend).await?);
    let is_bad = found.iter().any(|it| it.0 == State::Bad);
    let output = found.into_iter().map(|it| it.1).collect::<Vec<_>>().join("\n");
    Ok(Ran { output, exit_code: i32::from(is_bad) })
}

/// Whether a stranger is given anything.
async fn apart(backend: &Backend) -> Result<(State, String), Problem> {
    let found = backend.isolation().await?;
    let words = |number| count(number, "record or list", "records and lists");
    Ok(match found.failures.len() {
        0 => {
            let asked = words(found.asked);
            let told = format!("workspaces are apart: a stranger was given none of {asked}");
            line(State::Good, &told)
        }
        some => {
            let given = words(some);
            let told = format!("a stranger was given {given}: stop the server, see Workspaces");
            line(State::Bad, &told)
        }
    })
}

/// Whether the database takes a transaction; that it keeps it shows in the row that this command leaves.
async fn answers(backend: &Backend) -> (State, String) {
    let started = Instant::now();
    let taken: Result<usize, StoreError> = backend
        .db
        .write(|conn| {
            Box::pin(async move { installation::migrations(conn).await.map(|it| it.len()) })
        })
        .await;
    match taken {
        Ok(_) => line(
            State::Good,
            &format!("the database answers, in {} ms", started.elapsed().as_millis()),
        ),
        Err(error) => line(State::Bad, &format!("the database does not answer: {error}")),
    }
}

fn key(backend: &Backend) -> (State, String) {
    match &backend.config.secret_key {
        Some(_) => line(State::Good, "PMOS_SECRET_KEY encrypts what is secret"),
        None => line(
            State::Look,
            "secret.key in the data folder encrypts what is secret: keep a copy elsewhere, no backup holds it",
        ),
    }
}

async fn last_backup(backend: &Backend) -> Result<(State, String), Problem> {
    if backend.db.is_shared() {
        return Ok(line(
            State::Look,
            "PostgreSQL is backed up with its own tools, such as pg_dump",
        ));
    }
    let newest = backups::all(backend).await?.into_iter().next();
    let now = ids::now_ms();
    Ok(match newest {
        Some(it) if it.made_at_ms + OLD_MS > now => {
            line(State::Good, &format!("the newest backup is {}", it.name))
        }
        Some(it) => {
            line(State::Look, &format!("the newest backup, {}, is old: pmos backup make", it.name))
        }
        None => line(State::Look, "there is no backup here: pmos backup make"),
    })
}

/// Workspaces whose numbers of events have a hole.
async fn gaps(backend: &Backend) -> Result<usize, Problem> {
    let all = installation::event_numbers(&mut backend.db.read().await?).await?;
    Ok(all.into_iter().filter(|it| !is_complete(*it)).count())
}

/// Numbers begin at 1, end at the last one given, and none is missing between.
fn is_complete((last, lowest, highest, count): (i64, i64, i64, i64)) -> bool {
    last == 0 || (lowest == 1 && highest == last && count == last)
}

/// What events of no workspace are called in a head.
const INSTALLATION: &str = "installation";

fn named(workspace: &WorkspaceId) -> &str {
    if workspace.as_str().is_empty() { INSTALLATION } else { workspace.as_str() }
}

/// Reads every event that was ever written and compares it with its hash, and with a head that was kept elsewhere.
pub(crate) async fn audit(backend: &Backend, options: &Options) -> Result<Ran, Problem> {
    let kept = match options.names.as_slice() {
        [] => None,
        words => match kept(words) {
            Some(kept) => Some(kept),
            None => return Ok(Ran::wrong("Give a line that pmos audit head printed".to_owned())),
        },
    };
    let mut conn = backend.db.read().await?;
    let mut all = chain::workspaces(&mut conn).await?;
    // A head of a workspace that is gone shows as a hole in it.
    let is_gone = kept.as_ref().is_some_and(|it| !all.contains(&it.0));
    all.extend(kept.as_ref().filter(|_| is_gone).map(|it| it.0.clone()));
    let (mut events, mut older, mut broken) = (0, 0, Vec::new());
    for workspace in &all {
        let head = kept.as_ref().filter(|it| it.0 == *workspace).map(|it| &it.1);
        let found = chain::verify(&mut conn, workspace, head).await?;
        events += found.events;
        older += found.older;
        broken.extend(found.broken.map(|seq| format!("{}: event {seq}", named(workspace))));
    }
    if !broken.is_empty() {
        let list = broken.join("\n");
        let text = format!("incomplete: missing or changed since they were written:\n{list}");
        return Ok(Ran::failed(text));
    }
    let earlier = match older {
        0 => String::new(),
        some => format!("; {some} are from a release without hashes"),
    };
    Ok(Ran::good(format!(
        "complete: {events} events of {} workspaces, no number is missing and every hash fits{earlier}",
        all.len()
    )))
}

/// A line of `audit head`: the workspace, the number of its newest event, and its hash.
fn kept(words: &[String]) -> Option<(WorkspaceId, Head)> {
    let [workspace, seq, hash] = words else { return None };
    let id = if workspace == INSTALLATION { "" } else { workspace };
    let head = Head { seq: seq.parse().ok()?, hash: hash.clone() };
    Some((WorkspaceId::from(id), head))
}

/// The newest event of every workspace with its hash, to be kept where this server does not reach.
pub(crate) async fn heads(backend: &Backend) -> Result<Ran, Problem> {
    let mut conn = backend.db.read().await?;
    let mut lines = Vec::new();
    for workspace in chain::workspaces(&mut conn).await? {
        let head = chain::head(&mut conn, &workspace).await?;
        lines.push(format!("{} {} {}", named(&workspace), head.seq, head.hash));
    }
    Ok(Ran::good(lines.join("\n")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_number_is_found_wherever_it_is() {
        assert!(is_complete((3, 1, 3, 3)));
        for broken in [(3, 1, 3, 2), (3, 2, 3, 2), (3, 1, 2, 2), (3, 0, 0, 0)] {
            assert!(!is_complete(broken), "{broken:?}");
        }
    }

    #[test]
    fn a_head_is_read_as_it_was_printed() {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let head = Head { seq: 7, hash: "ab".to_owned() };
        assert_eq!(kept(&words("w1 7 ab")), Some((WorkspaceId::from("w1"), head.clone())));
        assert_eq!(kept(&words("installation 7 ab")), Some((WorkspaceId::from(""), head)));
        assert_eq!((kept(&words("w1 x ab")), kept(&words("w1 7"))), (None, None));
    }
}
