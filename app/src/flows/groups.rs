//! Under which heading the picker shows a choice, and which choices it shows first.

use super::picker::Picking;
use super::store::Studio;
use domain::approval::Risk;
use domain::flow::catalog::choices::{Choice, choice, step_choices, trigger_choices};
use domain::flow::catalog::{BASECAMP, Group, MANUAL, SCHEDULE, action};
use domain::flow::{Action, ActionKind, FlowVersion, TriggerKind, tree};
use std::cmp::Reverse;

/// A heading of the picker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Heading {
    /// What most flows begin with.
    Suggested,
    /// What often comes after the step before.
    OftenNext,
    /// Of one kind.
    Of(Group),
}

impl Heading {
    /// Its name.
    pub fn words(self) -> &'static str {
        match self {
            Self::Suggested => "Suggested",
            Self::OftenNext => "Often next",
            Self::Of(group) => group.label(),
        }
    }

    /// What stands before its name.
    pub fn icon(self) -> &'static str {
        match self {
            Self::Suggested | Self::OftenNext => "star",
            Self::Of(Group::Basecamp) => "projects",
            Self::Of(Group::Schedule) => "calendar",
            Self::Of(Group::Asked | Group::Send) => "users",
            Self::Of(Group::Control) => "branch",
            Self::Of(Group::Data) => "text",
            Self::Of(Group::Advanced) => "code",
            Self::Of(Group::SetUp) => "settings",
        }
    }
}

/// The heading of a choice.
pub fn heading_of(choice: &Choice) -> Heading {
    Heading::Of(choice.group)
}

/// A choice under its heading.
pub type Grouped = (Heading, &'static Choice);

/// What can be chosen as it is typed, the best first; without words under headings, what is likely before them.
///
/// What is `barred` is shown to those who look for it by name.
pub fn offered(
    studio: Studio,
    picking: &Picking,
    wanted: &str,
    barred: &dyn Fn(&Choice) -> bool,
) -> Vec<Grouped> {
    let all: Vec<&'static Choice> = match picking {
        Picking::Trigger => trigger_choices().collect(),
        Picking::Step(_) | Picking::Replace(_) => step_choices().collect(),
    };
    let wanted = wanted.trim().to_lowercase();
    if !wanted.is_empty() {
        return searched(all, &wanted);
    }
    let likely = studio.with_shown(|it| likely(picking, it));
    grouped(all, &likely, barred)
}

/// What fits `wanted`, the best first.
fn searched(all: Vec<&'static Choice>, wanted: &str) -> Vec<Grouped> {
    let mut found: Vec<_> =
        all.into_iter().filter_map(|it| Some((rank(it, wanted)?, it))).collect();
    // What fits equally well stays in the order of the headings.
    found.sort_by_key(|(rank, it)| (Reverse(*rank), heading_of(it)));
    found.into_iter().map(|(_, it)| (heading_of(it), it)).collect()
}

/// What people call a step that is called otherwise here.
const CALLED: [(&str, &str); 4] = [
    ("loop", "loop repeat iterate"),
    ("router", "router branch if parallel switch"),
    ("@activepieces/piece-subflows/callFlow", "subflow"),
    ("code", "script"),
];

/// As it is compared: a "to-do" is a "todo".
fn plain(words: &str) -> String {
    words.to_lowercase().replace('-', "")
}

/// How well a choice fits: its name begins so, a word of it does, it holds it, people call it so, its description holds
/// all of the words; nothing where none.
fn rank(choice: &Choice, wanted: &str) -> Option<u8> {
    let wanted = &plain(wanted).replace("create ", "add ");
    let name = plain(choice.display_name);
    if name.starts_with(wanted) {
        return Some(4);
    }
    let called = CALLED.iter().find(|it| it.0 == choice.id).map_or("", |it| it.1);
    let begins = |words: &str| words.split_whitespace().any(|it| it.starts_with(wanted));
    if begins(&name) || begins(called) {
        return Some(3);
    }
    if name.contains(wanted) {
        return Some(2);
    }
    let rest = plain(&format!("{name} {} {}", choice.description, choice.piece_display_name));
    wanted.split_whitespace().all(|it| rest.contains(it)).then_some(1)
}

