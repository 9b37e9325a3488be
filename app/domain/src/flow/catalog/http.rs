//! The HTTP piece.

use super::{
    ActionMeta, Category, Effect, HTTP, PieceMeta, PropKind, PropMeta, Tile, one_of, prop,
};
use crate::approval::Risk;
use serde_json::json;

pub(super) fn http() -> PieceMeta {
    PieceMeta {
        name: HTTP,
        display_name: "HTTP",
        description: "Send a request to a site and use its answer",
        version: "~0.11.5",
        hue: 230,
        tile: Tile::Icon("globe"),
        category: Category::Send,
        actions: vec![send_request()],
        triggers: Vec::new(),
    }
}

fn send_request() -> ActionMeta {
    ActionMeta {
        name: "send_request",
        display_name: "Send request",
        description: "Sends an HTTP request and gives status, headers and body",
        props: [request_props(), answer_props()].concat(),
        risk: Risk::Write,
        effect: Effect::Effect,
        operations: Vec::new(),
    }
}

fn request_props() -> Vec<PropMeta> {
    vec![
        prop(
            "method",
            "Method",
            one_of(&[
                ("GET", "GET"),
                ("POST", "POST"),
                ("PATCH", "PATCH"),
                ("PUT", "PUT"),
                ("DELETE", "DELETE"),
                ("HEAD", "HEAD"),
            ]),
        )
        .required()
        .default("GET"),
        prop("url", "Address", PropKind::ShortText).required().note("Begins with https://"),
        prop("headers", "Headers", PropKind::Object).required().default(json!({})),
        prop("queryParams", "Query parameters", PropKind::Object).required().default(json!({})),
        prop(
            "authType",
            "Authentication",
            one_of(&[
                ("NONE", "None"),
                ("CONNECTION", "A connection"),
                ("BASIC", "Name and password"),
                ("BEARER_TOKEN", "Bearer token"),
            ]),
        )
        .required()
        .default("NONE"),
        prop("authFields", "Credentials", PropKind::Dynamic { refreshers: &["authType"] }),
        prop(
            "body_type",
            "Kind of body",
            one_of(&[("none", "None"), ("form_data", "Form"), ("json", "JSON"), ("raw", "Text")]),
        )
        .default("none"),
        prop("body", "Body", PropKind::Dynamic { refreshers: &["body_type"] }),
    ]
}

fn answer_props() -> Vec<PropMeta> {
    vec![
        prop("timeout", "Give up after, in seconds", PropKind::Number),
        prop("followRedirects", "Follow redirects", PropKind::Checkbox).default(false),
        prop(
            "failureMode",
            "When it fails",
            one_of(&[
                ("continue_none", "Stop the flow"),
                ("retry_all", "Try again after 4xx and 5xx"),
                ("retry_5xx", "Try again after 5xx"),
                ("retry_none", "Do not try again"),
                ("continue_all", "Go on after every error"),
                ("continue_4xx", "Go on after 4xx"),
            ]),
        )
        .default("continue_none"),
        prop("response_is_binary", "The answer is a file", PropKind::Checkbox)
            .default(false)
            .note("Gives the body in base64"),
    ]
}

/// What `authFields` holds.
pub(super) fn auth_fields(auth_type: &str) -> Vec<PropMeta> {
    match auth_type {
        "CONNECTION" => vec![
            prop(
                "connection",
                "Connection",
                PropKind::Dropdown { refreshers: &[], refresh_on_search: false },
            )
            .required()
            .note("Made under Integrations; its secret is never shown"),
        ],
        "BASIC" => vec![
            prop("username", "Name", PropKind::ShortText).required(),
            prop("password", "Password", PropKind::ShortText).required(),
        ],
        "BEARER_TOKEN" => vec![prop("token", "Token", PropKind::ShortText).required()],
        _ => Vec::new(),
    }
}

/// What `body` holds.
pub(super) fn body_fields(body_type: &str) -> Vec<PropMeta> {
    match body_type {
        "json" => vec![prop("data", "JSON", PropKind::Json).required()],
        "raw" => vec![prop("data", "Text", PropKind::LongText).required()],
        "form_data" => vec![prop("data", "Form fields", PropKind::Object).required()],
        _ => Vec::new(),
    }
}
