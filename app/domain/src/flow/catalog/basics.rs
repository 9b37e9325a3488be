//! The pieces every flow leans on: webhook, manual, delay, set fields, tell someone.

use super::{
    ActionMeta, Category, DATA_MAPPER, DELAY, Effect, Group, MANUAL, NOTIFY, PieceMeta, PropKind,
    PropMeta, Tile, TriggerMeta, TriggerStrategy, WEBHOOK, one_of, prop,
};
use crate::approval::Risk;
use serde_json::json;

pub(super) fn webhook() -> PieceMeta {
    PieceMeta {
        name: WEBHOOK,
        display_name: "Webhook",
        description: "Start a flow with a request to its own address, and answer it",
        version: "~0.1.27",
        hue: 275,
        tile: Tile::Icon("webhook"),
        category: Category::Start,
        actions: vec![return_response(), respond_and_wait()],
        triggers: vec![catch_webhook()],
    }
}

fn catch_webhook() -> TriggerMeta {
    TriggerMeta {
        name: "catch_webhook",
        display_name: "When a request arrives",
        description: "Starts when another program sends something to the flow's own address",
        props: vec![
            prop(
                "authType",
                "Who may call",
                one_of(&[
                    ("none", "Anyone with the address"),
                    ("basic", "Name and password"),
                    ("header", "A secret header"),
                ]),
            )
            .required()
            .default("none"),
            prop("authFields", "Authentication", PropKind::Dynamic { refreshers: &["authType"] }),
        ],
        strategy: TriggerStrategy::Webhook,
        group: Group::Advanced,
    }
}

/// What `authFields` of the webhook trigger holds.
pub(super) fn webhook_auth(auth_type: &str) -> Vec<PropMeta> {
    match auth_type {
        "basic" => vec![
            prop("username", "Name", PropKind::ShortText).required(),
            prop("password", "Password", PropKind::ShortText).required(),
        ],
        "header" => vec![
            prop("headerName", "Header", PropKind::ShortText).required(),
            prop("headerValue", "Value", PropKind::ShortText).required(),
        ],
        _ => Vec::new(),
    }
}

fn return_response() -> ActionMeta {
    ActionMeta {
        name: "return_response",
        display_name: "Answer the request",
        description: "Says what whoever sent the request that started the flow gets back",
        props: vec![
            prop(
                "responseType",
                "Kind of answer",
                one_of(&[
                    ("json", "JSON"),
                    ("raw", "Text"),
                    ("redirect", "Send the caller elsewhere"),
                ]),
            )
            .default("json"),
            prop("fields", "Answer", PropKind::Dynamic { refreshers: &["responseType"] })
                .required(),
            prop("respond", "Then", one_of(&[("stop", "Stop the flow"), ("respond", "Go on")]))
                .default("stop"),
        ],
        risk: Risk::Write,
        effect: Effect::Effect,
        operations: Vec::new(),
    }
}

/// The same, and then the run waits.
fn respond_and_wait() -> ActionMeta {
    let answer = return_response();
    ActionMeta {
        name: "return_response_and_wait_for_next_webhook",
        display_name: "Answer and wait for the next request",
        description: "Answers, says where the next request has to go, and goes on when it has arrived",
        props: answer.props.into_iter().filter(|it| it.name != "respond").collect(),
        ..return_response()
    }
}

/// What `fields` of the response holds.
pub(super) fn response_fields(response_type: &str) -> Vec<PropMeta> {
    let head = vec![
        prop("status", "Status", PropKind::Number).default(200),
        prop("headers", "Headers", PropKind::Object).default(json!({})),
    ];
    match response_type {
        "redirect" => vec![prop("body", "Address", PropKind::LongText).required()],
        "raw" => [head, vec![prop("body", "Text", PropKind::LongText)]].concat(),
        _ => [head, vec![prop("body", "JSON", PropKind::Json).default(json!({}))]].concat(),
    }
}

pub(super) fn manual() -> PieceMeta {
    PieceMeta {
        name: MANUAL,
        display_name: "By hand",
        description: "Start a flow with a button",
        version: "~0.0.3",
        hue: 200,
        tile: Tile::Icon("hand"),
        category: Category::Start,
        actions: Vec::new(),
        triggers: vec![TriggerMeta {
            name: "manual_trigger",
            display_name: "Start by hand",
            description: "Starts when a person presses Run",
            props: Vec::new(),
            strategy: TriggerStrategy::Manual,
            group: Group::Asked,
        }],
    }
}

pub(super) fn delay() -> PieceMeta {
    PieceMeta {
        name: DELAY,
        display_name: "Delay",
        description: "Wait before the next step",
        version: "~0.3.24",
        hue: 45,
        tile: Tile::Icon("wait"),
        category: Category::Control,
        actions: vec![delay_for(), delay_until()],
        triggers: Vec::new(),
    }
}

fn delay_for() -> ActionMeta {
    ActionMeta {
        name: "delayFor",
        display_name: "Wait for",
        description: "Waits a number of seconds, minutes, hours or days, 30 days at most",
        props: vec![
            prop(
                "unit",
                "Unit",
                one_of(&[
                    ("seconds", "Seconds"),
                    ("minutes", "Minutes"),
                    ("hours", "Hours"),
                    ("days", "Days"),
                ]),
            )
            .required()
            .default("seconds"),
            prop("delayFor", "Amount", PropKind::Number).required(),
        ],
        risk: Risk::Read,
        effect: Effect::Pure,
        operations: Vec::new(),
    }
}

fn delay_until() -> ActionMeta {
    ActionMeta {
        name: "delay_until",
        display_name: "Wait until",
        description: "Waits until a date and time, 30 days ahead at most",
        props: vec![prop("delayUntilTimestamp", "Date and time", PropKind::DateTime).required()],
        risk: Risk::Read,
        effect: Effect::Pure,
        operations: Vec::new(),
    }
}

pub(super) fn data_mapper() -> PieceMeta {
    PieceMeta {
        name: DATA_MAPPER,
        display_name: "Set fields",
        description: "Build the values that later steps use",
        version: "~0.3.13",
        hue: 120,
        tile: Tile::Icon("braces"),
        category: Category::Data,
        actions: vec![ActionMeta {
            name: "advanced_mapping",
            display_name: "Set fields",
            description: "Builds an object from fixed values and values of earlier steps",
            props: vec![prop("mapping", "Fields", PropKind::Json).required().default(json!({}))],
            risk: Risk::Read,
            effect: Effect::Pure,
            operations: Vec::new(),
        }],
        triggers: Vec::new(),
    }
}

pub(super) fn notify() -> PieceMeta {
    PieceMeta {
        name: NOTIFY,
        display_name: "Tell someone",
        description: "Send a message inside PM OS",
        version: "~0.1.0",
        hue: 330,
        tile: Tile::Icon("bell"),
        category: Category::Send,
        actions: vec![ActionMeta {
            name: "notify_person",
            display_name: "Tell someone",
            description: "Sends a message that shows up in PM OS",
            props: vec![
                prop(
                    "person",
                    "Person",
                    PropKind::Dropdown { refreshers: &[], refresh_on_search: false },
                )
                .note("Whoever owns the flow, when left empty"),
                prop("message", "Message", PropKind::LongText).required(),
            ],
            risk: Risk::Write,
            effect: Effect::Effect,
            operations: Vec::new(),
        }],
        triggers: Vec::new(),
    }
}
