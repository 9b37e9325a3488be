//! What validation finds, where, and the way out that it names.

use domain::flow::catalog::choices::choice;
use domain::flow::catalog::{WEBHOOK, step};
use domain::flow::edit::{FlowEdit, apply_all};
use domain::flow::validate::{FlowProblem, ProblemCode, problems};
use domain::flow::{Action, ActionKind, FlowVersion, Trigger};
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn version(trigger: Trigger) -> FlowVersion {
    serde_json::from_value(json!({ "displayName": "Signups", "trigger": trigger })).expect("a flow")
}

fn webhook(first: Action) -> FlowVersion {
    let trigger = step::piece_trigger(WEBHOOK, "catch_webhook").expect("known");
    version(Trigger { next_action: Some(Box::new(first)), ..trigger })
}

fn made(id: &str, name: &str, input: Value) -> Action {
    let mut action = choice(id).and_then(|it| it.step(name)).expect("known");
    if let (ActionKind::Piece(settings), Value::Object(input)) = (&mut action.kind, input) {
        settings.input.extend(input);
    }
    action
}

fn tell(name: &str, message: &str) -> Action {
    made("@pmos/piece-notify/notify_person", name, json!({ "message": message }))
}

fn todo(input: Value) -> Action {
    made("@activepieces/piece-basecamp/todos/create_todo", "step_1", input)
}

fn found(version: &FlowVersion) -> Vec<(String, String, ProblemCode)> {
    problems(version, None).into_iter().map(|it| (it.step_name, it.path, it.code)).collect()
}

fn one(step: &str, path: &str, code: ProblemCode) -> Vec<(String, String, ProblemCode)> {
    vec![(step.to_owned(), path.to_owned(), code)]
}

#[test]
fn a_complete_flow_has_no_problems() {
    let mut first = todo(
        json!({ "project": 1, "todolist": 2, "inputs": { "content": "{{trigger.body.name}}" } }),
    );
    first.next_action = Some(Box::new(tell("step_2", "Added {{step_1.content}}")));
    assert_eq!(problems(&webhook(first), None), []);
}

#[test]
fn a_flow_without_a_trigger_says_so() {
    assert_eq!(found(&version(step::empty_trigger())), one("trigger", "", ProblemCode::NoTrigger));
}

#[test]
fn what_is_missing_is_named_as_on_screen() {
    let flow = webhook(todo(json!({ "project": 1, "inputs": { "content": "x" } })));
    let found = problems(&flow, None);
    let expected = FlowProblem {
        step_name: "step_1".to_owned(),
        path: "input.todolist".to_owned(),
        code: ProblemCode::Missing,
        message: "To-do list is missing".to_owned(),
        fix: "Fill it in".to_owned(),
    };
    assert_eq!(found, std::slice::from_ref(&expected));
    assert_eq!(expected.issue().field, "steps.step_1.input.todolist");
}

#[test]
fn a_reference_to_a_later_step_is_marked() {
    let mut first = tell("step_1", "{{step_2.id}} {{step_7.x}} {{ [1].map(item => item) }}");
    first.next_action = Some(Box::new(tell("step_2", "{{step_1}} {{Math.max(1, 2)}}")));
    let marked = found(&webhook(first));
    assert_eq!(
        marked,
        [
            one("step_1", "input.message", ProblemCode::NotBefore),
            one("step_1", "input.message", ProblemCode::NotBefore)
        ]
        .concat()
    );
}

#[test]
fn a_step_of_a_loop_cannot_be_used_after_it() {
    let mut each = step::loop_step("step_1");
    if let ActionKind::Loop(it) = &mut each.kind {
        "{{trigger.body.rows}}".clone_into(&mut it.items);
    }
    each.first_loop_action = Some(Box::new(tell("step_2", "{{step_1.item.name}}")));
    each.next_action = Some(Box::new(tell("step_3", "{{step_1.iterations}} {{step_2}}")));
    assert_eq!(found(&webhook(each)), one("step_3", "input.message", ProblemCode::NotBefore));
}

