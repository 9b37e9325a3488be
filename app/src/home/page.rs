//! The first page: setup until it is done, what to do next, to-dos, runs.

use crate::approvals::server_fns::list_approvals;
use crate::flows::server_fns::list_flows;
use crate::home::focus::{FocusCard, Known};
use crate::home::pulse::PulseLine;
use crate::home::runs::RunsCard;
use crate::home::setup_card::SetupCard;
use crate::home::todos::TodosCard;
use crate::live::use_live;
use crate::projects::server_fns::load_todos;
use crate::runs::server_fns::list_runs;
use crate::session::{can, current_user};
use crate::setup::server_fns::load_setup;
use crate::ui::time::use_now;
use domain::actor::Permission;
use domain::event::Topic;
use domain::flow::listing::RunFilter;
use leptos::prelude::*;
use leptos_meta::Title;

/// How many runs are looked at.
const RUNS: u32 = 50;

/// The first page.
#[component]
pub fn HomePage() -> impl IntoView {
    let user = current_user();
    let now = use_now();
    let manages = can(Permission::Manage);
    let live = use_live();
    let (written, ran) = (live.version(Topic::Operation), live.version(Topic::FlowRun));
    let changed = live.version(Topic::Flow);
    let todos = Resource::new(move || written.get(), |_| load_todos());
    let runs = Resource::new(
        move || ran.get(),
        |_| list_runs(RunFilter { limit: Some(RUNS), ..RunFilter::default() }),
    );
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
                    <p>{move || format!("{}.", now.get().long_today())}</p>
                </div>
                <PulseLine known=known />
            </div>
            <Show when=move || manages.get()><SetupCard setup=setup /></Show>
            <div class="cols cols--2">
                <FocusCard known=known />
                <TodosCard todos=todos />
                <RunsCard runs=runs />
            </div>
        </div>
    }
}
