//! `/approvals` and `/approvals/:id`: what waits, what was decided, and one of them whole.

use crate::approvals::detail::{Answers, Detail};
use crate::approvals::rules::Rules;
use crate::approvals::server_fns::{list_approvals, shown_approval};
use crate::chat::approval::decided_by;
use crate::error::AppError;
use crate::live::use_live;
use crate::ui::badge::{State, Status};
use crate::ui::empty::Empty;
use crate::ui::icon::Icon;
use crate::ui::kept::of_loading;
use crate::ui::problem::Loaded;
use crate::ui::skeleton::RowsSkeleton;
use crate::ui::time::{parse_time, use_now};
use crate::ui::toast::use_toasts;
use domain::approval::{Approval, ApprovalDetail, ApprovalStatus};
use domain::event::Topic;
use domain::ids::ApprovalId;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_params_map, use_query_map};

/// The approval beside the list.
type Shown = Resource<Result<Option<ApprovalDetail>, AppError>>;

/// The inbox.
#[component]
pub fn ApprovalsPage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let chosen = Memo::new(move |_| params.with(|it| it.get("id")).map(ApprovalId::from));
    let tab = Memo::new(move |_| query.with(|it| it.get("tab")).unwrap_or_default());
    let decided = Memo::new(move |_| tab.with(|it| it == "decided"));
    let version = use_live().version(Topic::Approval);
    let list = Resource::new(
        move || (decided.get(), version.get()),
        |(decided, _)| list_approvals(!decided),
    );
    // Made here and not by the part that shows it, which is drawn anew with every choice.
    let listed = Memo::new(move |_| tab.with(|it| it != "rules").then(|| !decided.get()));
    // What was decided may be done a moment later, or undone; where something is typed, nothing moves.
    let writes = use_live().version(Topic::Operation);
    let shown = Resource::new(
        move || (chosen.get(), listed.get(), version.get(), decided.get().then(|| writes.get())),
        |(id, listed, ..)| shown_approval(id, listed),
    );
    let waiting = Resource::new(move || version.get(), |_| list_approvals(true));
    let answers = Answers::new();
    going_on(answers, waiting, (chosen, shown));
    let count = of_loading(move |_| waiting.get().and_then(Result::ok).map_or(0, |it| it.len()));
    view! {
        <Title text="Approvals" />
        <h1 class="sr">"Approvals"</h1>
        <div class="inbox" data-view=move || if chosen.get().is_some() { "detail" } else { "list" }>
            <div class="inbox__list">
                <Tabs tab=tab count=count />
                {move || match tab.get().as_str() {
                    "rules" => view! { <Rules /> }.into_any(),
                    _ => view! {
                        <Loaded of=list skeleton=|| view! { <RowsSkeleton count=3 /> } let:all>
                            <List all=all decided=decided shown=shown />
                        </Loaded>
                    }
                    .into_any(),
                }}
            </div>
            <article class="inbox__detail" aria-label="The approval">
                <Loaded of=shown skeleton=|| view! { <RowsSkeleton count=4 /> } let:found>
                    {match found {
                        Some(it) => view! { <Detail shown=it answers=answers again=move || shown.refetch() /> }.into_any(),
                        None => view! { <p class="xs quiet" style="padding: 1.5rem">"What an approval would do is shown here."</p> }.into_any(),
                    }}
                </Loaded>
            </article>
        </div>
    }
}

/// What happens once something was decided here: it is said, and the page goes on to the next one that waits; where
/// there is none, to the list.
fn going_on(
    answers: Answers,
    waiting: Resource<Result<Vec<Approval>, AppError>>,
    (chosen, shown): (Memo<Option<ApprovalId>>, Shown),
) {
    let (navigate, toasts) = (use_navigate(), use_toasts());
    Effect::new(move |_| {
        let Some(decided) = answers.decided() else { return };
        answers.clear();
        let word = match decided.status {
            ApprovalStatus::Rejected => "Rejected",
            _ => "Approved",
        };
        toasts.say(format!("{word}: {}", decided.title));
        let all = waiting.get_untracked().and_then(Result::ok).unwrap_or_default();
        let path = match next_of(&all, &decided.id) {
            Some(next) => format!("/approvals/{next}"),
            None => "/approvals".to_owned(),
        };
        navigate(&path, NavigateOptions { scroll: false, ..Default::default() });
        shown.refetch();
    });
    // What was refused of one is not said of another.
    Effect::new(move |before: Option<Option<ApprovalId>>| {
        let now = chosen.get();
        if before.is_some_and(|it| it != now) {
            answers.clear();
        }
        now
    });
}

