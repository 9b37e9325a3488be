//! A request as the routes see it, and what they answer.

use crate::account::Time;
use crate::bumps::Bumps;
use crate::paging::Page;
use crate::spans::SpanNames;
use axum::http::Method;
use chrono::{NaiveDate, TimeDelta};
use serde_json::{Value, json};

/// A request, already let in and taken apart.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) method: Method,
    /// Path parts after the account and the bucket, without `.json`.
    pub(crate) path: Vec<String>,
    /// The bucket, when the path was inside one.
    pub(crate) bucket: Option<i64>,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) body: Value,
    pub(crate) now: Time,
    pub(crate) today: NaiveDate,
    pub(crate) bumps: Bumps,
    pub(crate) span_names: SpanNames,
    pub(crate) feed_delay: TimeDelta,
    pub(crate) links: Links,
}

impl Call {
    /// The first value of a query parameter.
    pub(crate) fn param(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Whether the path allows records of `project_id`: any when flat, only its own inside a bucket.
    pub(crate) fn holds(&self, project_id: i64) -> bool {
        self.bucket.is_none_or(|it| it == project_id)
    }

    /// Which page is asked for, from 1.
    pub(crate) fn page(&self) -> usize {
        let number = self.param("page").and_then(|it| it.parse().ok()).unwrap_or(1_usize);
        number.clamp(1, 1_000_000)
    }

    /// Every number of a repeated query parameter (`name[]`).
    pub(crate) fn numbers(&self, name: &str) -> Vec<i64> {
        self.query
            .iter()
            .filter(|(key, _)| key == name)
            .filter_map(|(_, value)| value.parse().ok())
            .collect()
    }
}

/// Where this account's links begin.
#[derive(Clone)]
pub(crate) struct Links {
    /// `http://127.0.0.1:1234/4100123`.
    pub(crate) api: String,
    /// The same account's pages.
    pub(crate) app: String,
}

/// What a route answers.
pub(crate) enum Answer {
    /// One record, with 200 or 201.
    Record(u16, Value),
    /// A whole collection: paging is not the route's business.
    List(Vec<Value>),
    /// One page of a collection, cut by the route, which then renders no more than that.
    Page(Page<Value>),
    /// A collection that is never paged.
    Whole(Vec<Value>),
    /// A page of a collection under a name, beside other fields.
    Enveloped(&'static str, Value, Box<Page<Value>>),
    /// It is at another address.
    Moved(String),
    /// Done, nothing to say.
    Empty,
    /// A JSON error.
    Refused(u16, Value),
    /// The real service has it, this one does not.
    Unimplemented,
}

impl Answer {
    pub(crate) fn not_found() -> Self {
        Self::Refused(404, json!({"status": 404, "error": "Not Found"}))
    }

    /// A field is wrong: the 422 form.
    pub(crate) fn unprocessable(field: &str, message: &str) -> Self {
        Self::Refused(422, json!({"errors": {field: [message]}}))
    }

    /// A field is missing: the 400 form.
    pub(crate) fn missing(field: &str) -> Self {
        Self::Refused(
            400,
            json!({"error": format!("param is missing or the value is empty: {field}")}),
        )
    }

    /// The same answer, with everything in it changed.
    pub(crate) fn map(mut self, change: impl Fn(&mut Value)) -> Self {
        match &mut self {
            Self::Record(_, value) => change(value),
            Self::List(items) | Self::Whole(items) => items.iter_mut().for_each(change),
            Self::Page(page) => page.items.iter_mut().for_each(change),
            Self::Enveloped(_, around, page) => {
                change(around);
                page.items.iter_mut().for_each(change);
            }
            Self::Moved(_) | Self::Empty | Self::Refused(..) | Self::Unimplemented => {}
        }
        self
    }

    /// Whether the account changed.
    pub(crate) fn succeeded(&self) -> bool {
        !matches!(self, Self::Refused(..) | Self::Unimplemented)
    }
}
