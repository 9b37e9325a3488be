//! From a flow in words to typed edits: every project, list and person is looked up, and asked for when it is not clear.

use super::conditions::Test;
use super::recipe::Start;
use super::references::References;
use super::replay::{Replay, Stop};
use super::say;
use super::step_words::Do;
use domain::flow::catalog::step;
use domain::flow::condition::Condition;
use domain::flow::edit::{AddAction, FlowEdit, Location};
use domain::flow::{Action, ActionKind, Branch};
use std::collections::BTreeSet;

/// Where the next step goes.
#[derive(Clone, Debug)]
pub(crate) struct Spot {
    pub(crate) parent: String,
    pub(crate) location: Location,
    pub(crate) branch: Option<usize>,
}

impl Spot {
    /// Right after a step.
    pub(crate) fn after(step: &str) -> Self {
        Self { parent: step.to_owned(), location: Location::After, branch: None }
    }
}

/// Edits being made.
pub(crate) struct Builder<'r, 'p> {
    pub(super) replay: &'r mut Replay<'p>,
    pub(super) start: Start,
    pub(super) flow_name: String,
    taken: BTreeSet<String>,
    pub(super) references: References,
    /// The to-do added last: its step and its project.
    pub(super) added: Option<(String, String)>,
    count: usize,
    pub(crate) edits: Vec<FlowEdit>,
    /// What each step does, for people.
    pub(crate) said: Vec<String>,
    /// What cannot be done, with the nearest that can.
    pub(crate) left_out: Vec<String>,
}

impl<'r, 'p> Builder<'r, 'p> {
    /// Steps for a flow that `start` starts and that has the steps `taken` already.
    pub(crate) fn new(
        replay: &'r mut Replay<'p>,
        start: Start,
        flow_name: &str,
        taken: BTreeSet<String>,
    ) -> Self {
        let gives_fields = matches!(start, Start::Hand | Start::Watch(_));
        let references = References { gives_fields, inside: None };
        Self {
            replay,
            references,
            start,
            flow_name: flow_name.to_owned(),
            taken,
            added: None,
            count: 0,
            edits: Vec::new(),
            said: Vec::new(),
            left_out: Vec::new(),
        }
    }

    /// Adds the steps, one after the other.
    pub(crate) fn steps(&mut self, all: &[Do], spot: Spot, depth: usize) -> Result<(), Stop> {
        let mut spot = spot;
        for one in all {
            self.count += 1;
            if let Some(name) = self.step(one, &spot, depth)? {
                spot = Spot::after(&name);
            }
        }
        Ok(())
    }

    fn step(&mut self, one: &Do, spot: &Spot, depth: usize) -> Result<Option<String>, Stop> {
        let (action, said) = match one {
            Do::Unknown(words) => {
                self.left_out.push(left_out(words));
                return Ok(None);
            }
            Do::If(test, yes, no) => return self.branch(test, (yes, no), spot, depth).map(Some),
            Do::ForEach(items, body) => return self.each(items, body, spot, depth).map(Some),
            Do::AddTodo(words) => self.add_todo(words)?,
            Do::Complete(name) => self.complete(name)?,
            Do::Comment(name, text) => self.comment(name, text)?,
            Do::Report(what, to) => return self.report((what, to), spot, depth),
            Do::Post(to, text) => self.post_words(to, text)?,
            Do::AddCard(title, project, column) => {
                self.add_card(title, (project.as_deref(), column.as_deref()))?
            }
            Do::Tell(who, message) => self.tell(who.as_deref(), message.as_deref())?,
            Do::Wait(amount, unit) => self.wait(*amount, unit),
            Do::Request(method, url, has_body) => self.request(method, url, *has_body),
        };
        let action = action.ok_or_else(cannot)?;
        self.say(depth, said);
        Ok(Some(self.place(action, spot)))
    }

    pub(super) fn say(&mut self, depth: usize, said: String) {
        self.said.push(format!("{}- {said}", "  ".repeat(depth)));
    }

    pub(super) fn place(&mut self, action: Action, spot: &Spot) -> String {
        let name = action.name.clone();
        self.edits.push(FlowEdit::AddAction(Box::new(AddAction {
            parent_step: spot.parent.clone(),
            step_location_relative_to_parent: spot.location,
            branch_index: spot.branch,
            action,
        })));
        name
    }

