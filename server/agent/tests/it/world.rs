//! A workspace with people, the sample Basecamp and the assistant.

use crate::provider::{FakeProvider, Wire};
use agent::agent::Agent;
use agent::config::Config;
use agent::follow::Answered;
use agent::keys::NewKey;
use agent::llm::Provider;
use agent::planner::Planner;
use agent::sending::NewTurn;
use basecamp::Basecamp;
use domain::account::Workspace;
use domain::actor::{Actor, Role, Via};
use domain::approval::Approval;
use domain::chat::ChatEvent;
use domain::ids::{ChatRunId, FlowId, SessionId, UserId, WorkspaceId};
use domain::problem::Problem;
use domain::todo::{Todo, TodoQuery};
use flow::flows::Flows;
use flow::runs::Runs;
use sandbox::Running;
use std::net::SocketAddr;
use std::sync::Arc;
use store::db::Db;
use store::secrets::SecretKey;
use store::testing::TestDb;
use store::users::NewUser;
use store::{users, workspaces};
use tools::tools::Tools;

/// The key of a model provider in these tests.
pub(crate) const KEY: &str = "sk-test-0123456789abcdef";

pub(crate) struct World {
    pub(crate) test: TestDb,
    pub(crate) db: Db,
    pub(crate) basecamp: Basecamp,
    pub(crate) flows: Flows,
    pub(crate) tools: Tools,
    pub(crate) runs: Runs,
    pub(crate) agent: Agent,
    pub(crate) running: Running,
}

/// Amara, who is in the sample too; Mika, a member; Vera, a viewer.
pub(crate) fn actor(user: &str) -> Actor {
    let (name, role) = match user {
        "amara" => ("Amara Osei", Role::WorkspaceAdmin),
        "mika" => ("Mika Holm", Role::Member),
        _ => ("Vera Lund", Role::Viewer),
    };
    Actor {
        user: UserId::from(user),
        name: name.to_owned(),
        workspace: WorkspaceId::from("w1"),
        role,
        via: Via::Ui,
        request_id: "r1".to_owned(),
        ip: None,
    }
}

pub(crate) fn amara() -> Actor {
    actor("amara")
}

impl World {
    /// With the sample Basecamp and the built-in planner.
    pub(crate) async fn new() -> Self {
        Self::in_test(TestDb::sqlite().await, Arc::new(Planner), Config::default()).await
    }

    /// One for each database.
    pub(crate) async fn both() -> Vec<Self> {
        let mut worlds = Vec::new();
        for test in TestDb::both().await {
            worlds.push(Self::in_test(test, Arc::new(Planner), Config::default()).await);
        }
        worlds
    }

    /// With another model, on a database of the test's choice.
    pub(crate) async fn with_on(test: TestDb, provider: Arc<dyn Provider>, config: Config) -> Self {
        Self::in_test(test, provider, config).await
    }

    /// From now on another model answers.
    pub(crate) fn answered_by(&mut self, provider: Arc<dyn Provider>, config: Config) {
        self.agent = Agent::with_provider(self.db.clone(), self.tools.clone(), config, provider);
    }

    /// A second node on the same database.
    pub(crate) async fn second_node(&self, provider: Arc<dyn Provider>, config: Config) -> Agent {
        let tools = Tools::new(
            self.db.clone(),
            self.basecamp.clone(),
            self.flows.clone(),
            self.runs.clone(),
        );
        Agent::with_provider(self.test.reopen().await, tools, config, provider)
    }

    pub(crate) async fn with(provider: Arc<dyn Provider>, config: Config) -> Self {
        Self::in_test(TestDb::sqlite().await, provider, config).await
    }

    /// With stored keys of model providers, on SQLite.
    pub(crate) async fn with_models(config: Config) -> Self {
        Self::with_models_on(TestDb::sqlite().await, config).await
    }

    pub(crate) async fn with_models_on(test: TestDb, config: Config) -> Self {
        let mut world = Self::in_test(test, Arc::new(Planner), config.clone()).await;
        let key = SecretKey::from_text("key of the tests");
        world.agent = Agent::new(world.db.clone(), world.tools.clone(), key, config);
        world
    }

    /// Lets PM OS reach these providers, which are on this machine.
    pub(crate) async fn allow(&self, providers: &[&FakeProvider]) {
        let list: Vec<String> = providers.iter().map(|it| it.address.to_string()).collect();
        let list = serde_json::json!(list);
        let write = self.db.write(move |tx| {
            Box::pin(async move {
                store::settings::set(tx, store::settings::INSTALLATION, "outgoingAllowList", &list)
                    .await
            })
        });
        write.await.unwrap();
    }

    pub(crate) async fn try_put_key(
        &self,
        wire: Wire,
        provider: &FakeProvider,
    ) -> Result<String, Problem> {
        let new = NewKey {
            provider: wire.provider().to_owned(),
            api_key: Some(KEY.to_owned()),
            default_model: Some("small".to_owned()),
            base_url: Some(provider.base()),
            input_price: Some(1.0),
            output_price: Some(1.0),
            ..NewKey::default()
        };
        self.agent.put_key(&amara(), new).await
    }

