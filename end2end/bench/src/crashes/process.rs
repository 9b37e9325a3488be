//! What the processes do that are ended, look after it, and go on.

use super::FILE;
use super::kinds::{KINDS, called};
use crate::{Failure, Measured};
use basecamp::Basecamp;
use domain::account::Workspace;
use domain::actor::{Actor, Role, Via};
use domain::flow::edit::{FlowEdit, ImportFlow};
use domain::flow::listing::{FlowFilter, NewFlow, RunFilter};
use domain::flow::run::{Run, StepStatus};
use domain::ids::{FlowId, WorkspaceId};
use flow::config::Config;
use flow::flows::Flows;
use flow::hooks::Wait;
use flow::payload::HookRequest;
use flow::runs::Runs;
use flow::thinking::Thought;
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use store::db::Db;
use store::error::StoreError;
use store::flow_values::{self, Place};
use store::secrets::SecretKey;
use store::table_rows::{self, Table};
use store::users::{self, NewUser};
use store::{run_steps, settings, workspaces};

/// The word that makes this program such a process.
pub(crate) const COMMAND: &str = "--crashing";
/// The list that steps leave their marks in.
pub(super) const MARKS: &str = "marks";
/// The table that a row is added to.
pub(super) const TABLE: &str = "Marks";
const WORKSPACE: &str = "bench";
const PERSON: &str = "bench";

fn person() -> Actor {
    Actor {
        user: PERSON.into(),
        name: "Bench".into(),
        workspace: WORKSPACE.into(),
        role: Role::WorkspaceAdmin,
        via: Via::Ui,
        request_id: "bench".into(),
        ip: None,
    }
}

/// Does what the words after [`COMMAND`] say and prints what came of it.
pub(crate) async fn carry_out(words: impl Iterator<Item = String>) -> Measured {
    let words: Vec<String> = words.collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let said = match words.as_slice() {
        ["make", folder, site] => Box::pin(make(folder, site)).await?,
        ["begin", folder, kind, at] => Box::pin(begin(folder, kind, at.parse()?)).await?,
        ["read", folder] => read(folder).await?,
        ["finish", folder] => Box::pin(finish(folder)).await?,
        other => return Err(format!("{other:?} is nothing to do").into()),
    };
    println!("{said}");
    Ok(())
}

async fn opened(folder: &str) -> Result<(Db, Runs), Failure> {
    let db = Db::open_sqlite(&Path::new(folder).join(FILE)).await?;
    let key = SecretKey::from_text("a key for figures");
    let basecamp = Basecamp::new(db.clone(), key.clone(), basecamp::config::Config::default())?;
    let config = Config { node: Some("bench".to_owned()), ..Config::new("http://pmos.test", key) };
    let runs = Runs::new(db.clone(), basecamp, config);
    runs.think_with(Arc::new(|_| {
        let answer = Thought { text: "Ada".to_owned(), model: "bench".to_owned(), tokens: 1 };
        Box::pin(async move { Ok(answer) })
    }));
    Ok((db, runs))
}

/// A file with every flow published.
async fn make(folder: &str, site: &str) -> Result<Value, Failure> {
    let (db, runs) = opened(folder).await?;
    let allowed = json!([site]);
    db.write::<(), StoreError, _>(move |conn| {
        Box::pin(async move {
            let workspace = Workspace {
                id: WORKSPACE.into(),
                name: "Bench".to_owned(),
                timezone: "UTC".to_owned(),
                working_days: vec![1, 2, 3, 4, 5],
                working_hours: ["09:00".to_owned(), "17:00".to_owned()],
                created_at_ms: 0,
            };
            workspaces::insert(conn, &workspace).await?;
            let user = NewUser {
                id: PERSON.into(),
                workspace: workspace.id.clone(),
                name: "Bench".to_owned(),
                email: "bench@example.com".to_owned(),
                password_hash: String::new(),
                is_super_admin: false,
                now_ms: 0,
            };
            users::insert(conn, &user).await?;
            workspaces::add_member(conn, &workspace.id, &user.id, Role::WorkspaceAdmin, 0).await?;
            settings::set(conn, settings::INSTALLATION, "outgoingAllowList", &allowed).await
        })
    })
    .await?;
    let flows = Flows::new(&runs);
    let child = published(&flows, "called", called()).await?;
    for kind in KINDS {
        published(&flows, kind.name, kind.flow(site, child.as_str())).await?;
    }
    db.close().await;
    Ok(json!({}))
}

