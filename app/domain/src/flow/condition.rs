//! Router conditions (flow.md 4): 22 comparisons, any of groups of all of conditions.

use super::{Branch, ExecutionType, RouterSettings};
use crate::expr::{date, number, text::json_text};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One comparison; values are texts that may hold expressions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Condition {
    /// The left side.
    #[serde(default)]
    pub first_value: String,
    /// The right side, for operators with two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second_value: Option<String>,
    /// Wire name of the operator, for example `TEXT_CONTAINS`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator: Option<String>,
    /// For text and list operators; absent is no.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case_sensitive: Option<bool>,
}

macro_rules! operators {
    ($($name:ident $wire:literal $words:literal)*) => {
        /// How two values are compared.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[expect(missing_docs, reason = "the words on screen say it")]
        pub enum Operator {
            $($name,)*
        }

        impl Operator {
            /// Every operator, in the order of the choice on screen.
            pub const ALL: [Self; 22] = [$(Self::$name,)*];

            /// The name on the wire.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $wire,)* }
            }

            /// The words on screen, between the two values.
            pub fn label(self) -> &'static str {
                match self { $(Self::$name => $words,)* }
            }
        }
    };
}

operators! {
    TextContains "TEXT_CONTAINS" "contains"
    TextDoesNotContain "TEXT_DOES_NOT_CONTAIN" "does not contain"
    TextIs "TEXT_EXACTLY_MATCHES" "is exactly"
    TextIsNot "TEXT_DOES_NOT_EXACTLY_MATCH" "is not exactly"
    TextStarts "TEXT_START_WITH" "starts with"
    TextDoesNotStart "TEXT_DOES_NOT_START_WITH" "does not start with"
    TextEnds "TEXT_ENDS_WITH" "ends with"
    TextDoesNotEnd "TEXT_DOES_NOT_END_WITH" "does not end with"
    NumberGreater "NUMBER_IS_GREATER_THAN" "is greater than"
    NumberLess "NUMBER_IS_LESS_THAN" "is less than"
    NumberEqual "NUMBER_IS_EQUAL_TO" "equals"
    IsTrue "BOOLEAN_IS_TRUE" "is true"
    IsFalse "BOOLEAN_IS_FALSE" "is false"
    DateBefore "DATE_IS_BEFORE" "is before"
    DateEqual "DATE_IS_EQUAL" "is the same time as"
    DateAfter "DATE_IS_AFTER" "is after"
    ListContains "LIST_CONTAINS" "has the item"
    ListDoesNotContain "LIST_DOES_NOT_CONTAIN" "does not have the item"
    ListEmpty "LIST_IS_EMPTY" "is an empty list"
    ListNotEmpty "LIST_IS_NOT_EMPTY" "is a list with items"
    Exists "EXISTS" "exists"
    DoesNotExist "DOES_NOT_EXIST" "does not exist"
}

impl Operator {
    /// Reads the name on the wire.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == word)
    }

    /// Looks at the left side only.
    pub fn is_unary(self) -> bool {
        matches!(
            self,
            Self::IsTrue
                | Self::IsFalse
                | Self::ListEmpty
                | Self::ListNotEmpty
                | Self::Exists
                | Self::DoesNotExist
        )
    }

    /// Can look at letter case.
    pub fn has_case(self) -> bool {
        self.as_str().starts_with("TEXT_")
            || matches!(self, Self::ListContains | Self::ListDoesNotContain)
    }

    /// Compares two resolved values. Letter case counts only when asked for.
    pub fn compare(self, first: &Value, second: &Value, case_sensitive: bool) -> bool {
        let text = |it: &Value| cased(plain_text(it), case_sensitive);
        match self {
            Self::TextContains => text(first).contains(&text(second)),
            Self::TextIs => text(first) == text(second),
            Self::TextStarts => text(first).starts_with(&text(second)),
            Self::TextEnds => text(first).ends_with(&text(second)),
            Self::NumberGreater => numbers(second, first),
            Self::NumberLess => numbers(first, second),
            Self::NumberEqual => equal(first, second),
            Self::IsTrue => truthy(first),
            Self::DateBefore => dates(first, second).is_some_and(|(first, second)| first < second),
            Self::DateEqual => {
                dates(first, second).is_some_and(|(first, second)| (first - second).abs() < 0.5)
            }
            Self::DateAfter => dates(first, second).is_some_and(|(first, second)| first > second),
            Self::ListContains => {
                let wanted = text(second);
                list_or_one(first).iter().any(|it| text(it) == wanted)
            }
            Self::ListEmpty => list(first).is_some_and(|it| it.is_empty()),
            Self::ListNotEmpty => list(first).is_some_and(|it| !it.is_empty()),
            Self::Exists => !matches!(first, Value::Null) && first.as_str() != Some(""),
            Self::TextDoesNotContain
            | Self::TextIsNot
            | Self::TextDoesNotStart
            | Self::TextDoesNotEnd
            | Self::IsFalse
            | Self::ListDoesNotContain
            | Self::DoesNotExist => !self.opposite().compare(first, second, case_sensitive),
        }
    }

    fn opposite(self) -> Self {
        match self {
            Self::TextDoesNotContain => Self::TextContains,
            Self::TextIsNot => Self::TextIs,
            Self::TextDoesNotStart => Self::TextStarts,
            Self::TextDoesNotEnd => Self::TextEnds,
            Self::IsFalse => Self::IsTrue,
            Self::ListDoesNotContain => Self::ListContains,
            Self::DoesNotExist => Self::Exists,
            other => other,
        }
    }
}