/// Everything under its heading, what is likely first and only once.
fn grouped(
    all: Vec<&'static Choice>,
    (heading, likely): &(Heading, Vec<&'static Choice>),
    barred: &dyn Fn(&Choice) -> bool,
) -> Vec<Grouped> {
    let is_likely = |it: &Choice| likely.iter().any(|one| one.id == it.id);
    let first = likely.iter().filter(|it| !barred(it)).map(|it| (*heading, *it));
    let mut rest: Vec<_> = all
        .into_iter()
        .filter(|it| !barred(it) && !is_likely(it))
        .map(|it| (heading_of(it), it))
        .collect();
    rest.sort_by_key(|it| it.0);
    first.chain(rest).collect()
}

/// What most flows begin with, or what often comes next at that place.
fn likely(picking: &Picking, version: &FlowVersion) -> (Heading, Vec<&'static Choice>) {
    let known = |ids: &[&str]| ids.iter().filter_map(|it| choice(it)).collect::<Vec<_>>();
    match picking {
        Picking::Trigger => (Heading::Suggested, known(&STARTS)),
        Picking::Replace(_) => (Heading::Suggested, Vec::new()),
        Picking::Step(spot) => (Heading::OftenNext, known(after(version, &spot.parent))),
    }
}

const STARTS: [&str; 4] = [
    "@activepieces/piece-schedule/every_week",
    "@activepieces/piece-schedule/every_day",
    "@activepieces/piece-basecamp/new_todo",
    "@activepieces/piece-basecamp/todo_overdue",
];
/// After a clock or a press of a button: what to look at.
const LOOK: [&str; 4] = [
    "@activepieces/piece-basecamp/reports/overdue_todos",
    "@activepieces/piece-basecamp/reports/due_todos",
    "@activepieces/piece-basecamp/reports/project_status",
    "@activepieces/piece-basecamp/todos/create_todo",
];
/// After something happened.
const REACT: [&str; 4] = [
    "@activepieces/piece-basecamp/todos/create_todo",
    "@activepieces/piece-basecamp/comments/create_comment",
    "router",
    "@pmos/piece-notify/notify_person",
];
/// After a list was found.
const WITH_LIST: [&str; 4] = [
    "loop",
    "@activepieces/piece-basecamp/messages/create_message",
    "@pmos/piece-notify/notify_person",
    "router",
];
/// Inside a loop.
const WITH_ITEM: [&str; 4] = [
    "@activepieces/piece-basecamp/comments/create_comment",
    "router",
    "@activepieces/piece-basecamp/todos/create_todo",
    "@pmos/piece-notify/notify_person",
];
/// After something was changed.
const GO_ON: [&str; 4] = [
    "@pmos/piece-notify/notify_person",
    "@activepieces/piece-basecamp/messages/create_message",
    "@activepieces/piece-approval/wait_for_approval",
    "router",
];

/// What often comes after `parent`, or inside it.
fn after(version: &FlowVersion, parent: &str) -> &'static [&'static str] {
    if let TriggerKind::Piece(it) = &version.trigger.kind
        && version.trigger.name == parent
    {
        return if matches!(it.piece_name.as_str(), SCHEDULE | MANUAL) { &LOOK } else { &REACT };
    }
    match tree::find(&version.trigger, parent) {
        Some(it) if matches!(it.kind, ActionKind::Loop(_)) => &WITH_ITEM,
        Some(it) if looks(it) => &WITH_LIST,
        _ => &GO_ON,
    }
}

/// Whether a step looks something up.
fn looks(step: &Action) -> bool {
    let ActionKind::Piece(it) = &step.kind else { return false };
    let meta = it.action_name.as_deref().and_then(|name| action(&it.piece_name, name));
    it.piece_name == BASECAMP && meta.is_some_and(|meta| meta.risk_of(&it.input) == Risk::Read)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::flow::catalog::choices::Makes;

    fn names(wanted: &str) -> Vec<&'static str> {
        searched(step_choices().collect(), wanted).iter().map(|it| it.1.display_name).collect()
    }

    #[test]
    fn what_is_suggested_exists() {
        for id in [STARTS, LOOK, REACT, WITH_LIST, WITH_ITEM, GO_ON].concat() {
            assert!(choice(id).is_some(), "{id}");
        }
    }

    #[test]
    fn what_is_likely_stands_first_and_only_once() {
        let likely = (Heading::Suggested, STARTS.iter().filter_map(|it| choice(it)).collect());
        let all = grouped(trigger_choices().collect(), &likely, &|_| false);
        assert_eq!(all.len(), trigger_choices().count());
        assert!(all.is_sorted_by_key(|it| it.0));
        assert_eq!(all[0].0, Heading::Suggested);
        assert_eq!(
            all[STARTS.len()].0,
            Heading::Of(Group::Basecamp),
            "then what happens in Basecamp"
        );
    }

    #[test]
    fn what_is_switched_off_is_shown_to_those_who_look_for_it() {
        let barred = |it: &Choice| it.makes == Makes::Code;
        let all = grouped(step_choices().collect(), &(Heading::OftenNext, Vec::new()), &barred);
        assert!(all.iter().all(|it| it.1.makes != Makes::Code));
        assert!(names("run code").contains(&"Run code"));
    }

    #[test]
    fn search_looks_at_what_a_step_does_and_at_its_app() {
        assert_eq!(names("add a to-do")[0], "Add a to-do");
        assert!(names("basecamp").contains(&"Complete a to-do"));
        assert!(names("zebra").is_empty());
        for (words, step) in [
            ("todo", "Add a to-do"),
            ("create to-do", "Add a to-do"),
            ("loop", "For each item"),
            ("parallel", "Choose a branch"),
            ("subflow", "Call a flow"),
        ] {
            assert!(
                names(words).iter().take(3).any(|it| *it == step),
                "{words}: {:?}",
                names(words)
            );
        }
    }

    #[test]
    fn a_trigger_is_never_offered_as_a_step() {
        assert!(step_choices().all(|it| it.step("step_1").is_some()));
        assert!(trigger_choices().all(|it| it.trigger().is_some()));
    }
}
