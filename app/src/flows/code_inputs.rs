//! What a code step is given: names with values, which may be those of earlier steps.

use super::pairs::read;
use super::store::Studio;
use super::text::{TextControl, Writing};
use super::values::InsertButton;
use super::{input, text};
use crate::ui::button::{Button, Kind, Size};
use crate::ui::icon::Icon;
use leptos::prelude::*;
use serde_json::{Map, Value};

/// The inputs of a code step.
#[component]
pub fn CodeInputs(
    /// The open flow.
    studio: Studio,
    /// The step.
    step: StoredValue<String>,
) -> impl IntoView {
    let count = Memo::new(move |_| {
        studio.with_code(&step.get_value(), |it| it.input.len()).unwrap_or_default()
    });
    let add = move |_| {
        studio.change_code(&step.get_value(), None, |it| {
            let name = free(&it.input);
            it.input.insert(name, Value::from(""));
        });
    };
    view! {
        <div class="field" role="group" aria-label="Inputs">
            <div class="label">"Inputs"</div>
            <For each=move || 0..count.get() key=|at| *at let:at>
                <InputRow studio=studio step=step at=at />
            </For>
            <Button size=Size::Small kind=Kind::Ghost icon="plus" on:click=add>"Add an input"</Button>
            <p class="hint">"The code reads them as inputs.name. It sees nothing else of the flow."</p>
        </div>
    }
}

/// One input: its name, its value, and the way out. It is known by its place, so that it stays while it is renamed.
#[component]
fn InputRow(studio: Studio, step: StoredValue<String>, at: usize) -> impl IntoView {
    let id = format!("i-{}-{at}", step.get_value());
    let held = move || studio.with_code(&step.get_value(), |it| nth(&it.input, at)).flatten();
    let name = Memo::new(move |_| held().map(|it| it.0).unwrap_or_default());
    let stored = Memo::new(move |_| input::text(held().map(|it| it.1).as_ref()));
    let field = id.clone();
    let store = Callback::new(move |text: String| {
        studio.change_code(&step.get_value(), Some(&field), |it| {
            if let Some(value) = it.input.values_mut().nth(at) {
                *value = read(&text);
            }
        });
    });
    let touched = id.clone();
    let error = Signal::derive(move || {
        let path = format!("input.{}", name.get());
        studio.error_at(&step.get_value(), &touched, &path)
    });
    let writing = Writing::new(studio, (&step.get_value(), id), "Value", stored, store)
        .of_kind(text::TextKind::Line, error);
    let wrong = RwSignal::new(None::<String>);
    let rename = move |to: String| {
        let renamed =
            studio.with_code(&step.get_value(), |it| renamed(&it.input, &name.get(), &to));
        wrong.set(renamed.as_ref().and_then(|it| it.as_ref().err().cloned()));
        if let Some(Ok(input)) = renamed {
            studio.change_code(&step.get_value(), None, |it| it.input = input);
        }
    };
    let remove = move |_| {
        studio.change_code(&step.get_value(), None, |it| {
            it.input.shift_remove(&name.get_untracked());
        });
    };
    let problem = move || wrong.get().or_else(|| error.get());
    view! {
        <div class="pair" role="group" aria-label=move || format!("Input {}", name.get())>
            <div class="row">
                <input class="input" aria-label="Name" autocomplete="off" prop:value=move || name.get()
                    on:change=move |event| untrack(|| rename(event_target_value(&event))) />
                <div class="grow"><TextControl writing=writing /></div>
                <InsertButton writing=writing />
                <button type="button" class="icon-btn icon-btn--xs" aria-label="Remove this input" on:click=remove>
                    <Icon name="x" />
                </button>
            </div>
            {move || problem().map(|it| view! { <p class="error" role="alert"><Icon name="alert" />{it}</p> })}
        </div>
    }
}

/// The input at a place: its name and its value.
fn nth(input: &Map<String, Value>, at: usize) -> Option<(String, Value)> {
    input.iter().nth(at).map(|(name, value)| (name.clone(), value.clone()))
}

/// A name that is not taken: `input`, `input_2`, ...
fn free(input: &Map<String, Value>) -> String {
    let mut names =
        (1..).map(|it| if it == 1 { "input".to_owned() } else { format!("input_{it}") });
    names.find(|it| !input.contains_key(it)).unwrap_or_default()
}

/// `input` with one name changed; the order stays.
fn renamed(input: &Map<String, Value>, from: &str, to: &str) -> Result<Map<String, Value>, String> {
    let to = to.trim();
    if to.is_empty() {
        return Err("Give the input a name".to_owned());
    }
    if to != from && input.contains_key(to) {
        return Err(format!("There is an input called {to} already. Choose another name"));
    }
    let pairs = input.iter().map(|(name, value)| {
        let name = if name == from { to } else { name };
        (name.to_owned(), value.clone())
    });
    Ok(pairs.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_name_changes_in_its_place_and_no_other_is_lost() {
        let input = json!({ "a": 1, "b": 2, "c": 3 });
        let input = input.as_object().unwrap();
        let names = |it: Map<String, Value>| it.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(renamed(input, "b", " x ").unwrap()), ["a", "x", "c"]);
        assert!(renamed(input, "b", "c").unwrap_err().contains("already"));
        assert!(renamed(input, "b", " ").is_err());
        assert_eq!(free(input), "input");
        assert_eq!(free(&renamed(input, "a", "input").unwrap()), "input_2");
    }
}
