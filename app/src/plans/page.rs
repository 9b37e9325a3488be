//! Saying what is wanted, reading what would be done, saying yes.

use crate::error::AppError;
use crate::plans::server_fns::{CarryOutPlan, MakePlan, load_plans};
use crate::session::can;
use crate::shell::missing::NotAllowed;
use crate::ui::badge::{Badge, Tone};
use crate::ui::button::{Button, ButtonLink, Kind, Size};
use crate::ui::callout::Callout;
use crate::ui::empty::Empty;
use crate::ui::form::FormProblems;
use crate::ui::kept::{Kept, whole};
use crate::ui::problem::FormProblem;
use crate::ui::skeleton::RowsSkeleton;
use crate::ui::time::{parse_time, use_now};
use crate::ui::toast::use_toasts;
use crate::ui::typed::Line;
use domain::actor::Permission;
use domain::approval::Risk;
use domain::plan::{Plan, PlanStep};
use domain::problem::Problem;
use leptos::ev::{Event, SubmitEvent};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_navigate;
use std::collections::BTreeSet;

/// What is typed and done on the page. Made outside of what loads.
#[derive(Clone, Copy)]
struct Desk {
    objective: RwSignal<String>,
    /// The plan that waits for a yes.
    plan: RwSignal<Option<Plan>>,
    /// Steps of it that are not wanted.
    left_out: RwSignal<BTreeSet<String>>,
    /// What was answered about it so far.
    answers: RwSignal<Vec<String>>,
    make: ServerAction<MakePlan>,
    carry_out: ServerAction<CarryOutPlan>,
}

impl Desk {
    fn new() -> Self {
        let desk = Self {
            objective: RwSignal::new(String::new()),
            plan: RwSignal::new(None),
            left_out: RwSignal::new(BTreeSet::new()),
            answers: RwSignal::new(Vec::new()),
            make: ServerAction::new(),
            carry_out: ServerAction::new(),
        };
        Effect::new(move || {
            if let Some(made) = desk.make.value().get() {
                desk.left_out.set(BTreeSet::new());
                desk.plan.set(made.ok());
            }
        });
        let (navigate, toasts) = (use_navigate(), use_toasts());
        Effect::new(move || match desk.carry_out.value().get() {
            Some(Ok(session)) => navigate(&format!("/chat/{session}"), Default::default()),
            Some(Err(error)) => toasts.refused(&error),
            None => {}
        });
        desk
    }

    /// Makes the plan, with what was answered so far.
    fn plan_it(self) {
        let objective = self.objective.get_untracked();
        self.make.dispatch(MakePlan { objective, answers: self.answers.get_untracked() });
    }

    /// Makes it again with one more answer.
    fn answer(self, answer: String) {
        if !answer.trim().is_empty() {
            self.answers.update(|it| it.push(answer));
            self.plan_it();
        }
    }

    /// The steps that are wanted.
    fn wanted(self, plan: &Plan) -> Vec<String> {
        let ids = plan.steps.iter().map(|it| it.id.clone());
        self.left_out.with(|out| ids.filter(|it| !out.contains(it)).collect())
    }
}

/// The page, for those who may change something.
#[component]
pub fn CommandCenterPage() -> impl IntoView {
    let writes = can(Permission::Write);
    view! {
        <Show
            when=move || writes.get()
            fallback=|| view! { <NotAllowed icon="wand" title="Viewers carry out no plans" /> }
        >
            <CommandCenter />
        </Show>
    }
}

#[component]
fn CommandCenter() -> impl IntoView {
    let desk = Desk::new();
    let history = Resource::new(
        move || (desk.make.version().get(), desk.carry_out.version().get()),
        |_| load_plans(),
    );
    view! {
        <Title text="Command center" />
        <div class="page">
            <div class="page__head">
                <div class="page__t">
                    <h1>"Command center"</h1>
                    <p>"Say what you want. You see every step before anything happens."</p>
                </div>
            </div>
            <Objective desk=desk />
            {move || desk.plan.get().map(|it| view! { <Proposed plan=it desk=desk /> })}
            <section aria-labelledby="plans-h" class="stack stack--4">
                <div class="section__head"><h2 id="plans-h">"Plans so far"</h2></div>
                <Kept of=history skeleton=|| view! { <RowsSkeleton count=3 /> } let:plans>
                    <History plans=plans />
                </Kept>
            </section>
        </div>
    }
}

/// What is asked about a wish, and what may be answered; nothing where the wish itself was not understood.
fn question_of(made: Option<Result<Plan, AppError>>) -> Option<(String, Vec<String>)> {
    match made?.err()?.problem()? {
        Problem::NotUnderstood { message, examples } if message.ends_with('?') => {
            Some((message.clone(), examples.clone()))
        }
        _ => None,
    }
}

/// A question about the wish, with the answers as buttons: each makes the plan again.
#[component]
fn Ask(question: String, choices: Vec<String>, desk: Desk) -> impl IntoView {
    let button = move |choice: String| {
        let answer = choice.clone();
        let go = move |_| desk.answer(answer.clone());
        view! { <button class="chip" type="button" on:click=go>{choice}</button> }
    };
    let own = RwSignal::new(String::new());
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        desk.answer(own.get_untracked());
    };
    let is_open = choices.is_empty();
    view! {
        <Callout tone=Tone::Warn title=question>
            <div class="chips" role="group" aria-label="Answers">{choices.into_iter().map(button).collect_view()}</div>
            {is_open.then(|| view! {
                <form class="row" on:submit=send>
                    <input class="input grow" type="text" aria-label="Your answer"
                        prop:value=own on:input=move |event| own.set(event_target_value(&event)) />
                    <Button r#type="submit" busy=desk.make.pending()>"Answer"</Button>
                </form>
            })}
        </Callout>
    }
}