async fn published(flows: &Flows, name: &str, trigger: Value) -> Result<FlowId, Failure> {
    let import = ImportFlow {
        display_name: name.to_owned(),
        trigger: serde_json::from_value(trigger)?,
        schema_version: None,
        notes: None,
        keep_samples: false,
    };
    let edits = vec![FlowEdit::ImportFlow(Box::new(import))];
    let new = NewFlow { name: name.to_owned(), edits, ..NewFlow::default() };
    let made = flows.create(&person(), new).await?;
    Ok(flows.publish(&person(), &made.id).await?.id)
}

/// Starts the flow of a kind and ends this process at the `at`-th change; answers when the run is over before.
async fn begin(folder: &str, kind: &str, at: usize) -> Result<Value, Failure> {
    let (db, runs) = opened(folder).await?;
    let flows = Flows::new(&runs);
    let listed = flows.list(&person(), &FlowFilter::default()).await?.data;
    let flow = listed.iter().find(|it| it.name == kind).ok_or("there is no such kind")?;
    let address = flows.webhook_url(&person(), &flow.id).await?;
    let hook = address.rsplit('/').next().ok_or("an address")?.to_owned();
    let mut changes = db.changes();
    let _worker = runs.work();
    let fired = runs.clone();
    tokio::spawn(async move {
        let request = HookRequest {
            method: "POST".to_owned(),
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            query: String::new(),
            body: json!({ "n": 1, "items": [1, 2, 3] }).to_string().into_bytes(),
        };
        fired.hook(&hook, &request, Wait::No).await
    });
    let mut seen = 0;
    loop {
        changes.recv().await?;
        seen += 1;
        if seen == at {
            std::process::abort();
        }
        if changes.is_empty() && is_over(&all(&runs).await?) {
            return Ok(json!({ "changes": seen }));
        }
    }
}

async fn all(runs: &Runs) -> Result<Vec<Run>, Failure> {
    Ok(runs.list(&person(), &RunFilter::default()).await?.data)
}

fn is_over(all: &[Run]) -> bool {
    !all.is_empty() && all.iter().all(|it| it.status.is_terminal())
}

/// The steps that are recorded as done.
async fn read(folder: &str) -> Result<Value, Failure> {
    let (db, runs) = opened(folder).await?;
    let mut done = Vec::new();
    let workspace = WorkspaceId::from(WORKSPACE);
    for run in all(&runs).await? {
        let rows = run_steps::list(&mut db.read().await?, &workspace, &run.id).await?;
        done.extend(rows.into_iter().filter(|it| it.status == StepStatus::Succeeded));
    }
    let done: Vec<String> = done.into_iter().map(|it| it.name).collect();
    Ok(json!({ "done": done }))
}

/// Goes on until every run is over; what the first one came to, and what is there then.
async fn finish(folder: &str) -> Result<Value, Failure> {
    let (db, runs) = opened(folder).await?;
    let mut changes = db.changes();
    let _worker = runs.work();
    let all = loop {
        let all = all(&runs).await?;
        if is_over(&all) {
            break all;
        }
        changes.recv().await?;
    };
    // The newest is first: what the flow called comes after it.
    let run = all.last().ok_or("no run is there")?;
    let mut conn = db.read().await?;
    let workspace = WorkspaceId::from(WORKSPACE);
    let place =
        Place { workspace: workspace.clone(), kept_for: String::new(), name: MARKS.to_owned() };
    let list = flow_values::get(&mut conn, &place).await?.unwrap_or_default();
    let mut marks: Vec<String> = list.as_array().into_iter().flatten().map(word).collect();
    let table = Table { workspace, name: TABLE.to_owned() };
    let rows = table_rows::count(&mut conn, &table).await?;
    marks.extend((0..rows).map(|_| "row".to_owned()));
    Ok(json!({ "status": run.status, "error": run.error, "marks": marks }))
}

fn word(mark: &Value) -> String {
    mark.as_str().map_or_else(|| mark.to_string(), str::to_owned)
}
