//! What a form says about its last answer: the problem of one field, or of the whole.

use crate::error::AppError;
use crate::ui::browser;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The last answer of a form's action.
pub type Answer<T> = Signal<Option<Result<T, AppError>>>;

/// Reads the problems of an action's last answer, whatever it answers on success.
#[derive(Clone, Copy)]
pub struct FormProblems {
    last: Signal<Option<AppError>>,
}

impl FormProblems {
    /// Of `value`, the answer of a server action.
    pub fn of<T: Clone + Send + Sync + 'static>(value: impl Into<Answer<T>>) -> Self {
        let value = value.into();
        // Who was refused goes on where something is wrong.
        Effect::new(move || {
            if value.with(|it| matches!(it, Some(Err(_)))) {
                browser::focus_first_soon("form [aria-invalid='true']");
            }
        });
        Self {
            last: Signal::derive(move || {
                value.with(|it| it.as_ref().and_then(|it| it.as_ref().err().cloned()))
            }),
        }
    }

    /// What is wrong with one field.
    pub fn field(self, name: &'static str) -> Signal<Option<String>> {
        Signal::derive(move || self.last.with(|last| last.as_ref().and_then(|it| it.issue(name))))
    }

    /// What is wrong with the whole, when it is no field of `fields`.
    pub fn rest(self, fields: &'static [&'static str]) -> Signal<Option<AppError>> {
        Signal::derive(move || {
            self.last.get().filter(|it| !fields.iter().any(|name| it.issue(name).is_some()))
        })
    }
}

/// Loads the page an action leads to, once it succeeded: it starts anew, with another session.
pub fn load_after<S>(action: ServerAction<S>)
where
    S: ServerFn<Output = String, Error = AppError> + Clone + Send + Sync + 'static,
{
    Effect::new(move || {
        if let Some(Ok(path)) = action.value().get() {
            browser::load(&path);
        }
    });
}
