//! Toasts: said politely, there for eight seconds, kept while pointed at or focused. F8 reaches them.

use crate::error::AppError;
use crate::ui::browser;
use crate::ui::icon::Icon;
use domain::ids::ApprovalId;
use domain::problem::Problem;
use leptos::leptos_dom::helpers::IntervalHandle;
use leptos::prelude::*;
use std::time::Duration;

/// How long a toast stays.
const STAYS: Duration = Duration::from_secs(8);
/// How often its age is looked at.
const BEAT: Duration = Duration::from_millis(500);

#[derive(Clone)]
struct Toast {
    id: u64,
    text: String,
    sub: String,
    icon: &'static str,
    action: Option<(String, Callback<()>)>,
    left: Duration,
}

/// The toasts of the page.
#[derive(Clone, Copy)]
pub struct Toasts {
    list: RwSignal<Vec<Toast>>,
    last_id: StoredValue<u64>,
}

impl Toasts {
    /// Makes the toasts of a page available to everything in it.
    pub fn provide() -> Self {
        let toasts = Self { list: RwSignal::new(Vec::new()), last_id: StoredValue::new(0) };
        provide_context(toasts);
        toasts
    }

    /// Says that something was done.
    pub fn say(self, text: impl Into<String>) {
        self.push("circle-check", text.into(), String::new(), None);
    }

    /// Says that something was done to `sub`, and offers to take it back.
    pub fn undo(
        self,
        text: impl Into<String>,
        sub: impl Into<String>,
        undo: impl Into<Callback<()>>,
    ) {
        self.push("circle-check", text.into(), sub.into(), Some(("Undo".to_owned(), undo.into())));
    }

    /// Says that something failed and why, after it was put back.
    pub fn failed(self, text: impl Into<String>) {
        self.push("alert", text.into(), String::new(), None);
    }

    /// Says why something was not done; what waits for an approval did not fail, and is opened from here.
    pub fn refused(self, error: &AppError) {
        match error {
            AppError::Problem(Problem::NeedsApproval { id }) => {
                self.waits("This waits for an approval. Nothing has happened", id);
            }
            other => self.failed(other.to_string()),
        }
    }

    /// Says why the change to `name`, which was shown already, is as it was before; where the server was not reached,
    /// `again` does it once more.
    pub fn put_back(self, name: &str, error: &AppError, again: impl Into<Callback<()>>) {
        match error {
            AppError::Problem(Problem::NeedsApproval { id }) => {
                self.waits("This waits for an approval. Until then it is as it was", id);
            }
            AppError::Offline => self.push(
                "wifi-off",
                format!("You are offline, so “{name}” was not changed. It is as it was"),
                String::new(),
                Some(("Try again".to_owned(), again.into())),
            ),
            AppError::Problem(problem) => {
                self.failed(format!("“{name}” was not changed. {problem}. It is as it was"));
            }
        }
    }

    /// Says what waits for the approval `id`, and offers to open that.
    pub fn waits(self, text: impl Into<String>, id: &ApprovalId) {
        let path = format!("/approvals/{id}");
        let open = Callback::new(move |()| browser::load(&path));
        self.push("hand", text.into(), String::new(), Some(("Open the approval".to_owned(), open)));
    }

    fn push(
        self,
        icon: &'static str,
        text: String,
        sub: String,
        action: Option<(String, Callback<()>)>,
    ) {
        self.last_id.update_value(|it| *it += 1);
        let toast = Toast { id: self.last_id.get_value(), text, sub, icon, action, left: STAYS };
        self.list.update(|list| {
            list.push(toast);
            if list.len() > 3 {
                list.remove(0);
            }
        });
    }

    fn remove(self, id: u64) {
        self.list.update(|list| list.retain(|it| it.id != id));
    }

    fn grow_older(self) {
        if self.list.with_untracked(Vec::is_empty) {
            return;
        }
        self.list.update(|list| {
            list.iter_mut().for_each(|it| it.left = it.left.saturating_sub(BEAT));
            list.retain(|it| !it.left.is_zero());
        });
    }
}

/// The toasts of the page.
pub fn use_toasts() -> Toasts {
    expect_context::<Toasts>()
}

/// Where toasts appear; once, in the frame.
#[component]
pub fn ToastRegion() -> impl IntoView {
    let toasts = use_toasts();
    let held = RwSignal::new(false);
    Effect::new(move |_: Option<Option<IntervalHandle>>| {
        let beat = move || {
            if !held.get_untracked() {
                toasts.grow_older();
            }
        };
        let handle = set_interval_with_handle(beat, BEAT).ok();
        on_cleanup(move || {
            if let Some(handle) = handle {
                handle.clear();
            }
        });
        handle
    });
    view! {
        <div
            class="toasts"
            id="toasts"
            tabindex="-1"
            role="region"
            aria-label="Messages"
            aria-live="polite"
            on:pointerenter=move |_| held.set(true)
            on:pointerleave=move |_| held.set(false)
            on:focusin=move |_| held.set(true)
            on:focusout=move |_| held.set(false)
        >
            <For each=move || toasts.list.get() key=|it| it.id let:toast>
                <ToastView toast=toast toasts=toasts />
            </For>
        </div>
    }
}

#[component]
fn ToastView(toast: Toast, toasts: Toasts) -> impl IntoView {
    let id = toast.id;
    let button = toast.action.map(|(words, action)| {
        view! {
            <button
                class="toast__act"
                type="button"
                on:click=move |_| {
                    toasts.remove(id);
                    action.run(());
                }
            >
                {words}
            </button>
        }
    });
    view! {
        <div class="toast" role="status">
            <Icon name=toast.icon />
            <span>
                {toast.text} {(!toast.sub.is_empty()).then(|| view! { <span class="toast__sub">{toast.sub}</span> })}
            </span>
            {button}
        </div>
    }
}
