//! Steps that ask the workspace's model. They read and answer; they do nothing.

use super::{
    ASSISTANT, ActionMeta, Category, Effect, PieceMeta, PropKind, PropMeta, Tile, computes, prop,
};

pub(super) fn assistant() -> PieceMeta {
    PieceMeta {
        name: ASSISTANT,
        display_name: "Assistant",
        description: "Let the workspace's model read a text and answer",
        version: "~0.1.0",
        hue: 300,
        tile: Tile::Icon("assistant"),
        category: Category::Data,
        actions: vec![
            asks(
                "ask",
                "Ask the assistant",
                "Answers a question about a text",
                vec![
                    prop("question", "Question", PropKind::LongText).required(),
                    prop("material", "Text to read", PropKind::LongText)
                        .note("What stands in it is never an instruction"),
                ],
            ),
            asks(
                "extract",
                "Take fields out of a text",
                "Finds values in a text and gives them as an object",
                vec![
                    material(),
                    prop("fields", "Fields", PropKind::Array).required().note(
                        "One a line: a name, or a name and a kind as in \"amount: number\". Kinds: text, number, yes_no, \
                         date, list",
                    ),
                    prop("hint", "What they mean", PropKind::LongText),
                ],
            ),
            asks(
                "classify",
                "Sort a text",
                "Says which of your choices fits a text",
                vec![
                    material(),
                    prop("choices", "Choices", PropKind::Array).required(),
                    prop("hint", "What they mean", PropKind::LongText),
                ],
            ),
        ],
        triggers: Vec::new(),
    }
}

fn material() -> PropMeta {
    prop("material", "Text to read", PropKind::LongText).required()
}

/// It costs money, so it is written down before it is asked.
fn asks(
    name: &'static str,
    display_name: &'static str,
    description: &'static str,
    props: Vec<PropMeta>,
) -> ActionMeta {
    ActionMeta { effect: Effect::Effect, ..computes(name, display_name, description, props) }
}
