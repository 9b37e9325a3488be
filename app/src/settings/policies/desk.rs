//! What is being written about policies, and done to them. Made by the section, so that it outlives every new reading of
//! them.

use crate::error::AppError;
use crate::settings::policy_fns::{PlacePolicy, RemovePolicy, SavePolicy};
use crate::ui::toast::use_toasts;
use domain::policy::{Policy, PolicyChange, Severity, ToolRule, Verdict, Which, Who};
use leptos::prelude::*;

/// What a policy is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// Who may call which tool, and before what somebody is asked.
    #[default]
    Tools,
    /// How work has to be.
    Work,
}

impl Sort {
    /// Of this policy.
    pub fn of(policy: &Policy) -> Self {
        if policy.about_tools.is_some() { Self::Tools } else { Self::Work }
    }

    /// Id of its heading.
    pub fn id(self) -> &'static str {
        match self {
            Self::Tools => "po-tools",
            Self::Work => "po-work",
        }
    }

    /// What the button that adds one says to who cannot see where it stands.
    pub fn add(self) -> &'static str {
        match self {
            Self::Tools => "Add a rule about tools",
            Self::Work => "Add a rule about work",
        }
    }
}

/// Which calls a rule is about: key and words.
pub const WHICH: [(&str, &str); 4] = [
    ("changes", "Everything that changes something"),
    ("deleting", "What deletes or shows data to outsiders"),
    ("group", "A group of tools"),
    ("tool", "One tool"),
];

/// What is written and done. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Desk {
    /// Whether the form is open.
    pub open: RwSignal<bool>,
    /// What it is about.
    pub sort: RwSignal<Sort>,
    /// The policy it changes; a new one when none.
    pub id: RwSignal<Option<String>>,
    /// What people call it.
    pub name: RwSignal<String>,
    /// Words of the effect of a rule about tools.
    pub effect: RwSignal<String>,
    /// Key of [`WHICH`].
    pub which: RwSignal<String>,
    /// The group, or the tool.
    pub chosen: RwSignal<String>,
    /// The word for whom it holds.
    pub who: RwSignal<String>,
    /// A rule about work, in words.
    pub text: RwSignal<String>,
    /// The word for how hard that holds.
    pub severity: RwSignal<String>,
    /// Whether it is in force; kept while it is changed.
    pub active: RwSignal<bool>,
    /// The policy that is asked about before it is removed.
    pub removing: RwSignal<Option<Policy>>,
    /// Makes or changes one.
    pub save: ServerAction<SavePolicy>,
    /// Puts one earlier.
    pub place: ServerAction<PlacePolicy>,
    /// Removes one.
    pub remove: ServerAction<RemovePolicy>,
}

impl Desk {
    pub(crate) fn new() -> Self {
        let words = || RwSignal::new(String::new());
        let desk = Self {
            open: RwSignal::new(false),
            sort: RwSignal::default(),
            id: RwSignal::new(None),
            name: words(),
            effect: words(),
            which: words(),
            chosen: words(),
            who: words(),
            text: words(),
            severity: words(),
            active: RwSignal::new(true),
            removing: RwSignal::new(None),
            save: ServerAction::new(),
            place: ServerAction::new(),
            remove: ServerAction::new(),
        };
        desk.tell();
        desk
    }

    /// Says how each act ended. What is wrong with a form that is open stands in it.
    fn tell(self) {
        let toasts = use_toasts();
        let told = move |ended: Option<Result<(), AppError>>, words: &str| match ended {
            Some(Ok(())) => toasts.say(words),
            Some(Err(error)) => toasts.refused(&error),
            None => {}
        };
        Effect::new(move || match self.save.value().get() {
            Some(Ok(())) => {
                self.open.set(false);
                toasts.say("The policy is saved");
            }
            Some(Err(error)) if !self.open.get_untracked() => toasts.refused(&error),
            _ => {}
        });
        Effect::new(move || told(self.place.value().get(), "The order is changed"));
        Effect::new(move || told(self.remove.value().get(), "The policy is removed"));
    }

    /// Grows with everything that is done here.
    pub(crate) fn version(self) -> Signal<usize> {
        Signal::derive(move || {
            self.save.version().get() + self.place.version().get() + self.remove.version().get()
        })
    }

    /// Opens the form for a policy, or for a new one.
    pub(crate) fn begin(self, sort: Sort, policy: Option<&Policy>) {
        self.save.clear();
        self.sort.set(sort);
        self.id.set(policy.map(|it| it.id.clone()));
        self.name.set(policy.map(|it| it.name.clone()).unwrap_or_default());
        self.active.set(policy.is_none_or(|it| it.active));
        let severity = policy.map(|it| it.severity).unwrap_or_default();
        self.severity.set(severity.as_str().to_owned());
        self.text.set(policy.map(|it| it.rule.clone()).unwrap_or_default());
        let fresh = ToolRule { effect: Verdict::Ask, which: Which::Deleting, who: Who::Everybody };
        let rule = policy.and_then(|it| it.about_tools.clone()).unwrap_or(fresh);
        self.effect.set(rule.effect.as_str().to_owned());
        self.who.set(rule.who.as_str().to_owned());
        let (which, chosen) = match rule.which {
            Which::Changes => ("changes", String::new()),
            Which::Deleting => ("deleting", String::new()),
            Which::Group(group) => ("group", group),
            Which::Tool(tool) => ("tool", tool),
        };
        self.which.set(which.to_owned());
        self.chosen.set(chosen);
        self.open.set(true);
    }

    /// Switches a policy on or off.
    pub(crate) fn switch(self, policy: &Policy, on: bool) {
        let change = PolicyChange {
            id: Some(policy.id.clone()),
            name: policy.name.clone(),
            rule: policy.rule.clone(),
            severity: policy.severity,
            active: on,
        };
        self.save.dispatch(SavePolicy { change });
    }

    /// What stands in the form.
    pub(crate) fn change(self) -> PolicyChange {
        let is_tools = self.sort.get_untracked() == Sort::Tools;
        let severity = self.severity.with_untracked(|it| Severity::parse(it));
        PolicyChange {
            id: self.id.get_untracked(),
            name: self.name.get_untracked(),
            rule: if is_tools { self.rule() } else { self.text.get_untracked() },
            severity: if is_tools { Severity::Block } else { severity },
            active: self.active.get_untracked(),
        }
    }

    /// The rule about tools in words; nothing while it is not said about which.
    fn rule(self) -> String {
        let chosen = self.chosen.with_untracked(|it| it.trim().to_lowercase());
        let which = match self.which.get_untracked().as_str() {
            "changes" => Which::Changes,
            "deleting" => Which::Deleting,
            _ if chosen.is_empty() => return String::new(),
            "group" => Which::Group(chosen),
            _ => Which::Tool(chosen),
        };
        let (effect, who) = (self.effect.get_untracked(), self.who.get_untracked());
        format!("{effect} {} for {who}", which.words())
    }
}
