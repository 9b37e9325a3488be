//! Testing one step: what it needs, what it gave, and a sample written by hand.

use super::samples::use_samples;
use super::store::{Saving, Studio};
use super::trial_fns::{try_step, write_sample};
use super::trigger_test::TriggerSources;
use crate::error::AppError;
use crate::flows::marks::whole_ms;
use crate::runs::values::{Logged, Shown, Values};
use crate::ui::button::{Button, Kind};
use crate::ui::choice::Segments;
use crate::ui::dialog::Confirm;
use crate::ui::disclosure::Disclosure;
use crate::ui::icon::Icon;
use crate::ui::problem::FormProblem;
use crate::ui::time::{parse_time, use_now};
use crate::ui::typed::JsonLines;
use domain::approval::Risk;
use domain::flow::catalog;
use domain::flow::sample::{Origin, Sample};
use domain::flow::{ActionKind, tree};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::{Value, json};

/// What is known of a step's test.
#[derive(Clone, Copy)]
struct Test {
    studio: Studio,
    step: StoredValue<String>,
    busy: RwSignal<bool>,
    failed: RwSignal<Option<AppError>>,
}

/// The test of a step.
#[component]
pub fn StepTestPanel(
    /// The open flow.
    studio: Studio,
    /// The step, or the trigger.
    step: String,
) -> impl IntoView {
    let samples = use_samples();
    let is_trigger = step == "trigger";
    let key = StoredValue::new(step);
    let test = Test {
        studio,
        step: key,
        busy: RwSignal::new(false),
        failed: RwSignal::new(None::<AppError>),
    };
    let sample = Memo::new(move |_| samples.of(&key.get_value()));
    let may = Signal::derive(move || studio.is_editing());
    view! {
        <div class="config__panel" id="cp-test" role="tabpanel" aria-labelledby="ct-test">
            <div class="config__body">
                <Show when=move || is_trigger && may.get()><TriggerSources studio=studio /></Show>
                <Show when=move || !is_trigger><Needs studio=studio step=key /></Show>
                <FormProblem error=test.failed />
                {move || match sample.get() {
                    Some(sample) => view! { <Result sample=sample /> }.into_any(),
                    None => view! { <p class="sm quiet">"Not tested yet. After a test later steps can use what it gives."</p> }.into_any(),
                }}
                <Show when=move || may.get()><ByHand studio=studio step=key sample=sample /></Show>
            </div>
        </div>
        <Show when=move || !is_trigger && may.get()>
            <Foot test=test sample=sample />
        </Show>
    }
}

/// The steps before it that have to be tested first.
#[component]
fn Needs(studio: Studio, step: StoredValue<String>) -> impl IntoView {
    let samples = use_samples();
    let lacking = Memo::new(move |_| samples.lacking(&step.get_value()));
    let row = move |name: String| {
        let card = studio.cards.with(|all| all.iter().find(|it| it.name == name).cloned())?;
        let words = format!("Test step {}, {}", card.number, card.title);
        Some(
            view! { <li><button type="button" class="link" on:click=move |_| samples.open_test(&name)>{words}</button></li> },
        )
    };
    view! {
        <Show when=move || lacking.with(|it| !it.is_empty())>
            <div class="stack">
                <p class="sm">"This step uses values of steps that have no sample yet."</p>
                <ul class="stack sm">{move || lacking.get().into_iter().map(row).collect_view()}</ul>
            </div>
        </Show>
    }
}

/// How the last test went and what it gave.
#[component]
fn Result(sample: Sample) -> impl IntoView {
    let shown = RwSignal::new(Shown::Readable);
    let key = Signal::derive(move || {
        if shown.get() == Shown::Json { "json" } else { "readable" }.to_owned()
    });
    let choose = move |key: &'static str| {
        shown.set(if key == "json" { Shown::Json } else { Shown::Readable })
    };
    let now = use_now();
    let at = parse_time(&sample.at);
    let origin = from_where(sample.origin);
    let (tone, icon, words) = head(&sample);
    let class = if tone == "bad" { "bad" } else { "good" };
    let error = sample.error.clone().map(|it| view! { <p>{it}</p> });
    let before = (sample.error.is_some() && sample.output.is_some())
        .then(|| view! { <p class="hint">"This is what it gave before."</p> });
    let warnings =
        sample.warnings.into_iter().map(|it| view! { <p class="sm warn">{it}</p> }).collect_view();
    let input = sample.input;
    let has_input = input.as_object().is_some_and(|it| !it.is_empty());
    let output =
        sample.output.map(|it| view! { <Values label="Coming out" value=it shown=shown /> });
    view! {
        <section class="test" data-tone=tone role="status">
            <div class="test__head">
                <Icon name=icon />
                <div class="grow">
                    <h3 class=class>{words}</h3>
                    {error}
                    <p>{origin} {move || at.map(|it| format!(", {}", now.get().ago(it)))}</p>
                </div>
            </div>
            <div class="stack stack--4" style="padding: 0.75rem">
                <Segments label="Show values as" options=vec![("readable", "Readable"), ("json", "JSON")] value=key change=choose />
                {warnings}
                {before}
                {output}
                <Logged lines=sample.logged />
                {has_input.then(|| view! { <Values label="Going in" value=input shown=shown /> })}
            </div>
        </section>
    }
}

