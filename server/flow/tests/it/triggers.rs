//! Flows that start by what happens in Basecamp, through the mirror, on both databases.

use crate::world::{World, admin, set_fields};
use basecamp::Basecamp;
use basecamp::records::Request;
use domain::flow::listing::RunFilter;
use domain::flow::run::{Run, RunStatus, Which};
use domain::flow::{Flow, FlowStatus};
use domain::todo::{NewTodo, TodoChanges, TodoQuery};
use sandbox::{Running, serve};
use serde_json::{Map, Value, json};
use std::sync::atomic::Ordering;
use std::time::Duration;
use store::ids;
use store::secrets::SecretKey;

/// A workspace whose mirror of a sample Basecamp is filled.
pub(crate) struct Studio {
    pub(crate) world: World,
    pub(crate) basecamp: Basecamp,
    _sample: Running,
    pub(crate) project: i64,
    pub(crate) list: i64,
}

impl Studio {
    pub(crate) async fn all() -> Vec<Self> {
        let mut studios = Vec::new();
        for test in store::testing::TestDb::both().await {
            let sample = serve(sandbox::Config::default()).await.unwrap();
            let world = World::with_sample_in(test, &sample).await;
            world.clock.store(ids::now_ms(), Ordering::SeqCst);
            let reach = basecamp::config::Config::default();
            let reach = reach.with_sample(sample.address, &sample.control_key);
            let key = SecretKey::from_text("key of the tests");
            let basecamp = Basecamp::new(world.db.clone(), key, reach).unwrap();
            basecamp.connect_sample(&admin()).await.unwrap();
            let projects = basecamp.projects(&admin()).await.unwrap();
            let project = projects.iter().find(|it| it.name == "Website relaunch").unwrap().id;
            let list = basecamp.lists(&admin(), project).await.unwrap()[0].id;
            let studio = Self { world, basecamp, _sample: sample, project, list };
            studio.fill().await;
            studios.push(studio);
        }
        studios
    }

    async fn fill(&self) {
        for _ in 0..100 {
            self.basecamp.hurry_sync(&admin()).await.unwrap();
            self.basecamp.sync_once().await.unwrap();
            let status = self.basecamp.mirror_status(&admin()).await.unwrap();
            if status.parts.iter().all(|it| it.is_filled || it.is_absent) {
                return;
            }
        }
        panic!("the mirror was not filled");
    }

    /// A flow on a trigger of Basecamp that only keeps what it was told.
    pub(crate) async fn when(&self, trigger: &str, input: Value) -> Flow {
        let it = &self.world;
        it.clock.store(ids::now_ms(), Ordering::SeqCst);
        it.published(on(trigger, input)).await
    }

    pub(crate) async fn add(&self, title: &str) -> i64 {
        let new = NewTodo {
            project_id: self.project,
            list_id: self.list,
            title: title.to_owned(),
            description: None,
            due_on: None,
            assignee_ids: Vec::new(),
        };
        self.basecamp.create_todo(&admin(), &new).await.unwrap().id
    }

    /// Runs of a flow, once there are `many`, oldest first.
    pub(crate) async fn started(&self, flow: &Flow, many: usize) -> Vec<Run> {
        let mut changes = self.world.db.changes();
        let filter =
            RunFilter { flow_id: Some(flow.id.clone()), limit: Some(50), ..RunFilter::default() };
        let waiting = async {
            loop {
                let mut runs = self.world.runs.list(&admin(), &filter).await.unwrap().data;
                if runs.len() >= many {
                    runs.reverse();
                    return runs;
                }
                drop(changes.recv().await);
            }
        };
        tokio::time::timeout(Duration::from_secs(30), waiting).await.expect("the runs start")
    }

    /// What the trigger of a run told.
    async fn told(&self, run: &Run) -> Value {
        let run = self.world.ended(&run.id).await;
        assert_eq!(run.status, RunStatus::Succeeded, "{run:?}");
        run.steps["trigger"]["output"].clone()
    }

    async fn send(&self, name: &str, params: &[i64], body: Value) -> Value {
        let params: Vec<String> = params.iter().map(i64::to_string).collect();
        let body: Map<String, Value> = body.as_object().unwrap().clone();
        let request = Request::new(name, &params).unwrap().with(body);
        self.basecamp.send(&admin(), &request).await.unwrap()
    }

