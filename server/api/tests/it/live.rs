//! The live stream: what a page hears, resumes and stops hearing.

use crate::caller::{Caller, Server};
use axum::body::{Body, BodyDataStream};
use axum::http::request::Builder;
use domain::actor::{Actor, Role, Via};
use domain::event::{Event, EventKind, Topic};
use domain::ids::WorkspaceId;
use futures::StreamExt;
use serde_json::{Value, json};
use store::db::{Change, Db};
use store::error::StoreError;
use store::events;

/// An open page.
struct Page {
    body: BodyDataStream,
    text: String,
}

/// One frame: its id, and its data.
struct Frame {
    id: Option<String>,
    data: Value,
}

impl Page {
    async fn open(caller: &Caller<'_>, after: Option<&str>) -> Self {
        let request = caller.request("GET", "/api/pmos/events");
        let request = match after {
            Some(id) => request.header("last-event-id", id),
            None => request,
        };
        Self::of(caller, request).await
    }

    /// A page that was read before it connects: it names the newest event of that moment.
    async fn open_read(caller: &Caller<'_>, last: &str) -> Self {
        Self::of(caller, caller.request("GET", &format!("/api/pmos/events?after={last}"))).await
    }

    async fn of(caller: &Caller<'_>, request: Builder) -> Self {
        let response = caller.open(request.body(Body::empty()).unwrap()).await;
        let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
        assert!(header("content-type").starts_with("text/event-stream"));
        assert_eq!(
            (header("cache-control"), header("x-accel-buffering")),
            ("no-store".to_owned(), "no".to_owned())
        );
        let mut page = Self { body: response.into_body().into_data_stream(), text: String::new() };
        assert_eq!(page.block().await.as_deref(), Some("retry: 2000"));
        page
    }

    /// The next block of lines; none when the stream ended.
    async fn block(&mut self) -> Option<String> {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.text = rest;
                return Some(block);
            }
            let bytes = self.body.next().await?.unwrap();
            self.text.push_str(std::str::from_utf8(&bytes).unwrap());
        }
    }

    async fn next(&mut self) -> Option<Frame> {
        let block = self.block().await?;
        let line =
            |name: &str| block.lines().find_map(|it| it.strip_prefix(name)).map(str::to_owned);
        Some(Frame { id: line("id: "), data: serde_json::from_str(&line("data: ")?).unwrap() })
    }

    async fn kind(&mut self) -> Option<String> {
        Some(self.next().await?.data["kind"].as_str().unwrap_or_default().to_owned())
    }
}

async fn rename(caller: &Caller<'_>, name: &str) {
    let answer = caller.patch("/api/pmos/workspace", json!({"name": name})).await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn a_page_hears_what_happens_in_its_workspace() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let team = server.signs_up("Team").await;
        let mut page = Page::open(&owner, None).await;
        rename(&team, "Elsewhere").await;
        rename(&owner, "Atelier").await;
        let frame = page.next().await.unwrap();
        let workspace = owner.me().await["workspaceId"].clone();
        assert_eq!((&frame.data["type"], &frame.data["id"]), (&json!("setup"), &workspace));
        assert_eq!(
            (&frame.data["kind"], &frame.data["actor"]),
            (&json!("workspace.changed"), &json!("Owner"))
        );
        assert_eq!(
            frame.id,
            Some(format!("{}:{}", workspace.as_str().unwrap(), frame.data["seq"]))
        );
    }
}

#[tokio::test]
async fn a_page_that_was_away_hears_everything_since() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let mut page = Page::open(&owner, None).await;
        rename(&owner, "One").await;
        let seen = page.next().await.unwrap();
        drop(page);
        rename(&owner, "Two").await;
        rename(&owner, "Three").await;
        let mut page = Page::open(&owner, seen.id.as_deref()).await;
        rename(&owner, "Four").await;
        for step in 1..=3 {
            let expected = seen.data["seq"].as_i64().unwrap() + step;
            assert_eq!(page.next().await.unwrap().data["seq"], expected);
        }
    }
}

