//! A workspace with people, the sample Basecamp and the tools.

use basecamp::Basecamp;
use domain::account::Workspace;
use domain::actor::{Actor, Role, Via};
use domain::ids::WorkspaceId;
use domain::mirror::MirrorState;
use flow::flows::Flows;
use flow::runs::Runs;
use sandbox::Running;
use serde_json::{Value, json};
use std::time::Duration;
use store::db::Db;
use store::secrets::SecretKey;
use store::testing::TestDb;
use store::users::NewUser;
use store::{settings, users, workspaces};
use tools::error::ToolError;
use tools::tool::CallContext;
use tools::tools::Tools;

/// The project of most tests.
pub(crate) const PROJECT: &str = "Website relaunch";

pub(crate) struct World {
    pub(crate) tools: Tools,
    pub(crate) flows: Flows,
    pub(crate) basecamp: Basecamp,
    pub(crate) running: Running,
    pub(crate) test: TestDb,
}

/// Amara, who is in the sample too, and Mika in workspace `w1`; Otto in workspace `w2`.
pub(crate) fn actor(user: &str) -> Actor {
    let (name, role, workspace) = match user {
        "amara" => ("Amara Osei", Role::WorkspaceAdmin, "w1"),
        "otto" => ("Otto Berg", Role::WorkspaceAdmin, "w2"),
        "vera" => ("Vera Lund", Role::Viewer, "w1"),
        _ => ("Mika Holm", Role::Member, "w1"),
    };
    Actor {
        user: user.into(),
        name: name.to_owned(),
        workspace: workspace.into(),
        role,
        via: Via::Ui,
        request_id: "r1".to_owned(),
        ip: None,
    }
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::on(TestDb::sqlite().await).await
    }

    /// One for each database.
    pub(crate) async fn both() -> Vec<Self> {
        let mut worlds = Vec::new();
        for test in TestDb::both().await {
            worlds.push(Self::on(test).await);
        }
        worlds
    }

    async fn on(test: TestDb) -> Self {
        Self::beside(test, sandbox::Config::default()).await
    }

    /// With a sandbox of the test's choice.
    pub(crate) async fn beside(test: TestDb, config: sandbox::Config) -> Self {
        let db = test.db.clone();
        for (workspace, people) in [("w1", &["amara", "mika", "vera"][..]), ("w2", &["otto"][..])] {
            settle(&db, workspace, people).await;
        }
        let running = sandbox::serve(config).await.unwrap();
        let reach =
            basecamp::config::Config::default().with_sample(running.address, &running.control_key);
        let key = SecretKey::from_text("key of the tests");
        let basecamp = Basecamp::new(db.clone(), key.clone(), reach).unwrap();
        for user in ["amara", "otto"] {
            basecamp.connect_sample(&actor(user)).await.unwrap();
        }
        let config = flow::config::Config::new("http://pmos.test", key.clone());
        let runs = Runs::new(db.clone(), basecamp.clone(), config);
        let flows = Flows::new(&runs);
        let tools = Tools::new(db, basecamp.clone(), flows.clone(), runs);
        Self { tools, flows, basecamp, running, test }
    }

    /// Steps may reach this loopback address.
    pub(crate) async fn allow(&self, host: &str) {
        let list = json!([host]);
        let write = self.test.db.write(move |conn| {
            Box::pin(async move {
                settings::set(conn, settings::INSTALLATION, "outgoingAllowList", &list).await
            })
        });
        write.await.unwrap();
    }

    /// Brings the mirror up to date with Basecamp, whole.
    pub(crate) async fn sync(&self) {
        self.basecamp.hurry_sync(&actor("amara")).await.unwrap();
        for _ in 0..300 {
            self.basecamp.sync_once().await.unwrap();
            let status = self.basecamp.mirror_status(&actor("amara")).await.unwrap();
            if status.state == MirrorState::Following {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("{}: the mirror never filled", self.test.name);
    }

    pub(crate) async fn call_as(
        &self,
        user: &str,
        tool: &str,
        args: Value,
    ) -> Result<Value, ToolError> {
        let context = CallContext { source: "mcp", ..CallContext::default() };
        self.tools.call(&actor(user), tool, &args, &context).await
    }

    pub(crate) async fn call(&self, tool: &str, args: Value) -> Result<Value, ToolError> {
        self.call_as("amara", tool, args).await
    }

    /// The answer of a call that must succeed.
    pub(crate) async fn ok(&self, tool: &str, args: Value) -> Value {
        match self.call(tool, args.clone()).await {
            Ok(value) => value,
            Err(error) => panic!("{tool} {args}: {error}"),
        }
    }

    /// The code of a call that must fail.
    pub(crate) async fn code(&self, tool: &str, args: Value) -> String {
        self.call(tool, args).await.unwrap_err().code().to_owned()
    }

    /// The id of the dock's tool.
    pub(crate) async fn tool(&self, name: &str) -> i64 {
        let found = self.ok("get_project", json!({ "project_id": self.project().await })).await;
        let path = format!("/projects/{}", found["project"]["id"]);
        let raw = self.ok("basecamp_raw", json!({ "path": path })).await;
        let dock = raw["data"]["dock"].as_array().unwrap();
        dock.iter().find(|it| it["name"] == name).unwrap()["id"].as_i64().unwrap()
    }

    pub(crate) async fn project(&self) -> i64 {
        let found = self.ok("find_project", json!({ "name": PROJECT })).await;
        found["project"]["id"].as_i64().unwrap()
    }

    /// The first item of a list tool.
    pub(crate) async fn first(&self, tool: &str, args: Value, items: &str) -> i64 {
        let found = self.ok(tool, args).await;
        found[items][0]["id"].as_i64().unwrap_or_else(|| panic!("{tool}: {found}"))
    }
}

async fn settle(db: &Db, workspace: &str, people: &[&str]) {
    let (workspace, people): (WorkspaceId, Vec<Actor>) =
        (workspace.into(), people.iter().map(|it| actor(it)).collect());
    db.write(move |conn| {
        Box::pin(async move {
            let new = Workspace {
                id: workspace.clone(),
                name: "Studio".to_owned(),
                timezone: "UTC".to_owned(),
                working_days: vec![1, 2, 3, 4, 5],
                working_hours: ["09:00".to_owned(), "17:00".to_owned()],
                created_at_ms: 0,
            };
            workspaces::insert(conn, &new).await?;
            for actor in people {
                let user = NewUser {
                    id: actor.user.clone(),
                    workspace: actor.workspace.clone(),
                    name: actor.name.clone(),
                    email: format!("{}@example.com", actor.user),
                    password_hash: String::new(),
                    is_super_admin: false,
                    now_ms: 0,
                };
                users::insert(conn, &user).await?;
                workspaces::add_member(conn, &workspace, &actor.user, actor.role, 0).await?;
            }
            Ok::<_, store::error::StoreError>(())
        })
    })
    .await
    .unwrap();
}
