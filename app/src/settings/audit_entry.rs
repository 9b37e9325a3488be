//! One entry of the audit log, with everything that was noted.

use crate::settings::audit::words_of;
use crate::ui::code::Code;
use crate::ui::dialog::Dialog;
use crate::ui::disclosure::Disclosure;
use crate::ui::time::use_now;
use domain::event::StoredEvent;
use domain::words::capitalised;
use leptos::prelude::*;
use serde_json::Value;

/// The entry that is open; nothing while none is.
#[component]
pub(crate) fn EntryDialog(opened: RwSignal<Option<StoredEvent>>) -> impl IntoView {
    let open = RwSignal::new(false);
    Effect::new(move || open.set(opened.with(Option::is_some)));
    let title = Signal::derive(move || {
        opened.with(|it| it.as_ref().map(|it| words_of(&it.event))).unwrap_or_default()
    });
    let content = move || opened.get().map(|it| view! { <Facts entry=it /> });
    // Closed by whatever means, it can be opened again.
    Effect::new(move |was_open: Option<bool>| {
        let is_open = open.get();
        if was_open == Some(true) && !is_open {
            opened.set(None);
        }
        is_open
    });
    view! {
        <Dialog open=open title=title>
            <div class="dialog__body stack stack--4">{content}</div>
        </Dialog>
    }
}

#[component]
fn Facts(entry: StoredEvent) -> impl IntoView {
    let now = use_now();
    let at = entry.at_ms;
    let whole = serde_json::to_string_pretty(&entry).unwrap_or_default();
    let door = door_of(&entry.via);
    let when = move || {
        let now = now.get();
        format!("{}, {}", now.day_label(now.day_at(at)), now.hour(at))
    };
    let to = [entry.event.label.clone(), entry.event.target.clone()];
    let to: Vec<_> = to.into_iter().filter(|it| !it.is_empty()).collect();
    let facts = [
        ("Who", entry.actor.clone()),
        ("Through", door.to_owned()),
        ("To", to.join(", ")),
        ("Where from", entry.ip.clone().unwrap_or_default()),
        ("Request", entry.request_id.clone()),
        ("Number", entry.seq.to_string()),
    ];
    let noted = entry.event.detail.as_object().cloned().unwrap_or_default();
    let noted = noted.into_iter().map(|(key, value)| (plain(&key), shown(&value)));
    let all = facts.into_iter().map(|(name, value)| (name.to_owned(), value)).chain(noted);
    let row = |(name, value): (String, String)| view! { <dt>{name}</dt><dd style="overflow-wrap: anywhere">{value}</dd> };
    let rows = all.filter(|it| !it.1.is_empty()).map(row).collect_view();
    view! {
        <dl class="facts"><dt>"When"</dt><dd>{when}</dd>{rows}</dl>
        <Disclosure summary="As it was written"><Code label="Entry" text=whole /></Disclosure>
    }
}

/// The door it came through, in words.
fn door_of(via: &str) -> &'static str {
    match via {
        "ui" => "A page",
        "key" => "An API key",
        "chat" => "The assistant",
        "flow" => "A flow",
        _ => "PM OS itself",
    }
}

/// "Working days" of `working_days` and of `workingDays`.
fn plain(key: &str) -> String {
    let mut words = String::new();
    for letter in key.chars() {
        match letter {
            '_' => words.push(' '),
            letter if letter.is_ascii_uppercase() => {
                words.push(' ');
                words.push(letter.to_ascii_lowercase());
            }
            letter => words.push(letter),
        }
    }
    capitalised(&words)
}

/// A value as people read it: texts as they are, several with commas between them.
fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(all) => all.iter().map(shown).collect::<Vec<_>>().join(", "),
        Value::Object(all) => {
            let parts = all.iter().map(|(key, value)| format!("{}: {}", plain(key), shown(value)));
            parts.collect::<Vec<_>>().join(", ")
        }
        Value::Number(number) => number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_was_noted_reads_as_words() {
        assert_eq!(plain("workingDays"), "Working days");
        assert_eq!(plain("is_dry"), "Is dry");
        assert_eq!(shown(&json!({"role": "viewer", "old": ["a", "b"]})), "Role: viewer, Old: a, b");
        assert_eq!(shown(&json!(null)), "");
    }
}
