//! Webhooks of a project: made and listed inside its bucket, reached flat.

use crate::account::Account;
use crate::call::{Answer, Call};
use crate::webhook::{KINDS, Webhook};
use serde_json::{Value, json};
use url::{Host, Url};

/// Webhooks of one project.
const MOST: usize = 50;

pub(super) fn list(account: &Account, call: &Call) -> Answer {
    let Some(project) = call.bucket.filter(|it| account.project(*it).is_some()) else {
        return Answer::not_found();
    };
    let here = account.webhooks.iter().filter(|it| it.project_id == project);
    Answer::List(here.map(|it| it.render(call)).collect())
}

fn find<'a>(account: &'a Account, call: &Call, id: &str) -> Option<&'a Webhook> {
    let id: i64 = id.parse().ok()?;
    account.webhooks.iter().find(|it| it.id == id && call.holds(it.project_id))
}

pub(super) fn get(account: &Account, call: &Call, id: &str) -> Answer {
    find(account, call, id).map_or_else(Answer::not_found, |it| Answer::Record(200, it.whole(call)))
}

pub(super) fn create(account: &mut Account, call: &Call) -> Answer {
    let Some(project_id) = call.bucket.filter(|it| account.project(*it).is_some()) else {
        return Answer::not_found();
    };
    if account.webhooks.iter().filter(|it| it.project_id == project_id).count() >= MOST {
        return Answer::Refused(507, json!({"error": "Too many webhooks"}));
    }
    let mut hook = Webhook {
        id: account.take_id(),
        project_id,
        payload_url: String::new(),
        types: all(),
        active: true,
        created_at: call.now,
        updated_at: call.now,
        deliveries: Vec::new(),
    };
    if let Err(refused) = fill(&mut hook, &call.body) {
        return refused;
    }
    if hook.payload_url.is_empty() {
        return wrong("payload_url", "can't be blank");
    }
    let answer = Answer::Record(201, hook.render(call));
    account.webhooks.push(hook);
    answer
}

pub(super) fn update(account: &mut Account, call: &Call, id: &str) -> Answer {
    let Some(mut hook) = find(account, call, id).cloned() else { return Answer::not_found() };
    if let Err(refused) = fill(&mut hook, &call.body) {
        return refused;
    }
    hook.updated_at = call.now;
    let answer = Answer::Record(200, hook.render(call));
    if let Some(it) = account.webhooks.iter_mut().find(|it| it.id == hook.id) {
        *it = hook;
    }
    answer
}

pub(super) fn delete(account: &mut Account, call: &Call, id: &str) -> Answer {
    let Some(id) = find(account, call, id).map(|it| it.id) else { return Answer::not_found() };
    account.webhooks.retain(|it| it.id != id);
    Answer::Empty
}

fn all() -> Vec<String> {
    KINDS.iter().map(|it| (*it).to_owned()).collect()
}

/// The 400 form with a bare map of fields.
fn wrong(field: &str, message: &str) -> Answer {
    Answer::Refused(400, json!({ field: [message] }))
}

fn fill(hook: &mut Webhook, body: &Value) -> Result<(), Answer> {
    if let Some(url) = body.get("payload_url") {
        let url = url.as_str().unwrap_or_default();
        if !is_address(url) {
            return Err(wrong("payload_url", "must be an https address"));
        }
        url.clone_into(&mut hook.payload_url);
    }
    if let Some(types) = body.get("types").filter(|it| !it.is_null()) {
        hook.types = match types {
            Value::String(word) if word == "all" => all(),
            Value::Array(words) if words.is_empty() => all(),
            Value::Array(words) => {
                words.iter().filter_map(Value::as_str).map(str::to_owned).collect()
            }
            _ => Vec::new(),
        };
        if hook.types.iter().any(|it| it == "all") {
            hook.types = all();
        }
        if hook.types.is_empty() || hook.types.iter().any(|it| !KINDS.contains(&it.as_str())) {
            return Err(wrong("types", "is not included in the list"));
        }
    }
    if let Some(active) = body.get("active").and_then(Value::as_bool) {
        hook.active = active;
    }
    Ok(())
}

/// Addresses need https; only those of this machine do not.
fn is_address(text: &str) -> bool {
    let Ok(url) = Url::parse(text) else { return false };
    let is_here = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(it)) => it.is_loopback(),
        Some(Host::Ipv6(it)) => it.is_loopback(),
        None => false,
    };
    url.scheme() == "https" || (url.scheme() == "http" && is_here)
}
