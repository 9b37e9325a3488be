//! `/agents`: what each agent does, when it ran and when it runs next.

use crate::agents::desk::Desk;
use crate::agents::form::Dialogs;
use crate::agents::server_fns::{PauseAgent, RunAgent, load_agents};
use crate::agents::words::{next, state};
use crate::session::can;
use crate::ui::badge::Pill;
use crate::ui::button::{Button, Kind, Size};
use crate::ui::choice::Switch;
use crate::ui::empty::Empty;
use crate::ui::kept::{Kept, whole};
use crate::ui::search::SearchBox;
use crate::ui::skeleton::RowsSkeleton;
use crate::ui::time::{parse_time, use_now};
use domain::actor::Permission;
use domain::agent::{AgentRun, AgentStanding, AgentStatus};
use leptos::prelude::*;
use leptos_meta::Title;

/// The page.
#[component]
pub fn AgentsPage() -> impl IntoView {
    let desk = Desk::new();
    let version = desk.version();
    let all = Resource::new(move || version.get(), |_| load_agents());
    let writes = can(Permission::Write);
    view! {
        <Title text="Agents" />
        <div class="page">
            <div class="page__head">
                <div class="page__t">
                    <h1>"Agents"</h1>
                    <p>"Goals the assistant works on by itself, with the rights of whoever made them."</p>
                </div>
                <Show when=move || writes.get()>
                    <div class="page__a">
                        <Button kind=Kind::Primary icon="plus" on:click=move |_| desk.begin(None)>"New agent"</Button>
                    </div>
                </Show>
            </div>
            <Kept of=all skeleton=|| view! { <RowsSkeleton count=4 /> } let:all><Agents all=all desk=desk /></Kept>
        </div>
        <Dialogs desk=desk />
    }
}

#[component]
fn Agents(all: Signal<Option<Vec<AgentStanding>>>, desk: Desk) -> impl IntoView {
    let words = RwSignal::new(String::new());
    let fitting = Memo::new(move |_| {
        let words = words.get().trim().to_lowercase();
        let fits = |it: &AgentStanding| {
            [&it.agent.name, &it.agent.goal, &it.agent.owner]
                .iter()
                .any(|text| text.to_lowercase().contains(&words))
        };
        let mut all = all.get().unwrap_or_default();
        all.retain(fits);
        all
    });
    let has_some = move || all.with(|it| it.as_ref().is_some_and(|it| !it.is_empty()));
    let none = move || {
        let (title, body) = if has_some() {
            ("No agent matches", "Clear the search to see all of them.")
        } else {
            (
                "No agents yet",
                "An agent looks after something every hour, day or week, and tells you what it found.",
            )
        };
        view! { <Empty icon="clock" title=title body=body /> }
    };
    view! {
        <Show when=has_some>
            <div class="toolbar"><SearchBox label="Search agents" words=words /></div>
        </Show>
        <Show when=move || fitting.with(|it| !it.is_empty()) fallback=none>
            <div class="table-wrap">
                <table role="table" class="table table--stack table--cq">
                    <caption class="sr">"Agents, the newest first"</caption>
                    <thead role="rowgroup">
                        <tr role="row">
                            <th role="columnheader">"Agent"</th>
                            <th role="columnheader" class="p3">"When it runs"</th>
                            <th role="columnheader">"Last run"</th>
                            <th role="columnheader" class="p2">"Next run"</th>
                            <th role="columnheader">"On"</th>
                            <th role="columnheader" class="fit"><span class="sr">"Actions"</span></th>
                        </tr>
                    </thead>
                    <tbody role="rowgroup">
                        <For each=move || fitting.get() key=whole let:it><Row standing=it desk=desk /></For>
                    </tbody>
                </table>
            </div>
        </Show>
    }
}

#[component]
fn Row(standing: AgentStanding, desk: Desk) -> impl IntoView {
    let now = use_now();
    let agent = standing.agent.clone();
    let (id, is_on) = (agent.id.clone(), agent.status == AgentStatus::Active);
    let last = standing.last_run.clone();
    let may = standing.may_change;
    let run = (may && is_on).then(|| {
        let (id, label) = (id.clone(), format!("Run now: {}", agent.name));
        view! {
            <Button size=Size::Small icon="play" attr:aria-label=label
                on:click=move |_| { desk.run.dispatch(RunAgent { id: id.clone(), is_dry: false }); }>
                "Run now"
            </Button>
        }
    });
    let switch = {
        let id = id.clone();
        let change = Callback::new(move |is_on: bool| {
            desk.pause.dispatch(PauseAgent { id: id.clone(), pauses: !is_on });
        });
        let label = format!("{} runs by itself", agent.name);
        view! {
            <Switch on=Signal::stored(is_on) disabled=Signal::stored(!may) change=change>
                <span class="sr">{label}</span>
            </Switch>
        }
    };
    view! {
        <tr role="row">
            <td role="cell" class="name wide">
                <a class="rowlink" href=format!("/agents/{id}")>{agent.name}</a>
                <span class="sub trunc">{agent.goal}</span>
            </td>
            <td role="cell" class="p3">{agent.schedule.label()}</td>
            <td role="cell" class="agent__last">{last.map(|it| view! { <Last run=it /> })}</td>
            <td role="cell" class="p2 quiet">{move || next(now.get(), &standing)}</td>
            <td role="cell" class="agent__on">{switch}</td>
            <td role="cell" class="fit">{run}</td>
        </tr>
    }
}

/// How the newest run stands, and when it was.
#[component]
fn Last(run: AgentRun) -> impl IntoView {
    let now = use_now();
    let (state, word) = state(&run);
    let at = parse_time(&run.started_at);
    view! {
        <span class="row row--wrap">
            <Pill state=state label=word />
            <span class="xs quiet">{move || at.map(|it| now.get().ago(it))}</span>
        </span>
    }
}
