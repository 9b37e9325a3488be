//! Keys with values, and lists, as rows.

use super::field::{Blank, Framed};
use super::input;
use super::text::{TextControl, Writing};
use super::values::InsertButton;
use crate::ui::button::{Button, Kind, Size};
use crate::ui::icon::Icon;
use leptos::prelude::*;
use serde_json::{Map, Value};

/// Keys and values as typed; a row may be unfinished.
#[component]
pub fn PairsField(
    /// The input.
    blank: Blank,
) -> impl IntoView {
    let rows = RwSignal::new(blank.value.with_untracked(|it| pairs(it.as_ref())));
    // Undo and the assistant change it too; a line that is not finished is kept while nothing else differs.
    Effect::new(move |_| {
        let stored = blank.value.get();
        let is_shown = rows.with_untracked(|it| {
            let map = stored.as_ref().and_then(Value::as_object);
            map.map_or_else(|| object(it).is_empty(), |map| object(it) == *map)
        });
        if !is_shown {
            rows.set(pairs(stored.as_ref()));
        }
    });
    let write = move || {
        let value = rows.with_untracked(|it| object(it));
        blank.type_in((!value.is_empty()).then_some(Value::Object(value)));
    };
    let change = move |at: usize, key: Option<String>, value: Option<String>| {
        rows.update(|rows| {
            if let Some(row) = rows.get_mut(at) {
                row.0 = key.unwrap_or_else(|| row.0.clone());
                row.1 = value.unwrap_or_else(|| row.1.clone());
            }
        });
        write();
    };
    let remove = move |at: usize| {
        rows.update(|rows| {
            rows.remove(at);
        });
        write();
    };
    let row = move |at: usize| {
        let key = move || rows.with(|it| it.get(at).map(|it| it.0.clone()).unwrap_or_default());
        let value = Memo::new(move |_| {
            rows.with(|it| it.get(at).map(|it| it.1.clone()).unwrap_or_default())
        });
        let store = Callback::new(move |text: String| change(at, None, Some(text)));
        let writing = line(blank, at, "Value".to_owned(), (value, store));
        view! {
            <div class="row">
                <input class="input" aria-label="Name" placeholder="Name" prop:value=key
                    on:change=move |event| change(at, Some(event_target_value(&event)), None) />
                <div class="grow"><TextControl writing=writing /></div>
                <InsertButton writing=writing />
                <RemoveButton label="Remove this line" remove=move |()| remove(at) />
            </div>
        }
    };
    let count = Memo::new(move |_| rows.with(Vec::len));
    view! {
        <Framed blank=blank>
            {move || (0..count.get()).map(row).collect_view()}
            <AddButton add=move |()| rows.update(|it| it.push(Default::default())) />
        </Framed>
    }
}

/// A list of texts.
#[component]
pub fn ItemsField(
    /// The input.
    blank: Blank,
) -> impl IntoView {
    let items = RwSignal::new(blank.value.with_untracked(|it| texts(it.as_ref())));
    // Undo and the assistant change it too.
    Effect::new(move |_| {
        let stored = texts(blank.value.get().as_ref());
        let is_shown = items.with_untracked(|it| {
            it.iter().map(|it| input::text(Some(&read(it)))).eq(stored.iter().cloned())
        });
        if !is_shown {
            items.set(stored);
        }
    });
    let write = move || {
        let list: Vec<_> = items.with_untracked(|it| it.iter().map(|it| read(it)).collect());
        blank.type_in((!list.is_empty()).then_some(Value::Array(list)));
    };
    let remove = move |at: usize| {
        items.update(|items| {
            items.remove(at);
        });
        write();
    };
    let row = move |at: usize| {
        let text = Memo::new(move |_| items.with(|it| it.get(at).cloned().unwrap_or_default()));
        let change = Callback::new(move |text: String| {
            items.update(|items| {
                if let Some(item) = items.get_mut(at) {
                    *item = text;
                }
            });
            write();
        });
        let writing = line(blank, at, format!("Item {}", at + 1), (text, change));
        view! {
            <div class="row">
                <div class="grow"><TextControl writing=writing /></div>
                <InsertButton writing=writing />
                <RemoveButton label="Remove this item" remove=move |()| remove(at) />
            </div>
        }
    };
    let count = Memo::new(move |_| items.with(Vec::len));
    view! {
        <Framed blank=blank>
            {move || (0..count.get()).map(row).collect_view()}
            <AddButton add=move |()| items.update(|it| it.push(String::new())) />
        </Framed>
    }
}

/// The text of the line `at`, which may hold values of earlier steps.
fn line(
    blank: Blank,
    at: usize,
    label: String,
    (text, store): (Memo<String>, Callback<String>),
) -> Writing {
    let id = format!("{}-{at}", blank.id());
    Writing::new(blank.studio, (&blank.step.get_value(), id), label, text, store)
}

#[component]
fn AddButton(#[prop(into)] add: Callback<()>) -> impl IntoView {
    view! {
        <Button size=Size::Small kind=Kind::Ghost icon="plus" on:click=move |_| add.run(())>
            "Add"
        </Button>
    }
}

#[component]
fn RemoveButton(label: &'static str, #[prop(into)] remove: Callback<()>) -> impl IntoView {
    view! {
        <button type="button" class="icon-btn icon-btn--xs" aria-label=label on:click=move |_| remove.run(())>
            <Icon name="x" />
        </button>
    }
}

fn pairs(value: Option<&Value>) -> Vec<(String, String)> {
    let map = value.and_then(Value::as_object).into_iter().flatten();
    map.map(|(key, value)| (key.clone(), input::text(Some(value)))).collect()
}

/// The finished rows; a line without a name is kept on screen only.
fn object(rows: &[(String, String)]) -> Map<String, Value> {
    let named = rows.iter().filter(|(key, _)| !key.trim().is_empty());
    named.map(|(key, text)| (key.trim().to_owned(), read(text))).collect()
}

/// Numbers, yes or no and JSON keep their kind; everything else is text.
pub(super) fn read(text: &str) -> Value {
    match serde_json::from_str(text) {
        Ok(Value::String(_)) | Err(_) => Value::from(text),
        Ok(value) => value,
    }
}

fn texts(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::Array(items)) => items.iter().map(|it| input::text(Some(it))).collect(),
        None | Some(Value::Null) => Vec::new(),
        Some(other) => vec![input::text(Some(other))],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn rows_become_an_object_and_back_without_losing_kinds() {
        let value = json!({"name": "{{trigger.body.name}}", "count": 3, "done": true});
        assert_eq!(Value::Object(object(&pairs(Some(&value)))), value);
    }

    #[test]
    fn a_line_without_a_name_is_not_stored() {
        assert!(object(&[(String::new(), "x".to_owned())]).is_empty());
    }
}