#[tokio::test]
async fn what_happens_between_a_page_and_its_stream_is_told() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let mut page = Page::open(&owner, None).await;
        rename(&owner, "One").await;
        let read = page.next().await.unwrap().id.unwrap();
        drop(page);
        rename(&owner, "Two").await;
        let mut page = Page::open_read(&owner, &read).await;
        assert_eq!(page.kind().await.as_deref(), Some("workspace.changed"));
    }
}

#[tokio::test]
async fn numbers_of_another_workspace_resume_nothing() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let mut page = Page::open(&owner, Some("elsewhere:0")).await;
        rename(&owner, "Atelier").await;
        assert_eq!(page.kind().await.as_deref(), Some("workspace.changed"));
    }
}

#[tokio::test]
async fn signing_out_ends_the_stream() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let mut page = Page::open(&owner, None).await;
        owner.post("/api/pmos/auth/logout", json!({})).await;
        // What happened before may still arrive; then the stream ends.
        let mut before = 0;
        while page.next().await.is_some() {
            before += 1;
            assert!(before < 5, "the stream goes on after signing out");
        }
    }
}

#[tokio::test]
async fn a_reset_password_ends_the_streams_of_that_person() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let team = server.signs_up("Team").await;
        let mut page = Page::open(&team, None).await;
        let reset = json!({"email": "team@example.com", "newPassword": "new password"});
        assert_eq!(owner.post("/api/pmos/auth/admin/reset-password", reset).await.status, 200);
        assert!(page.next().await.is_none());
    }
}

#[tokio::test]
async fn a_role_change_narrows_the_open_stream() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let admin = server.joins(&owner, "Admin", "workspace_admin").await;
        let mut page = Page::open(&admin, None).await;
        let invite = |email: &str| {
            owner.post("/api/pmos/invitations", json!({"email": email, "role": "member"}))
        };
        invite("one@example.com").await;
        assert_eq!(page.kind().await.as_deref(), Some("invitation.created"));
        let path = format!("/api/pmos/members/{}", admin.me().await["id"].as_str().unwrap());
        owner.patch(&path, json!({"role": "viewer"})).await;
        assert_eq!(page.kind().await.as_deref(), Some("member.changed"));
        invite("two@example.com").await;
        rename(&owner, "Atelier").await;
        assert_eq!(page.kind().await.as_deref(), Some("workspace.changed"));
    }
}

#[tokio::test]
async fn a_removed_member_hears_nothing_more() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let member = server.joins(&owner, "Member", "member").await;
        let mut page = Page::open(&member, None).await;
        let path = format!("/api/pmos/members/{}", member.me().await["id"].as_str().unwrap());
        owner.delete(&path).await;
        assert!(page.next().await.is_none());
    }
}

#[tokio::test]
async fn streams_end_when_the_server_stops() {
    let server = Server::sqlite().await;
    let owner = server.signs_up("Owner").await;
    let mut page = Page::open(&owner, None).await;
    server.backend.closing.cancel();
    assert!(page.next().await.is_none());
}

#[tokio::test]
async fn the_progress_of_a_run_is_passed_on_although_it_is_not_stored() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let workspace = WorkspaceId::from(owner.me().await["workspaceId"].as_str().unwrap());
        let mut page = Page::open(&owner, None).await;
        let change = |workspace: &WorkspaceId, topic, target: &str| {
            Change::unrecorded(workspace.clone(), topic, target)
        };
        server.backend.db.announce(change(
            &WorkspaceId::from("elsewhere"),
            Topic::FlowRun,
            "other",
        ));
        server.backend.db.announce(change(&workspace, Topic::Chat, "private"));
        server.backend.db.announce(change(&workspace, Topic::FlowRun, "run"));
        let frame = page.next().await.unwrap();
        assert_eq!((frame.id, frame.data), (None, json!({"type": "flow_run", "id": "run"})));
        server.backend.db.announce(change(&workspace, Topic::Connector, "basecamp"));
        for kind in ["connector", "sync"] {
            let frame = page.next().await.unwrap();
            assert_eq!(frame.data, json!({"type": kind, "id": "basecamp"}));
        }
    }
}

