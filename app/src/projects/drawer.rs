//! One record over the page of its project: its words, comments and history, and what can be done with it.

use crate::error::AppError;
use crate::projects::address::use_address;
use crate::projects::desk::{Desk, Sending};
use crate::projects::due::DueLabel;
use crate::projects::form::{Assignees, Draft, FormEnd, rest, wrong};
use crate::projects::times::{TimeFields, Times};
use crate::ui::badge::Tone;
use crate::ui::browser;
use crate::ui::button::{Button, IconButton, Kind as ButtonKind, Size};
use crate::ui::callout::Callout;
use crate::ui::icon::Icon;
use crate::ui::kept::{Kept, whole};
use crate::ui::person::Avatar;
use crate::ui::problem::FormProblem;
use crate::ui::skeleton::RowsSkeleton;
use crate::ui::time::{Ago, parse_time};
use crate::ui::typed::{Line, Lines};
use domain::record::{Act, Detail, Fields, Item, Kind, Step};
use domain::todo::Comment;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

/// The drawer's id.
const DRAWER: &str = "record";

/// What is loaded for the drawer, and at which version of the desk; none while it is closed.
pub(crate) type Loading = Resource<Result<Option<(u64, Detail)>, AppError>>;

/// The drawer; it follows the address. The page beside it stays in use, and so does Undo.
#[component]
pub(crate) fn RecordDrawer(of: Loading, desk: Desk) -> impl IntoView {
    let address = use_address();
    let is_open = Memo::new(move |_| address.open.get().is_some());
    let navigate = StoredValue::new(use_navigate());
    let close = Callback::new(move |()| {
        let options = NavigateOptions { scroll: false, ..NavigateOptions::default() };
        navigate.with_value(|go| go(&untrack(move || address.closed()), options));
    });
    Effect::new(move |before: Option<Option<i64>>| {
        let (was, now) = (before.flatten(), address.open.get());
        let target = match (was, now) {
            (Some(was), None) => Some(format!("r-{was}")),
            (was, Some(_)) if was != now => Some(DRAWER.to_owned()),
            _ => None,
        };
        if let Some(target) = target {
            request_animation_frame(move || browser::focus(&target));
        }
        now
    });
    Effect::new(move |_: Option<()>| {
        let listener = window_event_listener(leptos::ev::keydown, move |event| {
            if event.key() == "Escape" && is_open.get_untracked() {
                close.run(());
            }
        });
        on_cleanup(move || listener.remove());
    });
    view! {
        <Show when=move || is_open.get()>
            <div class="sheet" id=DRAWER role="dialog" aria-label="Record" tabindex="-1">
                <Kept of=of skeleton=|| view! { <RowsSkeleton count=6 /> } let:found>
                    <Opened found=found close=close desk=desk />
                </Kept>
            </div>
        </Show>
    }
}

#[component]
fn Opened(
    found: Signal<Option<Option<(u64, Detail)>>>,
    close: Callback<()>,
    desk: Desk,
) -> impl IntoView {
    let detail = Memo::new(move |_| found.get().flatten().map(|it| it.1));
    let seen = move || found.with(|it| it.as_ref().and_then(Option::as_ref).map_or(0, |it| it.0));
    let item = Memo::new(move |_| detail.with(|it| it.as_ref().map(|it| it.item.clone())));
    let id = Memo::new(move |_| item.with(|it| it.as_ref().map(|it| it.id)));
    let body = move || {
        id.get()?;
        let first = item.get_untracked()?;
        let shown = Memo::new(move |before: Option<&Item>| {
            let now = item.get().or_else(|| before.cloned()).unwrap_or_else(|| first.clone());
            desk.foresee_item(seen(), now)
        });
        let comments = Memo::new(move |_| detail.get().map(|it| it.comments).unwrap_or_default());
        let history = Memo::new(move |_| detail.get().and_then(|it| it.history));
        Some(view! {
            <Head item=shown close=close />
            <div class="sheet__body">
                <Removed item=shown />
                <Body item=shown close=close desk=desk />
                <Talk item=shown comments=comments desk=desk />
                <Past history=history />
            </div>
        })
    };
    view! { {body} }
}

