//! Every connection in one list: those to Basecamp, and what flows sign in with at other apps.

use crate::connections::apps::AppState;
use crate::connections::apps::row::AppRow;
use crate::connections::row::{Acts, ConnectionRow};
use crate::ui::badge::Tone;
use crate::ui::button::{Button, Size};
use crate::ui::callout::Callout;
use crate::ui::choice::Chip;
use crate::ui::empty::Empty;
use crate::ui::kept::whole;
use crate::ui::search::SearchBox;
use crate::ui::table::StackTable;
use domain::flow::connection::{ConnectionScope, ConnectionStatus, ListedConnection};
use domain::integration::{BasecampAccess, Health, Sharing};
use domain::words::count;
use leptos::prelude::*;
use serde::Serialize;

/// A connection, whatever it is to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum AnyConnection {
    /// To Basecamp.
    Basecamp(BasecampAccess),
    /// To another app, for flows.
    App(ListedConnection),
}

impl AnyConnection {
    fn name(&self) -> &str {
        match self {
            Self::Basecamp(it) => &it.name,
            Self::App(it) => &it.connection.display_name,
        }
    }

    fn is_shared(&self) -> bool {
        match self {
            Self::Basecamp(it) => it.sharing == Sharing::Workspace,
            Self::App(it) => it.connection.scope == ConnectionScope::Workspace,
        }
    }

    fn needs_attention(&self) -> bool {
        match self {
            Self::Basecamp(it) => {
                let failed = it.checked.as_ref().is_some_and(|it| it.error.is_some());
                it.health != Health::Working || failed
            }
            Self::App(it) => it.connection.status != ConnectionStatus::Active,
        }
    }
}

/// The words of a chip, and which connections it keeps.
type Part = (&'static str, fn(&AnyConnection) -> bool);

/// What the chips filter by.
const PARTS: [Part; 4] = [
    ("All", |_| true),
    ("Workspace", AnyConnection::is_shared),
    ("Personal", |it| !it.is_shared()),
    ("Needs attention", AnyConnection::needs_attention),
];

/// The list, with what narrows it.
#[component]
pub(crate) fn AllConnections(
    #[prop(into)] all: Signal<Vec<AnyConnection>>,
    acts: Acts,
    state: AppState,
) -> impl IntoView {
    let (words, part) = (RwSignal::new(String::new()), RwSignal::new(0_usize));
    let is_empty = Memo::new(move |_| all.with(Vec::is_empty));
    let has_apps = Memo::new(move |_| {
        all.with(|all| all.iter().any(|it| matches!(it, AnyConnection::App(_))))
    });
    let fitting = Memo::new(move |_| {
        let (wanted, holds) = (words.get().trim().to_lowercase(), PARTS[part.get()].1);
        let mut fits = all.get();
        fits.retain(|it| holds(it) && it.name().to_lowercase().contains(&wanted));
        fits
    });
    let chip = move |(at, (words, _)): (usize, Part)| {
        view! {
            <Chip on=Signal::derive(move || part.get() == at) press=move |()| part.set(at)>{words}</Chip>
        }
    };
    let nothing = || {
        let body = "Connect Basecamp, and flows and the assistant work with your projects.";
        view! { <Empty icon="plug" title="Nothing is connected yet" body=body /> }
    };
    let no_match = || {
        let body = "Clear the search to see all of them.";
        view! { <Empty icon="plug" title="No connection matches" body=body /> }
    };
    view! {
        <Show when=move || !is_empty.get() fallback=nothing>
            <div class="toolbar">
                <SearchBox label="Search connections" words=words />
                <div class="chips">{PARTS.into_iter().enumerate().map(chip).collect_view()}</div>
            </div>
            <Show when=move || fitting.with(|it| !it.is_empty()) fallback=no_match>
                <Rows fitting=fitting acts=acts state=state />
            </Show>
        </Show>
        <Show when=move || !has_apps.get()>
            <p class="sm quiet">
                "Flows use no app with a sign-in yet. Keep an app\u{2019}s key or sign-in here once, and steps use it without showing it."
            </p>
        </Show>
    }
}

/// Connections that do not work, each with the flows that wait for it and the way to mend it.
#[component]
pub(crate) fn Troubled(
    #[prop(into)] all: Signal<Vec<AnyConnection>>,
    state: AppState,
) -> impl IntoView {
    let broken = move || {
        let apps = all.get().into_iter().filter_map(|it| match it {
            AnyConnection::App(it) => Some(it),
            AnyConnection::Basecamp(_) => None,
        });
        apps.filter(|it| it.connection.status != ConnectionStatus::Active && !it.used_by.is_empty())
            .collect::<Vec<_>>()
    };
    let callout = move |it: ListedConnection| {
        let id = it.connection.id.clone();
        let title = held(&it.connection.display_name, it.used_by.len());
        let names: Vec<_> = it.used_by.iter().map(|it| it.name.clone()).collect();
        let problem = it.connection.problem.map(|it| format!("{it}. ")).unwrap_or_default();
        let words = format!("{problem}Waiting for it: {}.", names.join(", "));
        let mend = it.may_change.then(|| {
            view! {
                <div class="callout__act">
                    <Button size=Size::Small on:click=move |_| state.opened.set(Some(id.clone()))>
                        {format!("Reconnect {}", it.connection.display_name)}
                    </Button>
                </div>
            }
        });
        view! { <Callout tone=Tone::Bad title=title><p>{words}</p>{mend}</Callout> }
    };
    view! { <For each=broken key=whole let:it>{callout(it)}</For> }
}

/// "Studio CRM does not work, and 2 flows use it".
fn held(name: &str, flows: usize) -> String {
    let verb = if flows == 1 { "uses" } else { "use" };
    format!("{name} does not work, and {} {verb} it", count(flows, "flow", "flows"))
}

const COLUMNS: &[(&str, &str)] = &[
    ("Connection", ""),
    ("Who can use it", "p2"),
    ("Health", ""),
    ("Used by", "p2"),
    ("Checked", "p3"),
];

#[component]
fn Rows(fitting: Memo<Vec<AnyConnection>>, acts: Acts, state: AppState) -> impl IntoView {
    let row = move |it: AnyConnection| match it {
        AnyConnection::Basecamp(access) => {
            view! { <ConnectionRow access=access acts=acts /> }.into_any()
        }
        AnyConnection::App(listed) => view! { <AppRow listed=listed state=state /> }.into_any(),
    };
    view! {
        <StackTable caption="Connections" columns=COLUMNS>
            <For each=move || fitting.get() key=whole let:it>{row(it)}</For>
        </StackTable>
    }
}

#[cfg(test)]
mod tests {
    use super::held;

    #[test]
    fn flows_that_wait_are_counted() {
        assert_eq!(held("Studio CRM", 1), "Studio CRM does not work, and 1 flow uses it");
        assert_eq!(held("Studio CRM", 2), "Studio CRM does not work, and 2 flows use it");
    }
}
