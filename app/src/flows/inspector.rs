//! The panel at the right: the settings of the chosen step, or what the flow is when none is chosen.

use super::about::{FlowPanel, has_address};
use super::address::WebhookAddress;
use super::cards::Card;
use super::choose::ChoiceField;
use super::code::CodePanel;
use super::control::LoopPanel;
use super::field::{Blank, StepField};
use super::later::{Later, Part};
use super::menu::StepMenuButton;
use super::planned;
use super::router::RouterPanel;
use super::store::Studio;
use super::tile::PieceTile;
use crate::ui::button::{Button, IconButton, Kind};
use domain::flow::catalog::fields::{connection, fields};
use domain::flow::engine::FlowEngine;
use domain::flow::validate::ProblemCode;
use domain::flow::{ActionKind, TriggerKind, tree};
use leptos::prelude::*;

/// The panel at the right.
#[component]
pub fn Inspector(
    /// The open flow.
    studio: Studio,
) -> impl IntoView {
    let card = Memo::new(move |_| {
        let name = studio.chosen.get()?;
        studio.cards.with(|all| all.iter().find(|it| it.name == name).cloned())
    });
    let name = Memo::new(move |_| card.with(|it| it.as_ref().map(|it| it.name.clone())));
    let label = move || card.with(|it| it.as_ref().map_or_else(|| "This flow".to_owned(), spoken));
    let in_run = Memo::new(move |_| studio.run.with(Option::is_some));
    let is_dry = Memo::new(move |_| {
        studio.run.with(|it| it.as_ref().is_some_and(|it| planned::is_dry(&it.run)))
    });
    view! {
        <aside class="config" id="config" aria-label=label tabindex="-1">
            {move || match (name.get(), in_run.get()) {
                (None, true) if is_dry.get() => view! { <Later studio=studio part=Part::Planned /> }.into_any(),
                (None, _) => view! { <FlowPanel studio=studio /> }.into_any(),
                (Some(name), true) => view! {
                    <Head studio=studio card=card />
                    <Later studio=studio part=Part::Outcome(name) skeleton=waiting />
                }
                .into_any(),
                (Some(name), false) => view! {
                    <Head studio=studio card=card />
                    <Later studio=studio part=Part::Settings(name) skeleton=waiting />
                }
                .into_any(),
            }}
        </aside>
    }
}

/// In the shape of the fields of a step.
fn waiting() -> impl IntoView {
    let field = |_| view! { <span class="skel"></span> };
    view! {
        <div class="config__panel">
            <div class="config__body" aria-busy="true">{(0..4).map(field).collect_view()}</div>
        </div>
    }
}

fn spoken(card: &Card) -> String {
    format!("Step {}: {}", card.number, card.title)
}

/// Mark, name and place of the step, its menu, and the way out.
#[component]
fn Head(studio: Studio, card: Memo<Option<Card>>) -> impl IntoView {
    move || {
        let step = card.with_untracked(|it| it.as_ref().map(|it| it.name.clone()))?;
        let look = Memo::new(move |_| card.with(|it| it.as_ref().map(|it| it.look)));
        let place = move || {
            card.with(|it| {
                let it = it.as_ref()?;
                let kind = if it.place.is_empty() {
                    it.kind.label().to_lowercase()
                } else {
                    it.place.clone()
                };
                Some(format!("Step {}, {kind}", it.number))
            })
        };
        let title = move || match card.with(|it| it.as_ref().map(|it| it.title.clone())) {
            Some(title) => title,
            None => "Not in this version".to_owned(),
        };
        Some(view! {
            <div class="config__head">
                {move || look.get().map(|it| view! { <PieceTile look=Signal::stored(it) /> })}
                <div class="grow">
                    <h2 class="trunc">{move || title}</h2>
                    <p class="xs quiet trunc">{place}</p>
                </div>
                <Show when=move || studio.is_editing()>
                    <StepMenuButton studio=studio name=step.clone() class="icon-btn icon-btn--sm" />
                </Show>
                <IconButton icon="x" class="icon-btn--sm" label="Close step panel" on:click=move |_| studio.leave_settings() />
            </div>
        })
    }
}

/// What kind of panel a step has; it is drawn anew only when this changes.
#[derive(Clone, PartialEq)]
enum Panel {
    NoTrigger,
    Piece { has_fields: bool },
    Code,
    Loop,
    Router,
}

fn panel(studio: Studio, step: &str) -> Option<Panel> {
    studio.flow.with(|flow| {
        let trigger = &flow.version.trigger;
        if trigger.name == step {
            return Some(match &trigger.kind {
                TriggerKind::Empty(_) => Panel::NoTrigger,
                TriggerKind::Piece(it) => Panel::Piece { has_fields: !fields(it).is_empty() },
            });
        }
        Some(match &tree::find(trigger, step)?.kind {
            ActionKind::Piece(it) => Panel::Piece { has_fields: !fields(it).is_empty() },
            ActionKind::Code(_) => Panel::Code,
            ActionKind::Loop(_) => Panel::Loop,
            ActionKind::Router(_) => Panel::Router,
        })
    })
}

