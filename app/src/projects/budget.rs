//! What a project may cost and what was spent on it: seen by everybody, set by those who manage.

use crate::projects::address::use_address;
use crate::projects::budget_fns::{change_budget, load_budget};
use crate::session::can;
use crate::ui::button::{Button, IconButton, Kind, Size};
use crate::ui::kept::whole;
use crate::ui::progress::Progress;
use crate::ui::time::{parse_time, use_now};
use crate::ui::typed::Line;
use domain::actor::Permission;
use domain::budget::{BudgetChange, Expense, ProjectBudget, money};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Expenses that are listed; the rest is in the sum.
const LISTED: usize = 8;

/// What is being written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Writing {
    Budget,
    Expense,
}

/// The budget of one project, and what is being written about it.
#[derive(Clone, Copy)]
struct Purse {
    project: Memo<i64>,
    budget: RwSignal<Option<ProjectBudget>>,
    /// Why it could not be read, or the last change was not made.
    trouble: RwSignal<Option<String>>,
    writing: RwSignal<Option<Writing>>,
    amount: RwSignal<String>,
    category: RwSignal<String>,
    words: RwSignal<String>,
    busy: RwSignal<bool>,
}

impl Purse {
    fn load(self) {
        let project = self.project.get_untracked();
        spawn_local(async move {
            match load_budget(project).await {
                Ok(found) => {
                    self.budget.try_set(Some(found));
                }
                Err(error) => {
                    self.trouble.try_set(Some(error.to_string()));
                }
            }
        });
    }

    fn begin(self, writing: Writing) {
        self.trouble.set(None);
        let known = self.budget.with_untracked(|it| it.as_ref().and_then(|it| it.amount));
        let known = known.filter(|_| writing == Writing::Budget);
        self.amount.set(known.map(money).unwrap_or_default());
        self.category.set(String::new());
        self.words.set(String::new());
        self.writing.set(Some(writing));
    }

    /// What stands in the form; nothing typed takes a budget away.
    fn typed(self, writing: Writing) -> Option<BudgetChange> {
        let typed = self.amount.get_untracked();
        let amount = typed.trim().parse::<f64>().ok();
        match writing {
            Writing::Budget if typed.trim().is_empty() => Some(BudgetChange::Clear),
            Writing::Budget => Some(BudgetChange::Set { amount: amount? }),
            Writing::Expense => Some(BudgetChange::Spend {
                amount: amount?,
                category: self.category.get_untracked(),
                description: self.words.get_untracked(),
            }),
        }
    }

    fn send(self, change: BudgetChange) {
        self.trouble.set(None);
        self.busy.set(true);
        let project = self.project.get_untracked();
        spawn_local(async move {
            match change_budget(project, change).await {
                Ok(()) => {
                    self.writing.try_set(None);
                    self.load();
                }
                Err(error) => {
                    self.trouble.try_set(Some(error.words()));
                }
            }
            self.busy.try_set(false);
        });
    }
}

/// The card on the page of a project.
#[component]
pub(crate) fn BudgetCard() -> impl IntoView {
    let address = use_address();
    let purse = Purse {
        project: Memo::new(move |_| address.project.get()),
        budget: RwSignal::new(None),
        trouble: RwSignal::new(None),
        writing: RwSignal::new(None),
        amount: RwSignal::new(String::new()),
        category: RwSignal::new(String::new()),
        words: RwSignal::new(String::new()),
        busy: RwSignal::new(false),
    };
    Effect::new(move |_| {
        purse.project.track();
        purse.budget.set(None);
        purse.load();
    });
    let rows = move || {
        let all = purse.budget.get().map(|it| it.expenses).unwrap_or_default();
        all.into_iter().take(LISTED).collect::<Vec<_>>()
    };
    let more = move || {
        let count = purse.budget.with(|it| it.as_ref().map_or(0, |it| it.expenses.len()));
        (count > LISTED).then(|| format!("{} earlier ones are in the sum.", count - LISTED))
    };
    view! {
        <section class="card" aria-labelledby="ov-budget">
            <div class="card__head row--wrap"><h2 id="ov-budget">"Budget"</h2><Offers purse=purse /></div>
            {move || purse.budget.get().map(|it| view! { <Spent budget=it /> })}
            <ul class="rows"><For each=rows key=whole let:it><Row expense=it purse=purse /></For></ul>
            {move || more().map(|it| view! { <p class="none">{it}</p> })}
            {move || purse.writing.get().map(|it| view! { <Form writing=it purse=purse /> })}
            {move || purse.trouble.get().map(|it| view! { <p class="error inset" role="alert">{it}</p> })}
        </section>
    }
}

/// What can be begun.
#[component]
fn Offers(purse: Purse) -> impl IntoView {
    let (manages, writes) = (can(Permission::Manage), can(Permission::Write));
    let is_idle = move || purse.writing.with(Option::is_none);
    view! {
        <span class="push row row--wrap">
            <Show when=move || manages.get() && is_idle()>
                <Button size=Size::Small on:click=move |_| purse.begin(Writing::Budget)>"Set the budget"</Button>
            </Show>
            <Show when=move || writes.get() && is_idle()>
                <Button size=Size::Small icon="plus" on:click=move |_| purse.begin(Writing::Expense)>"Log an expense"</Button>
            </Show>
        </span>
    }
}

#[component]
fn Spent(budget: ProjectBudget) -> impl IntoView {
    let words = budget.words();
    let tone = match budget.percent() {
        Some(100) => "bad",
        Some(80..) => "warn",
        _ => "good",
    };
    let label = words.clone();
    let bar = budget.percent().map(|it| view! { <Progress label=label value=it tone=tone /> });
    view! { <div class="inset stack stack--3"><p class="sm">{words}</p>{bar}</div> }
}

#[component]
fn Row(expense: Expense, purse: Purse) -> impl IntoView {
    let now = use_now();
    let at = parse_time(&expense.at).unwrap_or_default();
    let title = format!("{} for {}", money(expense.amount), expense.category);
    let label = format!("Take away: {title}");
    let (who, words, id) = (expense.who, expense.description, expense.id);
    let remove = expense.may_remove.then(|| {
        view! {
            <IconButton icon="trash" label=label class="icon-btn--sm"
                on:click=move |_| purse.send(BudgetChange::Remove { id: id.clone() }) />
        }
    });
    view! {
        <li>
            <span class="grow">
                {title}
                <span class="xs quiet">{move || format!(" {words} by {who}, {}", now.get().ago(at))}</span>
            </span>
            {remove}
        </li>
    }
}

#[component]
fn Form(writing: Writing, purse: Purse) -> impl IntoView {
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        match purse.typed(writing) {
            Some(change) => purse.send(change),
            None => purse.trouble.set(Some("Give an amount above 0".to_owned())),
        }
    };
    let hint = match writing {
        Writing::Budget => "What it may cost in all. Empty takes the budget away.",
        Writing::Expense => "A number above 0.",
    };
    let more = (writing == Writing::Expense).then(|| {
        view! {
            <Line id="expense-category" label="What for, in one word" value=purse.category placeholder="print" />
            <Line id="expense-words" label="What exactly" value=purse.words />
        }
    });
    view! {
        <form class="stack stack--3 inset" on:submit=send>
            <Line id="budget-amount" label="Amount" value=purse.amount hint=hint />
            {more}
            <div class="row">
                <Button kind=Kind::Primary r#type="submit" busy=purse.busy>"Save"</Button>
                <Button kind=Kind::Ghost on:click=move |_| purse.writing.set(None)>"Cancel"</Button>
            </div>
        </form>
    }
}
