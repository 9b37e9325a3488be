//! Integrations: which accounts flows and the assistant may use, and how they stand.

use crate::connections::account::AccountForm;
use crate::connections::all::{AllConnections, AnyConnection, Troubled};
use crate::connections::apps::server_fns::load_flow_connections;
use crate::connections::apps::{AppDialogs, AppState, CameBack};
use crate::connections::progress::{MirrorCard, use_mirror};
use crate::connections::registered::RegisteredApp;
use crate::connections::result::TestResult;
use crate::connections::row::Acts;
use crate::connections::server_fns::{
    CheckConnections, ChooseAccount, Disconnect, load_accesses, test_access,
};
use crate::connections::servers::ToolServers;
use crate::connections::start::{NoApp, SignInLink};
use crate::error::AppError;
use crate::live::use_live;
use crate::session::can;
use crate::shell::missing::NotAllowed;
use crate::ui::badge::Tone;
use crate::ui::button::Button;
use crate::ui::callout::Callout;
use crate::ui::dialog::ConfirmOne;
use crate::ui::disclosure::Disclosure;
use crate::ui::kept::Kept;
use crate::ui::skeleton::RowsSkeleton;
use crate::ui::toast::use_toasts;
use domain::actor::Permission;
use domain::event::Topic;
use domain::flow::connection::ConnectionList;
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

/// What is connected, as it was read together.
type Both = (BasecampAccesses, ConnectionList);

async fn load_both() -> Result<Both, AppError> {
    Ok((load_accesses().await?, load_flow_connections().await?))
}

/// What is done to connections from this page.
#[derive(Clone, Copy)]
struct Desk {
    choose: ServerAction<ChooseAccount>,
    remove: ServerAction<Disconnect>,
    test: Action<String, Result<BasecampAccess, AppError>>,
    check: ServerAction<CheckConnections>,
    apps: AppState,
    /// The connection to Basecamp that is asked about before it goes.
    asked: RwSignal<Option<BasecampAccess>>,
}

impl Desk {
    fn new() -> Self {
        let desk = Self {
            choose: ServerAction::new(),
            remove: ServerAction::new(),
            test: Action::new(|id: &String| test_access(id.clone())),
            check: ServerAction::new(),
            apps: AppState::new(),
            asked: RwSignal::new(None),
        };
        desk.tell();
        desk
    }

    /// Says how it went.
    fn tell(self) {
        let toasts = use_toasts();
        Effect::new(move || match self.remove.value().get() {
            Some(Ok(())) => toasts.say("Disconnected"),
            Some(Err(error)) => toasts.failed(error.to_string()),
            None => {}
        });
        Effect::new(move || {
            if let Some(Err(error)) = self.test.value().get() {
                toasts.failed(error.to_string());
            }
        });
        Effect::new(move || match self.check.value().get() {
            Some(Ok(found)) if found.failed.is_empty() => toasts.say(all_work(found.works)),
            Some(Ok(found)) => {
                toasts.failed(format!("Not working: {}", found.failed.join(", ")));
            }
            Some(Err(error)) => toasts.failed(error.to_string()),
            None => {}
        });
    }

    /// Everything connected, read again whenever something about it changes.
    fn all(self) -> Resource<Result<Both, AppError>> {
        let live = use_live();
        let (connectors, flows) = (live.version(Topic::Connector), live.version(Topic::Flow));
        Resource::new(
            move || {
                let own = (self.choose.version().get(), self.remove.version().get());
                let tests = (self.test.version().get(), self.check.version().get());
                ((connectors.get(), flows.get()), own, tests, self.apps.version())
            },
            |_| load_both(),
        )
    }
}

fn all_work(count_of: u32) -> String {
    match count_of {
        0 => "There is nothing to test yet".to_owned(),
        1 => "The connection works".to_owned(),
        many => format!("All {many} connections work"),
    }
}

