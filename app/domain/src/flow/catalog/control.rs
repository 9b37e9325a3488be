//! Steps that change where the run goes on, and values that outlive a run.

use super::{
    ActionMeta, CHAT_WEBHOOK, CONTROL, Category, Effect, PieceMeta, PropKind, PropMeta, STORE,
    Tile, computes, one_of, prop,
};
use crate::approval::Risk;

pub(super) fn control() -> PieceMeta {
    let actions = vec![
        computes(
            "stop_run",
            "Stop here",
            "Ends the run, as finished or as failed",
            vec![
                prop(
                    "as",
                    "The run ends as",
                    one_of(&[("finished", "Finished"), ("failed", "Failed")]),
                )
                .required()
                .default("finished"),
                prop("reason", "Why", PropKind::ShortText),
            ],
        ),
        computes(
            "next_item",
            "Next item",
            "Inside a loop: leaves out the rest for this item",
            Vec::new(),
        ),
        computes("leave_loop", "Leave the loop", "Inside a loop: goes on after it", Vec::new()),
    ];
    PieceMeta {
        name: CONTROL,
        display_name: "Control",
        description: "Stop a run or leave a loop",
        version: "~0.1.0",
        hue: 0,
        tile: Tile::Icon("stop"),
        category: Category::Control,
        actions,
        triggers: Vec::new(),
    }
}

fn key() -> PropMeta {
    prop("key", "Name", PropKind::ShortText).required().note("128 characters at most")
}

fn scope() -> PropMeta {
    let choices =
        [("COLLECTION", "All flows of the workspace"), ("FLOW", "This flow"), ("RUN", "This run")];
    prop("store_scope", "Kept for", one_of(&choices)).required().default("COLLECTION")
}

fn keeps(
    name: &'static str,
    display_name: &'static str,
    description: &'static str,
    props: Vec<PropMeta>,
) -> ActionMeta {
    ActionMeta {
        effect: Effect::Effect,
        risk: Risk::Write,
        ..computes(name, display_name, description, props)
    }
}

pub(super) fn store() -> PieceMeta {
    let value = || prop("value", "Value", PropKind::ShortText).required();
    let actions = vec![
        computes(
            "get",
            "Recall a value",
            "Gives what was kept under a name",
            vec![key(), prop("defaultValue", "When there is none", PropKind::ShortText), scope()],
        ),
        keeps("put", "Keep a value", "Keeps a value under a name", vec![key(), value(), scope()]),
        keeps(
            "append",
            "Add to a text",
            "Writes after the text kept under a name",
            vec![key(), value(), prop("separator", "Between them", PropKind::ShortText), scope()],
        ),
        keeps(
            "remove_value",
            "Forget a value",
            "Removes what was kept under a name",
            vec![key(), scope()],
        ),
        keeps(
            "add_to_list",
            "Add to a list",
            "Puts values at the end of the list kept under a name",
            vec![
                key(),
                prop("value", "Values", PropKind::Array).required(),
                prop("ignore_if_exists", "Only when not in it yet", PropKind::Checkbox)
                    .default(false),
                scope(),
            ],
        ),
        keeps(
            "remove_from_list",
            "Take from a list",
            "Removes a value from the list kept under a name",
            vec![key(), value(), scope()],
        ),
    ];
    PieceMeta {
        name: STORE,
        display_name: "Memory",
        description: "Keep values between steps and runs",
        version: "~0.6.12",
        hue: 260,
        tile: Tile::Icon("database"),
        category: Category::Data,
        actions,
        triggers: Vec::new(),
    }
}

pub(super) fn chat_webhook() -> PieceMeta {
    PieceMeta {
        name: CHAT_WEBHOOK,
        display_name: "Chat message",
        description: "Post to a channel of Slack, Mattermost or another chat with incoming webhooks",
        version: "~0.1.0",
        hue: 305,
        tile: Tile::Icon("message"),
        category: Category::Send,
        actions: vec![ActionMeta {
            name: "post_message",
            display_name: "Post to a chat channel",
            description: "Writes into a channel of Slack, Mattermost or another chat",
            props: vec![
                prop("webhook_url", "Webhook address", PropKind::ShortText)
                    .required()
                    .note("From the chat's settings, or a connection that holds it"),
                prop("text", "Message", PropKind::LongText).required(),
                prop("username", "Written by", PropKind::ShortText),
            ],
            risk: Risk::Write,
            effect: Effect::Effect,
            operations: Vec::new(),
        }],
        triggers: Vec::new(),
    }
}
