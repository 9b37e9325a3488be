//! What could change hands in a project, each with the button that does it.

use crate::error::AppError;
use crate::people::server_fns::load_moves;
use crate::projects::server_fns::{SendAct, take_back};
use crate::session::can;
use crate::ui::button::{Button, Size};
use crate::ui::empty::Empty;
use crate::ui::kept::{Kept, whole};
use crate::ui::skeleton::RowsSkeleton;
use crate::ui::toast::use_toasts;
use domain::actor::Permission;
use domain::project::ProjectSummary;
use domain::record::{Act, Fields};
use domain::report::ProposedMove;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Every project; none before Basecamp is connected.
type Projects = Resource<Result<Option<Vec<ProjectSummary>>, AppError>>;

/// The section; `moved` grows with everything that changed hands.
#[component]
pub(crate) fn Moves(projects: Projects, moved: RwSignal<u32>) -> impl IntoView {
    let chosen = RwSignal::new(None::<i64>);
    let found =
        Resource::new(move || (chosen.get(), moved.get()), |(project, _)| load_moves(project));
    let give = ServerAction::<SendAct>::new();
    let toasts = use_toasts();
    Effect::new(move || match give.value().get() {
        Some(Ok(acted)) => {
            moved.update(|it| *it += 1);
            let Some(operation) = acted.operation else { return toasts.say(acted.message) };
            let back = Callback::new(move |()| {
                let operation = operation.clone();
                spawn_local(async move {
                    match take_back(operation, None).await {
                        Ok(()) => toasts.say("Undone"),
                        Err(error) => toasts.refused(&error),
                    }
                    moved.update(|it| *it += 1);
                });
            });
            toasts.undo("It changed hands", "", back);
        }
        Some(Err(error)) => toasts.refused(&error),
        None => {}
    });
    let all = move || projects.get().and_then(Result::ok).flatten().unwrap_or_default();
    let options = move || {
        let option = |it: ProjectSummary| {
            view! { <option value=it.project.id.to_string()>{it.project.name}</option> }
        };
        all().into_iter().map(option).collect_view()
    };
    view! {
        <section class="card" aria-labelledby="moves-h">
            <div class="card__head">
                <h2 id="moves-h">"Moves proposed"</h2>
                <span class="push">
                    <label class="sr" for="moves-project">"Project"</label>
                    <select class="select" id="moves-project"
                        on:change=move |event| chosen.set(event_target_value(&event).parse().ok())>
                        <option value="">"Choose a project"</option>
                        <Transition fallback=|| ()>{options}</Transition>
                    </select>
                </span>
            </div>
            <Kept of=found skeleton=|| view! { <RowsSkeleton count=2 /> } let:moves>
                <List moves=moves project=chosen give=give />
            </Kept>
        </section>
    }
}

#[component]
fn List(
    moves: Signal<Option<Option<Vec<ProposedMove>>>>,
    project: RwSignal<Option<i64>>,
    give: ServerAction<SendAct>,
) -> impl IntoView {
    let all = Memo::new(move |_| moves.get().flatten().unwrap_or_default());
    let none = move || {
        if project.get().is_none() {
            return view! {
                <p class="card__body sm muted">"Choose a project to see what could change hands in it."</p>
            }
            .into_any();
        }
        let body = "Nobody there has more than one and a half times what the others have.";
        view! { <Empty icon="users" title="Nothing needs to move" body=body /> }.into_any()
    };
    view! {
        <Show when=move || all.with(|it| !it.is_empty()) fallback=none>
            <ul class="rows">
                <For each=move || all.get() key=whole let:it><Row proposed=it project=project give=give /></For>
            </ul>
        </Show>
    }
}

#[component]
fn Row(
    proposed: ProposedMove,
    project: RwSignal<Option<i64>>,
    give: ServerAction<SendAct>,
) -> impl IntoView {
    let ProposedMove { id, title, from, to, to_id } = proposed;
    let writes = can(Permission::Write);
    let label = format!("Give {title} to {to}");
    let press = move |_| {
        let Some(project) = project.get_untracked() else { return };
        let fields = Fields { people: Some(vec![to_id]), ..Fields::default() };
        give.dispatch(SendAct { project, act: Act::EditTodo { id, fields } });
    };
    view! {
        <li>
            <span class="grow">
                <span>{title}</span>
                <span class="xs quiet" style="display: block">{format!("From {from} to {to}")}</span>
            </span>
            <Show when=move || writes.get()>
                <Button size=Size::Small busy=give.pending() attr:aria-label=label.clone() on:click=press>"Give it over"</Button>
            </Show>
        </li>
    }
}
