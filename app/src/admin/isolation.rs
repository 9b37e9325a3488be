//! Whether workspaces are apart, as a look from outside found it.

use crate::admin::server_fns::CheckIsolation;
use crate::error::AppError;
use crate::ui::badge::Tone;
use crate::ui::callout::Callout;
use crate::ui::form::FormProblems;
use crate::ui::problem::FormProblem;
use domain::platform::IsolationCheck;
use domain::words::count;
use leptos::prelude::*;

/// The news in one line, and what it means.
fn words(found: &IsolationCheck) -> (Tone, &'static str, String) {
    let asked = count(found.asked, "record and list", "records and lists");
    let seen = match found.workspaces == found.all_workspaces {
        true => count(found.workspaces, "workspace", "workspaces"),
        false => format!("{} of {} workspaces", found.workspaces, found.all_workspaces),
    };
    match found.failures.len() {
        0 => {
            let body = format!("A stranger asked for {asked} of {seen} and was given none.");
            (Tone::Good, "Workspaces are apart", body)
        }
        some => {
            let body = format!(
                "Of {asked} of {seen} a stranger was given {some}. Stop the server, and report these:"
            );
            (Tone::Bad, "Something crosses between workspaces", body)
        }
    }
}

/// What the last look found; nothing before the first one.
#[component]
pub(crate) fn Apart(
    /// The look.
    check: ServerAction<CheckIsolation>,
) -> impl IntoView {
    let problems = FormProblems::of(check.value());
    let found = move || {
        let found: Result<IsolationCheck, AppError> = check.value().get()?;
        let found = found.ok()?;
        let (tone, title, body) = words(&found);
        let failures = found.failures.into_iter().map(|it| view! { <li>{it}</li> }).collect_view();
        Some(view! {
            <Callout tone=tone title=title><p>{body}</p><ul>{failures}</ul></Callout>
        })
    };
    view! {
        <FormProblem error=problems.rest(&[]) />
        <div role="status">{found}</div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_found_is_said_in_words() {
        let mut found =
            IsolationCheck { asked: 20, workspaces: 2, all_workspaces: 2, failures: Vec::new() };
        let (tone, _, body) = words(&found);
        assert_eq!(tone, Tone::Good);
        assert_eq!(
            body,
            "A stranger asked for 20 records and lists of 2 workspaces and was given none."
        );
        found.failures.push("flow f1 of w1".to_owned());
        found.all_workspaces = 5;
        let (tone, _, body) = words(&found);
        assert_eq!(tone, Tone::Bad);
        assert!(
            body.starts_with(
                "Of 20 records and lists of 2 of 5 workspaces a stranger was given 1."
            ),
            "{body}"
        );
    }
}
