//! The client against the sandbox, over real HTTP on loopback.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop")]

mod around;
mod catching_up;
mod clients;
mod drills;
mod every_drill;
mod facts;
mod failures;
mod glances;
mod hours;
mod mirror;
mod mirrored;
mod naming_the_app;
mod pages;
mod reading;
mod renewals;
mod sample;
mod signing_in;
mod steps;
mod switches;
mod viewers;
mod webhooks;
mod writing;

use basecamp::Basecamp;
use basecamp::config::{Config, Pace};
use chrono::NaiveDate;
use domain::actor::{Actor, Role, Via};
use domain::project::Project;
use domain::todo::{Todo, TodoQuery};
use sandbox::{Running, serve};
use store::db::Db;
use store::secrets::SecretKey;
use store::testing::TestDb;

/// The day every sandbox of these tests lives on.
const TODAY: NaiveDate = NaiveDate::from_ymd_opt(2026, 2, 18).unwrap();

/// PM OS with a sample Basecamp.
struct World {
    test: TestDb,
    running: Running,
    basecamp: Basecamp,
}

fn actor(workspace: &str, role: Role) -> Actor {
    Actor {
        user: "u1".into(),
        name: "Amara Osei".into(),
        workspace: workspace.into(),
        role,
        via: Via::Ui,
        request_id: "r1".into(),
        ip: None,
    }
}

fn admin(workspace: &str) -> Actor {
    actor(workspace, Role::WorkspaceAdmin)
}

impl World {
    async fn new() -> Self {
        let test = TestDb::sqlite().await;
        let running = start(&test).await;
        let basecamp = client(test.db.clone(), &running);
        Self { test, running, basecamp }
    }

    /// With workspace `a` connected to the sample.
    async fn connected() -> (Self, Actor) {
        let (world, actor) = (Self::new().await, admin("a"));
        world.basecamp.connect_sample(&actor).await.unwrap();
        (world, actor)
    }

    /// Stops the sandbox and starts another on the same files.
    async fn restart(&mut self) {
        self.running.stop();
        self.running = start(&self.test).await;
        self.basecamp = client(self.test.db.clone(), &self.running);
    }

    async fn project(&self, actor: &Actor, name: &str) -> Project {
        let projects = self.basecamp.projects(actor).await.unwrap();
        projects.into_iter().find(|it| it.name == name).unwrap()
    }

    async fn open_todos(&self, actor: &Actor) -> Vec<Todo> {
        self.basecamp.todos(actor, &TodoQuery::default()).await.unwrap()
    }

    async fn todo_called(&self, actor: &Actor, title: &str) -> Todo {
        self.open_todos(actor).await.into_iter().find(|it| it.title == title).unwrap()
    }
}

async fn start(test: &TestDb) -> Running {
    let data_dir = Some(test.folder.path().join("sandbox"));
    serve(sandbox::Config { data_dir, today: Some(TODAY), ..sandbox::Config::default() })
        .await
        .unwrap()
}

fn client(db: Db, running: &Running) -> Basecamp {
    client_with(db, running, Pace::default())
}

fn client_with(db: Db, running: &Running, pace: Pace) -> Basecamp {
    client_as(db, running, Config { pace, ..Config::default() })
}

fn client_as(db: Db, running: &Running, config: Config) -> Basecamp {
    let key = SecretKey::from_text("a key for tests");
    let config = config.with_sample(running.address, &running.control_key);
    Basecamp::new(db, key, config).unwrap()
}
