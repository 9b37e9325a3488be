//! What a step shows on the canvas, in the outline and in lists: plain values, made from the flow.

use super::code;
use super::does::{Names, place};
use super::earlier::{Part, parts, reading};
use super::router::Taking;
use domain::flow::catalog::{self, Tile, choices};
use domain::flow::clock;
use domain::flow::{
    Action, ActionKind, CodeSettings, FlowVersion, PieceSettings, Trigger, TriggerKind, tree,
};
use serde_json::Value;

/// What stands in the small square beside a name.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Look {
    /// Degrees.
    pub hue: u16,
    /// Icon or letters.
    pub tile: Tile,
}

/// What kind of step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// What starts the flow.
    Trigger,
    /// Does something.
    Action,
    /// Repeats.
    Loop,
    /// Branches.
    Router,
}

impl Kind {
    /// The word in `data-kind`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Trigger => "trigger",
            Self::Action => "action",
            Self::Loop => "loop",
            Self::Router => "router",
        }
    }

    /// The word people hear.
    pub fn label(self) -> &'static str {
        match self {
            Self::Trigger => "Trigger",
            Self::Action => "Action",
            Self::Loop => "Loop",
            Self::Router => "Router",
        }
    }
}

/// One step in reading order.
#[derive(Clone, Debug, PartialEq)]
pub struct Card {
    /// `step_3`.
    pub name: String,
    /// From 1, as shown.
    pub number: usize,
    /// What people named it.
    pub title: String,
    /// What it does, in a few words.
    pub words: String,
    /// Its mark.
    pub look: Look,
    /// What kind.
    pub kind: Kind,
    /// "inside For each person"; empty on the main line.
    pub place: String,
    /// Switched off.
    pub is_off: bool,
}

/// Every step of `version`, the trigger first.
pub fn cards(version: &FlowVersion) -> Vec<Card> {
    cards_with(version, &Names::new())
}

/// The same where the names of projects are known.
pub fn cards_with(version: &FlowVersion, projects: &Names) -> Vec<Card> {
    let mut found = vec![of_trigger(&version.trigger, projects)];
    walk(version.trigger.next_action.as_deref(), ("", projects), &mut found);
    let names: Vec<_> = found.iter().map(|it| (it.name.clone(), it.number)).collect();
    for card in &mut found {
        card.words = readable(&card.words, &names);
    }
    found
}

fn walk(start: Option<&Action>, (place, projects): (&str, &Names), found: &mut Vec<Card>) {
    for action in tree::chain(start) {
        found.push(of_action(action, found.len() + 1, (place, projects)));
        if let Some(first) = action.first_loop_action.as_deref() {
            let inside = format!("inside {}", action.display_name);
            walk(Some(first), (&inside, projects), found);
        }
        let branches = match &action.kind {
            ActionKind::Router(router) => router.branches.as_slice(),
            _ => &[],
        };
        for (at, child) in action.children.iter().flatten().enumerate() {
            let branch = branches.get(at).map_or("a branch", |it| it.name());
            walk(child.as_deref(), (&format!("in {branch}"), projects), found);
        }
        let failed = format!("when {} fails", action.display_name);
        walk(action.on_error_action.as_deref(), (&failed, projects), found);
    }
}

fn of_trigger(trigger: &Trigger, projects: &Names) -> Card {
    let (look, words) = match &trigger.kind {
        TriggerKind::Empty(_) => {
            (Look { hue: 70, tile: Tile::Icon("bolt") }, "What starts this flow?".to_owned())
        }
        TriggerKind::Piece(settings) => {
            (piece_look(settings), piece_words(settings, &trigger.display_name, projects))
        }
    };
    let chosen = matches!(trigger.kind, TriggerKind::Piece(_));
    let title = if chosen { trigger.display_name.clone() } else { "Choose a trigger".to_owned() };
    Card {
        name: trigger.name.clone(),
        number: 1,
        title,
        words,
        look,
        kind: Kind::Trigger,
        place: String::new(),
        is_off: false,
    }
}

fn of_action(action: &Action, number: usize, (place, projects): (&str, &Names)) -> Card {
    let (kind, look, words) = match &action.kind {
        ActionKind::Piece(it) => {
            (Kind::Action, piece_look(it), piece_words(it, &action.display_name, projects))
        }
        ActionKind::Code(it) => (Kind::Action, icon_of(choices::CODE_TILE), code_words(it)),
        ActionKind::Loop(it) => (Kind::Loop, icon_of(choices::LOOP_TILE), loop_words(&it.items)),
        ActionKind::Router(it) => {
            let words = Taking::of(it).card(it.branches.len());
            (Kind::Router, icon_of(choices::ROUTER_TILE), words)
        }
    };
    Card {
        name: action.name.clone(),
        number,
        title: action.display_name.clone(),
        words,
        look,
        kind,
        place: place.to_owned(),
        is_off: action.skip,
    }
}

fn icon(hue: u16, name: &'static str) -> Look {
    Look { hue, tile: Tile::Icon(name) }
}