#[component]
fn Integrations() -> impl IntoView {
    let desk = Desk::new();
    let all = desk.all();
    let mirror = use_mirror();
    let owns = can(Permission::Platform);
    let check = move |_| {
        desk.check.dispatch(CheckConnections {});
    };
    view! {
        <Title text="Integrations" />
        <div class="page">
            <div class="page__head">
                <div class="page__t">
                    <h1>"Integrations"</h1>
                    <p>"Accounts that flows and the assistant may use. Each is tested once a day. A flow uses the person\u{2019}s own connection first, then the workspace\u{2019}s."</p>
                </div>
                <div class="page__a">
                    <Button icon="refresh" busy=desk.check.pending() on:click=check>"Check all"</Button>
                    <Button icon="plus" on:click=move |_| desk.apps.adding.set(true)>"Add a connection"</Button>
                </div>
            </div>
            <Kept of=all skeleton=|| view! { <RowsSkeleton count=3 /> } let:both>
                <Content both=both desk=desk />
            </Kept>
            <MirrorCard of=mirror />
            <ToolServers />
            <Show when=move || owns.get()><RegisteredApp saved=move |()| all.refetch() /></Show>
            <ConfirmOne
                asked=desk.asked
                title=|it| format!("Disconnect {}?", it.name)
                body=|_| GOES.to_owned()
                action="Disconnect"
                confirm=move |it: BasecampAccess| {
                    desk.remove.dispatch(Disconnect { connection: it.id.to_string() });
                }
            />
        </div>
    }
}

#[component]
fn Content(both: Signal<Option<Both>>, desk: Desk) -> impl IntoView {
    let basecamp = Memo::new(move |_| both.with(|it| it.as_ref().map(|it| it.0.clone())));
    let apps = Memo::new(move |_| both.with(|it| it.as_ref().map(|it| it.1.clone())));
    let all = Signal::derive(move || {
        let (basecamp, apps) =
            both.get().map(|it| (it.0.connections, it.1.connections)).unwrap_or_default();
        let basecamp = basecamp.into_iter().map(AnyConnection::Basecamp);
        basecamp.chain(apps.into_iter().map(AnyConnection::App)).collect::<Vec<_>>()
    });
    let acts = Acts {
        test: Callback::new(move |id| {
            desk.test.dispatch(id);
        }),
        testing: desk.test.pending(),
        asked: desk.asked,
    };
    view! {
        <CameBack list=apps.into() />
        {move || basecamp.get().map(|it| view! { <Waiting all=it desk=desk /> })}
        <Troubled all=all state=desk.apps />
        <AllConnections all=all acts=acts state=desk.apps />
        {move || basecamp.get().map(|it| view! { <Beside all=it /> })}
        <AppDialogs list=apps.into() state=desk.apps />
    }
}

/// What somebody has to do before Basecamp can be used.
#[component]
fn Waiting(all: BasecampAccesses, desk: Desk) -> impl IntoView {
    let manages = can(Permission::Manage).get_untracked();
    let no_app = (!all.can_sign_in && manages).then(|| view! { <NoApp /> });
    let choosing = all.connections.into_iter().filter(|it| it.health == Health::Choosing);
    let choosing = choosing
        .map(|it| {
            let title = format!("{} opens several accounts", it.signed_in_as);
            view! { <Callout tone=Tone::Warn title=title><AccountForm access=it choose=desk.choose /></Callout> }
        })
        .collect_view();
    view! { {no_app} {choosing} }
}

/// The ways to connect Basecamp once more, and what its last test found: open while something is wrong.
#[component]
fn Beside(all: BasecampAccesses) -> impl IntoView {
    let manages = can(Permission::Manage).get_untracked();
    let has_any = !all.connections.is_empty();
    let add = all.can_sign_in.then(|| view! { <Add manages=manages has_any=has_any /> });
    let tested = all.connections.into_iter().find(|it| it.is_in_use && it.checked.is_some());
    let tested = tested.and_then(|it| {
        let (sharing, may_mend) = (it.sharing, it.may_change && it.health == Health::NeedsAttention);
        let checked = it.checked?;
        let is_open = checked.error.is_some();
        Some(view! {
            <Disclosure summary="What the last test of Basecamp found" open=is_open>
                <TestResult checked=checked>
                    {may_mend.then(|| view! { <SignInLink sharing=sharing back=HERE class="btn--primary">"Sign in to Basecamp"</SignInLink> })}
                </TestResult>
            </Disclosure>
        })
    });
    view! { {add} {tested} }
}

/// The ways to connect one more.
#[component]
fn Add(manages: bool, has_any: bool) -> impl IntoView {
    let class = if has_any { "" } else { "btn--primary" };
    let shared = manages.then(|| {
        view! {
            <SignInLink sharing=Sharing::Workspace back=HERE class=class>"Connect Basecamp for everybody"</SignInLink>
        }
    });
    view! {
        <div class="row row--wrap">
            {shared}
            <SignInLink sharing=Sharing::Personal back=HERE>"Connect my own Basecamp"</SignInLink>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::all_work;

    #[test]
    fn what_was_tested_is_counted() {
        assert_eq!(all_work(0), "There is nothing to test yet");
        assert_eq!(all_work(3), "All 3 connections work");
    }
}
