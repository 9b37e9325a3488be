//! Every workspace of the installation, for super admins, and the way into each.

use crate::admin::isolation::Apart;
use crate::admin::server_fns::{CheckIsolation, load_workspaces};
use crate::auth::server_fns::SwitchWorkspace;
use crate::session::{can, current_user};
use crate::shell::missing::NotAllowed;
use crate::ui::badge::{Badge, Tone};
use crate::ui::button::Button;
use crate::ui::empty::Empty;
use crate::ui::pages::{NextRows, Pages};
use crate::ui::person::Tile;
use crate::ui::problem::Loaded;
use crate::ui::search::SearchBox;
use crate::ui::skeleton::RowsSkeleton;
use crate::ui::table::Table;
use crate::ui::time::use_now;
use domain::actor::Permission;
use domain::platform::{WorkspacePage, WorkspaceRow};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

/// The page, for super admins.
#[component]
pub fn WorkspacesPage() -> impl IntoView {
    let owns = can(Permission::Platform);
    view! {
        <Show
            when=move || owns.get()
            fallback=|| view! { <NotAllowed icon="layers" title="Only a super admin can see every workspace" needs=Permission::Platform /> }
        >
            <Workspaces />
        </Show>
    }
}

#[component]
fn Workspaces() -> impl IntoView {
    let words = RwSignal::new(String::new());
    let first = Resource::new(move || words.get(), |it| load_workspaces(it, String::new()));
    let check = ServerAction::<CheckIsolation>::new();
    let look = move |_| {
        check.dispatch(CheckIsolation {});
    };
    view! {
        <Title text="Workspaces" />
        <div class="page">
            <div class="page__head">
                <div class="page__t">
                    <h1>"Workspaces"</h1>
                    <p>"Each one has its own people, connections, flows and records. Nothing crosses between them."</p>
                </div>
                <div class="page__a">
                    <Button icon="shield" busy=check.pending() on:click=look>"Check that they are apart"</Button>
                </div>
            </div>
            <Apart check=check />
            <div class="toolbar">
                <SearchBox label="Search workspaces" words=words when_done=true />
            </div>
            <Loaded of=first skeleton=|| view! { <RowsSkeleton count=6 /> } let:page>
                <Rows first=page words=words.get_untracked() />
            </Loaded>
            <p class="xs quiet">"Entering a workspace that you do not belong to is written to its audit log."</p>
        </div>
    }
}

/// The rows so far, and a button for the next ones.
#[component]
fn Rows(first: WorkspacePage, words: String) -> impl IntoView {
    let pages = Pages::new((first.workspaces, first.next), move |cursor: String| {
        let page = load_workspaces(words.clone(), cursor);
        async move { page.await.map(|it| (it.workspaces, it.next)) }
    });
    view! {
        <Show
            when=move || !pages.is_empty()
            fallback=|| view! { <Empty icon="layers" title="Nothing matches" body="Clear the search to see every workspace." /> }
        >
            <Table caption="Workspaces" class="table--cq">
                <thead>
                    <tr>
                        <th>"Workspace"</th>
                        <th class="end">"People"</th>
                        <th class="end p2">"Flows on"</th>
                        <th class="end p3">"Runs, 7 days"</th>
                        <th class="end p3">"Assistant, this month"</th>
                        <th class="p2">"Last active"</th>
                        <th class="fit"><span class="sr">"Enter"</span></th>
                    </tr>
                </thead>
                <tbody>
                    <For each=move || pages.rows.get() key=|it| it.id.clone() let:row>
                        <Row row=row />
                    </For>
                </tbody>
            </Table>
        </Show>
        <NextRows pages=pages />
    }
}

#[component]
fn Row(row: WorkspaceRow) -> impl IntoView {
    let now = use_now();
    let is_here = current_user().with_untracked(|it| it.workspace_id == row.id);
    let last = row.last_active_at_ms;
    let enter = if is_here {
        view! { <Badge tone=Tone::Accent>"You are here"</Badge> }.into_any()
    } else {
        view! { <Enter row=row.clone() /> }.into_any()
    };
    view! {
        <tr>
            <td class="name wide">
                <div class="row gap-3"><Tile name=row.name.clone() /><span>{row.name}</span></div>
            </td>
            <td class="end num">{row.members}</td>
            <td class="end num p2">{row.flows_on}</td>
            <td class="end num p3">{row.runs_week}</td>
            <td class="end num p3">{money(row.cost_micros)}</td>
            <td class="p2 quiet">
                {move || last.map_or_else(|| "Not yet".to_owned(), |it| now.get().ago(it))}
            </td>
            <td>{enter}</td>
        </tr>
    }
}

/// A button that posts: the page is loaded anew, so nothing of the other workspace stays.
#[component]
fn Enter(row: WorkspaceRow) -> impl IntoView {
    view! {
        <form method="post" action=SwitchWorkspace::url()>
            <button
                class="btn btn--sm"
                type="submit"
                name="workspace"
                value=row.id.to_string()
                aria-label=format!("Enter {}", row.name)
            >
                "Enter"
            </button>
        </form>
    }
}

/// Millionths of a dollar as dollars and cents.
pub(crate) fn money(micros: i64) -> String {
    let cents = (micros + 5_000) / 10_000;
    format!("${}.{:02}", cents / 100, cents % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_dollars_and_cents() {
        assert_eq!(money(18_400_000), "$18.40");
        assert_eq!(money(0), "$0.00");
        assert_eq!(money(7_500), "$0.01");
    }
}