fn icon_of((hue, name): (u16, &'static str)) -> Look {
    icon(hue, name)
}

/// The mark of a piece by its name on the wire; a plug for one we do not know.
pub fn look_of_piece(name: &str) -> Look {
    catalog::piece(name).map_or_else(|| icon(250, "plug"), |it| Look { hue: it.hue, tile: it.tile })
}

fn piece_look(settings: &PieceSettings) -> Look {
    look_of_piece(&settings.piece_name)
}

/// In what it is written.
fn code_words(settings: &CodeSettings) -> String {
    if code::is_javascript(settings) { "JavaScript" } else { "TypeScript" }.to_owned()
}

fn loop_words(items: &str) -> String {
    if items.trim().is_empty() { "Choose a list".to_owned() } else { items.to_owned() }
}

/// What the piece's step is called while nobody named it.
pub fn default_title(settings: &PieceSettings) -> Option<&'static str> {
    if let Some(name) = &settings.trigger_name {
        return catalog::trigger(&settings.piece_name, name).map(|it| it.display_name);
    }
    let action = catalog::action(&settings.piece_name, settings.action_name.as_deref()?)?;
    Some(action.operation(&settings.input).map_or(action.display_name, |it| it.display_name))
}

/// When it starts or the first text a person wrote, else what it does and where, else the app; never the title again.
fn piece_words(settings: &PieceSettings, title: &str, projects: &Names) -> String {
    if let Some(words) = clock::words(settings).or_else(|| first_text(settings)) {
        return words;
    }
    let usual = default_title(settings).filter(|it| *it != title);
    match (usual, place(settings, projects)) {
        (Some(usual), Some(place)) => return format!("{usual} in {place}"),
        (Some(usual), None) => return usual.to_owned(),
        (None, Some(place)) => return format!("In {place}"),
        (None, None) => {}
    }
    let app = catalog::piece(&settings.piece_name);
    let app = app.map_or(settings.piece_name.as_str(), |it| it.display_name);
    let described = || {
        let name = settings.action_name.as_deref()?;
        catalog::action(&settings.piece_name, name).map(|it| it.description)
    };
    if app == title { described().unwrap_or(app) } else { app }.to_owned()
}

fn first_text(settings: &PieceSettings) -> Option<String> {
    use catalog::PropKind;
    settings.action_name.as_ref()?;
    catalog::fields::fields(settings)
        .iter()
        .filter(|it| matches!(it.prop.kind, PropKind::ShortText | PropKind::LongText))
        .filter_map(|it| it.value(&settings.input).and_then(Value::as_str))
        .find(|it| !it.trim().is_empty())
        .map(str::to_owned)
}

/// A text with its expressions as words: "Read the 1 Project name brief" has `{{trigger.name}}` in it.
pub fn readable(text: &str, names: &[(String, usize)]) -> String {
    let word = |part| match part {
        Part::Text(text) => text,
        Part::Value(expression) => {
            let (step, label) = reading(&expression);
            match names.iter().find(|(name, _)| *name == step) {
                Some((_, number)) => format!("{number} {label}"),
                None => format!("{label} (missing)"),
            }
        }
    };
    parts(text).into_iter().map(word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::flow::catalog::step;
    use serde_json::json;

    fn version() -> FlowVersion {
        let mut repeat = step::loop_step("step_1");
        repeat.display_name = "For each person".to_owned();
        let input = json!({"operation": "create_todo", "inputs": {"content": "Call {{trigger.body.name}}"}});
        let input = input.as_object().cloned().unwrap();
        let todo = step::piece_action_with("step_2", catalog::BASECAMP, "todos", input).unwrap();
        repeat.first_loop_action = Some(Box::new(todo));
        repeat.next_action = Some(Box::new(step::router_step("step_3")));
        let mut trigger = step::piece_trigger(catalog::WEBHOOK, "catch_webhook").unwrap();
        trigger.next_action = Some(Box::new(repeat));
        serde_json::from_value(json!({"displayName": "F", "trigger": trigger})).unwrap()
    }

    #[test]
    fn steps_are_numbered_in_reading_order_with_their_place() {
        let found: Vec<_> = cards(&version())
            .into_iter()
            .map(|it| (it.number, it.name, it.kind, it.place))
            .collect();
        assert_eq!(
            found,
            [
                (1, "trigger".to_owned(), Kind::Trigger, String::new()),
                (2, "step_1".to_owned(), Kind::Loop, String::new()),
                (3, "step_2".to_owned(), Kind::Action, "inside For each person".to_owned()),
                (4, "step_3".to_owned(), Kind::Router, String::new()),
            ]
        );
    }

    #[test]
    fn a_card_says_what_was_written_with_values_as_words() {
        assert_eq!(cards(&version())[2].words, "Call 1 Name");
    }

    #[test]
    fn a_trigger_nobody_chose_asks_for_one() {
        let version: FlowVersion =
            serde_json::from_value(json!({"displayName": "F", "trigger": step::empty_trigger()}))
                .unwrap();
        assert_eq!(cards(&version)[0].title, "Choose a trigger");
    }

    #[test]
    fn a_value_of_a_step_that_is_gone_says_so() {
        assert_eq!(readable("{{step_9.id}}", &[]), "Id (missing)");
    }
}
