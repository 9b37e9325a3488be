//! Integrations: which accounts flows and the assistant may use, and how they stand.

use crate::connections::account::AccountForm;
use crate::connections::apps::AppConnections;
use crate::connections::progress::{MirrorCard, use_mirror};
use crate::connections::registered::RegisteredApp;
use crate::connections::result::TestResult;
use crate::connections::row::{Acts, ConnectionRow};
use crate::connections::server_fns::{ChooseAccount, Disconnect, load_accesses, test_access};
use crate::connections::servers::ToolServers;
use crate::connections::start::{NoApp, SignInLink};
use crate::live::use_live;
use crate::session::can;
use crate::shell::missing::NotAllowed;
use crate::ui::badge::Tone;
use crate::ui::callout::Callout;
use crate::ui::dialog::ConfirmOne;
use crate::ui::empty::Empty;
use crate::ui::problem::Loaded;
use crate::ui::skeleton::RowsSkeleton;
use crate::ui::table::StackTable;
use crate::ui::toast::use_toasts;
use domain::actor::Permission;
use domain::event::Topic;
use domain::integration::{BasecampAccess, BasecampAccesses, Health, Sharing};
use leptos::prelude::*;
use leptos_meta::Title;

const HERE: &str = "/integrations";
/// What a connection to Basecamp takes with it.
const GOES: &str = "Its sign-in and what was read through it go from this server. Nothing in Basecamp changes; flows and conversations stay.";

/// The page, for those who may connect something.
#[component]
pub fn IntegrationsPage() -> impl IntoView {
    let connects = can(Permission::Write);
    view! {
        <Show
            when=move || connects.get()
            fallback=|| view! { <NotAllowed icon="plug" title="Viewers connect nothing" /> }
        >
            <Integrations />
        </Show>
    }
}

#[component]
fn Integrations() -> impl IntoView {
    let choose = ServerAction::<ChooseAccount>::new();
    let remove = ServerAction::<Disconnect>::new();
    let test = Action::new(|id: &String| test_access(id.clone()));
    let version = use_live().version(Topic::Connector);
    let accesses = Resource::new(
        move || {
            (version.get(), choose.version().get(), remove.version().get(), test.version().get())
        },
        |_| load_accesses(),
    );
    let mirror = use_mirror();
    let owns = can(Permission::Platform);
    let asked = RwSignal::new(None::<BasecampAccess>);
    let toasts = use_toasts();
    Effect::new(move || match remove.value().get() {
        Some(Ok(())) => toasts.say("Disconnected"),
        Some(Err(error)) => toasts.failed(error.to_string()),
        None => {}
    });
    Effect::new(move || {
        if let Some(Err(error)) = test.value().get() {
            toasts.failed(error.to_string());
        }
    });
    let acts = Acts {
        test: Callback::new(move |id| {
            test.dispatch(id);
        }),
        testing: test.pending(),
        asked,
    };
    view! {
        <Title text="Integrations" />
        <div class="page">
            <div class="page__head">
                <div class="page__t">
                    <h1>"Integrations"</h1>
                    <p>"Accounts that flows and the assistant may use. Each is tested once a day."</p>
                </div>
            </div>
            <Loaded of=accesses skeleton=|| view! { <RowsSkeleton count=3 /> } let:all>
                <Content all=all acts=acts choose=choose />
            </Loaded>
            <MirrorCard of=mirror />
            <Show when=move || owns.get()><RegisteredApp saved=move |()| accesses.refetch() /></Show>
            <AppConnections />
            <ToolServers />
            <ConfirmOne
                asked=asked
                title=|it| format!("Disconnect {}?", it.name)
                body=|_| GOES.to_owned()
                action="Disconnect"
                confirm=move |it: BasecampAccess| {
                    remove.dispatch(Disconnect { connection: it.id.to_string() });
                }
            />
        </div>
    }
}

#[component]
fn Content(
    all: BasecampAccesses,
    acts: Acts,
    choose: ServerAction<ChooseAccount>,
) -> impl IntoView {
    let manages = can(Permission::Manage).get_untracked();
    let BasecampAccesses { connections, can_sign_in } = all;
    let is_empty = connections.is_empty();
    let add = can_sign_in.then(|| view! { <Add manages=manages /> });
    let no_app = (!can_sign_in && manages).then(|| view! { <NoApp /> });
    let choosing = connections.iter().filter(|it| it.health == Health::Choosing).cloned();
    let choosing = choosing
        .map(|it| {
            let title = format!("{} opens several accounts", it.signed_in_as);
            view! { <Callout tone=Tone::Warn title=title><AccountForm access=it choose=choose /></Callout> }
        })
        .collect_view();
    let tested = connections.iter().find(|it| it.is_in_use && it.checked.is_some()).cloned();
    let tested = tested.and_then(|it| {
        let (sharing, may_mend) = (it.sharing, it.may_change && it.health == Health::NeedsAttention);
        let checked = it.checked?;
        Some(view! {
            <TestResult checked=checked>
                {may_mend.then(|| view! { <SignInLink sharing=sharing back=HERE class="btn--primary">"Sign in to Basecamp"</SignInLink> })}
            </TestResult>
        })
    });
    let list = if is_empty {
        let body = "Connect Basecamp, and flows and the assistant work with your projects.";
        view! { <Empty icon="plug" title="Nothing is connected yet" body=body /> }.into_any()
    } else {
        view! { <List connections=connections acts=acts /> }.into_any()
    };
    view! {
        {no_app}
        {choosing}
        {list}
        {add}
        {tested}
    }
}

/// The ways to connect one more.
#[component]
fn Add(manages: bool) -> impl IntoView {
    let shared = manages.then(|| {
        view! {
            <SignInLink sharing=Sharing::Workspace back=HERE class="btn--primary">"Connect Basecamp for everybody"</SignInLink>
        }
    });
    view! {
        <div class="row row--wrap">
            {shared}
            <SignInLink sharing=Sharing::Personal back=HERE>"Connect my own Basecamp"</SignInLink>
        </div>
    }
}

const COLUMNS: &[(&str, &str)] =
    &[("Connection", ""), ("Who can use it", "p2"), ("Health", ""), ("Checked", "p3")];

#[component]
fn List(connections: Vec<BasecampAccess>, acts: Acts) -> impl IntoView {
    let rows = connections
        .into_iter()
        .map(|it| view! { <ConnectionRow access=it acts=acts /> })
        .collect_view();
    view! {
        <StackTable caption="Connections" columns=COLUMNS>{rows}</StackTable>
    }
}
