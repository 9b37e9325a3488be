//! Forms of flows, as a browser without scripts sends them.

use crate::caller::{Answer, Server};
use axum::body::Body;
use domain::actor::Actor;
use domain::flow::Trigger;
use domain::flow::edit::{FlowEdit, ImportFlow};
use domain::flow::listing::{NewFlow, RunFilter};
use serde_json::{Value, json};

const FORM: &str = "application/x-www-form-urlencoded";

/// A published form, and the path of its page.
async fn published(server: &Server, actor: &Actor) -> String {
    published_with(server, actor, json!(["Your <name>*", "Urgent: toggle"])).await
}

async fn published_with(server: &Server, actor: &Actor, inputs: Value) -> String {
    let trigger: Trigger = serde_json::from_value(json!({
        "name": "trigger", "displayName": "Form submitted", "type": "PIECE_TRIGGER",
        "settings": {
            "pieceName": "@activepieces/piece-forms", "pieceVersion": "~0.4.9",
            "triggerName": "form_submission",
            "input": { "inputs": inputs, "title": "Ask & get", "thanks": "We will write" },
        },
        "nextAction": {
            "name": "step_1", "displayName": "Keep it", "type": "PIECE",
            "settings": {
                "pieceName": "@activepieces/piece-data-mapper", "pieceVersion": "~0.1.0",
                "actionName": "advanced_mapping", "input": { "mapping": { "kept": true } },
            },
        },
    }))
    .unwrap();
    let import = ImportFlow {
        display_name: "Ask".to_owned(),
        trigger,
        schema_version: None,
        notes: None,
        keep_samples: false,
    };
    let edits = vec![FlowEdit::ImportFlow(Box::new(import))];
    let new = NewFlow { name: "Ask".to_owned(), edits, ..NewFlow::default() };
    let flow = server.backend.flows.create(actor, new).await.unwrap();
    server.backend.flows.publish(actor, &flow.id).await.unwrap();
    let url = server.backend.flows.webhook_url(actor, &flow.id).await.unwrap();
    let at = url.find("/forms/").unwrap();
    url.split_at(at).1.to_owned()
}

async fn sent(server: &Server, path: &str, (kind, body): (&str, &str), site: &str) -> Answer {
    let visitor = server.visitor();
    let request = visitor.request("POST", path).header("content-type", kind);
    let request = request.header("origin", "null").header("sec-fetch-site", site);
    visitor.send(request.body(Body::from(body.to_owned())).unwrap()).await
}

async fn runs(server: &Server, actor: &Actor) -> usize {
    server.backend.runs.list(actor, &RunFilter::default()).await.unwrap().data.len()
}