    /// The smallest free `step_N`.
    pub(super) fn name(&mut self) -> String {
        let free = (1..)
            .map(|it| format!("step_{it}"))
            .find(|it| !self.taken.contains(it))
            .unwrap_or_default();
        self.taken.insert(free.clone());
        free
    }

    pub(super) fn slot(&self, what: &str) -> String {
        format!("{}.{what}", self.count)
    }

    fn branch(
        &mut self,
        test: &Test,
        (yes, no): (&[Do], &[Do]),
        spot: &Spot,
        depth: usize,
    ) -> Result<String, Stop> {
        let condition = Condition {
            first_value: self.references.field(&test.field),
            second_value: test.value.as_deref().map(|it| self.references.value(it)),
            operator: Some(test.operator.to_owned()),
            case_sensitive: Some(false),
        };
        let words = test_words(test);
        let name = self.name();
        let mut router = step::router_step(&name);
        if let ActionKind::Router(settings) = &mut router.kind {
            let branch = Branch::Condition {
                branch_name: capitalised(&words),
                conditions: vec![vec![condition]],
            };
            if let Some(first) = settings.branches.first_mut() {
                *first = branch;
            }
        }
        self.place(router, spot);
        let inside = |branch| Spot {
            parent: name.clone(),
            location: Location::InsideBranch,
            branch: Some(branch),
        };
        self.say(depth, format!("If {}:", say::plain(&words)));
        self.steps(yes, inside(0), depth + 1)?;
        if !no.is_empty() {
            self.say(depth, "Otherwise:".to_owned());
            self.steps(no, inside(1), depth + 1)?;
        }
        Ok(name)
    }

    fn each(
        &mut self,
        items: &str,
        body: &[Do],
        spot: &Spot,
        depth: usize,
    ) -> Result<String, Stop> {
        let name = self.name();
        let mut action = step::loop_step(&name);
        if let ActionKind::Loop(settings) = &mut action.kind {
            settings.items = self.references.field(items);
        }
        self.place(action, spot);
        self.say(depth, format!("For each of {}:", say::plain(items)));
        let outer = self.references.inside.replace(name.clone());
        let inside = Spot { parent: name.clone(), location: Location::InsideLoop, branch: None };
        self.steps(body, inside, depth + 1)?;
        self.references.inside = outer;
        Ok(name)
    }
}

/// What is said when the catalogue does not take a step.
pub(super) fn cannot() -> Stop {
    Stop::Say("One of the steps cannot be built. Nothing was changed.".to_owned())
}

fn capitalised(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |it| it.to_uppercase().chain(letters).collect())
}

fn test_words(test: &Test) -> String {
    let field = test.field.replace(['{', '}'], "");
    let verb = match test.operator {
        "TEXT_CONTAINS" => "contains",
        "TEXT_DOES_NOT_CONTAIN" => "does not contain",
        "TEXT_START_WITH" => "starts with",
        "TEXT_ENDS_WITH" => "ends with",
        "NUMBER_IS_GREATER_THAN" => "is greater than",
        "NUMBER_IS_LESS_THAN" => "is less than",
        "EXISTS" => "is there",
        "DOES_NOT_EXIST" => "is missing",
        "TEXT_DOES_NOT_EXACTLY_MATCH" => "is not",
        _ => "is",
    };
    format!("{} {verb} {}", field.trim(), test.value.as_deref().unwrap_or_default())
        .trim_end()
        .to_owned()
}

/// What cannot be done, with the nearest that can.
fn left_out(words: &str) -> String {
    let lower = words.to_lowercase();
    let has = |all: &[&str]| all.iter().any(|it| lower.contains(it));
    let nearest = if has(&["mail", "slack", "sms", "text ", "whatsapp", "teams"]) {
        "I can tell a person inside PM OS instead: “then tell Ana that …”"
    } else if has(&["http", "api", "sheet", "crm"]) {
        "I can send a request to an address instead: “then post it to https://…”"
    } else {
        "I can add, complete and comment on to-dos, add cards, post messages and reports, tell a person, wait, branch, repeat, and send requests"
    };
    format!("“{}” is left out: I do not know how to do that yet. {nearest}.", say::plain(words))
}
