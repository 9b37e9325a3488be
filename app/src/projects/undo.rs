//! Undo, wherever a change is told of.

use crate::projects::server_fns::take_back;
use crate::ui::icon::Icon;
use crate::ui::toast::use_toasts;
use domain::undo::Reversible;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Takes a change back. What was taken back says so; where there is nothing to take back there is nothing to see.
#[component]
pub fn TakeBack(
    /// The change.
    #[prop(into)]
    of: Signal<Option<Reversible>>,
    /// What follows when it was tried.
    #[prop(into)]
    then: Callback<()>,
) -> impl IntoView {
    let busy = RwSignal::new(false);
    let toasts = use_toasts();
    let is_there = Memo::new(move |_| of.with(Option::is_some));
    let is_undone = Memo::new(move |_| of.with(|it| it.as_ref().is_some_and(|it| it.is_undone)));
    let words = move || if is_undone.get() { "Undone" } else { "Undo" };
    let label = move || of.get().map(|it| format!("{}: {}", words(), it.label));
    let is_still = move || busy.get() || is_undone.get();
    let undo = move |_| {
        let Some(change) = of.get_untracked().filter(|_| !is_still()) else { return };
        busy.set(true);
        spawn_local(async move {
            match take_back(change.operation, None).await {
                Ok(()) => toasts.say(format!("Undone: {}", change.label)),
                Err(error) => toasts.refused(&error),
            }
            let _ = busy.try_set(false);
            then.run(());
        });
    };
    // It stays where it is and keeps the focus when it has nothing more to do.
    view! {
        <Show when=move || is_there.get()>
            <button class="btn btn--sm btn--ghost" type="button" aria-label=label
                aria-disabled=move || is_still().to_string() aria-busy=move || busy.get().to_string() on:click=undo>
                <Icon name="undo" />
                {words}
            </button>
        </Show>
    }
}
