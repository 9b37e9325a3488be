//! The Basecamp piece, in the gateway style of recording 018: one action per noun, chosen by `operation`.

mod cards;
mod places;
mod records;
mod reports;
mod setting_up;
mod todos;
mod triggers;

use super::{
    ActionMeta, BASECAMP, Category, Effect, Group, OperationMeta, PieceMeta, PropKind, PropMeta,
    PropOption, Tile, prop,
};
use crate::approval::Risk;

pub(super) fn basecamp() -> PieceMeta {
    PieceMeta {
        name: BASECAMP,
        display_name: "Basecamp",
        description: "Read and change projects and to-dos, and start when something happens there",
        version: "~0.0.1",
        hue: 150,
        tile: Tile::Monogram("Bc"),
        category: Category::Basecamp,
        actions: vec![
            todos::todos(),
            cards::cards(),
            places::messages(),
            places::chats(),
            places::comments(),
            places::schedule(),
            places::documents(),
            places::projects(),
            records::checkins(),
            records::records(),
            reports::reports(),
            setting_up::tools(),
            setting_up::templates(),
            setting_up::markers(),
        ],
        triggers: triggers::triggers(),
    }
}

/// An action that is what its operation is.
fn noun(
    name: &'static str,
    (display_name, description): (&'static str, &'static str),
    pickers: Vec<PropMeta>,
    operations: Vec<OperationMeta>,
) -> ActionMeta {
    let worst = |it: &OperationMeta| it.risk;
    let props = [
        vec![operation_prop(&operations)],
        pickers,
        vec![prop("inputs", "Details", PropKind::Dynamic { refreshers: &["operation"] })],
    ];
    let only_reads = operations.iter().all(|it| it.effect == Effect::Pure);
    ActionMeta {
        name,
        display_name,
        description,
        props: props.concat(),
        risk: operations.iter().map(worst).max().unwrap_or(Risk::Read),
        effect: if only_reads { Effect::Pure } else { Effect::Effect },
        operations,
    }
}

fn operation_prop(operations: &[OperationMeta]) -> PropMeta {
    let options = operations
        .iter()
        .map(|it| PropOption { label: it.display_name.to_owned(), value: it.value.into() })
        .collect();
    prop("operation", "What to do", PropKind::StaticDropdown { options }).required()
}

fn project() -> PropMeta {
    chosen("project", "Project", &[])
}

fn chosen(
    name: &'static str,
    display_name: &'static str,
    refreshers: &'static [&'static str],
) -> PropMeta {
    prop(name, display_name, PropKind::Dropdown { refreshers, refresh_on_search: false })
}

fn people(name: &'static str, display_name: &'static str) -> PropMeta {
    prop(name, display_name, PropKind::MultiSelectDropdown { refreshers: &["project"] })
}

/// What changes Basecamp.
fn writes(
    (value, display_name, description): (&'static str, &'static str, &'static str),
    needs: &'static [&'static str],
    inputs: Vec<PropMeta>,
) -> OperationMeta {
    OperationMeta {
        value,
        display_name,
        description,
        risk: Risk::Write,
        effect: Effect::Effect,
        needs,
        takes: &[],
        inputs,
        group: Group::Basecamp,
    }
}

/// What takes something away: Basecamp keeps it in its trash for 30 days.
fn trashes(
    words: (&'static str, &'static str),
    needs: &'static [&'static str],
    inputs: Vec<PropMeta>,
) -> OperationMeta {
    let words = (words.0, words.1, "Basecamp can bring it back for 30 days");
    OperationMeta { risk: Risk::Destructive, ..writes(words, needs, inputs) }
}

/// What only looks.
fn reads(
    words: (&'static str, &'static str, &'static str),
    needs: &'static [&'static str],
    inputs: Vec<PropMeta>,
) -> OperationMeta {
    OperationMeta { risk: Risk::Read, effect: Effect::Pure, ..writes(words, needs, inputs) }
}

/// What is set up once and then left alone.
fn seldom(operation: OperationMeta) -> OperationMeta {
    OperationMeta { group: Group::SetUp, ..operation }
}

/// Every input left empty stays as it is.
fn optional(mut inputs: Vec<PropMeta>) -> Vec<PropMeta> {
    for it in inputs.iter_mut().filter(|it| it.required) {
        it.required = false;
        it.description = "Stays as it is, when left empty";
    }
    inputs
}
