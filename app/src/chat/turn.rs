//! One thing said, with what was done for it.

use crate::chat::approval::ApprovalCard;
use crate::chat::attaching::Attached;
use crate::chat::failed::AfterFailure;
use crate::chat::place::turn_id;
use crate::chat::state::Chat;
use crate::chat::trace::Trace;
use crate::ui::brand::Logo;
use crate::ui::browser;
use crate::ui::button::IconButton;
use crate::ui::time::{parse_time, use_now};
use domain::assistant::model_title;
use domain::attachment::Attachment;
use domain::chat::{ChatRunStatus, Turn, TurnRun};
use domain::ids::{ChatRunId, SessionId};
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
        view! { <Mine id=turn_id(&turn.id) text=turn.text files=turn.attachments session=chat.session.get_untracked() /> }
            .into_any()
    } else {
        view! { <Answer turn=turn chat=chat /> }.into_any()
    }
}

/// What the person said.
#[component]
pub fn Mine(
    /// Id on the page; none before it is stored.
    #[prop(optional, into)]
    id: Option<String>,
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
        <div class="msg msg--me" id=id>
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
    let failed = turn.run.as_ref().is_some_and(|it| it.status == ChatRunStatus::Failed);
    // Of a turn that only asks, the card says everything.
    let has_words = !turn.html.is_empty();
    let after = failed.then(|| (turn.id.clone(), model.clone()));
    let tools = view! {
        <div class="msg__tools">
            <IconButton icon="copy" label="Copy answer" class="icon-btn--xs" on:click=move |_| browser::copy(&text) />
        </div>
    };
    view! {
        <div class="msg msg--ai" id=turn_id(&turn.id)>
            <By at=Signal::derive(move || now.get().clock(at)) model=model />
            {turn.run.clone().map(|run| view! { <Done run=run chat=chat /> })}
            {has_words.then(|| view! { <div class="prose" inner_html=turn.html></div> })}
            {after.map(|(id, model)| view! { <AfterFailure turn=id model=model chat=chat /> })}
            <Choices choices=turn.choices chat=chat />
            {has_words.then_some(tools)}
        </div>
    }
}

/// What a finished run did and asked for.
#[component]
fn Done(run: TurnRun, chat: Chat) -> impl IntoView {
    let approvals = run.approvals.clone();
    let has_steps = run.trace.iter().any(|it| it.kind != "chat.run");
    view! {
        {has_steps.then(|| view! { <Trace run=run chat=chat /> })}
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

/// The run under way: its trace, what it asks, and the answer as far as it is written. Each part is drawn anew only
/// when it changed: an answer comes in many small pieces.
#[component]
pub fn LiveView(
    /// The run.
    id: ChatRunId,
    /// The conversation it is in.
    chat: Chat,
) -> impl IntoView {
    let run = Memo::new(move |_| chat.live.with(|it| it.as_ref().map(|it| it.run.clone())));
    let text = Memo::new(move |_| chat.live.with(|it| it.as_ref().map(|it| it.text.clone())));
    let has_text = Memo::new(move |_| text.with(|it| it.as_ref().is_some_and(|it| !it.is_empty())));
    let model = Memo::new(move |_| run.with(|it| it.as_ref().map(|it| it.model.clone())));
    let failed = move || {
        let run = run.get().filter(|it| it.status == ChatRunStatus::Failed)?;
        Some(view! { <p class="bad" role="alert">{run.error.unwrap_or_default()}</p> })
    };
    let on_stop = Callback::new(move |()| crate::chat::conversation::stop(id.clone()));
    view! {
        <div class="msg msg--ai">
            {move || view! { <By at="now" model=model.get().unwrap_or_default() /> }}
            {move || run.get().map(|it| view! { <Trace run=it chat=chat on_stop=on_stop /> })}
            <Show when=move || has_text.get()>
                <p class="stream">{move || text.get()}</p>
            </Show>
            {failed}
        </div>
    }
}