    /// The id of a tool in the dock of a project that has one, and the project.
    async fn tool(&self, name: &str) -> i64 {
        let request = Request::new("GetProject", &[self.project.to_string()]).unwrap();
        let project = self.basecamp.fetch(&admin(), &request).await.unwrap();
        let dock = project["dock"].as_array().unwrap();
        dock.iter().find(|it| it["name"] == name).unwrap()["id"].as_i64().unwrap()
    }
}

pub(crate) fn on(trigger: &str, input: Value) -> Value {
    json!({
        "name": "trigger", "displayName": "Basecamp", "type": "PIECE_TRIGGER", "valid": true,
        "settings": {
            "pieceName": "@activepieces/piece-basecamp", "pieceVersion": "~0.0.1",
            "triggerName": trigger, "input": input, "propertySettings": {},
        },
        "nextAction": set_fields("step_1", json!({ "title": "{{trigger.title}}" })),
    })
}

#[tokio::test]
async fn a_new_to_do_starts_one_run_and_an_old_one_none() {
    for studio in Studio::all().await {
        studio.add("Before").await;
        // The mirror has it, and its second is over, when the flow is switched on.
        let second = ids::now_ms() / 1_000;
        while ids::now_ms() / 1_000 == second {
            tokio::task::yield_now().await;
        }
        let flow = studio.when("new_todo", json!({ "project": studio.project })).await;
        let elsewhere = studio.when("new_todo", json!({ "project": 1 })).await;
        let id = studio.add("After").await;
        let runs = studio.started(&flow, 1).await;
        let told = studio.told(&runs[0]).await;
        assert_eq!((&told["id"], &told["title"]), (&json!(id), &json!("After")));
        assert_eq!(told["project"]["name"], "Website relaunch");
        assert_eq!(told["event"], "new_todo");
        // Read again, and again by a worker that starts anew, it starts nothing more.
        studio.fill().await;
        let again = studio.add("Last").await;
        let runs = studio.started(&flow, 2).await;
        assert_eq!(studio.told(&runs[1]).await["id"], json!(again));
        assert_eq!(studio.started(&flow, 0).await.len(), 2, "{}", studio.world.name);
        assert!(studio.started(&elsewhere, 0).await.is_empty());
    }
}

#[tokio::test]
async fn what_happens_while_no_worker_runs_starts_flows_afterwards() {
    for mut studio in Studio::all().await {
        let flow = studio.when("todo_completed", json!({})).await;
        let off = studio.when("todo_completed", json!({})).await;
        studio.world.worker.take().unwrap().stop().await;
        let id = studio.add("Done while away").await;
        studio.basecamp.complete_todo(&admin(), id).await.unwrap();
        studio.fill().await;
        studio.world.flows.set_status(&admin(), &off.id, FlowStatus::Disabled).await.unwrap();
        studio.world.worker = Some(studio.world.runs.work());
        let runs = studio.started(&flow, 1).await;
        let told = studio.told(&runs[0]).await;
        assert_eq!((&told["id"], &told["completed"]), (&json!(id), &json!(true)));
        assert_eq!(studio.started(&flow, 0).await.len(), 1);
        assert!(studio.started(&off, 0).await.is_empty(), "{}", studio.world.name);
    }
}

#[tokio::test]
async fn whoever_is_given_a_to_do_is_told_apart() {
    for studio in Studio::all().await {
        let people = studio.basecamp.people(&admin()).await.unwrap();
        let (one, other) = (people[0].id, people[1].id);
        let flow = studio.when("todo_assigned", json!({ "person": one })).await;
        let anybody = studio.when("todo_assigned", json!({})).await;
        let id = studio.add("Whose").await;
        for people in [vec![other], vec![other, one]] {
            let changes = TodoChanges { assignee_ids: Some(people), ..TodoChanges::default() };
            studio.basecamp.update_todo(&admin(), id, &changes).await.unwrap();
        }
        let runs = studio.started(&anybody, 2).await;
        assert_eq!(studio.told(&runs[0]).await["change"]["added"][0]["id"], json!(other));
        let runs = studio.started(&flow, 1).await;
        assert_eq!(studio.told(&runs[0]).await["change"]["added"][0]["id"], json!(one));
        assert_eq!(studio.started(&flow, 0).await.len(), 1, "{}", studio.world.name);
    }
}

