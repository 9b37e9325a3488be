//! Which of the values that steps give a field is offered: those that it can hold, and those that are searched for.

/// What kind of value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Not known before the first test.
    Unknown,
    /// Words.
    Text,
    /// A number, or a text that is one.
    Number,
    /// Yes or no.
    Flag,
    /// A day or a moment.
    Day,
    /// The number of a person in Basecamp.
    Person,
    /// The number of a project.
    Project,
    /// The number of anything else.
    Record,
    /// An address on the web.
    Address,
    /// A list.
    List,
    /// Several values with names.
    Group,
}

impl Kind {
    /// Shown when searched for, or where nothing else fits: numbers and addresses that mean nothing to a reader.
    fn is_quiet(self) -> bool {
        matches!(self, Self::Person | Self::Project | Self::Record | Self::Address)
    }

    /// What stands before it.
    pub fn icon(self) -> &'static str {
        match self {
            Self::Person => "user",
            Self::Day => "calendar",
            Self::Address => "link",
            Self::List => "list",
            Self::Group => "braces",
            Self::Project => "projects",
            Self::Record => "tag",
            Self::Flag => "check",
            Self::Unknown | Self::Text | Self::Number => "text",
        }
    }
}

/// What a field can hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wants {
    /// A text may hold anything.
    #[default]
    Anything,
    /// A number.
    Number,
    /// A day.
    Day,
    /// A list to go through.
    List,
    /// One of a few words.
    Word,
    /// A person.
    Person,
    /// A project.
    Project,
    /// Another record: a list, a to-do, a card.
    Record,
}

impl Wants {
    fn takes(self, kind: Kind) -> bool {
        if kind == Kind::Unknown {
            return true;
        }
        match self {
            Self::Anything => true,
            Self::Number => kind == Kind::Number,
            Self::Day => kind == Kind::Day,
            Self::List => kind == Kind::List,
            Self::Word => matches!(kind, Kind::Text | Kind::Number | Kind::Flag),
            Self::Person => kind == Kind::Person,
            Self::Project => kind == Kind::Project,
            Self::Record => kind == Kind::Record,
        }
    }

    /// What it looks for, in words: "Nothing before this step gives a day".
    pub fn words(self) -> &'static str {
        match self {
            Self::Anything | Self::Word => "a value",
            Self::Number => "a number",
            Self::Day => "a day",
            Self::List => "a list",
            Self::Person => "a person",
            Self::Project => "a project",
            Self::Record => "a record",
        }
    }
}

/// A value that can be inserted, with what is inside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pick {
    /// `{{trigger.body.name}}`.
    pub expression: String,
    /// Its own name: "Due day".
    pub label: String,
    /// Where it stands in what the step gives: `["To-dos", "First"]`.
    pub place: Vec<String>,
    /// What it was last time.
    pub sample: String,
    /// What it belongs to is called that: the name of the person whose number it is.
    pub whose: String,
    /// What kind of value.
    pub kind: Kind,
    /// What is inside; none for a value to insert.
    pub inside: Vec<Pick>,
}

impl Pick {
    /// A value that the flow uses, of a step that was never tried.
    pub fn used(expression: String, label: String) -> Self {
        Self {
            expression,
            label,
            place: Vec::new(),
            sample: String::new(),
            whose: String::new(),
            kind: Kind::Unknown,
            inside: Vec::new(),
        }
    }

    /// Where it stands with its own name: "To-dos → First → Title". Numbers of records go by what they belong to.
    pub fn path(&self) -> String {
        let own = (!self.kind.is_quiet() || self.place.is_empty()).then_some(&self.label);
        self.place.iter().chain(own).map(String::as_str).collect::<Vec<_>>().join(" → ")
    }

    /// The whole of what it stands in.
    fn is_whole(&self) -> bool {
        self.kind == Kind::Group && self.inside.is_empty()
    }

    fn is_called(&self, wanted: &str) -> bool {
        self.label.to_lowercase().contains(wanted)
    }
}