#[component]
fn Head(item: Memo<Item>, close: Callback<()>) -> impl IntoView {
    let what = move || item.with(|it| format!("{} in {}", it.kind.label(), it.place));
    view! {
        <header class="sheet__head">
            <div class="grow">
                <p class="xs quiet">{what}</p>
                <h2>{move || item.with(|it| it.title.clone())}</h2>
            </div>
            <a
                class="btn btn--sm"
                href=move || item.with(|it| it.app_url.clone())
                target="_blank"
                rel="noreferrer"
            >
                "Basecamp"
                <Icon name="external" />
            </a>
            <IconButton icon="x" label="Close" class="icon-btn--sm" on:click=move |_| close.run(()) />
        </header>
    }
}

/// Says that the record is in the trash or gone.
#[component]
fn Removed(item: Memo<Item>) -> impl IntoView {
    view! {
        <Show when=move || item.with(|it| it.is_removed)>
            <Callout tone=Tone::Warn title="This was removed in the meantime">
                <p>"It is shown as it was. It can be brought back in Basecamp for some time."</p>
            </Callout>
        </Show>
    }
}

/// What it says, or the form to change that.
#[component]
fn Body(item: Memo<Item>, close: Callback<()>, desk: Desk) -> impl IntoView {
    let editing = RwSignal::new(false);
    let is_changeable = move || desk.writes.get() && item.with(|it| !it.is_removed);
    let is_todo = move || item.with(|it| it.kind == Kind::Todo);
    let has_words = move || item.with(|it| !matches!(it.kind, Kind::Upload | Kind::Folder));
    let trash = move |_| {
        let (id, title) = item.with_untracked(|it| (it.id, it.title.clone()));
        close.run(());
        desk.act(Act::Trash { id }, title);
    };
    let turn = move |_| {
        let (id, title, completed) =
            item.with_untracked(|it| (it.id, it.title.clone(), it.completed));
        desk.act(if completed { Act::Reopen { id } } else { Act::Complete { id } }, title);
    };
    let words = move || if item.with(|it| it.completed) { "Reopen" } else { "Complete" };
    let actions = move || {
        view! {
            <div class="row row--wrap">
                <Show when=is_todo>
                    <Button kind=ButtonKind::Primary size=Size::Small icon="check" on:click=turn>{words}</Button>
                </Show>
                <Show when=has_words>
                    <Button size=Size::Small icon="edit" on:click=move |_| editing.set(true)>"Edit"</Button>
                </Show>
                <Button kind=ButtonKind::Ghost size=Size::Small icon="trash" on:click=trash>"Move to trash"</Button>
            </div>
        }
    };
    view! {
        <Show when=move || editing.get() fallback=move || view! { <Facts item=item /> }>
            <Edit item=item editing=editing desk=desk />
        </Show>
        <Show when=move || is_changeable() && !editing.get()>{actions}</Show>
    }
}

#[component]
fn Facts(item: Memo<Item>) -> impl IntoView {
    let names = move || {
        item.with(|it| it.people.iter().map(|it| it.name.clone()).collect::<Vec<_>>().join(", "))
    };
    let due = move || item.with(|it| it.due_on.clone());
    let is_work = move || item.with(|it| matches!(it.kind, Kind::Todo | Kind::Card));
    view! {
        <Show when=is_work>
            <dl class="facts">
                <dt>"Due"</dt><dd>{move || match due() {
                    Some(day) => view! { <DueLabel due_on=Some(day) /> }.into_any(),
                    None => "No day".into_any(),
                }}</dd>
                <dt>"Who does it"</dt><dd>{move || if names().is_empty() { "No one yet".to_owned() } else { names() }}</dd>
            </dl>
        </Show>
        <p class="sheet__text">{move || item.with(|it| it.text.clone())}</p>
        <p class="xs quiet">
            "Made by "{move || item.with(|it| it.creator.clone())}" "
            {move || view! { <Ago at_ms=item.with(|it| it.created_at_ms) /> }}
        </p>
    }
}

/// What changes a record: only `fields`, and its `times` where it is a date.
fn change(item: &Item, fields: Fields, times: Option<Times>) -> Option<Act> {
    let id = item.id;
    let was = (item.starts_at.clone(), item.ends_at.clone());
    let times = times.map(Times::both).filter(|(from, to)| {
        let is_same = |was: &Option<String>, now: &String| {
            let at = was.as_deref().and_then(parse_time);
            was.as_ref() == Some(now) || at.is_some_and(|it| parse_time(now) == Some(it))
        };
        !(is_same(&was.0, from) && is_same(&was.1, to))
    });
    if fields == Fields::default() && times.is_none() {
        return None;
    }
    Some(match item.kind {
        Kind::Card => Act::EditCard { id, fields },
        Kind::Message => Act::EditPost { id, fields },
        Kind::Document => Act::EditDocument { id, fields },
        Kind::Entry => Act::EditEntry { id, times, fields },
        Kind::Todo => Act::EditTodo { id, fields },
        // Nothing of these is written in a form.
        Kind::Upload | Kind::Folder => return None,
    })
}

