//! A workspace with people, flows and a clock that tests turn.

use basecamp::Basecamp;
use domain::account::Workspace;
use domain::actor::{Actor, Role, Via};
use domain::flow::edit::{FlowEdit, ImportFlow};
use domain::flow::listing::NewFlow;
use domain::flow::{Flow, Trigger};
use domain::ids::{RunId, UserId, WorkspaceId};
use domain::problem::Problem;
use flow::config::Config;
use flow::flows::Flows;
use flow::hooks::{HookAnswer, HookRefusal, Wait};
use flow::payload::HookRequest;
use flow::runs::Runs;
use flow::worker::Worker;
use sandbox::Running;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use store::db::Db;
use store::secrets::SecretKey;
use store::testing::TestDb;
use store::users::NewUser;
use store::{settings, users, workspaces};

/// Saturday 2026-11-21, 03:12:11 UTC.
pub(crate) const NOW: i64 = 1_795_230_731_000;

/// How long something that is waited for may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) struct World {
    pub(crate) db: Db,
    /// `sqlite` or `postgres`, for messages.
    pub(crate) name: &'static str,
    /// Where the database is, for those that are made for one test.
    pub(crate) test: Option<TestDb>,
    pub(crate) flows: Flows,
    pub(crate) runs: Runs,
    pub(crate) clock: Arc<AtomicI64>,
    /// Taken away: a process that gives no more signs of life.
    pub(crate) worker: Option<Worker>,
}

pub(crate) fn actor(workspace: &str, role: Role) -> Actor {
    Actor {
        user: UserId::from("ann"),
        name: "Ann Berg".to_owned(),
        workspace: WorkspaceId::from(workspace),
        role,
        via: Via::Ui,
        request_id: "r1".to_owned(),
        ip: None,
    }
}

pub(crate) fn admin() -> Actor {
    actor("w1", Role::WorkspaceAdmin)
}

/// Runs on `db` as a start of the process makes them; `set` changes the settings.
pub(crate) fn opened(
    db: Db,
    clock: &Arc<AtomicI64>,
    sample: Option<&Running>,
    set: impl FnOnce(&mut Config),
) -> Runs {
    let key = SecretKey::from_text("key of the tests");
    let reach = basecamp::config::Config::default();
    let reach = match sample {
        Some(running) => reach.with_sample(running.address, &running.control_key),
        None => reach,
    };
    let basecamp = Basecamp::new(db.clone(), key.clone(), reach).unwrap();
    let time = Arc::clone(clock);
    let mut config = Config {
        clock: Arc::new(move || time.load(Ordering::SeqCst)),
        answer_within: Duration::from_secs(20),
        ..Config::new("http://pmos.test", key)
    };
    set(&mut config);
    Runs::new(db, basecamp, config)
}

pub(crate) fn open(db: Db, clock: &Arc<AtomicI64>) -> Runs {
    opened(db, clock, None, on_node)
}

/// Every start of it is one of the same node.
pub(crate) fn on_node(config: &mut Config) {
    config.node = Some("n1".to_owned());
}

impl World {
    pub(crate) async fn on(db: Db, name: &'static str, test: Option<TestDb>) -> Self {
        let clock = Arc::new(AtomicI64::new(NOW));
        let runs = open(db.clone(), &clock);
        Self::around(runs, clock, (db, name, test)).await
    }

    /// A process on `db` with settings of its own.
    pub(crate) async fn on_with(db: Db, name: &'static str, set: impl FnOnce(&mut Config)) -> Self {
        let clock = Arc::new(AtomicI64::new(NOW));
        let runs = opened(db.clone(), &clock, None, set);
        Self::around(runs, clock, (db, name, None)).await
    }

