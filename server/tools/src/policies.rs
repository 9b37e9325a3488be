//! What a policy says: a few rules in plain words, checked before a write and over what is there.

use basecamp::facts::{Facts, Item};
use chrono::NaiveDate;
use domain::approval::Risk;
use serde_json::Value;
use std::collections::BTreeMap;

/// Examples of what is understood.
pub(crate) const EXAMPLES: [&str; 5] = [
    "every to-do needs an assignee",
    "every to-do needs a due date",
    "no due date in the past",
    "nothing is deleted",
    "at most 10 open items per person",
];
/// Tools that make work, or change it.
const MAKING: [&str; 2] = ["create_todo", "create_card"];
const CHANGING: [&str; 2] = ["update_todo_details", "update_card"];

/// One rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    /// Every open item has somebody.
    Assigned,
    /// Every open to-do has a day.
    Dated,
    /// No open item is past its day.
    NotLate,
    /// Nothing is deleted.
    NothingDeleted,
    /// Nobody has more open items than this.
    AtMost(usize),
}

impl Rule {
    /// Reads a rule; none for one that is not understood.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.to_lowercase();
        let has = |words: &[&str]| words.iter().any(|it| text.contains(it));
        let number = text.split(|it: char| !it.is_ascii_digit()).find(|it| !it.is_empty());
        if has(&["at most", "no more than", "maximum", "limit"]) && has(&["open", "person", "each"])
        {
            return number?.parse().ok().filter(|it| *it > 0).map(Self::AtMost);
        }
        match () {
            () if has(&["deleted", "delete", "trash"]) => Some(Self::NothingDeleted),
            () if has(&["past", "overdue", "late"]) => Some(Self::NotLate),
            () if has(&["assignee", "assigned", "somebody", "owner"]) => Some(Self::Assigned),
            () if has(&["due date", "due day", "deadline"]) => Some(Self::Dated),
            () => None,
        }
    }

    /// Whether it can be checked before a write; else only over what is there.
    pub(crate) fn can_block(self) -> bool {
        !matches!(self, Self::AtMost(_))
    }

    /// Why a write breaks the rule; none when it does not.
    pub(crate) fn broken_by(
        self,
        (tool, risk): (&str, Risk),
        args: &Value,
        today: NaiveDate,
    ) -> Option<String> {
        let (makes, changes) = (MAKING.contains(&tool), CHANGING.contains(&tool));
        // Cards bring their fields in a body.
        let field = |name: &str| args.get(name).or_else(|| args.get("body")?.get(name));
        let is_blank = |value: &Value| {
            value.is_null()
                || value.as_str().is_some_and(|it| it.trim().is_empty())
                || value.as_array().is_some_and(Vec::is_empty)
        };
        let lacks = |name: &str| match field(name) {
            Some(value) => (makes || changes) && is_blank(value),
            None => makes,
        };
        match self {
            Self::NothingDeleted => {
                let deletes = risk == Risk::Destructive || tool.starts_with("trash_");
                deletes.then(|| "it deletes something".to_owned())
            }
            // A new card is given to somebody after it was made.
            Self::Assigned if tool == "create_card" => None,
            Self::Assigned => lacks("assignee_ids").then(|| "nobody would have it".to_owned()),
            Self::Dated => lacks("due_on").then(|| "it would have no due date".to_owned()),
            Self::NotLate => {
                let day = field("due_on").filter(|_| makes || changes)?.as_str()?;
                let is_past = day.parse::<NaiveDate>().is_ok_and(|it| it < today);
                is_past.then(|| format!("{day} is in the past"))
            }
            Self::AtMost(_) => None,
        }
    }

    /// What breaks the rule now: the number of items looked at, and what is wrong with which.
    pub(crate) fn broken_in(
        self,
        facts: &Facts,
        today: NaiveDate,
    ) -> (usize, Vec<(String, Option<&Item>)>) {
        let open: Vec<&Item> = facts.items.iter().filter(|it| !it.completed).collect();
        let of = |fits: &dyn Fn(&Item) -> bool| -> Vec<(String, Option<&Item>)> {
            let found = open.iter().filter(|it| fits(it));
            found.map(|it| (it.title.clone(), Some(*it))).collect()
        };
        match self {
            Self::Assigned => (open.len(), of(&|it| it.assignees.is_empty())),
            Self::Dated => {
                let todos = open.iter().filter(|it| !it.is_card).count();
                (todos, of(&|it| !it.is_card && it.due_on.is_none()))
            }
            Self::NotLate => (open.len(), of(&|it| it.due_on.is_some_and(|day| day < today))),
            Self::NothingDeleted => (0, Vec::new()),
            Self::AtMost(most) => {
                let mut loads: BTreeMap<&str, usize> = BTreeMap::new();
                for person in open.iter().flat_map(|it| &it.assignees) {
                    *loads.entry(person.name.as_str()).or_default() += 1;
                }
                let over = loads.iter().filter(|it| *it.1 > most);
                let told =
                    over.map(|(name, count)| (format!("{name} has {count} open items"), None));
                (loads.len(), told.collect())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_example_is_understood_and_nonsense_is_not() {
        let read: Vec<Option<Rule>> = EXAMPLES.iter().map(|it| Rule::parse(it)).collect();
        let wanted =
            [Rule::Assigned, Rule::Dated, Rule::NotLate, Rule::NothingDeleted, Rule::AtMost(10)];
        assert_eq!(read, wanted.map(Some));
        assert_eq!(Rule::parse("be nice"), None);
    }

    #[test]
    fn a_write_breaks_what_it_lacks() {
        let today = NaiveDate::from_ymd_opt(2026, 2, 18).unwrap();
        let create = ("create_todo", Risk::Write);
        let broken = |rule: Rule, tool, args: Value| rule.broken_by(tool, &args, today).is_some();
        assert!(broken(Rule::Assigned, create, json!({ "task": "x" })));
        assert!(!broken(Rule::Assigned, create, json!({ "assignee_ids": [1] })));
        assert!(!broken(
            Rule::Assigned,
            ("update_todo_details", Risk::Write),
            json!({ "content": "x" })
        ));
        assert!(broken(
            Rule::Assigned,
            ("update_todo_details", Risk::Write),
            json!({ "assignee_ids": [] })
        ));
        assert!(broken(Rule::NotLate, create, json!({ "due_on": "2026-02-17" })));
        assert!(!broken(Rule::NotLate, create, json!({ "due_on": "2026-02-18" })));
        assert!(broken(Rule::Dated, ("create_card", Risk::Write), json!({ "title": "x" })));
        assert!(broken(Rule::NothingDeleted, ("trash_recording", Risk::Destructive), json!({})));
        assert!(!broken(Rule::NothingDeleted, create, json!({})));
    }
}