fn head(sample: &Sample) -> (&'static str, &'static str, String) {
    if sample.error.is_some() {
        return ("bad", "circle-x", "This did not work".to_owned());
    }
    let words = match (sample.origin, sample.duration) {
        (Origin::Test, Some(time)) => format!("Passed in {}", whole_ms(time)),
        (Origin::Test, None) => "Passed".to_owned(),
        _ => "Sample".to_owned(),
    };
    ("good", "circle-check", words)
}

fn from_where(origin: Origin) -> &'static str {
    match origin {
        Origin::Test => "From a test of this step",
        Origin::Run => "From the last run",
        Origin::Newest => "The newest there is",
        Origin::Request => "From a request",
        Origin::Given => "Written by hand",
    }
}

/// Runs the step; what changes something asks first.
#[component]
fn Foot(test: Test, sample: Memo<Option<Sample>>) -> impl IntoView {
    let samples = use_samples();
    let asks = RwSignal::new(false);
    let wanted = RwSignal::new(false);
    let now = use_now();
    let Test { studio, step, busy, failed } = test;
    let run = move || {
        let (id, step) = (studio.flow.with_untracked(|it| it.id.clone()), step.get_value());
        failed.set(None);
        spawn_local(async move {
            match try_step(id, step).await {
                Ok(tried) => match tried.sample {
                    Some(sample) => samples.put(sample),
                    None => {
                        studio.toasts.say("The step goes on. Its result appears here when it ends")
                    }
                },
                Err(error) => {
                    failed.try_set(Some(error));
                }
            }
            busy.try_set(false);
        });
    };
    // What is typed is on the server before it is tested.
    Effect::new(move |_| {
        if wanted.get() && studio.saving.get() == Saving::Saved {
            wanted.set(false);
            run();
        }
    });
    let start = move || {
        asks.set(false);
        busy.set(true);
        wanted.set(true);
        studio.send_now();
    };
    let changes = Memo::new(move |_| changes(studio, &step.get_value()));
    let press = move |_| if changes.with(Option::is_some) { asks.set(true) } else { start() };
    let tested = move || {
        let at = sample.with(|it| it.as_ref().and_then(|it| parse_time(&it.at)))?;
        Some(view! { <span class="row xs quiet">{format!("Tried {}", now.get().ago(at))}</span> })
    };
    view! {
        <div class="config__foot">
            {tested}
            <Button kind=Kind::Plain icon="play" busy=busy on:click=press attr:class="btn push">"Test step"</Button>
        </div>
        <Confirm
            open=asks
            title="Run this step for real?"
            body=Signal::derive(move || changes.get().unwrap_or_default())
            action="Run it"
            keep="Not now"
            confirm=move |()| start()
        />
    }
}

/// What a test of the step changes outside, in words; nothing when it only reads or works something out.
pub(super) fn changes(studio: Studio, step: &str) -> Option<String> {
    studio.flow.with(|flow| {
        let action = tree::find(&flow.version.trigger, step)?;
        let ActionKind::Piece(settings) = &action.kind else { return None };
        let name = settings.action_name.as_deref().unwrap_or_default();
        let meta = catalog::action(&settings.piece_name, name)?;
        let is_read = meta.effect_of(&settings.input) == catalog::Effect::Pure
            || meta.risk_of(&settings.input) == Risk::Read;
        if is_read {
            return None;
        }
        let piece = catalog::piece(&settings.piece_name).map_or("The step", |it| it.display_name);
        Some(format!(
            "“{}” does now what it does in a run: {piece} is changed or something is sent, with the values of the samples.",
            action.display_name
        ))
    })
}

/// A sample written as JSON.
#[component]
fn ByHand(
    studio: Studio,
    step: StoredValue<String>,
    sample: Memo<Option<Sample>>,
) -> impl IntoView {
    let samples = use_samples();
    let (text, busy) = (RwSignal::new(String::new()), RwSignal::new(false));
    let wrong = RwSignal::new(None::<String>);
    Effect::new(move |_| {
        let output = sample.with(|it| it.as_ref().and_then(|it| it.output.clone()));
        let output = output.unwrap_or_else(|| json!({}));
        text.set(serde_json::to_string_pretty(&output).unwrap_or_default());
    });
    let keep = move |_| {
        let output: Value = match serde_json::from_str(&text.get_untracked()) {
            Ok(output) => output,
            Err(error) => {
                return wrong.set(Some(format!("This is not JSON. Look at line {}", error.line())));
            }
        };
        wrong.set(None);
        busy.set(true);
        let (id, step) = (studio.flow.with_untracked(|it| it.id.clone()), step.get_value());
        spawn_local(async move {
            match write_sample(id, step, output).await {
                Ok(sample) => samples.put(sample),
                Err(error) => {
                    wrong.try_set(Some(error.to_string()));
                }
            }
            busy.try_set(false);
        });
    };
    view! {
        <Disclosure summary="Write a sample by hand">
            <div class="field" style="padding-block: 0.375rem">
                <JsonLines id="by-hand" label="What it gives, as JSON" value=text error=wrong />
                <Button busy=busy on:click=keep>"Use this sample"</Button>
            </div>
        </Disclosure>
    }
}
