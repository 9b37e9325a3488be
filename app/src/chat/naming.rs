//! Another name for the open conversation, and the conversation as a file.

use crate::chat::server_fns::RenameSession;
use crate::chat::state::Chat;
use crate::ui::button::{Button, IconButton, Kind};
use crate::ui::dialog::Dialog;
use crate::ui::form::FormProblems;
use crate::ui::icon::Icon;
use leptos::prelude::*;

/// Gives the open conversation another name.
#[component]
pub fn RenameButton(
    /// The conversation on screen.
    chat: Chat,
) -> impl IntoView {
    let rename = ServerAction::<RenameSession>::new();
    let (open, title) = (RwSignal::new(false), RwSignal::new(String::new()));
    let wrong = FormProblems::of(rename.value()).field("title");
    Effect::new(move |_| {
        if matches!(rename.value().get(), Some(Ok(()))) {
            open.set(false);
            chat.refresh();
        }
    });
    let ask = move |_| {
        title.set(chat.title());
        open.set(true);
    };
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if let Some(session) = chat.session.get_untracked() {
            rename.dispatch(RenameSession { session, title: title.get_untracked() });
        }
    };
    view! {
        <IconButton icon="edit" label="Rename this conversation" on:click=ask />
        <Dialog open=open title="Rename this conversation">
            <form on:submit=send>
                <div class="dialog__body field">
                    <label class="label" for="chat-title">"Name"</label>
                    <input class="input" type="text" id="chat-title" prop:value=move || title.get()
                        on:input=move |event| title.set(event_target_value(&event)) />
                    {move || wrong.get().map(|it| view! { <p class="error" role="alert">{it}</p> })}
                </div>
                <div class="dialog__foot">
                    <Button kind=Kind::Ghost on:click=move |_| open.set(false)>"Keep the name"</Button>
                    <Button kind=Kind::Primary r#type="submit" busy=rename.pending()>"Rename"</Button>
                </div>
            </form>
        </Dialog>
    }
}

/// The conversation as a file: for reading, or whole with every trace.
#[component]
pub fn ExportLinks(
    /// The conversation on screen.
    chat: Chat,
) -> impl IntoView {
    let link = move |format: &str| {
        let session = chat.session.get().map(|it| it.to_string()).unwrap_or_default();
        format!("/api/chat/sessions/{session}/export?format={format}")
    };
    view! {
        <a class="icon-btn" href=move || link("md") download="conversation.md" rel="external"
            aria-label="Save as text" title="Save as text">
            <Icon name="download" />
        </a>
        <a class="icon-btn" href=move || link("json") download="conversation.json" rel="external"
            aria-label="Save with every trace, as JSON" title="Save with every trace, as JSON">
            <Icon name="terminal" />
        </a>
    }
}
