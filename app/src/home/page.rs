//! The first page: setup until it is done, what to do next, to-dos, runs.

use crate::approvals::server_fns::list_approvals;
use crate::error::AppError;
use crate::flows::server_fns::list_flows;
use crate::home::activity::ActivityCard;
use crate::home::approvals::ApprovalsCard;
use crate::home::focus::{FocusCard, Known};
use crate::home::health::HealthSection;
use crate::home::pulse::{NewsLine, PulseLine};
use crate::home::runs::RunsCard;
use crate::home::server_fns::load_glance;
use crate::home::setup_card::SetupCard;
use crate::home::stats::Stats;
use crate::home::todos::TodosCard;
use crate::home::workload::WorkloadCard;
use crate::live::use_live;
use crate::projects::server_fns::{load_due, load_own_person, load_standings};
use crate::runs::server_fns::list_runs;
use crate::session::{can, current_user};
use crate::setup::server_fns::load_setup;
use crate::ui::button::ButtonLink;
use crate::ui::choice::Segments;
use crate::ui::problem::Loaded;
use crate::ui::time::use_now;
use domain::actor::Permission;
use domain::event::Topic;
use domain::flow::listing::{Page, RunFilter};
use domain::flow::run::Run;
use leptos::prelude::*;
use leptos_meta::Title;

/// How many runs are looked at.
pub(crate) const RUNS: u32 = 50;

/// The first page.
#[component]
pub fn HomePage() -> impl IntoView {
    let (user, now) = (current_user(), use_now());
    let (manages, writes) = (can(Permission::Manage), can(Permission::Write));
    let live = use_live();
    let (written, ran) = (live.version(Topic::Operation), live.version(Topic::FlowRun));
    let changed = live.version(Topic::Flow);
    let only_mine = RwSignal::new(false);
    // With another connection, all of it is different.
    let connected = live.version(Topic::Connector);
    let of_basecamp = move || (written.get(), connected.get());
    let todos = Resource::new(move || (of_basecamp(), only_mine.get()), |it| load_due(it.1));
    let standings = Resource::new(of_basecamp, |_| load_standings());
    let own = Resource::new(move || connected.get(), |_| load_own_person());
    let glance = Resource::new(move || (of_basecamp(), changed.get()), |_| load_glance());
    let runs = Resource::new(move || ran.get(), |_| newest_runs());
    let flows = Resource::new(move || changed.get(), |_| list_flows());
    let asked = live.version(Topic::Approval);
    let approvals = Resource::new(move || asked.get(), |_| list_approvals(true));
    // Everything that a step of the setup depends on, whoever did it and wherever.
    let topics = [Topic::Setup, Topic::Connector, Topic::Flow, Topic::FlowRun, Topic::Chat];
    let versions = topics.map(|it| live.version(it));
    let setup = Resource::new(
        move || (manages.get(), versions.map(|it| it.get())),
        |(manages, _)| async move { if manages { load_setup().await.map(Some) } else { Ok(None) } },
    );
    let known = Known { setup, todos, runs, flows, approvals, now: now.into() };
    let first_name =
        move || user.with(|it| it.name.split_whitespace().next().unwrap_or_default().to_owned());
    view! {
        <Title text="Home" />
        <div class="page home">
            <div class="page__head">
                <div class="page__t">
                    <h1>{move || format!("{}, {}", now.get().greeting(), first_name())}</h1>
                    <p><span>{move || format!("{}.", now.get().long_today())}</span>" "<NewsLine known=known /></p>
                </div>
                <div class="page__a">
                    <PulseLine known=known />
                    <Whose own=own only_mine=only_mine />
                    <Show when=move || writes.get()>
                        <ButtonLink icon="plus" href="/flows/templates">"New flow"</ButtonLink>
                    </Show>
                </div>
            </div>
            <Stats known=known />
            <Show when=move || manages.get()><SetupCard setup=setup /></Show>
            <HealthSection standings=standings />
            <div class="cols cols--2">
                <FocusCard known=known />
                <TodosCard todos=todos />
                <WorkloadCard glance=glance />
                <ActivityCard glance=glance />
                <ApprovalsCard approvals=approvals />
                <RunsCard runs=runs />
            </div>
        </div>
    }
}

/// The newest runs, without what somebody only tried out: that is no news.
async fn newest_runs() -> Result<Page<Run>, AppError> {
    list_runs(RunFilter { tests: Some(false), limit: Some(RUNS), ..RunFilter::default() }).await
}

/// Whose to-dos are counted; nothing for those whom nobody in Basecamp is known to be.
#[component]
fn Whose(own: Resource<Result<Option<i64>, AppError>>, only_mine: RwSignal<bool>) -> impl IntoView {
    let value = Signal::derive(move || if only_mine.get() { "mine" } else { "all" }.to_owned());
    view! {
        <Loaded of=own skeleton=|| () let:own>
            {own.map(|_| {
                view! {
                    <Segments
                        label="Whose to-dos"
                        options=vec![("mine", "Mine"), ("all", "Everybody\u{2019}s")]
                        value=value
                        change=move |key| only_mine.set(key == "mine")
                    />
                }
            })}
        </Loaded>
    }
}
