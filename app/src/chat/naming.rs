//! What can be done with the open conversation: another name, a file of it, deleting it.

use crate::chat::server_fns::RenameSession;
use crate::chat::sessions::DeleteDialog;
use crate::chat::state::Chat;
use crate::ui::browser;
use crate::ui::button::{Button, IconButton, Kind};
use crate::ui::dialog::Dialog;
use crate::ui::form::FormProblems;
use crate::ui::icon::Icon;
use crate::ui::menu::{Menu, MenuItem, MenuSeparator, Place};
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

/// What else can be done with the open conversation: saved as a file, for reading or whole with every trace, or deleted.
#[component]
pub fn More(
    /// The conversation on screen.
    chat: Chat,
) -> impl IntoView {
    let asking = RwSignal::new(false);
    let save = move |format: &'static str| {
        let session = chat.session.get_untracked().map(|it| it.to_string()).unwrap_or_default();
        browser::load(&format!("/api/chat/sessions/{session}/export?format={format}"));
    };
    view! {
        <button class="icon-btn" type="button" popovertarget="chat-more" aria-haspopup="menu"
            aria-label="More for this conversation" title="More for this conversation">
            <Icon name="more" />
        </button>
        <Menu id="chat-more" label="This conversation" place=Place::End>
            <MenuItem icon="download" on:click=move |_| save("md")>"Save as text"</MenuItem>
            <MenuItem icon="terminal" on:click=move |_| save("json")>"Save with every trace"</MenuItem>
            <MenuSeparator />
            <MenuItem icon="trash" bad=true on:click=move |_| asking.set(true)>"Delete conversation"</MenuItem>
        </Menu>
        <DeleteDialog chat=chat asking=asking />
    }
}