#[component]
fn Objective(desk: Desk) -> impl IntoView {
    let problems = FormProblems::of(desk.make.value());
    let asked = move || question_of(desk.make.value().get());
    let rest = problems.rest(&["objective"]);
    let failed = Signal::derive(move || rest.get().filter(|_| asked().is_none()));
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        desk.answers.set(Vec::new());
        desk.plan_it();
    };
    view! {
        <form class="stack stack--4" on:submit=send>
            <Line id="objective" label="What you want" value=desk.objective error=problems.field("objective")
                placeholder="Complete Send the brief and assign Mobile menu to Ben"
                hint="To-dos, cards, comments and messages of your projects, several at once." />
            <FormProblem error=failed />
            <div class="row"><Button kind=Kind::Primary r#type="submit" busy=desk.make.pending()>"Make a plan"</Button></div>
        </form>
        {move || asked().map(|(question, choices)| view! { <Ask question=question choices=choices desk=desk /> })}
    }
}

#[component]
fn Proposed(plan: Plan, desk: Desk) -> impl IntoView {
    let plan = StoredValue::new(plan);
    let wanted = Memo::new(move |_| plan.with_value(|it| desk.wanted(it)));
    let steps = plan.with_value(|it| it.steps.clone());
    let go = move |_| {
        let id = plan.with_value(|it| it.id.clone());
        desk.carry_out.dispatch(CarryOutPlan { id, steps: wanted.get_untracked() });
    };
    let none = Signal::derive(move || wanted.with(Vec::is_empty));
    let rows = steps.into_iter().map(|it| view! { <Step step=it desk=desk /> }).collect_view();
    view! {
        <section class="card" aria-labelledby="plan-h">
            <div class="card__head"><h2 id="plan-h">"The plan"</h2></div>
            <div class="card__body stack stack--4">
                <ol class="stack stack--4" aria-label="Steps">{rows}</ol>
                <p class="sm quiet">"What your workspace asks about first is asked about step by step, in a conversation."</p>
                <div class="row row--wrap">
                    <Button kind=Kind::Primary busy=desk.carry_out.pending() disabled=none on:click=go>"Carry it out"</Button>
                    <Button kind=Kind::Ghost on:click=move |_| desk.plan.set(None)>"Put it aside"</Button>
                </div>
            </div>
        </section>
    }
}

/// What a step can do, in colour and words.
fn risk(risk: Risk) -> (Tone, &'static str) {
    match risk {
        Risk::Read => (Tone::Good, "Only looks"),
        Risk::Write => (Tone::Warn, "Changes something"),
        Risk::Destructive => (Tone::Bad, "Cannot be taken back easily"),
    }
}

#[component]
fn Step(step: PlanStep, desk: Desk) -> impl IntoView {
    let (tone, words) = risk(step.risk);
    let missing = (!step.missing.is_empty()).then(|| {
        view! { <p class="sm bad">{format!("Missing or wrong: {}", step.missing.join(", "))}</p> }
    });
    let (id, shown) = (step.id.clone(), step.id);
    let is_wanted = move || desk.left_out.with(|it| !it.contains(&shown));
    let toggle = move |event: Event| {
        let is_wanted = event_target_checked(&event);
        desk.left_out.update(|it| {
            if is_wanted {
                it.remove(&id)
            } else {
                it.insert(id.clone())
            };
        });
    };
    view! {
        <li class="stack">
            <div class="row row--wrap">
                <label class="check">
                    <input type="checkbox" prop:checked=is_wanted on:change=toggle />
                    {step.title}
                </label>
                <Badge tone=tone>{words}</Badge>
            </div>
            <p class="sm">{step.detail}</p>
            {missing}
        </li>
    }
}

#[component]
fn History(plans: Signal<Option<Vec<Plan>>>) -> impl IntoView {
    let all = move || plans.get().unwrap_or_default();
    let is_empty = Memo::new(move |_| all().is_empty());
    let none = || {
        let body = "Plans you make stay here for a month, with what came of them.";
        view! { <Empty icon="wand" title="No plan yet" body=body /> }
    };
    view! {
        <Show when=move || !is_empty.get() fallback=none>
            <ul class="rows"><For each=all key=whole let:it><Past plan=it /></For></ul>
        </Show>
    }
}

#[component]
fn Past(plan: Plan) -> impl IntoView {
    let now = use_now();
    let at = parse_time(&plan.at);
    let age = move || at.map(|it| now.get().ago(it)).unwrap_or_default();
    let count = plan.steps.len();
    let steps = domain::words::count(count, "step", "steps");
    let end = match plan.session {
        Some(session) => {
            let label = format!("Open what came of {}", plan.objective);
            view! {
                <ButtonLink size=Size::Small href=format!("/chat/{session}") attr:aria-label=label>"Open"</ButtonLink>
            }
            .into_any()
        }
        None => view! { <Badge>"Not carried out"</Badge> }.into_any(),
    };
    view! {
        <li class="row row--wrap">
            <span class="grow">{plan.objective}</span>
            <span class="sm quiet">{steps}</span>
            <span class="sm quiet">{age}</span>
            {end}
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_told_from_a_wish_that_was_not_understood() {
        let made = |message: &str| {
            let (message, examples) = (message.to_owned(), vec!["Launch day".to_owned()]);
            Some(Err(AppError::Problem(Problem::NotUnderstood { message, examples })))
        };
        let asked = ("Which list?".to_owned(), vec!["Launch day".to_owned()]);
        assert_eq!(question_of(made("Which list?")), Some(asked));
        assert_eq!(question_of(made("This objective was not understood")), None);
        assert_eq!(question_of(None), None);
    }
}