/// The settings of a step.
#[component]
pub fn StepPanel(
    /// The open flow.
    studio: Studio,
    /// The step.
    step: String,
) -> impl IntoView {
    let key = StoredValue::new(step.clone());
    let kind = Memo::new(move |_| panel(studio, &key.get_value()));
    let body = move || {
        let step = key.get_value();
        match kind.get() {
            None => ().into_any(),
            Some(Panel::NoTrigger) => view! { <ChooseTrigger studio=studio /> }.into_any(),
            Some(Panel::Piece { .. }) => view! { <PieceForm studio=studio step=step /> }.into_any(),
            Some(Panel::Code) => view! { <CodePanel studio=studio step=step /> }.into_any(),
            Some(Panel::Loop) => view! { <LoopPanel studio=studio step=step /> }.into_any(),
            Some(Panel::Router) => view! { <RouterPanel studio=studio step=step /> }.into_any(),
        }
    };
    let (is_trigger, has_address) = (step == "trigger", has_address(studio));
    view! {
        <div class="config__panel" id="cp-set" role="tabpanel" aria-labelledby="ct-set">
            <fieldset class="config__body" disabled=move || !studio.is_editing()>
                <StepProblem studio=studio step=step.clone() />
                <NameField studio=studio step=step />
                {body}
                <Show when=move || is_trigger && has_address.get()>
                    <WebhookAddress studio=studio can_renew=true />
                </Show>
            </fieldset>
        </div>
    }
}

/// Problems of the step as a whole.
#[component]
fn StepProblem(studio: Studio, step: String) -> impl IntoView {
    use crate::ui::badge::Tone;
    use crate::ui::callout::Callout;
    let key = StoredValue::new(step);
    let whole = Memo::new(move |_| {
        let step = key.get_value();
        studio.problems.with(|all| {
            let problem = all.get(&step)?.iter().find(|it| it.path.is_empty())?;
            let wants_another =
                matches!(problem.code, ProblemCode::Unknown | ProblemCode::SwitchedOff);
            Some((problem.message.clone(), problem.fix.clone(), wants_another))
        })
    });
    let pick = move |_| {
        let step = key.get_value();
        if step == "trigger" { studio.pick_trigger() } else { studio.pick_replacement(&step) }
    };
    let button = move || {
        view! {
            <div class="callout__act">
                <Button kind=Kind::Primary attr:popovertarget="picker" on:click=pick>"Replace it"</Button>
            </div>
        }
    };
    move || {
        whole.get().map(|(message, fix, wants_another)| {
            view! { <Callout tone=Tone::Warn title=message><p>{fix}</p> {wants_another.then(button)}</Callout> }
        })
    }
}

/// What the step is called.
#[component]
fn NameField(studio: Studio, step: String) -> impl IntoView {
    let id = format!("name-{step}");
    let key = StoredValue::new(step);
    let title = Memo::new(move |_| {
        let step = key.get_value();
        studio
            .cards
            .with(|all| all.iter().find(|it| it.name == step).map(|it| it.title.clone()))
            .unwrap_or_default()
    });
    view! {
        <div class="field">
            <label class="label" for=id.clone()>"Name"</label>
            <input
                class="input"
                id=id
                autocomplete="off"
                value=title.get_untracked()
                prop:value=move || title.get()
                on:input=move |event| studio.rename_step(&key.get_value(), &event_target_value(&event))
            />
        </div>
    }
}

/// The inputs of a piece's step; each keeps its place while others change.
#[component]
fn PieceForm(studio: Studio, step: String) -> impl IntoView {
    let key = StoredValue::new(step);
    let all =
        Memo::new(move |_| studio.with_settings(&key.get_value(), fields).unwrap_or_default());
    // Another engine has connections of its own.
    let is_ours = studio.flow.with_untracked(|it| it.engine == FlowEngine::Builtin);
    let connected = Memo::new(move |_| {
        studio.with_settings(&key.get_value(), connection).flatten().filter(|_| is_ours)
    });
    view! {
        {move || connected.get().map(|field| view! { <Connection blank=Blank::new(studio, &key.get_value(), field) /> })}
        <For each=move || all.get() key=|it| (it.dotted(), it.prop.required, format!("{:?}", it.prop.kind)) let:field>
            <StepField blank=Blank::new(studio, &key.get_value(), field) />
        </For>
        <Show when=move || all.with(Vec::is_empty)>
            <p class="hint">"There is nothing to set here."</p>
        </Show>
    }
}

/// Which connection a step works with, and the way to another one.
#[component]
fn Connection(blank: Blank) -> impl IntoView {
    view! {
        <ChoiceField blank=blank />
        <p class="hint">"Connect another one under "<a class="link" href="/integrations">"Integrations"</a></p>
    }
}

#[component]
fn ChooseTrigger(studio: Studio) -> impl IntoView {
    view! {
        <p class="sm muted">"A trigger starts the flow: a request to its address, a time, or a person."</p>
        <Button kind=Kind::Primary icon="plus" attr:popovertarget="picker" on:click=move |_| studio.pick_trigger()>
            "Choose a trigger"
        </Button>
    }
}
