//! Steps that change Basecamp and tell people, against the sample.

use crate::world::{World, admin, chain, on_webhook, piece};
use basecamp::Basecamp;
use domain::flow::Flow;
use domain::flow::listing::{Choice, OptionsRequest};
use domain::flow::run::{Run, RunStatus, StepStatus};
use domain::ids::{RunId, UserId};
use domain::todo::{NewTodo, Todo, TodoQuery};
use sandbox::{Running, serve};
use serde_json::{Value, json};
use store::error::StoreError;
use store::run_steps::{self, StepRow};
use store::runs::{self, NewRun, Progress};
use store::secrets::SecretKey;
use store::{ids, notifications};

/// A workspace connected to a sample Basecamp.
struct Studio {
    world: World,
    basecamp: Basecamp,
    _sample: Running,
    project: i64,
    list: i64,
}

impl Studio {
    async fn open() -> Self {
        let sample = serve(sandbox::Config::default()).await.unwrap();
        let world = World::with_sample(&sample).await;
        let reach =
            basecamp::config::Config::default().with_sample(sample.address, &sample.control_key);
        let key = SecretKey::from_text("key of the tests");
        let basecamp = Basecamp::new(world.db.clone(), key, reach).unwrap();
        basecamp.connect_sample(&admin()).await.unwrap();
        let projects = basecamp.projects(&admin()).await.unwrap();
        let project = projects.iter().find(|it| it.name == "Website relaunch").unwrap().id;
        let list = basecamp.lists(&admin(), project).await.unwrap()[0].id;
        Self { world, basecamp, _sample: sample, project, list }
    }

    async fn todos(&self) -> Vec<Todo> {
        let query = TodoQuery { project_id: Some(self.project), ..TodoQuery::default() };
        self.basecamp.todos(&admin(), &query).await.unwrap()
    }

    fn add(&self, name: &str) -> Value {
        let inputs = json!({ "content": "{{trigger.body.name}}" });
        let input = json!({ "operation": "create_todo", "project": self.project, "todolist": self.list, "inputs": inputs });
        piece(name, "@activepieces/piece-basecamp", "todos", input)
    }

    fn with_todo(&self, name: &str, operation: &str, todo: &str) -> Value {
        let input = json!({ "operation": operation, "project": self.project, "todo": todo });
        piece(name, "@activepieces/piece-basecamp", "todos", input)
    }

    fn comment(&self, name: &str, todo: &str, text: &str) -> Value {
        let inputs = json!({ "project": self.project, "recording_id": todo, "content": text });
        let input = json!({ "operation": "create_comment", "inputs": inputs });
        piece(name, "@activepieces/piece-basecamp", "comments", input)
    }

    /// A run whose worker went away after the effect of `step` and before it was written down.
    async fn cut_off(&self, flow: &Flow, run: &RunId, step: &str) {
        let head = NewRun {
            id: run.clone(),
            workspace: admin().workspace,
            flow: flow.id.clone(),
            version: flow.version.id.clone(),
            flow_name: "Flow".to_owned(),
            environment: "PRODUCTION".to_owned(),
            triggered_by: "webhook".to_owned(),
            acting_user: UserId::from("ann"),
            payload: json!({ "body": { "name": "Plan", "todo": 1 } }).to_string(),
            dedupe: None,
            created_at: ids::now_ms(),
            trial: None,
            app: None,
        };
        let row = StepRow {
            path: step.to_owned(),
            ordinal: 1,
            name: step.to_owned(),
            kind: "PIECE".to_owned(),
            status: StepStatus::Running,
            input: "{}".to_owned(),
            output: None,
            error: None,
            warnings: None,
            logged: None,
            effect_key: Some(format!("{run}.{step}")),
            attempt: 0,
            started_at: ids::now_ms(),
            duration_us: None,
            resume_at: None,
            would_change: None,
        };
        let stored: Result<(), StoreError> = self
            .world
            .db
            .write(move |conn| {
                Box::pin(async move {
                    let progress = Progress::running(head.created_at, 0);
                    runs::insert(conn, &head, &progress, "a process that is gone").await?;
                    run_steps::save(conn, &head.workspace, &head.id, &[row]).await
                })
            })
            .await;
        stored.unwrap();
        self.world.runs.wake();
    }
}

fn notify(name: &str, message: &str) -> Value {
    piece(name, "@pmos/piece-notify", "notify_person", json!({ "message": message }))
}

fn output(run: &Run, step: &str) -> Value {
    run.steps[step]["output"].clone()
}