#[component]
fn Edit(item: Memo<Item>, editing: RwSignal<bool>, desk: Desk) -> impl IntoView {
    let was = item.get_untracked();
    let (draft, form) = (Draft::of(&was), Sending::new());
    let is_work = matches!(was.kind, Kind::Todo | Kind::Card);
    let times = (was.kind == Kind::Entry).then(|| Times::of(&was));
    let is_plain = was.is_plain;
    let was = StoredValue::new(was);
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(act) = was.with_value(|it| change(it, draft.changes(it), times)) else {
            editing.set(false);
            return;
        };
        let done = Callback::new(move |()| editing.set(false));
        desk.submit(act, draft.title.get_untracked(), form, done);
    };
    let doing = is_work.then(|| {
        view! {
            <Line id="edit-due".to_owned() label="Due day" r#type="date" value=draft.due_on error=wrong(form, "due_on") />
            <Assignees desk=desk chosen=draft.people />
        }
    });
    let when = times.map(|it| view! { <TimeFields times=it form=form id="edit" /> });
    let words = if is_plain {
        view! { <Lines id="edit-text".to_owned() label="Notes" value=draft.text /> }.into_any()
    } else {
        let why = "Its words have a form that is kept only in Basecamp: change them there.";
        view! { <p class="sm quiet">{why}</p> }.into_any()
    };
    view! {
        <form class="stack stack--3" on:submit=send>
            <Line id="edit-title".to_owned() label="Title" value=draft.title error=wrong(form, "title") />
            {doing}
            {when}
            {words}
            <FormEnd form=form send="Save" cancel=move |()| editing.set(false) />
        </form>
    }
}

/// The comments, and the form for one more.
#[component]
fn Talk(item: Memo<Item>, comments: Memo<Vec<Comment>>, desk: Desk) -> impl IntoView {
    let (text, form) = (RwSignal::new(String::new()), Sending::new());
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let (id, title) = item.with_untracked(|it| (it.id, it.title.clone()));
        let done = Callback::new(move |()| text.set(String::new()));
        desk.submit(Act::Comment { id, text: text.get_untracked() }, title, form, done);
    };
    let comment = |it: Comment| {
        view! {
            <li>
                <Avatar name=it.creator.clone() decorative=true />
                <div class="grow">
                    <p class="xs quiet"><b>{it.creator}</b>" "{parse_time(&it.created_at).map(|at| view! { <Ago at_ms=at /> })}</p>
                    <p class="sheet__text">{it.content}</p>
                </div>
            </li>
        }
    };
    let may = move || desk.writes.get() && item.with(|it| !it.is_removed);
    view! {
        <section aria-labelledby="talk" class="stack stack--3">
            <h3 id="talk">"Comments"</h3>
            <ul class="talk"><For each=move || comments.get() key=whole children=comment /></ul>
            <Show when=move || comments.with(Vec::is_empty)><p class="sm quiet">"Nobody has said anything yet."</p></Show>
            <Show when=may>
                <form class="stack stack--3" on:submit=send>
                    <Lines id="comment-text".to_owned() label="Your comment" value=text error=wrong(form, "text") />
                    <div class="row">
                        <Button size=Size::Small r#type="submit" busy=form.busy icon="comment">"Comment"</Button>
                    </div>
                    <FormProblem error=rest(form) />
                </form>
            </Show>
        </section>
    }
}

/// What happened to it.
#[component]
fn Past(history: Memo<Option<Vec<Step>>>) -> impl IntoView {
    let step = |it: Step| {
        view! { <li><span class="grow">{it.who}" "{it.action}</span><Ago at_ms=it.at_ms /></li> }
    };
    view! {
        <section aria-labelledby="past" class="stack stack--3">
            <h3 id="past">"History"</h3>
            {move || match history.get() {
                None => view! { <p class="sm quiet">"The history could not be read from Basecamp. Open this again in a moment."</p> }.into_any(),
                Some(steps) => view! { <ul class="past">{steps.into_iter().map(step).collect_view()}</ul> }.into_any(),
            }}
        </section>
    }
}
