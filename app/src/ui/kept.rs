//! What loads again and again while people work on it: the page stays in place, only what changed is drawn anew.

use crate::error::AppError;
use crate::ui::badge::Tone;
use crate::ui::callout::Callout;
use crate::ui::problem::{ProblemView, RetryButton};
use leptos::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// What `children` makes of the last good answer, which it follows. A later failure is said above it, and what is
/// there stays.
#[component]
pub fn Kept<T, V, F>(
    /// What is loaded.
    of: Resource<Result<T, AppError>>,
    /// In the shape of what is coming.
    #[prop(into)]
    skeleton: ViewFnOnce,
    /// The content, made once.
    children: F,
) -> impl IntoView
where
    T: Clone + PartialEq + Send + Sync + Serialize + DeserializeOwned + 'static,
    V: IntoView + 'static,
    F: Fn(Signal<Option<T>>) -> V + Clone + Send + Sync + 'static,
{
    view! {
        <Transition fallback=move || skeleton.run()>
            <Following of=of children=children.clone() />
        </Transition>
    }
}

#[component]
fn Following<T, V, F>(of: Resource<Result<T, AppError>>, children: F) -> impl IntoView
where
    T: Clone + PartialEq + Send + Sync + Serialize + DeserializeOwned + 'static,
    V: IntoView + 'static,
    F: Fn(Signal<Option<T>>) -> V + Clone + Send + Sync + 'static,
{
    let last = of_loading(move |before: Option<&Option<T>>| match of.get() {
        Some(Ok(found)) => Some(found),
        _ => before.cloned().flatten(),
    });
    let error = of_loading(move |_| of.get().and_then(Result::err).map(|it| (it.to_string(), it)));
    let is_there = of_loading(move |_| last.with(Option::is_some));
    let retry = Callback::new(move |()| of.refetch());
    let content = StoredValue::new(children);
    let notice = move || {
        let (words, error) = error.get()?;
        Some(if is_there.get() {
            view! {
                <Callout tone=Tone::Warn title="This could not be loaded again">
                    <p>{words}</p>
                    <div class="callout__act"><RetryButton retry=retry /></div>
                </Callout>
            }
            .into_any()
        } else {
            view! { <ProblemView error=error retry=retry /> }.into_any()
        })
    };
    view! {
        {notice}
        {move || is_there.get().then(|| content.with_value(|it| it(last)))}
    }
}

/// What `work` makes of something that loads, from what it made before; kept in the browser alone.
///
/// On the server the answer may come while another thread works a memo out, which then takes what it found before for
/// the newest: the page would be sent without its content. So it is worked out whenever it is read.
pub fn of_loading<T>(work: impl Fn(Option<&T>) -> T + Send + Sync + 'static) -> Signal<T>
where
    T: PartialEq + Send + Sync + 'static,
{
    if cfg!(feature = "ssr") { Signal::derive(move || work(None)) } else { Memo::new(work).into() }
}

/// The key of a row that is drawn anew when anything about it changes.
pub fn whole(it: &impl Serialize) -> String {
    serde_json::to_string(it).unwrap_or_default()
}