/// Open pages of one workspace.
const PAGES: usize = 10;
/// What happens while they look.
const MANY: usize = 200;

fn builder(workspace: &WorkspaceId) -> Actor {
    Actor {
        user: "somebody".into(),
        name: "Somebody".into(),
        workspace: workspace.clone(),
        role: Role::Member,
        via: Via::Ui,
        request_id: "r1".into(),
        ip: None,
    }
}

/// Records so many events that everybody in the workspace may hear of, `each` in a commit.
async fn happens(db: &Db, workspace: &WorkspaceId, (count, each): (usize, usize)) {
    for _ in 0..count / each {
        let actor = builder(workspace);
        let work = db.write(move |conn| {
            Box::pin(async move {
                for _ in 0..each {
                    let event = Event::new(EventKind::FlowEdited, "f1", "Edited");
                    events::record(conn, &actor, &event).await?;
                }
                Ok::<_, StoreError>(())
            })
        });
        work.await.unwrap();
    }
}

/// Asserts that the next `count` events follow `seen`, without a gap.
async fn in_order(page: &mut Page, (seen, count): (i64, usize), name: &str) {
    for step in 1..=count {
        let heard = loop {
            let block = page.block().await.unwrap();
            // A line that keeps the connection alive says nothing.
            if !block.starts_with(':') {
                break block;
            }
        };
        let data = heard.lines().find_map(|it| it.strip_prefix("data: ")).unwrap();
        let data: Value = serde_json::from_str(data).unwrap();
        assert_eq!(data["seq"], seen + i64::try_from(step).unwrap(), "{name}");
    }
}

async fn newest(db: &Db, workspace: &WorkspaceId) -> i64 {
    events::latest(&mut db.read().await.unwrap(), workspace).await.unwrap()
}

#[tokio::test]
async fn open_pages_hear_of_everything_without_reading_the_table_for_each() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let workspace = WorkspaceId::from(owner.me().await["workspaceId"].as_str().unwrap());
        let db = server.backend.db.clone();
        let mut pages = Vec::new();
        for _ in 0..PAGES {
            pages.push(Page::open(&owner, None).await);
        }
        let (seen, before) = (newest(&db, &workspace).await, db.reads());
        let looks = pages.iter_mut().map(|page| in_order(page, (seen, MANY), server.name));
        tokio::join!(happens(&db, &workspace, (MANY, 1)), futures::future::join_all(looks));
        // A read for each event and page would be 2,000. What is left is the server's own, and a look every 15 s, which
        // a machine that is busy with other things takes more of.
        let reads = db.reads() - before;
        assert!(reads < 1_000, "{reads} reads for {PAGES} pages on {}", server.name);
    }
}

#[tokio::test]
async fn a_page_that_was_too_slow_hears_everything_it_missed() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let workspace = WorkspaceId::from(owner.me().await["workspaceId"].as_str().unwrap());
        let mut page = Page::open(&owner, None).await;
        let seen = newest(&server.backend.db, &workspace).await;
        // Nobody reads the page meanwhile, and more happens than is kept for it.
        happens(&server.backend.db, &workspace, (1_500, 100)).await;
        in_order(&mut page, (seen, 1_500), server.name).await;
    }
}

#[tokio::test]
async fn pages_of_another_node_hear_it_too() {
    let Some(server) = Server::postgres().await else { return };
    let owner = server.signs_up("Owner").await;
    let workspace = WorkspaceId::from(owner.me().await["workspaceId"].as_str().unwrap());
    let other = server.other_node().await;
    let mut page = Page::open(&owner, None).await;
    let seen = newest(&other.db, &workspace).await;
    happens(&other.db, &workspace, (20, 1)).await;
    in_order(&mut page, (seen, 20), server.name).await;
}
