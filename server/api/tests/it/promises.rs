//! What clients were promised is in `tests/contract`, one line each. Something new may be added; a line that is no longer
//! true fails here. After a wanted addition, run these tests once with `PMOS_WRITE_CONTRACTS=1`.

use crate::caller::Server;
use api::rest::actions::{PUBLISHED, document};
use domain::event::EventKind;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use tools::tool::Profile;

/// Compares what holds now with the committed file.
#[expect(clippy::disallowed_methods, reason = "only a person at a terminal sets it")]
fn check(file: &str, now: impl IntoIterator<Item = String>) {
    let now: BTreeSet<String> = now.into_iter().collect();
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/contract").join(file);
    if std::env::var_os("PMOS_WRITE_CONTRACTS").is_some() {
        let lines: Vec<String> = now.iter().map(|it| format!("{it}\n")).collect();
        std::fs::write(&path, lines.concat()).unwrap();
    }
    let promised = std::fs::read_to_string(&path).unwrap();
    let broken: Vec<_> = promised.lines().filter(|it| !now.contains(*it)).collect();
    assert!(
        !promised.is_empty() && broken.is_empty(),
        "{file} promises what is not so: {broken:#?}"
    );
}

#[test]
fn every_route_stays_with_whom_it_is_for() {
    let row = |it: api::routes::Route| {
        let once = if it.once { " once" } else { "" };
        format!("{} {} {:?}{once}", it.method, it.path, it.who)
    };
    check("routes.txt", api::routes::all().into_iter().map(row));
}

#[test]
fn every_event_keeps_its_name_and_its_readers() {
    let row = |it: &EventKind| {
        let log = if it.is_audited() { "audited" } else { "quiet" };
        format!("{} {} {log}", it.as_str(), it.topic().as_str())
    };
    check("events.txt", EventKind::ALL.iter().map(row));
}

/// Where errors are given their codes, and words there that are none.
const CODED: [&str; 5] = [
    "app/domain/src/problem.rs",
    "server/tools/src",
    "server/mcp/src",
    "server/api/src",
    "server/agent/src",
];
const WITHOUT_CODES: [&str; 3] =
    ["server/agent/src/planner", "server/agent/src/llm", "server/api/src/rest/flows.rs"];
const NO_CODES: [&str; 9] = [
    "AGENT_MAX_ITERATIONS",
    "AGENT_RUNTIME",
    "CARGO_PKG_VERSION",
    "DELETE",
    "DENY",
    "PMOS_BUILD",
    "POST",
    "SMTP",
    "TEAM",
];

/// Texts in capitals of a file or a folder, without its tests.
fn capitals(path: &Path, found: &mut BTreeSet<String>) {
    if WITHOUT_CODES.iter().any(|it| path.ends_with(it)) {
        return;
    }
    if path.is_dir() {
        for entry in std::fs::read_dir(path).unwrap() {
            capitals(&entry.unwrap().path(), found);
        }
        return;
    }
    let text = std::fs::read_to_string(path).unwrap();
    let text = text.split("#[cfg(test)]").next().unwrap();
    let is_code = |it: &str| {
        it.len() > 3
            && it.starts_with(|first: char| first.is_ascii_uppercase())
            && it.chars().all(|it| it.is_ascii_uppercase() || it == '_')
    };
    found.extend(text.split('"').filter(|it| is_code(it)).map(str::to_owned));
}

/// A code that is new, or gone, changes the file.
#[test]
fn every_error_code_is_written_down() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut now = BTreeSet::new();
    for path in CODED {
        capitals(&root.join(path), &mut now);
    }
    now.retain(|it| !NO_CODES.contains(&it.as_str()));
    check("errors.txt", now.clone());
    let promised = root.join("server/api/tests/contract/errors.txt");
    let promised = std::fs::read_to_string(promised).unwrap();
    let new: Vec<_> = now.iter().filter(|it| !promised.lines().any(|line| line == *it)).collect();
    assert!(new.is_empty(), "errors.txt does not know {new:?}: write the contracts anew");
}

#[tokio::test]
async fn every_tool_keeps_its_name_risk_and_list() {
    let server = Server::sqlite().await;
    let row = |it: &tools::tool::ToolSpec| {
        let list = if it.profile == Profile::Focused { "focused" } else { "full" };
        format!("{} {} {list}", it.name, it.risk.as_str())
    };
    check("tools.txt", server.backend.tools.list().map(row));
}

/// Tools whose row says something else than they do, and why.
const OTHERWISE: [(&str, &str); 1] =
    [("flow_update", "it also limits how many runs there are at once")];

/// The table that clients of earlier releases were built on: every row is a tool, as the row says.
#[tokio::test]
async fn every_row_of_the_table_of_tools_is_a_tool() {
    let server = Server::sqlite().await;
    let served: BTreeSet<[String; 6]> = server
        .backend
        .tools
        .list()
        .map(|it| {
            let list = if it.profile == Profile::Focused { "focused" } else { "full" };
            [it.name, it.group, list, it.risk.as_str(), it.params, it.meaning].map(str::to_owned)
        })
        .collect();
    let rows = include_str!("../contract/tools.tsv").lines().skip(1);
    let mut count = 0;
    for row in rows {
        let cells: Vec<String> = row.split('\t').map(str::to_owned).collect();
        let row: [String; 6] = cells.try_into().unwrap();
        let is_otherwise = OTHERWISE.iter().any(|it| it.0 == row[0]);
        let parts = if is_otherwise { 5 } else { 6 };
        assert!(served.iter().any(|it| it[..parts] == row[..parts]), "{row:?} is not served so");
        count += 1;
    }
    assert_eq!(count, 417);
}

#[tokio::test]
async fn every_published_action_stays_in_the_document() {
    let server = Server::sqlite().await;
    let document = document(&server.backend.tools, "https://pmos.example.com");
    let paths = document["paths"].as_object().unwrap();
    for (path, item) in paths {
        let name = path.strip_prefix("/action/").unwrap();
        assert!(PUBLISHED.contains(&name) && item["post"]["operationId"] == name, "{path}");
    }
    let head = [&document["openapi"], &document["security"], &document["components"]];
    let head = head.into_iter().map(ToString::to_string);
    check("openapi.txt", paths.keys().map(|it| format!("POST {it}")).chain(head));
}
