//! Keys with values, and lists, as rows.

use super::field::{Blank, Framed};
use super::input;
use super::text::{TextControl, TextField, TextKind, Writing};
use super::values::InsertButton;
use crate::ui::button::{Button, Kind, Size};
use crate::ui::choice::Switch;
use crate::ui::icon::Icon;
use domain::flow::catalog::PropKind;
use leptos::prelude::*;
use serde_json::{Map, Value};

/// An object that others write as JSON: rows while each of its values is one text, number, or yes or no; its JSON for
/// what rows cannot show, and for whoever wants it.
#[component]
pub fn ObjectField(
    /// The input.
    blank: Blank,
) -> impl IntoView {
    let is_flat = Memo::new(move |_| blank.value.with(|it| is_flat(it.as_ref())));
    let as_json = RwSignal::new(!is_flat.get_untracked());
    // It stays so when the value becomes flat: a person may just be writing it.
    Effect::new(move |_| {
        if !is_flat.get() {
            as_json.set(true);
        }
    });
    view! {
        {move || if as_json.get() {
            view! { <TextField blank=blank kind=TextKind::Json /> }.into_any()
        } else {
            view! { <PairsField blank=blank /> }.into_any()
        }}
        <div>
            <Switch on=as_json disabled=Signal::derive(move || !is_flat.get()) change=move |on: bool| as_json.set(on)>
                "As JSON"
            </Switch>
        </div>
    }
}

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
    let is_json = blank.field.with_value(|it| it.prop.kind == PropKind::Json);
    let write = move || {
        let value = rows.with_untracked(|it| object(it));
        // JSON without any field is still an object.
        blank.type_in((is_json || !value.is_empty()).then_some(Value::Object(value)));
    };
    let change = move |at: usize, change: &dyn Fn(&mut Row)| {
        rows.update(|rows| {
            if let Some(row) = rows.get_mut(at) {
                change(row);
            }
        });
        write();
    };
    let remove = move |at: usize| {
        rows.update(|rows| drop(rows.remove(at)));
        write();
    };
    let row = move |at: usize| {
        let key = move || rows.with(|it| it.get(at).map(|it| it.0.clone()).unwrap_or_default());
        let value = Memo::new(move |_| rows.with(|it| input::text(it.get(at).map(|it| &it.1))));
        let store = Callback::new(move |text: String| {
            change(at, &|row| row.1 = typed(&row.1, &text, is_json));
        });
        let writing = line(blank, at, "Value".to_owned(), (value, store));
        view! {
            <div class="named">
                <input class="input" aria-label="Name of the value" placeholder="Name" prop:value=key
                    on:change=move |event| change(at, &|row| row.0 = event_target_value(&event)) />
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
            <AddButton blank=blank words=if is_json { "Add a field" } else { "Add" }
                add=move |()| rows.update(|it| it.push((String::new(), Value::from("")))) />
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
            <AddButton blank=blank words="Add" add=move |()| items.update(|it| it.push(String::new())) />
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
fn AddButton(blank: Blank, words: &'static str, #[prop(into)] add: Callback<()>) -> impl IntoView {
    // It has the name of the input: that is where a problem with it leads to.
    view! {
        <Button size=Size::Small kind=Kind::Ghost icon="plus" attr:id=blank.id() on:click=move |_| add.run(())>
            {words}
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

/// A name and what it holds; what nobody writes in stays as it was.
type Row = (String, Value);

fn pairs(value: Option<&Value>) -> Vec<Row> {
    let map = value.and_then(Value::as_object).into_iter().flatten();
    map.map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// The finished rows; a line without a name is kept on screen only.
fn object(rows: &[Row]) -> Map<String, Value> {
    let named = rows.iter().filter(|(key, _)| !key.trim().is_empty());
    named.map(|(key, value)| (key.trim().to_owned(), value.clone())).collect()
}

/// Whether rows show all of it: nothing yet, or an object of texts, numbers, and yes or no.
fn is_flat(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null) => true,
        Some(Value::Object(map)) => map.values().all(is_single),
        Some(_) => false,
    }
}

fn is_single(value: &Value) -> bool {
    value.is_string() || value.is_number() || value.is_boolean()
}

/// What `text` means, typed over `before`: a text that could be a number stays one, and `only_single` leaves lists and
/// objects to whoever writes JSON.
fn typed(before: &Value, text: &str, only_single: bool) -> Value {
    let was_text = before.as_str().is_some_and(|it| !read(it).is_string());
    let value = read(text);
    if was_text || (only_single && !is_single(&value)) { Value::from(text) } else { value }
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
        assert!(object(&[(String::new(), json!("x"))]).is_empty());
    }

    #[test]
    fn a_value_keeps_its_kind_until_somebody_writes_something_else() {
        let value = json!({"zip": "5", "count": 5, "done": true});
        assert_eq!(Value::Object(object(&pairs(Some(&value)))), value);
        assert_eq!(typed(&json!("5"), "56", true), json!("56"));
        assert_eq!(typed(&json!(5), "56", true), json!(56));
        assert_eq!(typed(&json!(""), "true", true), json!(true));
        assert_eq!(typed(&json!(""), "[1]", true), json!("[1]"));
        assert_eq!(typed(&json!(""), "[1]", false), json!([1]));
    }

    #[test]
    fn rows_show_what_is_flat() {
        assert!(is_flat(None) && is_flat(Some(&json!({}))));
        assert!(is_flat(Some(&json!({"a": "x", "b": 1, "c": false}))));
        assert!(!is_flat(Some(&json!({"a": [1]}))) && !is_flat(Some(&json!({"a": null}))));
        assert!(!is_flat(Some(&json!([1]))) && !is_flat(Some(&json!("{{trigger.body}}"))));
    }
}
