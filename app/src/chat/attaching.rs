//! Files beside what is being said: chosen, pasted or dropped, shown with a way to take them out again.

use crate::chat::state::Chat;
use crate::ui::button::IconButton;
use crate::ui::chosen::{self, NotChosen};
use crate::ui::icon::Icon;
use domain::attachment::{Attachment, AttachmentKind, MOST_BYTES, MOST_FILES, NewAttachment};
use domain::ids::SessionId;
use leptos::prelude::*;
use wasm_bindgen::JsValue;

/// What the dialog of the browser offers first.
const OFFERED: &str =
    ".txt,.md,.csv,.tsv,.json,.log,text/*,image/png,image/jpeg,image/gif,image/webp";

/// How long a file is, as people count bytes.
fn size(bytes: u64) -> String {
    match bytes {
        ..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

/// How many bytes there are in base64.
fn bytes_of(file: &NewAttachment) -> u64 {
    let letters = file.content_base64.trim_end_matches('=').len();
    u64::try_from(letters * 3 / 4).unwrap_or(u64::MAX)
}

/// The words that go with `files` files: those that were typed, or the question people have when they type none.
pub fn words_for(typed: &str, files: usize) -> String {
    match files {
        1 if typed.is_empty() => "What is in this file?".to_owned(),
        2.. if typed.is_empty() => "What is in these files?".to_owned(),
        _ => typed.to_owned(),
    }
}

/// Why one more file cannot go with `files`.
fn refusal(files: &[NewAttachment], new: &NewAttachment) -> Option<String> {
    let all: u64 = files.iter().map(bytes_of).sum();
    if files.len() >= MOST_FILES {
        Some(format!("A message may have {MOST_FILES} files. Take one out first"))
    } else if all + bytes_of(new) > u64::from(MOST_BYTES) {
        Some("The files of a message may have 1.4 MB in all. Choose a smaller one".to_owned())
    } else {
        None
    }
}

/// Puts the files that `of` holds beside the next words; gives how many there are.
pub fn take(chat: Chat, trouble: RwSignal<Option<String>>, of: &JsValue) -> u32 {
    trouble.set(None);
    let done = Callback::new(move |read: Result<chosen::Chosen, NotChosen>| match read {
        Ok(file) => {
            let new = NewAttachment { name: file.name, content_base64: file.base64 };
            match chat.files.with_untracked(|it| refusal(it, &new)) {
                Some(why) => trouble.set(Some(why)),
                None => chat.files.update(|it| it.push(new)),
            }
        }
        Err(NotChosen::TooLarge) => {
            trouble.set(Some("It is larger than 1.4 MB. Choose a smaller file".to_owned()));
        }
        Err(_) => {
            trouble.set(Some("The browser cannot read this file. Choose another one".to_owned()))
        }
    });
    chosen::read_all(of, MOST_BYTES, done)
}

/// The button that chooses files.
#[component]
pub fn Attach(
    /// The conversation.
    chat: Chat,
    /// Why a file was not taken.
    trouble: RwSignal<Option<String>>,
) -> impl IntoView {
    let input = NodeRef::<leptos::html::Input>::new();
    let choose = move |_| {
        if let Some(input) = input.get_untracked() {
            input.click();
        }
    };
    let chosen = move |_| {
        if let Some(input) = input.get_untracked() {
            take(chat, trouble, &input);
            // So that the same file can be chosen again.
            input.set_value("");
        }
    };
    view! {
        <input type="file" multiple accept=OFFERED class="sr" tabindex="-1" aria-hidden="true" node_ref=input
            on:change=chosen />
        <IconButton icon="paperclip" label="Attach a file" class="icon-btn--sm" on:click=choose />
    }
}

/// The files that go with the next words, each with its way out.
#[component]
pub fn Chosen(
    /// The conversation.
    chat: Chat,
    /// Why a file was not taken.
    trouble: RwSignal<Option<String>>,
) -> impl IntoView {
    let row = move |(at, file): (usize, NewAttachment)| {
        let label = format!("Remove {}", file.name);
        let bytes = size(bytes_of(&file));
        let remove = move |_| {
            trouble.set(None);
            chat.files.update(|it| {
                if at < it.len() {
                    it.remove(at);
                }
            });
        };
        view! {
            <li class="filechip">
                <Icon name="paperclip" />
                <span class="trunc">{file.name}</span>
                <span class="quiet">{bytes}</span>
                <button class="icon-btn icon-btn--xs" type="button" aria-label=label on:click=remove><Icon name="x" /></button>
            </li>
        }
    };
    let list = move || {
        let files = chat.files.get();
        (!files.is_empty()).then(|| {
            let rows = files.into_iter().enumerate().map(row).collect_view();
            view! { <ul class="filechips" aria-label="Files beside this message">{rows}</ul> }
        })
    };
    view! {
        {list}
        {move || trouble.get().map(|it| view! { <p class="xs bad" role="alert">{it}</p> })}
    }
}

/// The files beside what was said.
#[component]
pub fn Attached(
    /// The files.
    files: Vec<Attachment>,
    /// The conversation they are in.
    session: Option<SessionId>,
) -> impl IntoView {
    let session = session.map(|it| it.to_string()).unwrap_or_default();
    let row = move |file: Attachment| {
        let href = format!("/api/chat/sessions/{session}/attachments/{}", file.id);
        let picture = (file.kind == AttachmentKind::Image)
            .then(|| view! { <img src=href.clone() alt="" loading="lazy" /> });
        view! {
            <li class="filechip">
                <a href=href target="_blank" rel="external noopener">
                    {picture}
                    <Icon name="paperclip" />
                    <span class="trunc">{file.name}</span>
                    <span class="quiet">{size(file.bytes)}</span>
                </a>
            </li>
        }
    };
    let rows = files.into_iter().map(row).collect_view();
    view! { <ul class="filechips" aria-label="Files beside this message">{rows}</ul> }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(bytes: usize) -> NewAttachment {
        NewAttachment { name: "a".to_owned(), content_base64: "A".repeat(bytes.div_ceil(3) * 4) }
    }

    #[test]
    fn a_message_has_no_more_and_no_larger_files_than_the_server_takes() {
        assert_eq!(refusal(&[], &file(1_399_998)), None);
        assert!(refusal(&[file(800_000)], &file(800_000)).is_some_and(|it| it.contains("1.4 MB")));
        let many = vec![file(3); MOST_FILES];
        assert!(refusal(&many, &file(3)).is_some_and(|it| it.contains("4 files")));
    }

    #[test]
    fn files_alone_ask_what_they_are() {
        assert_eq!(words_for("", 1), "What is in this file?");
        assert_eq!(words_for("", 2), "What is in these files?");
        assert_eq!(
            (words_for("", 0), words_for("sum it", 1)),
            (String::new(), "sum it".to_owned())
        );
    }
}