#[tokio::test]
async fn a_day_that_is_over_starts_the_flow_once() {
    for studio in Studio::all().await {
        let flow = studio.when("todo_overdue", json!({ "project": studio.project })).await;
        let id = studio.add("Late").await;
        let now = ids::rfc3339(studio.world.clock.load(Ordering::SeqCst));
        let day = now.split_once('T').unwrap().0.to_owned();
        let changes = TodoChanges { due_on: Some(day.clone()), ..TodoChanges::default() };
        studio.basecamp.update_todo(&admin(), id, &changes).await.unwrap();
        let query = TodoQuery { project_id: Some(studio.project), ..TodoQuery::default() };
        let open = studio.basecamp.todos(&admin(), &query).await.unwrap();
        let due = open.iter().filter(|it| it.due_on.as_deref() == Some(day.as_str())).count();
        studio.world.pass(Duration::from_secs(86_400));
        let runs = studio.started(&flow, due).await;
        let mut told = Vec::new();
        for run in &runs {
            told.push(studio.told(run).await);
        }
        assert!(told.iter().any(|it| it["id"] == json!(id)), "{told:?}");
        // Only what became due since, not what was late before.
        assert!(told.iter().all(|it| it["due_on"] == json!(day)), "{told:?}");
        let many = runs.len();
        studio.world.pass(Duration::from_secs(120));
        studio.world.worker.as_ref().unwrap().stop().await;
        assert_eq!(studio.started(&flow, 0).await.len(), many, "{}", studio.world.name);
    }
}

#[tokio::test]
async fn messages_comments_cards_and_projects_start_flows() {
    for studio in Studio::all().await {
        let message = studio.when("new_message", json!({})).await;
        let comment = studio.when("new_comment", json!({ "project": studio.project })).await;
        let project = studio.when("new_project", json!({})).await;
        let board = studio.tool("message_board").await;
        studio
            .send(
                "CreateMessage",
                &[board],
                json!({ "subject": "News", "content": "<div>x</div>" }),
            )
            .await;
        let todo = studio.add("Talked about").await;
        studio.basecamp.comment(&admin(), todo, "Well done").await.unwrap();
        studio.send("CreateProject", &[], json!({ "name": "Orchard" })).await;
        let runs = studio.started(&message, 1).await;
        assert_eq!(studio.told(&runs[0]).await["title"], "News");
        let runs = studio.started(&comment, 1).await;
        let told = studio.told(&runs[0]).await;
        assert_eq!((&told["text"], &told["place"]["id"]), (&json!("Well done"), &json!(todo)));
        let runs = studio.started(&project, 1).await;
        assert_eq!(studio.told(&runs[0]).await["name"], "Orchard", "{}", studio.world.name);
    }
}

#[tokio::test]
async fn a_moved_card_says_from_where_to_where() {
    for studio in Studio::all().await {
        let flow = studio.when("card_moved", json!({})).await;
        let board = studio.tool("kanban_board").await;
        let request = Request::new("GetCardTable", &[board.to_string()]).unwrap();
        let table = studio.basecamp.fetch(&admin(), &request).await.unwrap();
        let columns: Vec<i64> =
            table["lists"].as_array().unwrap().iter().filter_map(|it| it["id"].as_i64()).collect();
        let card = studio.send("CreateCard", &[columns[0]], json!({ "title": "Moves" })).await;
        let id = card["id"].as_i64().unwrap();
        studio.send("MoveCard", &[id], json!({ "column_id": columns[1] })).await;
        studio.fill().await;
        let runs = studio.started(&flow, 1).await;
        let told = studio.told(&runs[0]).await;
        assert_eq!(told["change"]["from"]["id"], json!(columns[0]), "{told:?}");
        assert_eq!(told["change"]["to"]["id"], json!(columns[1]));
        assert_eq!(studio.started(&flow, 0).await.len(), 1, "{}", studio.world.name);
    }
}

#[tokio::test]
async fn a_test_without_values_is_told_of_a_real_record() {
    let studio = Studio::all().await.remove(0);
    let flow = studio.when("new_todo", json!({ "project": studio.project })).await;
    let run =
        studio.world.runs.start(&admin(), &flow.id, json!({}), Which::Published).await.unwrap();
    let told = studio.told(&run).await;
    assert_eq!(told["project"]["id"], json!(studio.project));
    assert!(!told["title"].as_str().unwrap().is_empty());
}
