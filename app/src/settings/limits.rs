//! Settings: how much each person may use in a day or a month, and how much of it they used.

use crate::error::AppError;
use crate::settings::limit_fns::{load_limits, load_own_use, set_limit};
use crate::ui::button::{Button, IconButton, Kind};
use crate::ui::form::FormProblems;
use crate::ui::kept::{Kept, whole};
use crate::ui::problem::{FormProblem, Loaded};
use crate::ui::progress::Progress;
use crate::ui::skeleton::{CardSkeleton, RowsSkeleton};
use crate::ui::toast::use_toasts;
use crate::ui::typed::{Choose, Line, Pick};
use domain::ids::UserId;
use domain::limit::{Limit, LimitBook, LimitChange, Measure, Meter, NEARLY, Period, PersonUse};
use domain::problem::Problem;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

/// Sets a limit that was typed, or takes one away.
type Setting = Action<Result<LimitChange, AppError>, Result<(), AppError>>;

/// What stands in the form.
#[derive(Clone, Copy)]
struct Typed {
    /// The id of a person; nothing for each person.
    person: RwSignal<String>,
    measure: RwSignal<String>,
    period: RwSignal<String>,
    most: RwSignal<String>,
}

impl Typed {
    fn new() -> Self {
        Self {
            person: RwSignal::new(String::new()),
            measure: RwSignal::new(Measure::Changes.as_str().to_owned()),
            period: RwSignal::new(Period::Day.as_str().to_owned()),
            most: RwSignal::new(String::new()),
        }
    }

    fn read(self) -> Result<LimitChange, AppError> {
        let person = self.person.get_untracked();
        let most = self.most.with_untracked(|it| it.trim().parse::<f64>().ok());
        let wrong = || AppError::Problem(Problem::invalid("most", "Give a number above 0"));
        Ok(LimitChange {
            person: (!person.is_empty()).then(|| UserId::from(person)),
            measure: self
                .measure
                .with_untracked(|it| Measure::parse(it))
                .unwrap_or(Measure::Changes),
            period: self.period.with_untracked(|it| Period::parse(it)).unwrap_or(Period::Day),
            most: Some(most.ok_or_else(wrong)?),
        })
    }
}

/// The section.
#[component]
pub(crate) fn LimitsSection() -> impl IntoView {
    let set: Setting = Action::new(|change: &Result<LimitChange, AppError>| {
        let change = change.clone();
        async move { set_limit(change?).await }
    });
    let typed = Typed::new();
    let book = Resource::new(move || set.version().get(), |_| load_limits());
    let toasts = use_toasts();
    Effect::new(move || {
        if set.value().with(|it| matches!(it, Some(Ok(())))) {
            typed.most.set(String::new());
            toasts.say("The limits are changed");
        }
    });
    view! {
        <p class="muted">
            "At a limit nothing more is done: changes are refused until it begins anew, and the assistant asks no model that costs something. What is under way is finished, and what was done can still be undone. "
            "What the whole workspace may spend in a month is set under "<a class="link" href="/settings/assistant">"Assistant"</a>"."
        </p>
        <Kept of=book skeleton=|| view! { <CardSkeleton count=2 /> } let:book>
            <div class="cols cols--main">
                <div class="stack stack--6">
                    <Limits book=book set=set />
                    <People book=book />
                </div>
                <LimitForm book=book typed=typed set=set />
            </div>
        </Kept>
    }
}

#[component]
fn Limits(book: Signal<Option<LimitBook>>, set: Setting) -> impl IntoView {
    let rows = move || book.get().map(|it| it.limits).unwrap_or_default();
    let none = || {
        view! { <li class="setrow"><span class="quiet">"No limits yet: everybody may use as much as they like."</span></li> }
    };
    view! {
        <section class="card" aria-labelledby="li-all">
            <div class="card__head"><h2 id="li-all">"Limits that hold"</h2></div>
            <ul class="setrows">
                <Show when=move || !rows().is_empty() fallback=none>
                    <For each=rows key=whole let:it><Row limit=it set=set /></For>
                </Show>
            </ul>
        </section>
    }
}