    async fn around(
        runs: Runs,
        clock: Arc<AtomicI64>,
        (db, name, test): (Db, &'static str, Option<TestDb>),
    ) -> Self {
        people(&db).await;
        let worker = runs.work();
        Self { flows: Flows::new(&runs), runs, clock, db, name, test, worker: Some(worker) }
    }

    /// With other settings.
    pub(crate) async fn with(set: impl FnOnce(&mut Config)) -> Self {
        let (test, clock) = (TestDb::sqlite().await, Arc::new(AtomicI64::new(NOW)));
        let runs = opened(test.db.clone(), &clock, None, set);
        Self::around(runs, clock, (test.db.clone(), test.name, Some(test))).await
    }

    /// With other settings, one for each database.
    pub(crate) async fn both_with(set: impl Fn(&mut Config)) -> Vec<Self> {
        let mut worlds = Vec::new();
        for test in TestDb::both().await {
            let clock = Arc::new(AtomicI64::new(NOW));
            let runs = opened(test.db.clone(), &clock, None, &set);
            let parts = (test.db.clone(), test.name, Some(test));
            worlds.push(Self::around(runs, clock, parts).await);
        }
        worlds
    }

    /// With the sample Basecamp.
    pub(crate) async fn with_sample(sample: &Running) -> Self {
        Self::with_sample_in(TestDb::sqlite().await, sample).await
    }

    /// The same in a database of the test's choice.
    pub(crate) async fn with_sample_in(test: TestDb, sample: &Running) -> Self {
        let clock = Arc::new(AtomicI64::new(NOW));
        let runs = opened(test.db.clone(), &clock, Some(sample), |_| ());
        Self::around(runs, clock, (test.db.clone(), test.name, Some(test))).await
    }

    /// A process with the sample Basecamp, on a database with people in it that outlives it.
    pub(crate) async fn beside(db: Db, name: &'static str, sample: &Running) -> Self {
        let clock = Arc::new(AtomicI64::new(NOW));
        let runs = opened(db.clone(), &clock, Some(sample), on_node);
        let worker = Some(runs.work());
        Self { flows: Flows::new(&runs), runs, clock, db, name, test: None, worker }
    }

    async fn in_test(test: TestDb) -> Self {
        Self::on(test.db.clone(), test.name, Some(test)).await
    }

    pub(crate) async fn sqlite() -> Self {
        Self::in_test(TestDb::sqlite().await).await
    }

    /// One for each database.
    pub(crate) async fn both() -> Vec<Self> {
        let mut worlds = Vec::new();
        for test in TestDb::both().await {
            worlds.push(Self::in_test(test).await);
        }
        worlds
    }

    /// Steps may reach these loopback addresses.
    pub(crate) async fn allow(&self, hosts: &[String]) {
        let list = json!(hosts);
        self.db
            .write(move |conn| {
                Box::pin(async move {
                    settings::set(conn, settings::INSTALLATION, "outgoingAllowList", &list).await
                })
            })
            .await
            .unwrap();
    }

    /// The clock moves on and the worker looks again.
    pub(crate) fn pass(&self, duration: Duration) {
        let passed = i64::try_from(duration.as_millis()).unwrap();
        self.clock.fetch_add(passed, Ordering::SeqCst);
        self.runs.wake();
    }

    /// A published flow: `trigger` with steps as flow JSON.
    pub(crate) async fn published(&self, trigger: Value) -> Flow {
        let flow = self.drafted(trigger).await.unwrap();
        self.flows.publish(&admin(), &flow.id).await.unwrap()
    }

    pub(crate) async fn drafted(&self, trigger: Value) -> Result<Flow, Problem> {
        let trigger: Trigger = serde_json::from_value(trigger).unwrap();
        let import = ImportFlow {
            display_name: "Flow".to_owned(),
            trigger,
            schema_version: None,
            notes: None,
            keep_samples: false,
        };
        let edits = vec![FlowEdit::ImportFlow(Box::new(import))];
        self.flows
            .create(&admin(), NewFlow { name: "Flow".to_owned(), edits, ..NewFlow::default() })
            .await
    }

    pub(crate) async fn hook(&self, flow: &Flow) -> String {
        let url = self.flows.webhook_url(&admin(), &flow.id).await.unwrap();
        url.rsplit('/').next().unwrap().to_owned()
    }

    /// Calls the flow and waits for its answer.
    pub(crate) async fn call(&self, flow: &Flow, body: Value) -> Result<HookAnswer, HookRefusal> {
        self.runs.hook(&self.hook(flow).await, &request(body), Wait::ForAnswer).await
    }

    /// Calls the flow without waiting; gives the run.
    pub(crate) async fn fire(&self, flow: &Flow, body: Value) -> RunId {
        match self.runs.hook(&self.hook(flow).await, &request(body), Wait::No).await {
            Ok(HookAnswer::Accepted { run }) => run,
            other => panic!("not accepted: {other:?}"),
        }
    }
}

fn described(id: &str) -> Workspace {
    Workspace {
        id: WorkspaceId::from(id),
        name: "Studio".to_owned(),
        timezone: "UTC".to_owned(),
        working_days: vec![1, 2, 3, 4, 5],
        working_hours: ["09:00".to_owned(), "17:00".to_owned()],
        created_at_ms: NOW,
    }
}

/// Another workspace, with nobody in it.
pub(crate) async fn workspace(db: &Db, id: &str) {
    let new = described(id);
    let stored: Result<(), store::error::StoreError> =
        db.write(move |conn| Box::pin(async move { workspaces::insert(conn, &new).await })).await;
    stored.unwrap();
}

pub(crate) async fn people(db: &Db) {
    db.write(|conn| {
        Box::pin(async move {
            let workspace = described("w1");
            workspaces::insert(conn, &workspace).await?;
            for (id, role) in [("ann", Role::WorkspaceAdmin), ("bob", Role::Member)] {
                let user = NewUser {
                    id: UserId::from(id),
                    workspace: workspace.id.clone(),
                    name: id.to_owned(),
                    email: format!("{id}@example.com"),
                    password_hash: String::new(),
                    is_super_admin: false,
                    now_ms: NOW,
                };
                users::insert(conn, &user).await?;
                workspaces::add_member(conn, &workspace.id, &user.id, role, NOW).await?;
            }
            Ok::<_, store::error::StoreError>(())
        })
    })
    .await
    .unwrap();
}

pub(crate) fn request(body: Value) -> HookRequest {
    HookRequest {
        method: "POST".to_owned(),
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        query: String::new(),
        body: body.to_string().into_bytes(),
    }
}

/// A webhook trigger with `next` after it.
pub(crate) fn on_webhook(next: Value) -> Value {
    json!({
        "name": "trigger", "displayName": "Catch webhook", "type": "PIECE_TRIGGER", "valid": true,
        "settings": {
            "pieceName": "@activepieces/piece-webhook", "pieceVersion": "~0.1.27",
            "triggerName": "catch_webhook", "input": { "authType": "none", "authFields": {} },
            "propertySettings": {},
        },
        "nextAction": next,
    })
}

/// `steps` in order: each the first one's `nextAction`.
pub(crate) fn chain(steps: Vec<Value>) -> Value {
    steps.into_iter().rev().fold(Value::Null, |next, mut step| {
        if !next.is_null() {
            step["nextAction"] = next;
        }
        step
    })
}

pub(crate) fn piece(name: &str, piece: &str, action: &str, input: Value) -> Value {
    json!({
        "name": name, "displayName": name, "type": "PIECE", "valid": true,
        "settings": {
            "pieceName": piece, "pieceVersion": "~0.1.0", "actionName": action, "input": input,
            "propertySettings": {},
        },
    })
}

pub(crate) fn set_fields(name: &str, mapping: Value) -> Value {
    piece(
        name,
        "@activepieces/piece-data-mapper",
        "advanced_mapping",
        json!({ "mapping": mapping }),
    )
}

pub(crate) fn respond(name: &str, then: &str, body: Value) -> Value {
    let fields = json!({ "status": 200, "headers": {}, "body": body });
    let input = json!({ "responseType": "json", "fields": fields, "respond": then });
    piece(name, "@activepieces/piece-webhook", "return_response", input)
}

pub(crate) fn wait(name: &str, seconds: i64) -> Value {
    piece(
        name,
        "@activepieces/piece-delay",
        "delayFor",
        json!({ "unit": "seconds", "delayFor": seconds }),
    )
}

pub(crate) fn code(name: &str) -> Value {
    json!({
        "name": name, "displayName": name, "type": "CODE", "valid": true,
        "settings": { "sourceCode": { "code": "", "packageJson": "{}" }, "input": {} },
    })
}

pub(crate) fn for_each(name: &str, items: &str, body: Value) -> Value {
    json!({
        "name": name, "displayName": name, "type": "LOOP_ON_ITEMS", "valid": true,
        "settings": { "items": items }, "firstLoopAction": body,
    })
}

/// Branches as name, first value, operator, second value and first step; the last one is the fallback.
pub(crate) fn router(
    name: &str,
    execution: &str,
    branches: Vec<(&str, &str, &str, &str, Value)>,
    otherwise: Value,
) -> Value {
    let mut settings: Vec<Value> = branches
        .iter()
        .map(|(branch, first, operator, second, _)| {
            let condition =
                json!({ "firstValue": first, "operator": operator, "secondValue": second });
            json!({ "branchType": "CONDITION", "branchName": branch, "conditions": [[condition]] })
        })
        .collect();
    settings.push(json!({ "branchType": "FALLBACK", "branchName": "Otherwise" }));
    let mut children: Vec<Value> = branches.into_iter().map(|it| it.4).collect();
    children.push(otherwise);
    json!({
        "name": name, "displayName": name, "type": "ROUTER", "valid": true,
        "settings": { "executionType": execution, "branches": settings }, "children": children,
    })
}

pub(crate) fn keep_going(mut step: Value) -> Value {
    step["settings"]["errorHandlingOptions"] =
        json!({ "continueOnFailure": { "value": true }, "retryOnFailure": { "value": false } });
    step
}