#[tokio::test]
async fn a_form_is_a_page_and_sending_it_is_one_run() {
    for server in Server::all().await {
        let actor = server.signs_up("Owner").await.actor().await;
        let path = published(&server, &actor).await;
        let page = server.visitor().get(&path).await;
        assert_eq!(page.status, 200);
        let html = &page.text;
        assert!(
            html.contains("<h1>Ask &amp; get</h1>") && html.contains("Your &lt;name&gt;"),
            "{html}"
        );
        assert!(
            html.contains(r#"<label for="f-yourName">"#) && !html.contains("<script"),
            "{html}"
        );
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        let filled = (FORM, "yourName=Ada&urgent=true&website=&_once=a1");
        for _ in 0..2 {
            let told = sent(&server, &path, filled, "same-origin").await;
            assert_eq!(told.status, 200, "{}", told.text);
            assert!(told.text.contains("We will write"));
        }
        assert_eq!(runs(&server, &actor).await, 1);
    }
}

#[tokio::test]
async fn what_is_wrong_is_told_at_its_field_and_nothing_is_stored() {
    let server = Server::sqlite().await;
    let actor = server.signs_up("Owner").await.actor().await;
    let path = published(&server, &actor).await;
    let again = sent(&server, &path, (FORM, "yourName=&urgent=true"), "same-origin").await;
    assert_eq!(again.status, 422);
    let html = &again.text;
    assert!(html.contains(r#"aria-invalid="true""#) && html.contains("is missing"), "{html}");
    assert!(html.contains(" checked"), "what was filled in stays: {html}");
    let machine = sent(&server, &path, (FORM, "yourName=Bot&website=x"), "same-origin").await;
    assert_eq!(machine.status, 422);
    let json =
        sent(&server, &path, ("application/json", r#"{"yourName":"A"}"#), "same-origin").await;
    assert_eq!(json.status, 400);
    let large = format!("yourName={}", "x".repeat(300_000));
    assert_eq!(sent(&server, &path, (FORM, &large), "same-origin").await.status, 413);
    let foreign = sent(&server, &path, (FORM, "yourName=Ada"), "cross-site").await;
    assert_eq!(foreign.status, 403);
    assert_eq!(runs(&server, &actor).await, 0);
}

#[tokio::test]
async fn a_form_takes_a_file_and_keeps_to_its_limit() {
    for server in Server::all().await {
        let actor = server.signs_up("Owner").await.actor().await;
        let path = published_with(&server, &actor, json!(["Name", "CV*: file"])).await;
        let page = server.visitor().get(&path).await.text;
        assert!(page.contains(r#"enctype="multipart/form-data""#), "{page}");
        assert!(page.contains(r#"<input type="file" id="f-cv" name="cv""#), "{page}");
        let kind = "multipart/form-data; boundary=x";
        let part = |head: &str, body: &str| {
            format!("--x\r\nContent-Disposition: form-data; {head}\r\n\r\n{body}\r\n")
        };
        let name = part("name=\"name\"", "Ada");
        let none = format!("{name}{}--x--\r\n", part("name=\"cv\"; filename=\"\"", ""));
        let again = sent(&server, &path, (kind, &none), "same-origin").await;
        assert_eq!(again.status, 422);
        assert!(again.text.contains("Choose a file") && again.text.contains(r#"value="Ada""#));
        let file = "name=\"cv\"; filename=\"cv.txt\"\r\nContent-Type: text/plain";
        let large = format!("{}--x--\r\n", part(file, &"x".repeat(6_000_000)));
        assert_eq!(sent(&server, &path, (kind, &large), "same-origin").await.status, 413);
        let broken = sent(&server, &path, (kind, "--y--"), "same-origin").await;
        assert_eq!(broken.status, 400);
        assert_eq!(runs(&server, &actor).await, 0, "{}", server.name);
        let whole = format!("{name}{}--x--\r\n", part(file, &"x".repeat(1_000_000)));
        let taken = sent(&server, &path, (kind, &whole), "same-origin").await;
        assert_eq!(taken.status, 200, "{}", taken.text);
        assert_eq!(runs(&server, &actor).await, 1, "{}", server.name);
    }
}

#[tokio::test]
async fn many_forms_of_one_place_have_to_wait() {
    let server = Server::sqlite().await;
    let actor = server.signs_up("Owner").await.actor().await;
    let path = published(&server, &actor).await;
    let mut refused = 0;
    for _ in 0..40 {
        let told = sent(&server, &path, (FORM, "yourName="), "same-origin").await;
        refused += usize::from(told.status == 429);
    }
    assert!(refused > 0, "a limit holds");
}

#[tokio::test]
async fn an_address_without_a_form_says_so_and_the_style_is_there() {
    let server = Server::sqlite().await;
    let none = server.visitor().get("/forms/nothing").await;
    assert_eq!(none.status, 404);
    assert!(none.text.contains("no form"), "{}", none.text);
    let style = server.visitor().get("/forms/style.css").await;
    assert_eq!(style.header("content-type"), Some("text/css; charset=utf-8"));
    assert!(style.text.contains("--accent:"));
}
