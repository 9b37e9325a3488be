//! Tables that flows keep: which there are, their rows page by page, and changes by hand.

use super::table_dialogs::{ExportButton, ImportDialog, RowDialog};
use super::table_fns::{change_table, list_tables, open_table};
use crate::error::AppError;
use crate::runs::words::count;
use crate::session;
use crate::ui::button::{Button, IconButton, Kind, Size};
use crate::ui::dialog::ConfirmOne;
use crate::ui::empty::Empty;
use crate::ui::icon::Icon;
use crate::ui::kept::{Kept, whole};
use crate::ui::skeleton::CardSkeleton;
use crate::ui::table::Table;
use crate::ui::toast::use_toasts;
use domain::actor::Permission;
use domain::flow::tables::{
    PAGE, TableEdit, TableInfo, TablePage, TableRow, cell_words, write_cells,
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{query_signal_with_options, use_query_map};

/// What the dialogs and buttons of the page share. Made by the page, so that it outlives a new reading of the rows.
#[derive(Clone, Copy)]
pub struct Desk {
    /// The table on screen; empty while none is.
    pub name: Memo<String>,
    /// Sends a change to a table.
    pub change: Action<(String, TableEdit), Result<(), AppError>>,
    /// Whether rows are written in the dialog.
    pub writing: RwSignal<bool>,
    /// Whether a file is imported.
    pub importing: RwSignal<bool>,
    /// The row that is changed; none for a new one.
    pub row: RwSignal<Option<String>>,
    /// The table that is written to.
    pub table: RwSignal<String>,
    /// What is written: lines `name: value`.
    pub text: RwSignal<String>,
}

impl Desk {
    fn new(name: Memo<String>) -> Self {
        let change = Action::new(|(name, edit): &(String, TableEdit)| {
            change_table(name.clone(), edit.clone())
        });
        let (writing, importing) = (RwSignal::new(false), RwSignal::new(false));
        let (table, text) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
        Self { name, change, writing, importing, row: RwSignal::new(None), table, text }
    }

    /// Opens the dialog for a row, or for a new one in `table`, which has these columns.
    fn write(self, table: String, row: Option<&TableRow>, columns: &[String]) {
        self.change.clear();
        self.row.set(row.map(|it| it.id.clone()));
        let empty = || columns.iter().map(|it| format!("{it}: ")).collect::<Vec<_>>().join("\n");
        self.text.set(row.map_or_else(empty, |it| write_cells(&it.cells)));
        self.table.set(table);
        self.writing.set(true);
    }

    fn import(self) {
        self.change.clear();
        self.table.set(self.name.get_untracked());
        self.importing.set(true);
    }
}

/// `/flows/tables`.
#[component]
pub fn TablesPage() -> impl IntoView {
    let query = use_query_map();
    let name = Memo::new(move |_| query.with(|it| it.get("table").unwrap_or_default()));
    let page =
        Memo::new(move |_| query.with(|it| it.get("page")?.parse::<u32>().ok()).unwrap_or(1));
    let desk = Desk::new(name);
    let version = move || desk.change.version().get();
    let tables = Resource::new(version, |_| list_tables());
    let opened = Resource::new(
        move || (name.get(), page.get(), version()),
        |(name, page, _)| async move {
            if name.is_empty() { Ok(None) } else { open_table(name, page).await.map(Some) }
        },
    );
    follow(desk);
    view! {
        <Title text="Tables" />
        <div class="page">
            <Head desk=desk />
            <Kept
                of=tables
                skeleton=|| view! { <CardSkeleton count=1 /> }
                children=move |it| view! { <Names tables=it desk=desk /> }
            />
            <Kept
                of=opened
                skeleton=|| view! { <CardSkeleton count=4 /> }
                children=move |it| view! { <Opened page=it desk=desk /> }
            />
            <RowDialog desk=desk />
            <ImportDialog desk=desk />
        </div>
    }
}

/// Closes what a change was written in, and goes to the table it made.
fn follow(desk: Desk) {
    let options = NavigateOptions { scroll: false, ..NavigateOptions::default() };
    let (_, set_name) = query_signal_with_options::<String>("table", options);
    let toasts = use_toasts();
    Effect::new(move || match desk.change.value().get() {
        Some(Ok(())) => {
            desk.writing.set(false);
            desk.importing.set(false);
            let table = desk.table.get_untracked().trim().to_owned();
            if desk.name.get_untracked() != table {
                set_name.set(Some(table));
            }
            toasts.say("The table is saved");
        }
        Some(Err(error)) if !desk.writing.get_untracked() && !desk.importing.get_untracked() => {
            toasts.failed(error.to_string());
        }
        _ => {}
    });
}

#[component]
fn Head(desk: Desk) -> impl IntoView {
    let may = session::can(Permission::Write);
    view! {
        <div class="page__head">
            <div class="page__t">
                <ol class="crumbs" aria-label="Breadcrumb">
                    <li><a href="/flows">"Flows"</a><Icon name="chev-right" /></li>
                    <li><span aria-current="page">"Tables"</span></li>
                </ol>
                <h1>"Tables"</h1>
                <p>"Rows that flows read and write. A table is there as long as it has rows."</p>
            </div>
            <div class="page__a">
                <Show when=move || may.get()>
                    <Button icon="upload" on:click=move |_| desk.import()>"Import CSV"</Button>
                    <Button kind=Kind::Primary icon="plus" on:click=move |_| desk.write(String::new(), None, &[])>
                        "New table"
                    </Button>
                </Show>
            </div>
        </div>
    }
}

/// The address of a part of a table.
fn address(name: &str, page: u32) -> String {
    let name = session::encode(name);
    if page > 1 {
        format!("/flows/tables?table={name}&page={page}")
    } else {
        format!("/flows/tables?table={name}")
    }
}

#[component]
fn Names(tables: Signal<Option<Vec<TableInfo>>>, desk: Desk) -> impl IntoView {
    let all = move || tables.get().unwrap_or_default();
    let is_empty = Memo::new(move |_| tables.with(|it| it.as_ref().is_none_or(Vec::is_empty)));
    let none = || {
        view! {
            <Empty icon="layers" title="No tables yet"
                body="A flow makes one when it adds a row. Or begin one here, by hand or from a CSV file." />
        }
    };
    let link = move |it: TableInfo| {
        let (is, href) = (it.name.clone(), address(&it.name, 1));
        let current = move || desk.name.with(|name| *name == is).then_some("page");
        let rows = usize::try_from(it.rows).unwrap_or(usize::MAX);
        view! { <a class="chip" href=href aria-current=current>{it.name}" "<span class="count">{rows}</span></a> }
    };
    view! {
        <Show when=move || is_empty.get() && desk.name.with(String::is_empty)>{none()}</Show>
        <nav class="chips" aria-label="Tables">
            <For each=all key=whole let:table>{link(table)}</For>
        </nav>
    }
}

#[component]
fn Opened(page: Signal<Option<Option<TablePage>>>, desk: Desk) -> impl IntoView {
    let shown = Memo::new(move |_| page.get().flatten());
    let is_there = Memo::new(move |_| shown.with(Option::is_some));
    view! { <Show when=move || is_there.get()><TableCard shown=shown desk=desk /></Show> }
}

#[component]
fn TableCard(shown: Memo<Option<TablePage>>, desk: Desk) -> impl IntoView {
    let may = session::can(Permission::Write);
    let gone = RwSignal::new(None::<String>);
    let columns = Memo::new(move |_| {
        shown.with(|it| it.as_ref().map(|it| it.columns.clone()).unwrap_or_default())
    });
    let rows = move || shown.with(|it| it.as_ref().map(|it| it.rows.clone()).unwrap_or_default());
    let add = move |_| desk.write(desk.name.get_untracked(), None, &columns.get_untracked());
    let remove = Callback::new(move |id: String| {
        desk.table.set(desk.name.get_untracked());
        desk.change.dispatch((desk.name.get_untracked(), TableEdit::Delete(id)));
    });
    let total = move || shown.with(|it| it.as_ref().map_or(0, |it| it.total));
    let summary = move || count(usize::try_from(total()).unwrap_or(usize::MAX), "row", "rows");
    view! {
        <section class="card" aria-labelledby="table-h">
            <div class="card__head">
                <h2 id="table-h">{move || desk.name.get()}</h2>
                <span class="xs quiet">{summary}</span>
                <span class="push row">
                    <Show when=move || { total() > 0 }><ExportButton name=desk.name /></Show>
                    <Show when=move || may.get()>
                        <Button size=Size::Small icon="plus" on:click=add>"Add a row"</Button>
                    </Show>
                </span>
            </div>
            <Table caption="Rows of the table" class="table--cq">
                <thead>
                    <tr>
                        <For each=move || columns.get() key=Clone::clone let:name><th>{name}</th></For>
                        <th class="fit"><span class="sr">"Actions"</span></th>
                    </tr>
                </thead>
                <tbody>
                    <For each=rows key=move |it| format!("{}{}", whole(it), columns.with(|it| it.join("|"))) let:row>
                        <Row row=row columns=columns.get_untracked() desk=desk gone=gone />
                    </For>
                </tbody>
            </Table>
            <Pages shown=shown />
        </section>
        <ConfirmOne asked=gone title=|_: &String| "Remove this row?".to_owned() body=|_: &String| "Flows no longer find it. This cannot be undone.".to_owned()
            action="Remove" confirm=remove />
    }
}

#[component]
fn Row(
    row: TableRow,
    columns: Vec<String>,
    desk: Desk,
    gone: RwSignal<Option<String>>,
) -> impl IntoView {
    let may = session::can(Permission::Write);
    let cells =
        columns.iter().map(|it| view! { <td>{cell_words(row.cells.get(it))}</td> }).collect_view();
    let row = StoredValue::new(row);
    let edit = move |_| row.with_value(|it| desk.write(desk.name.get_untracked(), Some(it), &[]));
    let remove = move |_| gone.set(Some(row.with_value(|it| it.id.clone())));
    view! {
        <tr>
            {cells}
            <td class="fit">
                <Show when=move || may.get()>
                    <span class="row nowrap">
                        <IconButton icon="edit" label="Change this row" class="icon-btn--sm" on:click=edit />
                        <IconButton icon="trash" label="Remove this row" class="icon-btn--sm" on:click=remove />
                    </span>
                </Show>
            </td>
        </tr>
    }
}

/// "Rows 51 to 100 of 214", and the way to the others.
#[component]
fn Pages(shown: Memo<Option<TablePage>>) -> impl IntoView {
    let content = move || {
        let it = shown.get()?;
        let first = u64::from(it.page - 1) * u64::from(PAGE) + 1;
        let last = (first + u64::from(PAGE) - 1).min(it.total);
        let words = if it.total == 0 {
            "No rows".to_owned()
        } else {
            format!("Rows {first} to {last} of {}", it.total)
        };
        let before = (it.page > 1).then(|| address(&it.name, it.page - 1));
        let after = (last < it.total).then(|| address(&it.name, it.page + 1));
        Some(view! {
            <nav class="pager" aria-label="Pages of the table">
                <span role="status">{words}</span>
                <span class="push row">
                    {before.map(|it| view! { <a class="btn btn--sm" href=it>"Earlier"</a> })}
                    {after.map(|it| view! { <a class="btn btn--sm" href=it>"Later"</a> })}
                </span>
            </nav>
        })
    };
    view! { {content} }
}