/// The one that waits after `decided`, or else the first.
fn next_of(all: &[Approval], decided: &ApprovalId) -> Option<ApprovalId> {
    let at = all.iter().position(|it| it.id == *decided).unwrap_or(0);
    let (before, after) = all.split_at(at);
    let mut rest = after.iter().chain(before).filter(|it| it.id != *decided);
    rest.next().map(|it| it.id.clone())
}

#[component]
fn Tabs(tab: Memo<String>, count: Signal<usize>) -> impl IntoView {
    let current = move |it: &str| tab.with(|tab| tab == it).then_some("page");
    view! {
        <nav class="inbox__tabs tabs" aria-label="Approvals">
            <a class="tab" href="/approvals" aria-current=move || current("")>
                "Waiting"
                <Transition fallback=|| ()>
                    {move || Some(count.get()).filter(|it| *it > 0).map(|it| view! { <span class="count count--warn">{it}</span> })}
                </Transition>
            </a>
            <a class="tab" href="/approvals?tab=decided" aria-current=move || current("decided")>"Decided"</a>
            <a class="tab" href="/approvals?tab=rules" aria-current=move || current("rules")>"Remembered"</a>
        </nav>
    }
}

#[component]
fn List(all: Vec<Approval>, decided: Memo<bool>, shown: Shown) -> impl IntoView {
    if all.is_empty() {
        let (title, body) = if decided.get_untracked() {
            ("Nothing was decided yet", "Answers to approvals are kept here.")
        } else {
            (
                "Nothing is waiting for you",
                "When a flow or the assistant wants to change Basecamp, or do something hard to undo, it asks here first.",
            )
        };
        return view! { <Empty icon="approvals" title=title body=body /> }.into_any();
    }
    let rows = all
        .into_iter()
        .map(|it| view! { <Row approval=it decided=decided shown=shown /> })
        .collect_view();
    view! { <ul>{rows}</ul> }.into_any()
}

#[component]
fn Row(approval: Approval, decided: Memo<bool>, shown: Shown) -> impl IntoView {
    let id = approval.id.clone();
    let tab = if decided.get_untracked() { "?tab=decided" } else { "" };
    let href = format!("/approvals/{id}{tab}");
    let is_shown =
        move || shown.get().and_then(Result::ok).flatten().is_some_and(|it| it.approval.id == id);
    let current = move || is_shown().then_some("true");
    let (at, now) = (parse_time(&approval.created_at).unwrap_or_default(), use_now());
    let sign = match approval.status {
        ApprovalStatus::Pending => {
            view! { <span class="tile tile--sm tile--iris" aria-hidden="true"><Icon name="assistant" /></span> }.into_any()
        }
        ApprovalStatus::Approved => view! { <Status state=State::Succeeded /> }.into_any(),
        ApprovalStatus::Rejected => view! { <Status state=State::Failed /> }.into_any(),
        ApprovalStatus::Expired => view! { <Status state=State::Skipped /> }.into_any(),
    };
    let who = match approval.status {
        ApprovalStatus::Pending => format!("Assistant, asked by {}", approval.requested_by),
        ApprovalStatus::Approved => format!("Approved by {}", decided_by(&approval)),
        ApprovalStatus::Rejected => format!("Rejected by {}", decided_by(&approval)),
        ApprovalStatus::Expired => "Expired, so nothing was done".to_owned(),
    };
    let reach = approval.effects.seen_by.is_some().then(|| {
        view! { <small class="row"><Icon name="eye" />"Others in Basecamp see it"</small> }
    });
    view! {
        <li>
            <a class="inbox__item" href=href aria-current=current>
                {sign}
                <span class="grow">
                    <span class="row">
                        <b class="grow">{approval.title}</b>
                        <span class="due">{move || now.get().ago(at)}</span>
                    </span>
                    <small>{who}</small>
                    {reach}
                </span>
            </a>
        </li>
    }
}
