//! Steps that wait for somebody else: a person, a site, another flow.

use super::{
    APPROVAL, ActionMeta, Category, Effect, Group, PieceMeta, PropKind, PropMeta, SUBFLOWS, Tile,
    TriggerMeta, TriggerStrategy, computes, prop,
};
use crate::approval::Risk;
use serde_json::json;

fn outside(action: ActionMeta) -> ActionMeta {
    ActionMeta { risk: Risk::Write, effect: Effect::Effect, ..action }
}

pub(super) fn approval() -> PieceMeta {
    let question = || prop("message", "Question", PropKind::LongText);
    let actions = vec![
        outside(computes(
            "wait_for_approval",
            "Ask for approval",
            "Asks a person and waits for their answer, 30 days at most",
            vec![
                prop(
                    "person",
                    "Person",
                    PropKind::Dropdown { refreshers: &[], refresh_on_search: false },
                )
                .note("Whoever owns the flow, when left empty"),
                question(),
            ],
        )),
        outside(computes(
            "create_approval_links",
            "Make approval links",
            "Gives two addresses to send on; a later Ask for approval waits for them",
            vec![question()],
        )),
    ];
    PieceMeta {
        name: APPROVAL,
        display_name: "Approval",
        description: "Go on only when a person agrees",
        version: "~0.1.16",
        hue: 20,
        tile: Tile::Icon("approvals"),
        category: Category::Control,
        actions,
        triggers: Vec::new(),
    }
}

pub(super) fn subflows() -> PieceMeta {
    let actions = vec![
        outside(computes(
            "callFlow",
            "Call a flow",
            "Starts another flow, and waits for its end when told to",
            vec![
                prop(
                    "flow",
                    "Flow",
                    PropKind::Dropdown { refreshers: &[], refresh_on_search: false },
                )
                .required(),
                prop("flowProps", "What it is given", PropKind::Dynamic { refreshers: &["flow"] }),
                prop("waitForResponse", "Wait for its end", PropKind::Checkbox).default(true),
            ],
        )),
        computes(
            "returnResponse",
            "Answer the calling flow",
            "Says what the flow that called this one is given when it ends",
            vec![prop("response", "Answer", PropKind::Dynamic { refreshers: &[] }).required()],
        ),
    ];
    PieceMeta {
        name: SUBFLOWS,
        display_name: "Flows",
        description: "Call one flow from another",
        version: "~0.4.9",
        hue: 215,
        tile: Tile::Icon("flow"),
        category: Category::Control,
        actions,
        triggers: vec![TriggerMeta {
            name: "callableFlow",
            display_name: "When another flow calls",
            description: "Starts when another flow calls this one",
            props: Vec::new(),
            strategy: TriggerStrategy::Manual,
            group: Group::Asked,
        }],
    }
}

/// What the group `flowProps` of a call holds.
pub(super) fn call_fields() -> Vec<PropMeta> {
    vec![prop("payload", "Values", PropKind::Json).default(json!({}))]
}

/// What the group `response` of an answer holds.
pub(super) fn answer_fields() -> Vec<PropMeta> {
    vec![prop("response", "Values", PropKind::Json).default(json!({}))]
}
