//! One thing said, with what was done for it.

use crate::chat::approval::ApprovalCard;
use crate::chat::attaching::Attached;
use crate::chat::state::{Chat, Live};
use crate::chat::trace::Trace;
use crate::ui::brand::Logo;
use crate::ui::browser;
use crate::ui::button::IconButton;
use crate::ui::time::{parse_time, use_now};
use domain::assistant::model_title;
use domain::attachment::Attachment;
use domain::chat::{ChatRunStatus, Turn, TurnRun};
use domain::ids::SessionId;
use leptos::prelude::*;

/// What a turn looks like depends on these; a turn with another key is drawn anew.
pub fn key(turn: &Turn) -> String {
    let run = turn.run.as_ref();
    let decided = run
        .map(|it| it.approvals.iter().map(|it| it.status.as_str()).collect::<Vec<_>>().join(","));
    let status = run.map(|it| it.status.as_str()).unwrap_or_default();
    format!("{} {status} {} {}", turn.id, decided.unwrap_or_default(), turn.choices.len())
}

/// One stored turn.
#[component]
pub fn TurnView(
    /// The turn.
    turn: Turn,
    /// The conversation it is in.
    chat: Chat,
) -> impl IntoView {
    if turn.is_mine {
        view! { <Mine text=turn.text files=turn.attachments session=chat.session.get_untracked() /> }.into_any()
    } else {
        view! { <Answer turn=turn chat=chat /> }.into_any()
    }
}

/// What the person said.
#[component]
pub fn Mine(
    /// The words.
    text: String,
    /// The files beside them.
    #[prop(optional)]
    files: Vec<Attachment>,
    /// The conversation.
    #[prop(default = None)]
    session: Option<SessionId>,
) -> impl IntoView {
    view! {
        <div class="msg msg--me">
            <span class="sr">"You said:"</span>
            <p>{text}</p>
            {(!files.is_empty()).then(|| view! { <Attached files=files session=session /> })}
        </div>
    }
}

#[component]
fn By(#[prop(into)] at: Signal<String>, model: String) -> impl IntoView {
    let model = model_title(&model);
    view! {
        <div class="msg__by">
            <Logo />
            <b>"Assistant"</b>
            <span>{move || at.get()}</span>
            {(!model.is_empty()).then(|| view! { <span class="trunc" title="Which model answered">{model}</span> })}
        </div>
    }
}

#[component]
fn Answer(turn: Turn, chat: Chat) -> impl IntoView {
    let text = turn.text.clone();
    let at = parse_time(&turn.at).unwrap_or_default();
    let now = use_now();
    let model = turn.run.as_ref().map(|it| it.model.clone()).unwrap_or_default();
    let tools = view! {
        <div class="msg__tools">
            <IconButton icon="copy" label="Copy answer" class="icon-btn--xs" on:click=move |_| browser::copy(&text) />
        </div>
    };
    view! {
        <div class="msg msg--ai">
            <By at=Signal::derive(move || now.get().clock(at)) model=model />
            {turn.run.clone().map(|run| view! { <Done run=run chat=chat /> })}
            <div class="prose" inner_html=turn.html></div>
            <Choices choices=turn.choices chat=chat />
            {tools}
        </div>
    }
}

/// What a finished run did and asked for.
#[component]
fn Done(run: TurnRun, chat: Chat) -> impl IntoView {
    let approvals = run.approvals.clone();
    let has_steps = run.trace.iter().any(|it| it.kind != "chat.run");
    view! {
        {has_steps.then(|| view! { <Trace run=run /> })}
        {approvals.into_iter().map(|it| view! { <ApprovalCard approval=it chat=chat /> }).collect_view()}
    }
}

/// Answers offered to a question; only the last question's are shown.
#[component]
fn Choices(choices: Vec<String>, chat: Chat) -> impl IntoView {
    if choices.is_empty() {
        return ().into_any();
    }
    let chips = choices
        .into_iter()
        .map(|it| {
            let said = it.clone();
            view! { <button class="chip" type="button" on:click=move |_| chat.say(said.clone())>{it}</button> }
        })
        .collect_view();
    view! {
        <div class="replies" role="group" aria-label="Suggested replies">
            <div class="chips">{chips}</div>
        </div>
    }
    .into_any()
}

/// The run under way: its trace, what it asks, and the answer as far as it is written.
#[component]
pub fn LiveView(
    /// What is known of it.
    live: Live,
    /// The conversation it is in.
    chat: Chat,
) -> impl IntoView {
    let id = live.run.id.clone();
    let on_stop = Callback::new(move |()| crate::chat::conversation::stop(id.clone()));
    let approvals = live.run.approvals.clone();
    let failed = (live.run.status == ChatRunStatus::Failed)
        .then(|| live.run.error.clone().unwrap_or_default());
    let text = live.text.clone();
    view! {
        <div class="msg msg--ai">
            <By at="now" model=live.run.model.clone() />
            <Trace run=live.run on_stop=on_stop />
            {approvals.into_iter().map(|it| view! { <ApprovalCard approval=it chat=chat /> }).collect_view()}
            {(!text.is_empty()).then(|| view! { <p class="stream">{text}</p> })}
            {failed.map(|it| view! { <p class="bad" role="alert">{it}</p> })}
        </div>
    }
}
