//! How many requests came, and for what: what a client costs, by the sort of question.

use axum::http::request::Parts;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use url::form_urlencoded;

/// What distinguishes questions of one path.
const TOLD: [&str; 4] = ["type", "status", "bucket", "page"];

/// Requests by what they are about.
#[derive(Default)]
pub(crate) struct Counting(Mutex<BTreeMap<String, u64>>);

impl Counting {
    pub(crate) fn add(&self, parts: &Parts) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.entry(sort(parts)).or_default() += 1;
    }

    /// Each sort with how many there were, by name.
    pub(crate) fn all(&self) -> BTreeMap<String, u64> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn total(&self) -> u64 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).values().sum()
    }
}

/// `GET todos/:id`, `GET projects/recordings type=Todo status=active page`: without the account, ids and other values.
fn sort(parts: &Parts) -> String {
    let path = parts.uri.path().trim_matches('/').trim_end_matches(".json");
    let is_number = |it: &str| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit());
    let segments = path.split('/').enumerate().filter(|(at, it)| *at > 0 || !is_number(it));
    let segments = segments.map(|(_, it)| if is_number(it) { ":id" } else { it });
    let mut sort = format!("{} {}", parts.method, segments.collect::<Vec<_>>().join("/"));
    let query: Vec<_> =
        form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes()).collect();
    for name in TOLD {
        match query.iter().find(|(it, _)| it == name) {
            Some((_, value)) if matches!(name, "type" | "status") => {
                sort.push_str(&format!(" {name}={value}"));
            }
            Some(_) => sort.push_str(&format!(" {name}")),
            None => {}
        }
    }
    sort
}
