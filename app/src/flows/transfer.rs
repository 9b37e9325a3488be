//! Flows as files: saved from the browser, and read into it.

use super::folder_fns::import_flow;
use super::store::Studio;
use crate::error::AppError;
use crate::session;
use crate::ui::button::{Button, Kind};
use crate::ui::dialog::Dialog;
use crate::ui::icon::Icon;
use crate::ui::problem::FormProblem;
use crate::ui::typed::JsonLines;
use domain::flow::FlowVersion;
use domain::flow::edit::{FlowEdit, ImportFlow};
use domain::flow::exchange::{self, Imported};
use domain::problem::Issue;
use js_sys::{Function, Promise, Reflect};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_navigate;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};

/// The address of a file that the browser makes itself.
fn file_address(version: &FlowVersion) -> String {
    format!("data:application/json;charset=utf-8,{}", session::encode(&exchange::file(version)))
}

/// `Overdue nudge` becomes `overdue-nudge.flow.json`.
fn file_name(name: &str) -> String {
    let plain = |it: char| if it.is_alphanumeric() { it.to_ascii_lowercase() } else { '-' };
    let words: String = name.chars().map(plain).collect();
    let words = words.split('-').filter(|it| !it.is_empty()).collect::<Vec<_>>().join("-");
    format!("{}.flow.json", if words.is_empty() { "flow".to_owned() } else { words })
}

/// Saves the flow on screen as a file, without secrets.
#[component]
pub fn ExportLink(
    /// The open flow.
    studio: Studio,
) -> impl IntoView {
    // Made when it is pressed: a long flow is not written anew with every change.
    let address = RwSignal::new(String::from("#"));
    let name = move || studio.flow.with(|it| file_name(&it.version.display_name));
    let make = move || address.set(studio.flow.with_untracked(|it| file_address(&it.version)));
    view! {
        <a
            class="btn btn--sm"
            href=move || address.get()
            download=name
            on:pointerdown=move |_| make()
            on:focus=move |_| make()
        >
            <Icon name="download" />
            "Export as a file"
        </a>
    }
}

/// Has the browser save `version` as a file, without secrets; false when it does not.
pub fn save_file(version: &FlowVersion) -> bool {
    let save = || {
        let link = document().create_element("a").ok()?;
        link.set_attribute("href", &file_address(version)).ok()?;
        link.set_attribute("download", &file_name(&version.display_name)).ok()?;
        link.dyn_into::<web_sys::HtmlElement>().ok()?.click();
        Some(())
    };
    save().is_some()
}

/// Reads the first file of the input that changed.
pub(super) fn read_file(event: &web_sys::Event, then: impl FnOnce(String) + 'static) {
    let read = || {
        let input = JsValue::from(event.target()?);
        let files = Reflect::get(&input, &"files".into()).ok()?;
        let file = Reflect::get_u32(&files, 0).ok().filter(|it| !it.is_undefined())?;
        let text: Function = Reflect::get(&file, &"text".into()).ok()?.dyn_into().ok()?;
        text.call0(&file).ok()?.dyn_into::<Promise>().ok()
    };
    let Some(promise) = read() else { return };
    let read = Closure::once(move |text: JsValue| then(text.as_string().unwrap_or_default()));
    let _ = promise.then(&read);
    // It runs once, after this function is over.
    read.forget();
}

/// Reads a flow from a file or a text; what is wrong is said for each step before anything is made.
#[component]
pub fn ImportDialog(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// The open flow, whose draft it becomes; a new flow otherwise.
    #[prop(optional)]
    studio: Option<Studio>,
) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let wrong = RwSignal::new(Vec::<Issue>::new());
    let (busy, failed) = (RwSignal::new(false), RwSignal::new(None::<AppError>));
    let navigate = use_navigate();
    Effect::new(move |_| {
        if open.get() {
            text.set(String::new());
            wrong.set(Vec::new());
            failed.set(None);
        }
    });
    let into_draft = move |studio: Studio, it: Imported| {
        studio.edit(FlowEdit::ImportFlow(Box::new(ImportFlow {
            display_name: it.name,
            trigger: it.trigger,
            schema_version: it.schema_version,
            notes: Some(it.notes),
            keep_samples: false,
        })));
        studio.leave_missing_steps();
        open.set(false);
    };
    let start = move |_| match exchange::import(&text.get_untracked()) {
        Err(issues) => wrong.set(issues),
        Ok(imported) => match studio {
            Some(studio) => into_draft(studio, imported),
            None => {
                let navigate = navigate.clone();
                busy.set(true);
                spawn_local(async move {
                    match import_flow(text.get_untracked()).await {
                        Ok(flow) => navigate(&format!("/flows/{}", flow.id), Default::default()),
                        Err(error) => {
                            failed.try_set(Some(error));
                        }
                    }
                    busy.try_set(false);
                });
            }
        },
    };
    let words = if studio.is_some() { "Use it as the draft" } else { "Make the flow" };
    let empty = Signal::derive(move || text.with(|it| it.trim().is_empty()));
    view! {
        <Dialog open=open title="Import a flow">
            <div class="dialog__body stack stack--4">
                <Source text=text wrong=wrong />
                <Wrong issues=wrong />
                <FormProblem error=failed />
            </div>
            <div class="dialog__foot">
                <Button kind=Kind::Ghost on:click=move |_| open.set(false)>"Not now"</Button>
                <Button kind=Kind::Primary busy=busy disabled=empty on:click=start>{words}</Button>
            </div>
        </Dialog>
    }
}

/// A file, or its text.
#[component]
fn Source(text: RwSignal<String>, wrong: RwSignal<Vec<Issue>>) -> impl IntoView {
    // What was wrong was said of another text.
    Effect::new(move |before: Option<()>| {
        text.track();
        if before.is_some() {
            wrong.set(Vec::new());
        }
    });
    view! {
        <p>"A flow that was exported here, or from another engine with the same format. It becomes a draft; nothing runs."</p>
        <div class="field">
            <label class="label" for="flow-file">"File"</label>
            <input
                class="input"
                id="flow-file"
                type="file"
                accept="application/json,.json"
                on:change=move |event| read_file(&event, move |it| text.set(it))
            />
        </div>
        <JsonLines id="flow-text" label="Or its text" value=text />
    }
}

/// Everything that cannot be read, step by step.
#[component]
fn Wrong(issues: RwSignal<Vec<Issue>>) -> impl IntoView {
    let row = |it: Issue| view! { <li>{it.message}</li> };
    move || {
        let all = issues.get();
        (!all.is_empty()).then(|| {
            view! {
                <div role="alert">
                    <p class="error"><Icon name="alert" />"Nothing was imported."</p>
                    <ul class="stack sm">{all.into_iter().map(row).collect_view()}</ul>
                </div>
            }
        })
    }
}

/// Exporting the flow and putting a file in its place.
#[component]
pub fn FileActions(
    /// The open flow.
    studio: Studio,
) -> impl IntoView {
    let open = RwSignal::new(false);
    view! {
        <div class="row row--wrap">
            <ExportLink studio=studio />
            <Show when=move || studio.is_editing()>
                <Button size=crate::ui::button::Size::Small icon="upload" on:click=move |_| open.set(true)>"Import a file"</Button>
            </Show>
        </div>
        <ImportDialog open=open studio=studio />
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_called_like_its_flow() {
        assert_eq!(file_name("Overdue nudge, weekly!"), "overdue-nudge-weekly.flow.json");
        assert_eq!(file_name("…"), "flow.flow.json");
    }
}
