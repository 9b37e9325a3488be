//! The pieces it has, what their steps need, and the choices of their drop-downs.

use super::answers::{Answered, Refused, coded, malformed, not_allowed, ok};
use super::doors::Asking;
use axum::http::Method;
use serde_json::{Map, Value, json};

/// A piece: name, what people read, version, actions and triggers.
struct Piece {
    name: &'static str,
    shown: &'static str,
    version: &'static str,
    actions: &'static [Step],
    triggers: &'static [Step],
}

/// What a step is called, and its fields; `*` marks those it needs. Without fields it takes everything.
struct Step(&'static str, &'static [&'static str]);

const PIECES: [Piece; 8] = [
    Piece {
        name: "@activepieces/piece-webhook",
        shown: "Webhook",
        version: "0.1.27",
        actions: &[
            Step("return_response", &["responseType", "fields*", "respond"]),
            Step("return_response_and_wait_for_next_webhook", &["responseType", "fields*"]),
        ],
        triggers: &[Step(
            "catch_webhook",
            &["authType*", "authFields", "liveMarkdown", "syncMarkdown", "testMarkdown"],
        )],
    },
    Piece {
        name: "@activepieces/piece-http",
        shown: "HTTP",
        version: "0.11.5",
        actions: &[Step(
            "send_request",
            &[
                "method*",
                "url*",
                "headers*",
                "queryParams*",
                "authType*",
                "authFields",
                "body_type",
                "body",
                "response_is_binary",
                "use_proxy",
                "proxy_settings",
                "timeout",
                "followRedirects",
                "failureMode",
            ],
        )],
        triggers: &[],
    },
    Piece {
        name: "@activepieces/piece-data-mapper",
        shown: "Data Mapper",
        version: "0.3.13",
        actions: &[Step("advanced_mapping", &["mapping*"])],
        triggers: &[],
    },
    Piece {
        name: "@activepieces/piece-delay",
        shown: "Delay",
        version: "0.3.24",
        actions: &[
            Step("delayFor", &["markdown", "unit*", "delayFor*"]),
            Step("delay_until", &["markdown", "delayUntilTimestamp*"]),
        ],
        triggers: &[],
    },
    Piece {
        name: "@activepieces/piece-schedule",
        shown: "Schedule",
        version: "0.1.15",
        actions: &[],
        triggers: &[
            Step("every_x_minutes", &[]),
            Step("every_hour", &[]),
            Step("every_day", &[]),
            Step("cron_expression", &[]),
        ],
    },
    Piece {
        name: "@activepieces/piece-manual-trigger",
        shown: "Manual Trigger",
        version: "0.0.3",
        actions: &[],
        triggers: &[Step("manual_trigger", &["markdown"])],
    },
    Piece {
        name: "@activepieces/piece-subflows",
        shown: "Sub Flows",
        version: "0.4.9",
        actions: &[Step("callFlow", &["flow*", "mode*", "flowProps*", "waitForResponse"])],
        triggers: &[Step("callableFlow", &["mode*", "exampleData*"])],
    },
    Piece {
        name: "@activepieces/piece-tables",
        shown: "Tables",
        version: "0.2.13",
        actions: &[Step("tables-create-records", &["table_id*", "values*"])],
        triggers: &[],
    },
];

fn find(name: &str) -> Option<&'static Piece> {
    PIECES.iter().find(|it| it.name == name)
}

fn unknown(name: &str) -> Refused {
    let message = format!("piece_metadata_not_found pieceName={name}");
    coded(404, "ENTITY_NOT_FOUND", json!({ "message": message }))
}

/// Drops the inputs nobody knows and says whether the step is complete.
pub(super) fn check(step: &mut Value) -> Result<(), Refused> {
    let text = |it: &Value| it.as_str().unwrap_or_default().to_owned();
    let is_empty = |it: &Value| it.is_null() || *it == "";
    let settings = &step["settings"];
    let is_valid = match step["type"].as_str().unwrap_or_default() {
        "PIECE" | "PIECE_TRIGGER" => {
            let name = text(&settings["pieceName"]);
            let piece = find(&name).ok_or_else(|| unknown(&name))?;
            let is_action = step["type"] == "PIECE";
            let (all, key) = if is_action {
                (piece.actions, "actionName")
            } else {
                (piece.triggers, "triggerName")
            };
            let Some(known) = all.iter().find(|it| it.0 == text(&settings[key])) else {
                step["valid"] = false.into();
                return Ok(());
            };
            keep(&mut step["settings"]["input"], known)
        }
        "LOOP_ON_ITEMS" => !is_empty(&settings["items"]),
        "ROUTER" => {
            let branches = settings["branches"].as_array().into_iter().flatten();
            let mut all = branches.filter_map(|it| it["conditions"].as_array()).flatten();
            all.all(|group| {
                group.as_array().is_some_and(|it| it.iter().all(|it| !is_empty(&it["firstValue"])))
            })
        }
        "EMPTY" => false,
        "CODE" => settings["sourceCode"]["code"].is_string(),
        _ => return Err(malformed("body/request/action must match a schema in anyOf")),
    };
    step["valid"] = is_valid.into();
    Ok(())
}

/// Drops the inputs that `known` does not have; whether those it needs are there.
fn keep(input: &mut Value, known: &Step) -> bool {
    let Some(fields) = input.as_object_mut() else { return known.1.is_empty() };
    if known.1.is_empty() {
        return true;
    }
    fields.retain(|name, _| {
        name == "auth" || known.1.iter().any(|it| it.trim_end_matches('*') == name)
    });
    let needed = known.1.iter().filter_map(|it| it.strip_suffix('*'));
    needed.into_iter().all(|it| fields.get(it).is_some_and(|it| !it.is_null() && *it != ""))
}

/// `/pieces` and everything below it.
pub(super) fn answer(asking: &Asking<'_>, path: &[&str]) -> Answered {
    match (&asking.method, path) {
        (&Method::GET, []) => {
            let words = asking.query("searchQuery").unwrap_or_default().to_lowercase();
            let fits =
                |it: &&Piece| it.shown.to_lowercase().contains(&words) || it.name.contains(&words);
            Ok(ok(PIECES.iter().filter(fits).map(summary).collect()))
        }
        (&Method::GET, ["categories"]) => Ok(ok(json!(["CORE", "FLOW_CONTROL"]))),
        (&Method::GET, [scope, name]) => {
            let name = format!("{scope}/{name}");
            find(&name).map(|it| ok(whole(it))).ok_or_else(|| unknown(&name))
        }
        (&Method::POST, ["options"]) => options(asking),
        _ => Err(super::answers::no_route()),
    }
}

fn summary(piece: &Piece) -> Value {
    json!({
        "name": piece.name, "displayName": piece.shown, "version": piece.version,
        "description": piece.shown, "logoUrl": "", "auth": null, "categories": ["CORE"],
        "actions": piece.actions.len(), "triggers": piece.triggers.len(),
        "pieceType": "OFFICIAL", "packageType": "REGISTRY",
    })
}

fn whole(piece: &Piece) -> Value {
    let steps = |all: &[Step]| -> Map<String, Value> {
        let one = |it: &Step| {
            let props = it.1.iter().map(|it| {
                let (name, is_needed) = (it.trim_end_matches('*'), it.ends_with('*'));
                let kind = match name {
                    "table_id" | "flow" => "DROPDOWN",
                    "fields" | "authFields" | "values" => "DYNAMIC",
                    "mapping" | "headers" | "queryParams" => "OBJECT",
                    _ => "SHORT_TEXT",
                };
                (
                    name.to_owned(),
                    json!({ "displayName": name, "required": is_needed, "type": kind }),
                )
            });
            let props: Map<String, Value> = props.collect();
            (
                it.0.to_owned(),
                json!({ "name": it.0, "displayName": it.0, "description": "", "props": props }),
            )
        };
        all.iter().map(one).collect()
    };
    let mut whole = summary(piece);
    whole["actions"] = steps(piece.actions).into();
    whole["triggers"] = steps(piece.triggers).into();
    whole
}

fn options(asking: &Asking<'_>) -> Answered {
    if asking.body["pieceName"].is_null() {
        return Err(malformed("body must have required property 'pieceName'"));
    }
    asking.person().map_err(|_| not_allowed())?;
    let name = asking.body["pieceName"].as_str().unwrap_or_default();
    find(name).ok_or_else(|| unknown(name))?;
    let field = asking.body["propertyName"].as_str().unwrap_or_default();
    Ok(ok(match (name, field) {
        ("@activepieces/piece-tables", "table_id") => json!({
            "type": "DROPDOWN", "options": { "options": [{ "label": "Leads", "value": "ZrMfdZaBDlFHtQovQO4Hv" }] },
        }),
        ("@activepieces/piece-webhook", "authFields") => json!({
            "type": "DYNAMIC", "options": {
                "username": { "displayName": "Username", "required": true, "type": "SHORT_TEXT" },
                "password": { "displayName": "Password", "required": true, "type": "SHORT_TEXT" },
            },
        }),
        _ => Value::Null,
    }))
}
