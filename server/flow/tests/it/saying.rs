//! What runs say of their steps: what a dry run would change, and what ids stand for.

use crate::places::step;
use crate::triggers::Studio;
use crate::world::{World, admin, chain, for_each, on_webhook, piece, set_fields};
use domain::flow::run::{Run, RunStatus, StepOutput, Trial};
use serde_json::json;

const NOTIFY: &str = "@pmos/piece-notify";

/// The sentences of a dry run, by where the steps are.
fn sentences(run: &Run) -> Vec<(&str, &str)> {
    run.would_change.iter().map(|it| (it.path.as_str(), it.sentence.as_str())).collect()
}

fn output(run: &Run, name: &str) -> StepOutput {
    serde_json::from_value(run.steps[name].clone()).unwrap()
}

#[tokio::test]
async fn a_dry_run_says_what_would_change_in_the_order_of_its_steps() {
    for world in World::both().await {
        let tell = json!({ "person": "bob", "message": "Late: {{step_1.item}}" });
        let each = for_each(
            "step_1",
            "{{trigger.body.rows}}",
            piece("step_2", NOTIFY, "notify_person", tell),
        );
        let url = "http://127.0.0.1:1/hook?token=secret";
        let far = json!({ "method": "POST", "url": url, "body": {} });
        let far = piece("step_3", "@activepieces/piece-http", "send_request", far);
        let look = piece(
            "step_4",
            "@activepieces/piece-store",
            "get",
            json!({ "key": "k", "store_scope": "FLOW" }),
        );
        let flow = world.drafted(on_webhook(chain(vec![each, far, look]))).await.unwrap();
        let payload = json!({ "body": { "rows": ["A", "B"] } });
        let run = world.runs.dry_run(&admin(), &flow.id, payload).await.unwrap();
        let run = world.ended(&run.id).await;
        assert_eq!((run.status, run.is_dry()), (RunStatus::Succeeded, true), "{}", world.name);
        let wanted = [
            ("step_1/0/step_2", "Tell bob: “Late: A”"),
            ("step_1/1/step_2", "Tell bob: “Late: B”"),
            ("step_3", "Send a POST request to 127.0.0.1:1/hook"),
        ];
        assert_eq!(sentences(&run), wanted, "{}", world.name);
        assert!(output(&run, "step_3").has_only_said());
        assert!(!output(&run, "step_4").has_only_said(), "what only looks was done");
        let round = &run.steps["step_1"]["output"]["iterations"][1]["step_2"];
        assert_eq!(round["wouldChange"], "Tell bob: “Late: B”");
        assert_eq!(round["names"], json!({ "person": "bob" }));
        let listed = world.runs.list(&admin(), &Default::default()).await.unwrap().data;
        assert_eq!(listed[0].trial, Some(Trial::Dry));
        assert!(listed[0].would_change.is_empty() && listed[0].steps.is_empty());
        let real = world.published(on_webhook(set_fields("step_1", json!({ "a": 1 })))).await;
        let real = world.fire(&real, json!({})).await;
        assert!(!world.ended(&real).await.is_dry());
    }
}

#[tokio::test]
async fn changes_of_basecamp_are_told_with_names_and_runs_know_them() {
    for studio in Studio::all().await {
        let name = studio.world.name;
        let person = studio.choices("inputs.assignee_ids", json!({})).await[0].clone();
        let list = studio.choices("todolist", json!({ "project": studio.project })).await;
        let list = list.iter().find(|it| it.value == studio.list).unwrap().label.clone();
        let new = json!({
            "project": studio.project, "todolist": studio.list,
            "inputs": { "content": "Call", "due_on": "2026-11-23", "assignee_ids": [person.value] },
        });
        let post = json!({
            "project": studio.project.to_string(), "inputs": { "subject": "Overdue today", "content": "None" },
        });
        let looked = json!({ "project": studio.project });
        let steps = vec![
            step("step_1", "todos", "create_todo", new),
            step("step_2", "messages", "create_message", post),
            step("step_3", "todos", "list_todolists", looked),
        ];
        let flow = studio.world.drafted(on_webhook(chain(steps))).await.unwrap();
        let run = studio.world.runs.dry_run(&admin(), &flow.id, json!({ "body": {} })).await;
        let run = studio.world.ended(&run.unwrap().id).await;
        let who = &person.label;
        let add = format!("Add the to-do “Call” to {list}, due Mon 23 Nov 2026, for {who}");
        let wanted =
            [("step_1", add.as_str()), ("step_2", "Post “Overdue today” to Website relaunch")];
        assert_eq!(sentences(&run), wanted, "{name}: {run:#?}");
        let names = output(&run, "step_1").names;
        assert_eq!(names["project"], "Website relaunch", "{name}");
        assert_eq!((&names["todolist"], &names["inputs.assignee_ids"]), (&list, who));
        assert_eq!(output(&run, "step_3").names["project"], "Website relaunch");
    }
}
