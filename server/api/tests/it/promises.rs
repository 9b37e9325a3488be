//! What clients were promised is in `tests/contract`, one line each. Something new may be added; a line that is no longer
//! true fails here. After a wanted addition, run these tests once with `PMOS_WRITE_CONTRACTS=1`.

use crate::caller::Server;
use api::rest::actions::{PUBLISHED, document};
use domain::event::EventKind;
use std::collections::BTreeSet;
use std::path::PathBuf;
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

#[tokio::test]
async fn every_tool_keeps_its_name_risk_and_list() {
    let server = Server::sqlite().await;
    let row = |it: &tools::tool::ToolSpec| {
        let list = if it.profile == Profile::Focused { "focused" } else { "full" };
        format!("{} {} {list}", it.name, it.risk.as_str())
    };
    check("tools.txt", server.backend.tools.list().map(row));
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