/// What of `picks` a field can hold. Numbers and addresses of records are left out where a reader has anything else to
/// choose; they are found by typing.
pub fn fitting(picks: &[Pick], wants: Wants) -> Vec<Pick> {
    let mut kept: Vec<_> = picks.iter().filter_map(|it| fitting_one(it, wants)).collect();
    let hides = !matches!(wants, Wants::Person | Wants::Project | Wants::Record);
    if hides && kept.iter().any(|it| !it.kind.is_quiet() && !it.is_whole()) {
        kept.retain(|it| !it.kind.is_quiet());
    }
    kept
}

fn fitting_one(pick: &Pick, wants: Wants) -> Option<Pick> {
    // A list that is wanted whole needs nothing opened.
    if wants == Wants::List && pick.kind == Kind::List {
        return Some(Pick { inside: Vec::new(), ..pick.clone() });
    }
    if pick.inside.is_empty() {
        return wants.takes(pick.kind).then(|| pick.clone());
    }
    let inside = fitting(&pick.inside, wants);
    (!inside.is_empty()).then(|| Pick { inside, ..pick.clone() })
}

/// What of `picks` is called or was `wanted`, in lower case.
pub fn found(picks: &[Pick], wanted: &str) -> Vec<Pick> {
    let keep = |it: &Pick| {
        if it.inside.is_empty() {
            let fits = it.is_called(wanted) || it.sample.to_lowercase().contains(wanted);
            return fits.then(|| it.clone());
        }
        if it.is_called(wanted) {
            return Some(it.clone());
        }
        let inside = found(&it.inside, wanted);
        (!inside.is_empty()).then(|| Pick { inside, ..it.clone() })
    };
    picks.iter().filter_map(keep).collect()
}

/// The values to insert among `picks`, in reading order.
pub fn leaves(picks: &[Pick]) -> Vec<&Pick> {
    let of = |it| -> Vec<&Pick> {
        let it: &Pick = it;
        if it.inside.is_empty() { vec![it] } else { leaves(&it.inside) }
    };
    picks.iter().flat_map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::super::given::picks;
    use super::*;
    use serde_json::{Value, json};

    fn overdue() -> Value {
        json!({"todos": [{
            "id": 7, "title": "Call Ben", "due_on": "2026-11-16", "app_url": "https://b.test/7",
            "assignees": [{"id": 9, "name": "Ben Okafor"}], "bucket": {"id": 3, "name": "Halden"}
        }], "count": 1})
    }

    fn expressions(picks: &[Pick]) -> Vec<String> {
        leaves(picks).into_iter().map(|it| it.expression.clone()).collect()
    }

    #[test]
    fn numbers_and_addresses_wait_for_a_search() {
        let all = picks("step_1", &overdue());
        let shown = expressions(&fitting(&all, Wants::Anything));
        assert!(shown.contains(&"{{step_1.todos[0].title}}".to_owned()));
        assert!(!shown.iter().any(|it| it.contains("url") || it.ends_with("id}}")), "{shown:?}");
        let searched = expressions(&found(&all, "address"));
        assert_eq!(searched, ["{{step_1.todos[0].app_url}}"]);
        let only = json!({"body": {"id": 5}});
        let kept = expressions(&fitting(&picks("trigger", &only), Wants::Anything));
        assert!(kept.contains(&"{{trigger.body.id}}".to_owned()), "a group is never empty");
    }

    #[test]
    fn a_field_is_offered_what_fits_it() {
        let all = picks("step_1", &overdue());
        let of = |wants| expressions(&fitting(&all, wants));
        assert_eq!(of(Wants::Person), ["{{step_1.todos[0].assignees[0].id}}"]);
        assert_eq!(of(Wants::Project), ["{{step_1.todos[0].bucket.id}}"]);
        assert_eq!(of(Wants::Record), ["{{step_1.todos[0].id}}"]);
        assert_eq!(of(Wants::Day), ["{{step_1.todos[0].due_on}}"]);
        let lists = fitting(&all, Wants::List);
        assert_eq!(lists[0].label, "To-dos");
        assert!(lists[0].inside.is_empty(), "a list is taken without opening it");
    }

    #[test]
    fn a_number_of_a_record_is_named_after_what_it_belongs_to() {
        let all = fitting(&picks("step_1", &overdue()), Wants::Person);
        let person = leaves(&all)[0];
        assert_eq!(person.path(), "To-dos → First → Assignees → First");
        assert_eq!(person.whose, "Ben Okafor");
    }
}
