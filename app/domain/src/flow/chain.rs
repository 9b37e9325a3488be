//! How steps in a row are written. Each step holds the next one, as the engines write it, but readers of JSON give up
//! where values nest too deep: a longer row is written as a list instead, and both are read.

use super::{Action, ActionKind, tree};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// Steps in a row that are still written into each other.
const NESTED: usize = 48;

type First = Option<Box<Action>>;

/// Writes `first` and what follows it.
pub(super) fn serialize<S: Serializer>(first: &First, serializer: S) -> Result<S::Ok, S::Error> {
    let Some(action) = first else { return serializer.serialize_none() };
    if tree::chain(Some(action)).nth(NESTED).is_none() {
        return action.serialize(serializer);
    }
    serializer.collect_seq(tree::chain(Some(action)).map(Alone::of))
}

/// Reads a step that holds the next one, a list of steps, or nothing.
pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<First, D::Error> {
    deserializer.deserialize_any(Reader)
}

/// A step without what follows it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Alone<'a> {
    name: &'a str,
    display_name: &'a str,
    valid: bool,
    skip: bool,
    #[serde(flatten)]
    kind: &'a ActionKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_loop_action: Option<Row<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    children: Option<Vec<Row<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    on_error_action: Option<Row<'a>>,
}

impl<'a> Alone<'a> {
    fn of(action: &'a Action) -> Self {
        Self {
            name: &action.name,
            display_name: &action.display_name,
            valid: action.valid,
            skip: action.skip,
            kind: &action.kind,
            first_loop_action: Row::of(&action.first_loop_action),
            children: action.children.as_ref().map(|it| it.iter().map(Row).collect()),
            on_error_action: Row::of(&action.on_error_action),
        }
    }
}

struct Row<'a>(&'a First);

impl<'a> Row<'a> {
    fn of(first: &'a First) -> Option<Self> {
        first.is_some().then_some(Row(first))
    }
}

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize(self.0, serializer)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = First;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a step, a list of steps or null")
    }

    fn visit_unit<E>(self) -> Result<First, E> {
        Ok(None)
    }

    fn visit_none<E>(self) -> Result<First, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<First, D::Error> {
        deserialize(deserializer)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<First, A::Error> {
        Action::deserialize(MapAccessDeserializer::new(map)).map(|it| Some(Box::new(it)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<First, A::Error> {
        let mut steps = Vec::new();
        while let Some(step) = seq.next_element::<Action>()? {
            if step.next_action.is_some() {
                return Err(A::Error::custom(
                    "a step in a list of steps names the next one as well. Use one of the two",
                ));
            }
            steps.push(step);
        }
        let join = |next: First, mut step: Action| {
            step.next_action = next;
            Some(Box::new(step))
        };
        Ok(steps.into_iter().rev().fold(None, join))
    }
}

/// The same for the branches of a router.
pub(super) mod children {
    use super::{First, Reader, Row};
    use serde::{Deserialize, Deserializer, Serializer};

    pub(in super::super) fn serialize<S: Serializer>(
        children: &Option<Vec<First>>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match children {
            Some(children) => serializer.collect_seq(children.iter().map(Row)),
            None => serializer.serialize_none(),
        }
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Vec<First>>, D::Error> {
        struct One(First);
        impl<'de> Deserialize<'de> for One {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any(Reader).map(One)
            }
        }
        let read = Option::<Vec<One>>::deserialize(deserializer)?;
        Ok(read.map(|it| it.into_iter().map(|it| it.0).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::super::catalog::step;
    use super::super::{Trigger, tree};

    fn row(steps: usize) -> Trigger {
        let mut trigger = step::empty_trigger();
        for at in (1..=steps).rev() {
            let mut one = step::loop_step(&format!("step_{at}"));
            one.next_action = trigger.next_action.take();
            trigger.next_action = Some(Box::new(one));
        }
        trigger
    }

    #[test]
    fn a_short_row_is_written_as_the_engines_do() {
        let json = serde_json::to_value(row(48)).expect("written");
        assert_eq!(json["nextAction"]["nextAction"]["name"], "step_2");
    }

    #[test]
    fn five_hundred_steps_are_read_again() {
        let mut long = row(500);
        let mut router = step::router_step("step_501");
        router.children = Some(vec![row(60).next_action, None]);
        router.on_error_action = row(50).next_action;
        router.next_action = long.next_action.take();
        long.next_action = Some(Box::new(router));
        let text = serde_json::to_string(&long).expect("written");
        let read: Trigger = serde_json::from_str(&text).expect("read");
        assert_eq!(read, long);
        assert_eq!(tree::steps(&read).len(), 561);
        assert_eq!(
            tree::chain(read.next_action.as_deref().unwrap().on_error_action.as_deref()).count(),
            50
        );
        let value = serde_json::to_value(&long).expect("written");
        assert_eq!(serde_json::from_value::<Trigger>(value).expect("read"), long);
    }

    #[test]
    fn a_step_of_a_list_names_no_next_one() {
        let mut json = serde_json::to_value(row(49)).expect("written");
        json["nextAction"][0]["nextAction"] = json["nextAction"][1].clone();
        let read = serde_json::from_value::<Trigger>(json);
        assert!(read.is_err_and(|it| it.to_string().contains("Use one of the two")));
    }
}