    pub(crate) async fn put_key(&self, wire: Wire, provider: &FakeProvider) {
        self.try_put_key(wire, provider).await.unwrap();
    }

    async fn in_test(test: TestDb, provider: Arc<dyn Provider>, config: Config) -> Self {
        let db = test.db.clone();
        people(&db).await;
        let running = sandbox::serve(sandbox::Config { keeps_log: true, ..Default::default() })
            .await
            .unwrap();
        let world = Self::open(test, db, running, (provider, config));
        world.basecamp.connect_sample(&amara()).await.unwrap();
        world
    }

    fn open(
        test: TestDb,
        db: Db,
        running: Running,
        (provider, config): (Arc<dyn Provider>, Config),
    ) -> Self {
        let (basecamp, runs, flows, tools) = parts(&db, running.address, &running.control_key);
        let agent = Agent::with_provider(db.clone(), tools.clone(), config, provider);
        Self { test, db, basecamp, flows, tools, runs, agent, running }
    }

    /// The same data after a start.
    pub(crate) async fn reopened(self, provider: Arc<dyn Provider>, config: Config) -> Self {
        let db = self.test.reopen().await;
        let world = Self::open(self.test, db, self.running, (provider, config));
        world.agent.start().await.unwrap();
        world
    }

    /// Says something and waits for the answer.
    pub(crate) async fn say(&self, session: Option<&SessionId>, text: &str) -> Answered {
        self.say_as(&amara(), session, text).await
    }

    pub(crate) async fn say_as(
        &self,
        actor: &Actor,
        session: Option<&SessionId>,
        text: &str,
    ) -> Answered {
        let turn =
            NewTurn { session: session.cloned(), text: text.to_owned(), ..NewTurn::default() };
        let sent = self.agent.send(actor, turn).await.unwrap();
        self.agent.answer_of(actor, &sent.run.id).await.unwrap()
    }

    /// The same on the page of a flow.
    pub(crate) async fn say_at(
        &self,
        flow: &FlowId,
        session: Option<&SessionId>,
        text: &str,
    ) -> Answered {
        let turn = NewTurn {
            session: session.cloned(),
            text: text.to_owned(),
            flow: Some(flow.clone()),
            ..NewTurn::default()
        };
        let sent = self.agent.send(&amara(), turn).await.unwrap();
        self.agent.answer_of(&amara(), &sent.run.id).await.unwrap()
    }

    /// Everything a run told, in order.
    pub(crate) async fn events(&self, run: &ChatRunId) -> Vec<ChatEvent> {
        let mut following = self.agent.follow(&amara(), run, 0).await.unwrap();
        let mut all = Vec::new();
        while let Some(event) = following.next().await.unwrap() {
            all.push(event);
        }
        all
    }

    pub(crate) async fn pending(&self) -> Vec<Approval> {
        let pending = Some(domain::approval::ApprovalStatus::Pending);
        self.agent.approvals(&amara(), pending, 50, None).await.unwrap().approvals
    }

    pub(crate) async fn open_todos(&self) -> Vec<Todo> {
        self.basecamp.todos(&amara(), &TodoQuery::default()).await.unwrap()
    }

    pub(crate) async fn has_open(&self, title: &str) -> bool {
        self.open_todos().await.iter().any(|it| it.title == title)
    }
}

/// Everything that the assistant works with, over a database and a sample Basecamp that may be another process's.
pub(crate) fn parts(db: &Db, sample: SocketAddr, key: &str) -> (Basecamp, Runs, Flows, Tools) {
    let secret = || SecretKey::from_text("key of the tests");
    let reach = basecamp::config::Config::default().with_sample(sample, key);
    let basecamp = Basecamp::new(db.clone(), secret(), reach).unwrap();
    let runs = Runs::new(
        db.clone(),
        basecamp.clone(),
        flow::config::Config::new("http://pmos.test", secret()),
    );
    let flows = Flows::new(&runs);
    let tools = Tools::new(db.clone(), basecamp.clone(), flows.clone(), runs.clone());
    (basecamp, runs, flows, tools)
}

async fn people(db: &Db) {
    db.write(|conn| {
        Box::pin(async move {
            let id = WorkspaceId::from("w1");
            workspaces::insert(conn, &workspace(&id)).await?;
            for user in ["amara", "mika", "vera"] {
                let actor = actor(user);
                users::insert(conn, &new_user(&actor)).await?;
                workspaces::add_member(conn, &id, &actor.user, actor.role, 0).await?;
            }
            Ok::<_, store::error::StoreError>(())
        })
    })
    .await
    .unwrap();
}

fn workspace(id: &WorkspaceId) -> Workspace {
    Workspace {
        id: id.clone(),
        name: "Studio".to_owned(),
        timezone: "UTC".to_owned(),
        working_days: vec![1, 2, 3, 4, 5],
        working_hours: ["09:00".to_owned(), "17:00".to_owned()],
        created_at_ms: 0,
    }
}

fn new_user(actor: &Actor) -> NewUser {
    NewUser {
        id: actor.user.clone(),
        workspace: actor.workspace.clone(),
        name: actor.name.clone(),
        email: format!("{}@example.com", actor.user),
        password_hash: String::new(),
        is_super_admin: false,
        now_ms: 0,
    }
}
