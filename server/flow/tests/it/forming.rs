//! Forms that start flows.

use crate::world::{World, admin, set_fields};
use domain::flow::Flow;
use domain::flow::form::{Filled, GivenFile};
use domain::flow::run::RunStatus;
use flow::forms::Submitted;
use flow::hooks::HookRefusal;
use serde_json::{Value, json};

pub(crate) fn on_form(inputs: Value, next: Value) -> Value {
    json!({
        "name": "trigger", "displayName": "Form submitted", "type": "PIECE_TRIGGER", "valid": true,
        "settings": {
            "pieceName": "@activepieces/piece-forms", "pieceVersion": "~0.4.9", "triggerName": "form_submission",
            "input": { "inputs": inputs, "title": "Tell us" }, "propertySettings": {},
        },
        "nextAction": next,
    })
}

pub(crate) fn given(pairs: &[(&str, &str)]) -> Filled {
    let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    Filled { texts: pairs.iter().map(pair).collect(), files: Vec::new() }
}

async fn made(world: &World) -> (Flow, String) {
    let seen = json!({ "hello": "{{trigger.yourName}}", "budget": "{{trigger.budget}}" });
    let trigger = on_form(json!(["Your name*", "Budget: number"]), set_fields("step_1", seen));
    let flow = world.published(trigger).await;
    let url = world.flows.webhook_url(&admin(), &flow.id).await.unwrap();
    assert!(url.starts_with("http://pmos.test/forms/"), "{url}");
    let hook = url.rsplit('/').next().unwrap().to_owned();
    (flow, hook)
}

#[tokio::test]
async fn a_form_that_was_filled_in_is_one_run_however_often_it_is_sent() {
    for world in World::both().await {
        let (_, hook) = made(&world).await;
        let page = world.runs.form(&hook).await.unwrap();
        assert_eq!((page.title.as_str(), page.fields.len()), ("Tell us", 2));
        let answers = given(&[("yourName", "Ada"), ("budget", "12"), ("other", "x")]);
        let once = Some("page-1".to_owned());
        let first = world.runs.submit_form(&hook, &answers, once.clone()).await.unwrap();
        let Submitted::Taken(run) = first.clone() else { panic!("{first:?}") };
        assert_eq!(world.runs.submit_form(&hook, &answers, once).await, Ok(first));
        let run = world.ended(&run).await;
        assert_eq!(run.status, RunStatus::Succeeded, "{}", world.name);
        assert_eq!(run.steps["step_1"]["output"], json!({ "hello": "Ada", "budget": 12 }));
        assert_eq!(run.steps["trigger"]["output"], json!({ "yourName": "Ada", "budget": 12 }));
    }
}

#[tokio::test]
async fn a_file_of_a_form_comes_to_the_steps() {
    for world in World::both().await {
        let seen = json!({ "name": "{{trigger.cv.name}}", "file": "{{trigger.cv}}" });
        let trigger = on_form(json!(["CV*: file"]), set_fields("step_1", seen));
        let flow = world.published(trigger).await;
        let url = world.flows.webhook_url(&admin(), &flow.id).await.unwrap();
        let hook = url.rsplit('/').next().unwrap();
        let file = GivenFile {
            name: "cv.pdf".to_owned(),
            kind: "application/pdf".to_owned(),
            base64: "AAE=".to_owned(),
        };
        let filled = Filled { texts: Vec::new(), files: vec![("cv".to_owned(), file)] };
        let taken = world.runs.submit_form(hook, &filled, None).await.unwrap();
        let Submitted::Taken(run) = taken else { panic!("{taken:?}") };
        let run = world.ended(&run).await;
        let file = json!({ "name": "cv.pdf", "contentType": "application/pdf", "base64": "AAE=" });
        let output = json!({ "name": "cv.pdf", "file": file });
        assert_eq!(run.steps["step_1"]["output"], output, "{}", world.name);
        let none = world.runs.submit_form(hook, &given(&[("cv", "a text")]), None).await.unwrap();
        assert!(matches!(none, Submitted::Refused(_)), "{none:?}");
    }
}

#[tokio::test]
async fn what_is_missing_is_named_and_nothing_is_stored() {
    for world in World::both().await {
        let (_, hook) = made(&world).await;
        let answers = given(&[("budget", "much")]);
        let refused = world.runs.submit_form(&hook, &answers, None).await.unwrap();
        let Submitted::Refused(issues) = refused else { panic!("{refused:?}") };
        let fields: Vec<_> = issues.iter().map(|it| it.field.as_str()).collect();
        assert_eq!(fields, ["yourName", "budget"]);
        let runs = world.runs.list(&admin(), &domain::flow::listing::RunFilter::default()).await;
        assert_eq!(runs.unwrap().data.len(), 0);
    }
}

#[tokio::test]
async fn an_address_without_a_form_or_switched_off_takes_nothing() {
    let world = World::sqlite().await;
    let (flow, hook) = made(&world).await;
    assert_eq!(world.runs.form("nothing").await, Err(HookRefusal::Unknown));
    let hooked = world.published(crate::world::on_webhook(set_fields("step_1", json!({})))).await;
    let of_webhook = world.hook(&hooked).await;
    assert_eq!(world.runs.form(&of_webhook).await, Err(HookRefusal::Unknown));
    let told = world.call(&flow, json!({ "yourName": "Ada" })).await;
    assert_eq!(told, Err(HookRefusal::Unknown), "a form is no webhook");
    world.flows.set_status(&admin(), &flow.id, domain::flow::FlowStatus::Disabled).await.unwrap();
    let refused = world.runs.submit_form(&hook, &given(&[("yourName", "Ada")]), None).await;
    assert_eq!(refused, Err(HookRefusal::SwitchedOff));
}

#[tokio::test]
async fn a_renewed_form_is_at_its_new_address_alone() {
    for world in World::both().await {
        let (flow, old) = made(&world).await;
        world.runs.form(&old).await.unwrap();
        let url = world.flows.renew_webhook(&admin(), &flow.id).await.unwrap();
        assert!(url.starts_with("http://pmos.test/forms/"), "{url}");
        assert_eq!(world.runs.form(&old).await, Err(HookRefusal::Unknown), "{}", world.name);
        world.runs.form(url.rsplit('/').next().unwrap()).await.unwrap();
    }
}

#[tokio::test]
async fn a_form_that_cannot_be_one_is_not_published() {
    let world = World::sqlite().await;
    for inputs in
        [json!([]), json!(["A", "a"]), json!([{ "displayName": "CV", "type": "drawing" }])]
    {
        let flow = world.drafted(on_form(inputs, Value::Null)).await.unwrap();
        let refused = world.flows.publish(&admin(), &flow.id).await.unwrap_err();
        assert!(format!("{refused:?}").contains("steps.trigger.input.inputs"), "{refused:?}");
    }
}
