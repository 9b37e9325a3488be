//! E-mail over a mail server of the workspace's own.

use super::{
    ActionMeta, Category, Effect, PieceMeta, PropKind, PropMeta, SMTP, Tile, one_of, prop,
};
use crate::approval::Risk;

pub(super) fn smtp() -> PieceMeta {
    PieceMeta {
        name: SMTP,
        display_name: "E-mail",
        description: "Send e-mail over a mail server",
        version: "~0.3.6",
        hue: 210,
        tile: Tile::Icon("mail"),
        category: Category::Send,
        actions: vec![ActionMeta {
            name: "send-email",
            display_name: "Send e-mail",
            description: "Sends a message over the mail server of a connection",
            props: props(),
            risk: Risk::Write,
            effect: Effect::Effect,
            operations: Vec::new(),
        }],
        triggers: Vec::new(),
    }
}

fn props() -> Vec<PropMeta> {
    let text = |name, label| prop(name, label, PropKind::ShortText);
    let people = |name, label| prop(name, label, PropKind::Array);
    vec![
        prop(
            "auth",
            "Connection",
            PropKind::Dropdown { refreshers: &[], refresh_on_search: false },
        )
        .required()
        .note("With fields host, port, email and password; or a name and password"),
        text("from", "From").required().note("An address the mail server lets you use"),
        text("senderName", "Name of the sender"),
        people("to", "To").required(),
        people("cc", "Copy to"),
        people("bcc", "Hidden copy to"),
        text("replyTo", "Answers go to"),
        text("subject", "Subject").required(),
        prop("body_type", "The text is", one_of(&[("plain_text", "Plain text"), ("html", "HTML")]))
            .default("plain_text"),
        prop("body", "Text", PropKind::LongText).required(),
        prop("attachments", "Attachments", PropKind::Json).note(
            "Names with what is in them, as in {\"people.csv\": \"{{step_1['csv']}}\"}: a text, a file of an earlier step, a \
             data: address, or the address of a file. 5 MB together",
        ),
        text("host", "Mail server").note("Only when the connection is a name and password"),
        prop("port", "Port", PropKind::Number).note("587 when left empty"),
    ]
}
