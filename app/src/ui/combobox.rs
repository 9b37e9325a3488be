//! A choice from a long or remote list: search, arrows, Enter.

use crate::ui::browser;
use crate::ui::icon::Icon;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

/// One entry of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What is chosen.
    pub value: String,
    /// The words.
    pub label: String,
    /// More about it, smaller.
    pub note: String,
}

impl Entry {
    /// An entry without a note.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into(), note: String::new() }
    }
}

/// Entries whose words contain all of `search`, in any case.
pub fn matching(entries: &[Entry], search: &str) -> Vec<Entry> {
    let search = search.trim().to_lowercase();
    entries.iter().filter(|it| it.label.to_lowercase().contains(&search)).cloned().collect()
}

/// A choice with search. `id` is unique on the page.
#[component]
pub fn Combobox(
    /// Unique on the page.
    #[prop(into)]
    id: String,
    /// The words above.
    #[prop(into)]
    label: String,
    /// What can be chosen.
    #[prop(into)]
    entries: Signal<Vec<Entry>>,
    /// What is chosen; empty for nothing.
    #[prop(into)]
    value: Signal<String>,
    /// Called with the value of the entry that was chosen.
    #[prop(into)]
    choose: Callback<String>,
    /// Shown while nothing is chosen.
    #[prop(default = "Choose")]
    placeholder: &'static str,
    /// Shown when there is nothing to choose from: why, and what to do.
    #[prop(default = "Nothing to choose from")]
    empty: &'static str,
    /// The list is on its way.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// What is wrong.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// Called with what is typed into the search, for lists that are longer than what is there.
    #[prop(optional, into)]
    searched: Option<Callback<String>>,
) -> impl IntoView {
    let popover = format!("{id}-list");
    let chosen = Signal::derive(move || {
        let value = value.get();
        entries.with(|list| list.iter().find(|it| it.value == value).map(|it| it.label.clone()))
    });
    let control = view! {
        <button
            class="combo__control"
            type="button"
            id=id.clone()
            popovertarget=popover.clone()
            aria-haspopup="listbox"
            aria-busy=move || busy.get().then_some("true")
            aria-invalid=move || error.with(Option::is_some).then_some("true")
        >
            <span class="val" class:placeholder=move || chosen.with(Option::is_none)>
                <span class="sr">{label.clone()}": "</span>
                {move || chosen.get().unwrap_or_else(|| placeholder.to_owned())}
            </span>
            <Icon name="chev-updown" />
        </button>
    };
    view! {
        <div class="field">
            <span class="label" aria-hidden="true">{label.clone()}</span>
            <div class="combo">{control} <List id=popover label=label entries=entries value=value choose=choose empty=empty searched=searched /></div>
            {move || error.get().map(|it| view! { <p class="error" role="alert"><Icon name="alert" />{it}</p> })}
        </div>
    }
}

/// One of the choices.
#[component]
fn Choice(
    popover: StoredValue<String>,
    at: usize,
    entry: Entry,
    active: RwSignal<usize>,
    value: Signal<String>,
    #[prop(into)] pick: Callback<String>,
) -> impl IntoView {
    let (key, chosen) = (entry.value.clone(), entry.value);
    view! {
        <div
            class="option"
            class:is-active=move || active.get() == at
            role="option"
            id=popover.with_value(|it| format!("{it}-{at}"))
            aria-selected=move || (value.get() == chosen).to_string()
            on:click=move |_| pick.run(key.clone())
        >
            <span class="grow trunc">{entry.label}</span>
            <span class="push">{entry.note}</span>
        </div>
    }
}

/// The popover: search above, what matches below.
#[component]
fn List(
    id: String,
    label: String,
    entries: Signal<Vec<Entry>>,
    value: Signal<String>,
    choose: Callback<String>,
    empty: &'static str,
    searched: Option<Callback<String>>,
) -> impl IntoView {
    let search = RwSignal::new(String::new());
    let active = RwSignal::new(0_usize);
    let shown = Memo::new(move |_| entries.with(|it| matching(it, &search.read())));
    let popover = StoredValue::new(id);
    let pick = move |value: String| {
        choose.run(value);
        search.set(String::new());
        popover.with_value(|it| browser::hide_popover(it));
    };
    let keydown = move |event: KeyboardEvent| {
        let count = shown.with(Vec::len);
        match event.key().as_str() {
            "ArrowDown" => active.update(|it| *it = (*it + 1).min(count.saturating_sub(1))),
            "ArrowUp" => active.update(|it| *it = it.saturating_sub(1)),
            "Enter" => {
                if let Some(entry) = shown.with(|it| it.get(active.get_untracked()).cloned()) {
                    pick(entry.value);
                }
            }
            _ => return,
        }
        event.prevent_default();
    };
    let typed = move |event| {
        search.set(event_target_value(&event));
        active.set(0);
        searched.inspect(|it| it.run(search.get_untracked()));
    };
    let options = move || {
        let list = shown.get();
        if list.is_empty() {
            return view! { <p class="sm muted" style="padding: 0.5rem">{empty}</p> }.into_any();
        }
        let option = |(at, entry)| view! { <Choice popover=popover at=at entry=entry active=active value=value pick=pick /> };
        list.into_iter().enumerate().map(option).collect_view().into_any()
    };
    let list_id = popover.with_value(|it| format!("{it}-options"));
    view! {
        <div class="popover" id=popover.get_value() popover="auto">
            <div class="input-wrap" style="padding: 0.375rem; border-block-end: 1px solid var(--line)">
                <input
                    class="input"
                    role="combobox"
                    autofocus
                    aria-label=format!("Search: {label}")
                    aria-expanded="true"
                    aria-controls=list_id.clone()
                    aria-activedescendant=move || popover.with_value(|it| format!("{it}-{}", active.get()))
                    placeholder="Search"
                    autocomplete="off"
                    prop:value=move || search.get()
                    on:input=typed
                    on:keydown=keydown
                />
            </div>
            <div class="listbox" role="listbox" id=list_id aria-label=label>
                {options}
            </div>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn search_finds_words_in_any_case() {
        let entries = [Entry::new("1", "Website relaunch"), Entry::new("2", "Office move")];
        assert_eq!(matching(&entries, " web"), [Entry::new("1", "Website relaunch")]);
        assert_eq!(matching(&entries, "").len(), 2);
        assert!(matching(&entries, "zebra").is_empty());
    }
}