#[test]
fn an_error_branch_is_checked_and_may_name_the_error() {
    let mut first = tell("step_1", "x");
    first.on_error_action = Some(Box::new(tell("step_2", "{{step_1.error}}")));
    first.next_action = Some(Box::new(tell("step_3", "{{step_2}}")));
    assert_eq!(found(&webhook(first.clone())), []);
    first.on_error_action = Some(Box::new(tell("step_2", "{{step_3.id}}")));
    assert_eq!(found(&webhook(first)), one("step_2", "input.message", ProblemCode::NotBefore));
}

#[test]
fn an_empty_loop_and_an_empty_condition_are_marked() {
    let mut each = step::loop_step("step_1");
    each.next_action = Some(Box::new(step::router_step("step_2")));
    let expected = [
        one("step_1", "items", ProblemCode::NoItems),
        one("step_2", "branches.0.conditions.0.0", ProblemCode::Condition),
    ];
    assert_eq!(found(&webhook(each)), expected.concat());
}

#[test]
fn the_wrong_kind_of_value_is_marked_unless_an_expression_gives_it() {
    let wait = |amount: Value| {
        webhook(made("@activepieces/piece-delay/delayFor", "step_1", json!({ "delayFor": amount })))
    };
    assert_eq!(
        found(&wait(json!("soon"))),
        one("step_1", "input.delayFor", ProblemCode::WrongKind)
    );
    for fine in [json!(5), json!("5"), json!("{{trigger.body.n}}")] {
        assert_eq!(found(&wait(fine)), []);
    }
    let unit = made(
        "@activepieces/piece-delay/delayFor",
        "step_1",
        json!({ "delayFor": 1, "unit": "weeks" }),
    );
    assert_eq!(found(&webhook(unit)), one("step_1", "input.unit", ProblemCode::WrongKind));
}

#[test]
fn a_piece_that_we_do_not_run_is_marked_but_kept() {
    let mut unknown = tell("step_1", "x");
    if let ActionKind::Piece(it) = &mut unknown.kind {
        "@activepieces/piece-slack".clone_into(&mut it.piece_name);
    }
    let flow = webhook(unknown);
    assert_eq!(found(&flow), one("step_1", "", ProblemCode::Unknown));
    let import = json!({ "type": "IMPORT_FLOW", "request": { "displayName": "x", "trigger": flow.trigger } });
    let import: FlowEdit = serde_json::from_value(import).expect("an edit");
    let imported = apply_all(&flow, &[import]).expect("kept");
    assert!(!imported.valid);
}

#[test]
fn skipped_steps_are_not_looked_into() {
    let mut first = todo(json!({}));
    first.skip = true;
    assert_eq!(found(&webhook(first)), []);
}

#[test]
fn connections_are_checked_where_they_are_known() {
    let flow = webhook(made(
        "@activepieces/piece-http/send_request",
        "step_1",
        json!({
            "url": "https://example.com", "authType": "CONNECTION",
            "authFields": { "connection": "{{connections['old']}}" },
        }),
    ));
    assert_eq!(problems(&flow, None), []);
    let known = BTreeSet::from(["main".to_owned()]);
    let found = problems(&flow, Some(&known));
    let places: Vec<_> = found.iter().map(|it| (it.code, it.path.as_str())).collect();
    assert_eq!(places, [(ProblemCode::NoConnection, "input.authFields.connection")]);
}

/// The workspace's Basecamp serves it, whatever the engine it came from had.
#[test]
fn a_basecamp_step_needs_no_connection_of_flows() {
    let flow = webhook(made(
        "@activepieces/piece-basecamp/todos/create_todo",
        "step_1",
        json!({ "auth": "{{connections['old']}}", "project": 1, "todolist": 2, "inputs": { "content": "x" } }),
    ));
    assert_eq!(problems(&flow, Some(&BTreeSet::new())), []);
}
