//! Forms that anybody with the address can fill in.

use super::{
    Category, FORMS, Group, PieceMeta, PropKind, Tile, TriggerMeta, TriggerStrategy, prop,
};

pub(super) fn forms() -> PieceMeta {
    PieceMeta {
        name: FORMS,
        display_name: "Form",
        description: "Start a flow with a form on a page of its own",
        version: "~0.4.9",
        hue: 165,
        tile: Tile::Icon("edit"),
        category: Category::Start,
        actions: Vec::new(),
        triggers: vec![TriggerMeta {
            name: "form_submission",
            display_name: "When a form is sent",
            description: "Starts when somebody sends the form at the flow's address",
            props: vec![
                prop("inputs", "Fields", PropKind::Array).required().note(
                    "One a line: a name, or a name and a kind as in \"Budget: number\". Kinds: text, text_area, number, \
                     email, date, toggle, file. A * after the name makes it required",
                ),
                prop("title", "Title of the page", PropKind::ShortText)
                    .note("The flow's name, when left empty"),
                prop("about", "What to tell people first", PropKind::LongText),
                prop("thanks", "What to tell people after", PropKind::LongText),
            ],
            strategy: TriggerStrategy::Webhook,
            group: Group::Asked,
        }],
    }
}
