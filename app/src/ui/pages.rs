//! A long list read part by part: the rows so far, and a button for the next ones.

use crate::error::AppError;
use crate::ui::more::LoadMore;
use crate::ui::problem::ProblemView;
use leptos::prelude::*;
use std::future::Future;

/// Rows, and where the next part begins; none at the end.
pub type Part<T, C> = (Vec<T>, Option<C>);

/// The rows so far, and the reading of the next ones. Cheap to copy.
pub struct Pages<T: 'static, C: 'static> {
    /// The rows so far, in their order.
    pub rows: RwSignal<Vec<T>>,
    next: RwSignal<Option<C>>,
    more: Action<C, Result<Part<T, C>, AppError>>,
}

impl<T: 'static, C: 'static> Clone for Pages<T, C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: 'static, C: 'static> Copy for Pages<T, C> {}

impl<T, C> Pages<T, C>
where
    T: Clone + Send + Sync + 'static,
    C: Clone + Send + Sync + 'static,
{
    /// The first part, and what reads the part that begins at a place.
    pub fn new<F, Fut>((rows, next): Part<T, C>, load: F) -> Self
    where
        F: Fn(C) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Part<T, C>, AppError>> + Send + 'static,
    {
        let pages = Self {
            rows: RwSignal::new(rows),
            next: RwSignal::new(next),
            more: Action::new(move |at: &C| load(at.clone())),
        };
        Effect::new(move || {
            if let Some(Ok((rows, next))) = pages.more.value().get() {
                pages.next.set(next);
                pages.rows.update(|all| all.extend(rows));
            }
        });
        pages
    }

    /// Whether there is nothing.
    pub fn is_empty(self) -> bool {
        self.rows.with(Vec::is_empty)
    }
}

/// How many are shown, the button for the next ones, and why they could not be read.
#[component]
pub fn NextRows<T, C>(
    /// The list.
    pages: Pages<T, C>,
) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
    C: Clone + Send + Sync + 'static,
{
    let failed = move || {
        let error = pages.more.value().get().and_then(Result::err);
        error.map(|it| view! { <ProblemView error=it /> })
    };
    view! {
        <LoadMore
            shown=Signal::derive(move || pages.rows.with(Vec::len))
            more=Signal::derive(move || pages.next.with(Option::is_some))
            busy=pages.more.pending()
            load=move |()| {
                if let Some(at) = pages.next.get_untracked() {
                    pages.more.dispatch(at);
                }
            }
        />
        {failed}
    }
}