#[tokio::test]
async fn a_to_do_is_added_told_about_commented_and_completed() {
    let studio = Studio::open().await;
    let steps = chain(vec![
        studio.add("step_1"),
        studio.comment("step_2", "{{step_1.id}}", "Asked for by {{trigger.body.name}}"),
        studio.with_todo("step_3", "complete_todo", "{{step_1.id}}"),
        notify("step_4", "Added {{step_1.title}}"),
    ]);
    let flow = studio.world.published(on_webhook(steps)).await;
    let before = studio.todos().await.len();
    let run = studio.world.fire(&flow, json!({ "name": "Write the words" })).await;
    let run = studio.world.ended(&run).await;
    assert_eq!(run.status, RunStatus::Succeeded, "{run:?}");
    assert_eq!(output(&run, "step_1")["title"], "Write the words");
    assert_eq!(output(&run, "step_3")["completed"], true);
    let id = output(&run, "step_1")["id"].as_i64().unwrap();
    assert_eq!(studio.basecamp.comments(&admin(), id).await.unwrap().len(), 1);
    assert_eq!(studio.todos().await.len(), before);
    let mut conn = studio.world.db.read().await.unwrap();
    let told =
        notifications::list(&mut conn, &admin().workspace, &UserId::from("ann"), 10).await.unwrap();
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].title.as_str(), told[0].body.as_str()), ("Flow", "Added Write the words"));
    assert_eq!(told[0].link.as_deref(), Some(format!("/runs/{}", run.id).as_str()));
}

#[tokio::test]
async fn a_to_do_is_changed_looked_at_and_put_into_the_trash() {
    let studio = Studio::open().await;
    let todo = "{{step_1.id}}";
    let mut change = studio.with_todo("step_2", "update_todo_details", todo);
    change["settings"]["input"]["inputs"] = json!({ "content": "Renamed", "due_on": "2026-12-24" });
    let flow = studio
        .world
        .published(on_webhook(chain(vec![
            studio.add("step_1"),
            change,
            studio.with_todo("step_3", "get_todo", todo),
            studio.with_todo("step_4", "list_todolists", ""),
            studio.with_todo("step_5", "trash_todo", todo),
        ])))
        .await;
    let run = studio.world.fire(&flow, json!({ "name": "First" })).await;
    let run = studio.world.ended(&run).await;
    assert_eq!(run.status, RunStatus::Succeeded, "{run:?}");
    let seen = output(&run, "step_3");
    assert_eq!((&seen["title"], &seen["due_on"]), (&json!("Renamed"), &json!("2026-12-24")));
    assert!(output(&run, "step_4")["count"].as_u64().unwrap() >= 1);
    assert_eq!(output(&run, "step_5")["status"], "trashed");
    assert!(studio.todos().await.iter().all(|it| it.title != "Renamed"));
}

#[tokio::test]
async fn a_to_do_that_was_added_before_the_crash_is_found_and_not_added_again() {
    let studio = Studio::open().await;
    let flow = studio.world.published(on_webhook(studio.add("step_1"))).await;
    let run = RunId::from(ids::fresh());
    let mark = format!("{}-1", run.as_str().get(24..).unwrap());
    let new = NewTodo {
        project_id: studio.project,
        list_id: studio.list,
        title: "Plan".to_owned(),
        description: None,
        due_on: None,
        assignee_ids: Vec::new(),
    };
    let made = studio.basecamp.create_todo_once(&admin(), &new, &mark).await.unwrap();
    studio.cut_off(&flow, &run, "step_1").await;
    let run = studio.world.ended(&run).await;
    assert_eq!((run.status, run.resumed), (RunStatus::Succeeded, 1));
    assert_eq!(output(&run, "step_1")["id"], json!(made.id));
    assert_eq!(studio.todos().await.iter().filter(|it| it.title == "Plan").count(), 1);
}

#[tokio::test]
async fn drop_downs_narrow_from_project_to_list_to_to_do() {
    let studio = Studio::open().await;
    let ask = async |prop: &str, input: Value, search: &str| -> Vec<Choice> {
        let request = OptionsRequest {
            piece: "@activepieces/piece-basecamp".to_owned(),
            action: "todos".to_owned(),
            prop: prop.to_owned(),
            input: input.as_object().unwrap().clone(),
            search: Some(search.to_owned()),
        };
        studio.world.flows.options(&admin(), &request).await.unwrap()
    };
    let project = ask("project", json!({}), "website").await;
    assert_eq!((project.len(), &project[0].value), (1, &json!(studio.project)));
    assert!(ask("todolist", json!({}), "").await.is_empty());
    let lists = ask("todolist", json!({ "project": studio.project }), "").await;
    assert!(lists.iter().any(|it| it.value == json!(studio.list)));
    let input = json!({ "project": studio.project.to_string(), "todolist": studio.list });
    assert!(!ask("todo", input, "").await.is_empty());
    assert!(!ask("inputs.assignee_ids", json!({}), "").await.is_empty());
}

#[tokio::test]
async fn without_a_connection_the_step_says_what_to_connect() {
    let world = World::sqlite().await;
    let input = json!({ "operation": "list_todos_for_project", "project": 1 });
    let flow = world
        .published(on_webhook(piece("step_1", "@activepieces/piece-basecamp", "todos", input)))
        .await;
    let run = world.fire(&flow, json!({})).await;
    let run = world.ended(&run).await;
    assert_eq!(run.status, RunStatus::Failed);
    assert!(run.error.unwrap().contains("Basecamp"));
}
