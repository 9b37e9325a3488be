//! What the step picker and the assistant offer: one entry per thing a person would name.

use super::{Category, Effect, Group, Tile, all, groups, step};
use crate::approval::Risk;
use crate::flow::{Action, Trigger};
use serde::Serialize;
use serde_json::Map;
use std::sync::LazyLock;

/// One entry of the step picker.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Choice {
    /// Unique: `@activepieces/piece-basecamp/todos/create_todo`, `router`, `loop`.
    pub id: String,
    /// "Add a to-do".
    pub display_name: &'static str,
    /// One sentence.
    pub description: &'static str,
    /// "Basecamp"; empty for branches and loops.
    pub piece_display_name: &'static str,
    /// Degrees, for the tile.
    pub hue: u16,
    /// What the tile shows.
    pub tile: Tile,
    /// The heading it stands under.
    pub category: Category,
    /// The heading that says it better: common entries first, advanced ones and those that set Basecamp up last.
    pub group: Group,
    /// The worst it can do.
    pub risk: Risk,
    /// What repeating it would do.
    pub effect: Effect,
    /// What choosing it makes.
    pub makes: Makes,
}

/// What choosing an entry makes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Makes {
    /// A trigger of a piece.
    Trigger {
        /// On the wire.
        piece: &'static str,
        /// On the wire.
        trigger: &'static str,
    },
    /// A step of a piece.
    Action {
        /// On the wire.
        piece: &'static str,
        /// On the wire.
        action: &'static str,
        /// What its `operation` input is set to.
        operation: Option<&'static str>,
    },
    /// A router.
    Router,
    /// A loop.
    Loop,
    /// A code step.
    Code,
}

static CHOICES: LazyLock<Vec<Choice>> = LazyLock::new(build);

/// Everything that can be chosen, triggers first, in picker order.
pub fn choices() -> &'static [Choice] {
    &CHOICES
}

/// The entries that start a flow.
pub fn trigger_choices() -> impl Iterator<Item = &'static Choice> {
    choices().iter().filter(|it| matches!(it.makes, Makes::Trigger { .. }))
}

/// The entries that add a step.
pub fn step_choices() -> impl Iterator<Item = &'static Choice> {
    choices().iter().filter(|it| !matches!(it.makes, Makes::Trigger { .. }))
}

/// The entry with this id.
pub fn choice(id: &str) -> Option<&'static Choice> {
    choices().iter().find(|it| it.id == id)
}

impl Choice {
    /// The trigger it makes; nothing for an entry that makes a step.
    pub fn trigger(&self) -> Option<Trigger> {
        match self.makes {
            Makes::Trigger { piece, trigger } => step::piece_trigger(piece, trigger),
            _ => None,
        }
    }

    /// The step it makes, called `name`; nothing for an entry that makes a trigger.
    pub fn step(&self, name: &str) -> Option<Action> {
        match self.makes {
            Makes::Trigger { .. } => None,
            Makes::Router => Some(step::router_step(name)),
            Makes::Loop => Some(step::loop_step(name)),
            Makes::Code => Some(step::code_step(name)),
            Makes::Action { piece, action, operation } => {
                let input: Map<_, _> =
                    operation.into_iter().map(|it| ("operation".to_owned(), it.into())).collect();
                step::piece_action_with(name, piece, action, input)
            }
        }
    }
}

fn build() -> Vec<Choice> {
    let mut steps = [control(), actions()].concat();
    // What is common stands first; within a heading, the catalogue's order stays.
    steps.sort_by_key(|it| it.group);
    [triggers(), steps].concat()
}

fn triggers() -> Vec<Choice> {
    let of_piece = |piece: &'static super::PieceMeta| {
        piece.triggers.iter().map(move |it| Choice {
            id: format!("{}/{}", piece.name, it.name),
            display_name: it.display_name,
            description: it.description,
            piece_display_name: piece.display_name,
            hue: piece.hue,
            tile: piece.tile,
            category: Category::Start,
            group: it.group,
            risk: Risk::Read,
            effect: Effect::Pure,
            makes: Makes::Trigger { piece: piece.name, trigger: it.name },
        })
    };
    all().iter().flat_map(of_piece).collect()
}

