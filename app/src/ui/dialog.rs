//! Dialogs: only for what cannot be undone, and for the palette and the drawer.

use crate::ui::browser;
use crate::ui::button::{Button, IconButton, Kind};
use leptos::html;
use leptos::prelude::*;

/// A modal layer over the page. Escape and a press beside it close it; the focus goes back to what opened it.
#[component]
pub fn Modal(
    /// Whether it is open; also set when the person closes it.
    open: RwSignal<bool>,
    /// What it is called.
    #[prop(into)]
    label: Signal<String>,
    /// `dialog`, `dialog cmdk`, `drawer`.
    #[prop(default = "dialog")]
    class: &'static str,
    /// Unique on the page, where something refers to it.
    #[prop(optional)]
    id: &'static str,
    /// What is inside.
    children: Children,
) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    Effect::new(move || {
        let is_open = open.get();
        if let Some(dialog) = node.get() {
            if is_open { browser::show_modal(&dialog, open) } else { dialog.close() }
        }
    });
    view! {
        <dialog
            class=class
            id=(!id.is_empty()).then_some(id)
            node_ref=node
            aria-label=move || label.get()
            on:close=move |_| open.set(false)
            on:click=move |event| {
                // Beside the dialog is its own backdrop: the press then has the dialog itself as its target.
                if event.target() == event.current_target() {
                    open.set(false);
                }
            }
        >
            {children()}
        </dialog>
    }
}

/// A dialog with a title, a body and its buttons.
#[component]
pub fn Dialog(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// The news, or the question.
    #[prop(into)]
    title: Signal<String>,
    /// The body, and a [`FormFoot`] or a `dialog__foot` with the buttons.
    children: Children,
) -> impl IntoView {
    view! {
        <Modal open=open label=title>
            <div class="dialog__head">
                <h2>{move || title.get()}</h2>
                <IconButton icon="x" label="Close" class="icon-btn--sm" on:click=move |_| open.set(false) />
            </div>
            {children()}
        </Modal>
    }
}

/// The buttons of a form in a dialog: leaving it, and sending it.
#[component]
pub fn FormFoot(
    /// Whether the dialog is open.
    open: RwSignal<bool>,
    /// It is being sent.
    #[prop(into)]
    busy: Signal<bool>,
    /// The words of the button that sends it.
    send: &'static str,
) -> impl IntoView {
    view! {
        <div class="dialog__foot">
            <Button kind=Kind::Ghost on:click=move |_| open.set(false)>"Cancel"</Button>
            <Button kind=Kind::Primary r#type="submit" busy=busy>{send}</Button>
        </div>
    }
}

/// Asks before something that cannot be undone: names what goes and what stays. The safe choice has the focus.
#[component]
pub fn Confirm(
    /// Whether it asks.
    open: RwSignal<bool>,
    /// "Remove Theo Marsh?"
    #[prop(into)]
    title: Signal<String>,
    /// What goes and what stays.
    #[prop(into)]
    body: Signal<String>,
    /// The words of the button that does it.
    #[prop(into)]
    action: Signal<String>,
    /// The words of the button that does not.
    #[prop(default = "Keep it")]
    keep: &'static str,
    /// It is being done.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// Called when confirmed.
    #[prop(into)]
    confirm: Callback<()>,
) -> impl IntoView {
    view! {
        <Dialog open=open title=title>
            <div class="dialog__body"><p>{move || body.get()}</p></div>
            <div class="dialog__foot">
                <Button kind=Kind::Ghost on:click=move |_| open.set(false) attr:autofocus=true>{keep}</Button>
                <Button kind=Kind::DangerSolid busy=busy on:click=move |_| confirm.run(())>{move || action.get()}</Button>
            </div>
        </Dialog>
    }
}

/// Asks before something is done to one of several: what `asked` holds is asked about, and handed on when confirmed.
#[component]
pub fn ConfirmOne<T>(
    /// What is asked about; nothing while nobody asks.
    asked: RwSignal<Option<T>>,
    /// "Remove Theo Marsh?"
    title: fn(&T) -> String,
    /// What goes and what stays.
    body: fn(&T) -> String,
    /// The words of the button that does it.
    action: &'static str,
    /// The words of the button that does not.
    #[prop(default = "Keep it")]
    keep: &'static str,
    /// Called when confirmed.
    #[prop(into)]
    confirm: Callback<T>,
) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
{
    let open = RwSignal::new(false);
    Effect::new(move || open.set(asked.with(Option::is_some)));
    let said = move |words: fn(&T) -> String| {
        Signal::derive(move || asked.with(|it| it.as_ref().map(words)).unwrap_or_default())
    };
    let confirmed = move |()| {
        let one = asked.get_untracked();
        asked.set(None);
        if let Some(one) = one {
            confirm.run(one);
        }
    };
    view! {
        <Confirm open=open title=said(title) body=said(body) action=action keep=keep confirm=confirmed />
    }
}
