//! Raw records as the pages show them.

use crate::{plain, rows};
use domain::project::Person;
use domain::record::{Item, Kind, Place};
use serde_json::Value;
use std::collections::HashMap;
use store::mirror::PersonRow;

/// Records as they came, with everybody they name.
pub(crate) struct Sheet {
    values: Vec<Value>,
    people: HashMap<i64, Person>,
    is_sample: bool,
}

fn shown(it: PersonRow) -> Person {
    Person { id: it.id, name: it.name, email: it.email, title: it.title }
}

/// A person, when `value` is one.
pub(crate) fn person(value: &Value) -> Option<Person> {
    rows::person(value).map(shown)
}

impl Sheet {
    /// `values` name people by id, or whole; `people` are those already known.
    pub(crate) fn new(values: Vec<Value>, people: Vec<PersonRow>, is_sample: bool) -> Self {
        let people = people.into_iter().map(|it| (it.id, shown(it))).collect();
        Self { values, people, is_sample }
    }

    /// The records as they came.
    pub(crate) fn values(self) -> Vec<Value> {
        self.values
    }

    /// The records that a page shows.
    pub(crate) fn items(mut self) -> Vec<Item> {
        let values = std::mem::take(&mut self.values);
        values.into_iter().filter_map(|it| self.item(it)).collect()
    }

    fn item(&mut self, value: Value) -> Option<Item> {
        let ends_at = value["ends_at"].as_str().map(str::to_owned);
        let bytes = value["byte_size"].as_i64();
        let is_whole_day = value["all_day"] == true;
        let part = |name: &str| {
            let people = value[name].as_array().into_iter().flatten();
            people.filter_map(|it| it["id"].as_i64()).collect::<Vec<_>>()
        };
        let participants = part("participants");
        let is_plain = plain::is_plain(&rows::rich(&value));
        let (record, named) = rows::record(value)?;
        let kind = Kind::parse(&record.kind)?;
        for it in named {
            self.people.entry(it.id).or_insert_with(|| shown(it));
        }
        let doers = if kind == Kind::Entry { &participants } else { &record.assignees };
        let day = |text: String| if is_whole_day { text.chars().take(10).collect() } else { text };
        Some(Item {
            app_url: self.page(&record.app_url, record.bucket_id, record.id),
            id: record.id,
            kind,
            project_id: record.bucket_id,
            parent_id: record.parent_id.unwrap_or_default(),
            place: record.parent_title,
            title: record.title,
            text: record.body,
            is_plain,
            completed: record.completed,
            due_on: record.due_on,
            starts_at: record.starts_on.filter(|_| kind == Kind::Entry).map(day),
            ends_at: ends_at.map(day),
            position: record.position,
            creator: record
                .creator_id
                .and_then(|it| self.people.get(&it))
                .map(|it| it.name.clone())
                .unwrap_or_default(),
            people: doers.iter().filter_map(|it| self.people.get(it).cloned()).collect(),
            comments: u32::try_from(record.comments).unwrap_or_default(),
            bytes,
            is_removed: record.status != "active",
            created_at_ms: record.created_at,
            updated_at_ms: record.updated_at,
        })
    }

    /// The sample has no pages of its own, so its links open the record in ours.
    fn page(&self, real: &str, project: i64, id: i64) -> String {
        if self.is_sample { format!("/projects/{project}?item={id}") } else { real.to_owned() }
    }

    /// The lists and groups among the records, each with its position.
    pub(crate) fn places(&self) -> Vec<(i64, Place)> {
        let place = |value: &Value| {
            let (record, _) = rows::record(value.clone())?;
            let page = record.app_url;
            let place = Place {
                id: record.id,
                name: record.title,
                group_of: record.parent_id.filter(|_| record.parent_kind == "Todolist"),
                is_loose: false,
                app_url: if self.is_sample {
                    format!("/projects/{}?tab=todos", record.bucket_id)
                } else {
                    page
                },
            };
            Some((record.position, place))
        };
        self.values.iter().filter_map(place).collect()
    }
}