#[component]
fn Row(limit: Limit, set: Setting) -> impl IntoView {
    let who = limit.name.clone().unwrap_or_else(|| "Each person".to_owned());
    let much = format!("{} a {}", limit.measure.amount(limit.most), limit.period.as_str());
    let label = format!("Take away: {who}, {much}");
    let by = format!("set by {}", limit.set_by);
    let change = LimitChange {
        person: limit.person,
        measure: limit.measure,
        period: limit.period,
        most: None,
    };
    view! {
        <li class="setrow">
            <div class="grow"><b>{who}</b><p>{much}</p><p>{by}</p></div>
            <IconButton icon="trash" label=label class="icon-btn--sm"
                on:click=move |_| { set.dispatch(Ok(change.clone())); } />
        </li>
    }
}

#[component]
fn LimitForm(book: Signal<Option<LimitBook>>, typed: Typed, set: Setting) -> impl IntoView {
    let problems = FormProblems::of(set.value());
    let people: Signal<Vec<(String, String)>> = Signal::derive(move || {
        let all = book.get().map(|it| it.people).unwrap_or_default();
        let first = (String::new(), "Each person without a limit of their own".to_owned());
        let rest = all.into_iter().map(|it| (it.person.to_string(), it.name));
        std::iter::once(first).chain(rest).collect()
    });
    let measures = Measure::ALL.map(|it| (it.as_str(), it.label())).to_vec();
    let periods = vec![("day", "In a day, from midnight"), ("month", "In a month, from the first")];
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        set.dispatch(typed.read());
    };
    view! {
        <section class="card" aria-labelledby="li-set">
            <div class="card__head"><h2 id="li-set">"Set a limit"</h2></div>
            <form class="card__body stack stack--4" on:submit=send>
                <Pick id="limit-person" label="Who" options=people value=typed.person />
                <Choose id="limit-measure" label="What is counted" options=measures value=typed.measure />
                <Choose id="limit-period" label="For how long" options=periods value=typed.period />
                <Line id="limit-most" label="At most" value=typed.most error=problems.field("most")
                    hint="One that is there already is replaced." />
                <FormProblem error=problems.rest(&["most"]) />
                <div class="row">
                    <Button kind=Kind::Primary r#type="submit" busy=set.pending()>"Set the limit"</Button>
                </div>
            </form>
        </section>
    }
}

#[component]
fn People(book: Signal<Option<LimitBook>>) -> impl IntoView {
    let rows = move || book.get().map(|it| it.people).unwrap_or_default();
    let person = |it: PersonUse| {
        view! {
            <li class="setrow">
                <div class="grow"><b>{it.name}</b><Meters meters=it.meters /></div>
            </li>
        }
    };
    view! {
        <section class="card" aria-labelledby="li-used">
            <div class="card__head"><h2 id="li-used">"What people used"</h2></div>
            <ul class="setrows"><For each=rows key=whole let:it>{person(it)}</For></ul>
        </section>
    }
}

/// What was used, with a bar where there is a limit.
#[component]
fn Meters(meters: Vec<Meter>) -> impl IntoView {
    let meter = |it: Meter| {
        let tone = match it.percent() {
            Some(100) => "bad",
            Some(NEARLY..) => "warn",
            _ => "good",
        };
        let words = it.words();
        let bar = it
            .percent()
            .map(|value| view! { <Progress label=words.clone() value=value tone=tone /> });
        let over = it.is_used_up().then(|| view! { <span class="xs">"Used up"</span> });
        view! { <div class="quota"><span>{words}</span>{bar}{over}</div> }
    };
    view! { <div class="quotas">{meters.into_iter().map(meter).collect_view()}</div> }
}

/// What whoever looks used; for their profile.
#[component]
pub(crate) fn OwnUse() -> impl IntoView {
    let own = Resource::new(|| (), |()| load_own_use());
    view! {
        <section class="card" aria-labelledby="pr-use">
            <div class="card__head"><h2 id="pr-use">"What you used"</h2></div>
            <Loaded of=own skeleton=|| view! { <RowsSkeleton count=3 /> } let:meters>
                <Meters meters=meters />
            </Loaded>
            <div class="card__body">
                <p class="hint">"An admin sets limits for everybody or for one person. At a limit nothing more is done until it begins anew."</p>
            </div>
        </section>
    }
}