/// Whether any group holds; a group holds when all of it does. No group: no. An empty group: yes.
pub fn holds(groups: &[Vec<bool>]) -> bool {
    groups.iter().any(|it| it.iter().all(|it| *it))
}

/// The verdict of every branch of a router, index by index; the fallback's is whether no other holds.
///
/// # Errors
/// What `resolve` fails with, or `no_operator` with the branch's name where a condition has no comparison.
pub fn verdicts<E>(
    settings: &RouterSettings,
    mut resolve: impl FnMut(&str) -> Result<Value, E>,
    no_operator: impl Fn(&str) -> E,
) -> Result<Vec<bool>, E> {
    let mut verdicts = Vec::with_capacity(settings.branches.len());
    for branch in &settings.branches {
        let Branch::Condition { conditions, branch_name } = branch else {
            verdicts.push(false);
            continue;
        };
        let mut groups = Vec::with_capacity(conditions.len());
        for group in conditions {
            let mut all = Vec::with_capacity(group.len());
            for it in group {
                let operator = it.operator.as_deref().and_then(Operator::parse);
                let operator = operator.ok_or_else(|| no_operator(branch_name))?;
                let first = resolve(&it.first_value)?;
                let second = resolve(it.second_value.as_deref().unwrap_or_default())?;
                all.push(operator.compare(&first, &second, it.case_sensitive.unwrap_or(false)));
            }
            groups.push(all);
        }
        verdicts.push(holds(&groups));
    }
    let none = !verdicts.iter().any(|it| *it);
    for (branch, verdict) in settings.branches.iter().zip(&mut verdicts) {
        *verdict |= none && matches!(branch, Branch::Fallback { .. });
    }
    Ok(verdicts)
}

/// Which branches run, in order.
pub fn taken(execution: ExecutionType, verdicts: &[bool]) -> Vec<usize> {
    let fitting = verdicts.iter().enumerate().filter(|it| *it.1).map(|it| it.0);
    match execution {
        ExecutionType::FirstMatch => fitting.take(1).collect(),
        ExecutionType::AllMatch => fitting.collect(),
    }
}

fn plain_text(value: &Value) -> String {
    value.as_str().map_or_else(|| json_text(value), str::to_owned)
}

fn cased(text: String, case_sensitive: bool) -> String {
    if case_sensitive { text } else { text.to_lowercase() }
}

fn truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(it) => *it,
        Value::Number(it) => it.as_f64().is_some_and(|it| it != 0.0),
        Value::String(it) => !it.is_empty(),
        Value::Array(_) | Value::Object(_) => true,
    }
}

/// Numbers where both are; else texts in dictionary order where both are texts.
fn numbers(less: &Value, more: &Value) -> bool {
    let (left, right) = (number::of_json(less), number::of_json(more));
    match (less.as_str(), more.as_str()) {
        (Some(less), Some(more)) if left.is_nan() && right.is_nan() => less < more,
        _ => left < right,
    }
}

fn equal(first: &Value, second: &Value) -> bool {
    let (left, right) = (number::of_json(first), number::of_json(second));
    if left.is_nan() && right.is_nan() {
        plain_text(first) == plain_text(second)
    } else {
        left == right
    }
}

fn dates(first: &Value, second: &Value) -> Option<(f64, f64)> {
    let read = |it: &Value| match it {
        Value::String(text) => date::parse_loose(text),
        other => other.as_f64(),
    };
    Some((read(first)?, read(second)?))
}

fn list(value: &Value) -> Option<Vec<Value>> {
    match value {
        Value::Array(items) => Some(items.clone()),
        Value::String(text) => serde_json::from_str(text).ok(),
        _ => None,
    }
}

fn list_or_one(value: &Value) -> Vec<Value> {
    list(value).unwrap_or_else(|| vec![value.clone()])
}
