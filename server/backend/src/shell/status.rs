//! What runs and how much there is.

use crate::shell::commands::{Options, Ran};
use crate::{Backend, about, logs as log};
use domain::actor::Actor;
use domain::problem::Problem;
use domain::words::count;
use store::ids::rfc3339;
use store::{installation, migrations as steps};

const LINES: usize = 50;

/// The state of each part, one line each.
pub(crate) async fn status(backend: &Backend) -> Result<Ran, Problem> {
    let mut conn = backend.db.read().await?;
    let bytes = installation::bytes(&mut conn).await?;
    let census = installation::census(&mut conn).await?;
    drop(conn);
    let Some(census) = census else {
        return Ok(Ran::failed("The database says nothing".to_owned()));
    };
    let kind = if backend.db.is_shared() { "PostgreSQL" } else { "SQLite" };
    let up = span((backend.auth.clock().now_ms() - backend.started_at_ms) / 1000);
    let circuit = backend.basecamp.circuit();
    let is_slow = circuit.open_for.is_some();
    let lines = [
        format!("running   app {} ({}), up {up}", about::VERSION, about::BUILD),
        format!(
            "running   engine: {} running, {} waiting for a worker, {} paused, {} on",
            census.running,
            census.queued,
            census.paused,
            count(census.flows_on, "flow", "flows")
        ),
        format!("running   database: {kind}, {}", size(bytes)),
        format!(
            "{}   basecamp: {}, {} in trouble, {} by the sync so far",
            if is_slow || census.troubled > 0 { "slowed " } else { "running" },
            count(census.connections, "connection", "connections"),
            census.troubled,
            count(census.sync_calls, "request", "requests")
        ),
        format!("running   workspaces: {}, people: {}", census.workspaces, census.people),
    ];
    Ok(Ran::good(lines.join("\n")))
}

/// Steps of the schema.
pub(crate) async fn migrations(backend: &Backend) -> Result<Ran, Problem> {
    let applied = installation::migrations(&mut backend.db.read().await?).await?;
    let word = |is_done: bool| if is_done { "applied" } else { "failed " };
    let line = |(number, sentence, is_done): &(i64, String, bool)| {
        format!("{number:04}  {}  {sentence}", word(*is_done))
    };
    let mut lines: Vec<String> = applied.iter().map(line).collect();
    let is_whole = applied.len() == steps::known() && applied.iter().all(|it| it.2);
    lines.push(format!("{} of {} steps are applied", applied.len(), steps::known()));
    Ok(Ran { output: lines.join("\n"), exit_code: i32::from(!is_whole) })
}

/// The newest lines of the log of this node.
pub(crate) fn logs(options: &Options) -> Ran {
    let lines = log::newest(options.last.unwrap_or(LINES));
    if lines.is_empty() {
        return Ran::good("Nothing was logged since the start".to_owned());
    }
    Ran::good(lines.join("\n"))
}

/// The workspaces, by id.
pub(crate) async fn workspaces(
    backend: &Backend,
    actor: &Actor,
    options: &Options,
) -> Result<Ran, Problem> {
    let page = backend.auth.workspaces(actor, "", "").await?;
    let shown = options.last.unwrap_or(LINES);
    let line = |it: &domain::platform::WorkspaceRow| {
        let last = it.last_active_at_ms.map_or_else(|| "nothing yet".to_owned(), rfc3339);
        let people = count(it.members, "person", "people");
        format!("{}  {people}  last {last}  {}", it.id, it.name)
    };
    let mut lines: Vec<String> = page.workspaces.iter().take(shown).map(line).collect();
    if page.next.is_some() || page.workspaces.len() > shown {
        lines.push("... there are more; the Workspaces page has them all".to_owned());
    }
    Ok(Ran::good(lines.join("\n")))
}

/// Bytes as people read them.
pub(crate) fn size(bytes: i64) -> String {
    const UNITS: [(i64, &str); 3] = [(1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "KB")];
    let unit = UNITS.iter().find(|it| bytes >= it.0);
    unit.map_or_else(
        || format!("{bytes} bytes"),
        |(one, word)| {
            let tenths = (bytes.saturating_mul(10) + one / 2) / one;
            format!("{}.{} {word}", tenths / 10, tenths % 10)
        },
    )
}

/// Seconds as people read them.
fn span(seconds: i64) -> String {
    match seconds {
        ..60 => format!("{seconds} s"),
        60..3600 => format!("{} min", seconds / 60),
        3600..172_800 => format!("{} h", seconds / 3600),
        _ => format!("{} days", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_spans_take_the_unit_that_fits() {
        assert_eq!(size(512), "512 bytes");
        assert_eq!(size(2_202_009), "2.1 MB");
        assert_eq!(span(90), "1 min");
        assert_eq!(span(12 * 86_400), "12 days");
    }
}