fn control() -> Vec<Choice> {
    let entry = |id: &str, display_name, description, (hue, icon), makes| Choice {
        id: id.to_owned(),
        display_name,
        description,
        piece_display_name: "",
        hue,
        tile: Tile::Icon(icon),
        category: Category::Control,
        group: Group::Control,
        risk: Risk::Read,
        effect: Effect::Pure,
        makes,
    };
    vec![
        entry(
            "router",
            "Choose a branch",
            "Goes different ways, depending on conditions",
            ROUTER_TILE,
            Makes::Router,
        ),
        entry(
            "loop",
            "For each item",
            "Repeats steps for every item of a list",
            LOOP_TILE,
            Makes::Loop,
        ),
        Choice {
            category: Category::Data,
            group: Group::Advanced,
            ..entry(
                "code",
                "Run code",
                "Works a value out in JavaScript or TypeScript; reaches nothing outside",
                CODE_TILE,
                Makes::Code,
            )
        },
    ]
}

/// Hue and icon of routers.
pub const ROUTER_TILE: (u16, &str) = (300, "branch");
/// Hue and icon of loops.
pub const LOOP_TILE: (u16, &str) = (185, "loop");
/// Hue and icon of code steps.
pub const CODE_TILE: (u16, &str) = (250, "code");

fn actions() -> Vec<Choice> {
    all().iter().flat_map(of_piece).collect()
}

fn of_piece(piece: &'static super::PieceMeta) -> Vec<Choice> {
    let category = if piece.category == Category::Start { Category::Send } else { piece.category };
    let entry = |id: String, (display_name, description), (risk, effect), makes| Choice {
        id,
        display_name,
        description,
        piece_display_name: piece.display_name,
        hue: piece.hue,
        tile: piece.tile,
        category,
        group: groups::of_steps(piece),
        risk,
        effect,
        makes,
    };
    let mut choices = Vec::new();
    for action in &piece.actions {
        let id = format!("{}/{}", piece.name, action.name);
        let makes = |operation| Makes::Action { piece: piece.name, action: action.name, operation };
        if action.operations.is_empty() {
            let words = (action.display_name, action.description);
            choices.push(entry(id, words, (action.risk, action.effect), makes(None)));
            continue;
        }
        for it in &action.operations {
            let id = format!("{id}/{}", it.value);
            let words = (it.display_name, it.description);
            let made = entry(id, words, (it.risk, it.effect), makes(Some(it.value)));
            choices.push(Choice { group: it.group, ..made });
        }
    }
    choices
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_makes_what_it_says() {
        for it in choices() {
            assert!(it.trigger().is_some() != it.step("step_1").is_some(), "{}", it.id);
        }
    }

    #[test]
    fn no_two_entries_of_a_heading_have_the_same_name() {
        for it in choices() {
            let same = choices()
                .iter()
                .filter(|other| (other.group, other.display_name) == (it.group, it.display_name));
            assert_eq!(same.count(), 1, "{}", it.display_name);
        }
    }

    #[test]
    fn what_is_common_stands_before_what_is_set_up_once() {
        let groups: Vec<Group> = step_choices().map(|it| it.group).collect();
        assert!(groups.is_sorted(), "{groups:?}");
        assert_eq!(groups.last(), Some(&Group::SetUp));
        let starts: Vec<Group> = trigger_choices().map(|it| it.group).collect();
        assert!(starts.contains(&Group::Schedule) && !starts.contains(&Group::SetUp));
    }

    #[test]
    fn an_operation_is_named_after_what_it_does() {
        let it = choice("@activepieces/piece-basecamp/todos/create_todo").expect("known");
        assert_eq!(it.step("step_1").expect("a step").display_name, "Add a to-do");
    }
}
