//! Writing a row, importing rows from a file, and saving a table as one.

use super::table_fns::export_table;
use super::tables::Desk;
use super::transfer::read_file;
use crate::error::AppError;
use crate::session;
use crate::ui::button::{Button, Size};
use crate::ui::dialog::{Dialog, FormFoot};
use crate::ui::form::FormProblems;
use crate::ui::problem::FormProblem;
use crate::ui::toast::use_toasts;
use crate::ui::typed::{Line, Lines};
use domain::flow::tables::{TableEdit, read_cells};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// A row as lines `name: value`.
#[component]
pub fn RowDialog(
    /// What the page shares.
    desk: Desk,
) -> impl IntoView {
    let wrong = RwSignal::new(None::<String>);
    let problems = FormProblems::of(desk.change.value());
    let is_new = Memo::new(move |_| desk.row.with(Option::is_none));
    let title = move || if is_new.get() { "Add a row" } else { "Change the row" }.to_owned();
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        wrong.set(None);
        match desk.text.with_untracked(|it| read_cells(it)) {
            Err(why) => wrong.set(Some(why)),
            Ok(cells) => {
                let edit = match desk.row.get_untracked() {
                    Some(id) => TableEdit::Replace(id, cells),
                    None => TableEdit::Add(vec![cells]),
                };
                desk.change.dispatch((desk.table.get_untracked(), edit));
            }
        }
    };
    let cells = Signal::derive(move || wrong.get().or_else(|| problems.field("cells").get()));
    view! {
        <Dialog open=desk.writing title=Signal::derive(title)>
            <form on:submit=send>
                <div class="dialog__body stack stack--4">
                    <Show when=move || is_new.get()>
                        <Line id="row-table" label="Table" value=desk.table error=problems.field("name") />
                    </Show>
                    <Lines id="row-cells" label="Cells" value=desk.text error=cells
                        hint="One on each line, as “name: value”. A number, true, false or JSON is kept as that." />
                    <FormProblem error=problems.rest(&["name", "cells"]) />
                </div>
                <FormFoot open=desk.writing busy=desk.change.pending() send="Save" />
            </form>
        </Dialog>
    }
}

/// Adds the rows of a CSV file.
#[component]
pub fn ImportDialog(
    /// What the page shares.
    desk: Desk,
) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let problems = FormProblems::of(desk.change.value());
    Effect::new(move |_| {
        if desk.importing.get() {
            text.set(String::new());
        }
    });
    let chosen = move |event: web_sys::Event| read_file(&event, move |words| text.set(words));
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        desk.change.dispatch((desk.table.get_untracked(), TableEdit::Import(text.get_untracked())));
    };
    let wrong = Signal::derive(move || {
        problems.field("csv").get().or_else(|| problems.field("cells").get())
    });
    view! {
        <Dialog open=desk.importing title="Import CSV">
            <form on:submit=send>
                <div class="dialog__body stack stack--4">
                    <Line id="csv-table" label="Table" value=desk.table error=problems.field("name") />
                    <div class="field">
                        <label class="label" for="csv-file">"File"</label>
                        <input class="input" type="file" id="csv-file" accept=".csv,.tsv,text/csv" on:change=chosen />
                    </div>
                    <Lines id="csv-text" label="Or paste it" value=text error=wrong
                        hint="The first line names the columns. Rows are added to those that are there." />
                    <FormProblem error=problems.rest(&["name", "csv", "cells"]) />
                </div>
                <FormFoot open=desk.importing busy=desk.change.pending() send="Import" />
            </form>
        </Dialog>
    }
}

/// Saves the whole table as a file.
#[component]
pub fn ExportButton(
    /// The table.
    name: Memo<String>,
) -> impl IntoView {
    let link = NodeRef::<leptos::html::A>::new();
    let busy = RwSignal::new(false);
    let toasts = use_toasts();
    let save = move |_| {
        busy.set(true);
        spawn_local(async move {
            let exported: Result<String, AppError> = export_table(name.get_untracked()).await;
            busy.try_set(false);
            match (exported, link.try_get_untracked().flatten()) {
                (Ok(text), Some(link)) => {
                    link.set_href(&format!(
                        "data:text/csv;charset=utf-8,{}",
                        session::encode(&text)
                    ));
                    link.click();
                }
                (Err(error), _) => toasts.failed(error.to_string()),
                (Ok(_), None) => {}
            }
        });
    };
    let file = move || format!("{}.csv", name.get());
    view! {
        <a class="sr" node_ref=link download=file tabindex="-1" aria-hidden="true"></a>
        <Button size=Size::Small icon="download" busy=busy on:click=save>"Export CSV"</Button>
    }
}
