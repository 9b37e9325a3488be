//! Every failure ends in a button: each problem with its one next action, as a section or as a page.

use crate::error::AppError;
use crate::live::{Link, Live};
use crate::session;
use crate::shell::helpers::who_can_help;
use crate::ui::button::{Button, ButtonLink, Kind, Size};
use crate::ui::code::CopyButton;
use crate::ui::icon::Icon;
use crate::ui::person::Tile;
use domain::actor::Permission;
use domain::problem::Problem;
use leptos::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// What there is to do about a problem.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Next {
    /// Go somewhere.
    Go(&'static str, String),
    /// Do the same again.
    Retry,
    /// Pass on a number.
    PassOn(String),
}

/// A problem in words.
struct Words {
    icon: &'static str,
    title: String,
    body: String,
    next: Next,
}

fn words(
    icon: &'static str,
    title: impl Into<String>,
    body: impl Into<String>,
    next: Next,
) -> Words {
    Words { icon, title: title.into(), body: body.into(), next }
}

fn words_of(error: &AppError) -> Words {
    let home = || Next::Go("Go to Home", "/".to_owned());
    let AppError::Problem(problem) = error else {
        return words(
            "wifi-off",
            "Could not load this part",
            "The server could not be reached. It will appear once you are back.",
            Next::Retry,
        );
    };
    match problem {
        Problem::NotSignedIn | Problem::WrongCredentials => words(
            "lock",
            "You are signed out",
            "Sign in to go on where you were.",
            Next::Go("Sign in", "/sign-in".to_owned()),
        ),
        Problem::Forbidden { .. } | Problem::CrossSite => {
            words("lock", "You may not see this", "Your role does not include it.", home())
        }
        Problem::SignupClosed => words("lock", "Sign-up is closed", problem.to_string(), home()),
        Problem::NotFound { what } => words(
            "search",
            format!("{what} not found"),
            "It may have been moved or deleted, or the link was cut short.",
            home(),
        ),
        Problem::NeedsSetup { message, hint, fix_url } => {
            words("plug", message.clone(), hint.clone(), Next::Go("Set it up", fix_url.clone()))
        }
        Problem::NeedsApproval { id } => words(
            "hand",
            "This waits for an approval",
            "Nothing happens until somebody decides.",
            Next::Go("Open the approval", format!("/approvals/{id}")),
        ),
        Problem::Internal { reference } => words(
            "circle-x",
            "That did not work, and it is our fault",
            "Nothing you did was lost. Trying again often helps.",
            Next::PassOn(reference.clone()),
        ),
        Problem::Unavailable { service, message } => {
            words("plug", format!("{service} did not answer"), message.clone(), Next::Retry)
        }
        other => words("alert", "That did not work", other.to_string(), Next::Retry),
    }
}

/// Whom to ask, where a role does not include something.
fn help_with(error: &AppError) -> Option<impl IntoView> {
    let is_refused = matches!(error, AppError::Problem(Problem::Forbidden { .. }));
    is_refused.then(|| {
        let help = who_can_help(Permission::Manage);
        view! { <span>" "{move || help.get()}</span> }
    })
}

/// A part of a page that failed: what happened, and the one thing to do.
#[component]
pub fn ProblemView(
    /// What failed.
    error: AppError,
    /// Does the same again, where that can help.
    #[prop(optional, into)]
    retry: Option<Callback<()>>,
) -> impl IntoView {
    if let (AppError::Offline, Some(retry), Some(live)) = (&error, retry, use_context::<Live>()) {
        Effect::new(move |before: Option<Link>| {
            let now = live.link().get();
            if before == Some(Link::Lost) && now == Link::Open {
                retry.run(());
            }
            now
        });
    }
    let (words, help) = (words_of(&error), help_with(&error));
    let next = match words.next {
        Next::Go(label, href) => view! { <ButtonLink href=href>{label}</ButtonLink> }.into_any(),
        Next::Retry | Next::PassOn(_) => retry
            .map(|it| view! { <Button icon="refresh" on:click=move |_| it.run(())>"Try again"</Button> })
            .into_any(),
    };
    view! {
        <div class="empty" role="alert">
            <Tile name="" icon=words.icon size="tile--lg tile--plain" />
            <h2>{words.title}</h2>
            <p>{words.body}{help}</p>
            <div class="row">{next}</div>
        </div>
    }
}

/// A page that failed, with the status that goes with it.
#[component]
pub fn ProblemPage(
    /// What failed.
    error: AppError,
) -> impl IntoView {
    session::page_status(error.problem().map_or(503, Problem::status));
    let (words, help) = (words_of(&error), help_with(&error));
    let passed_on = match &words.next {
        Next::PassOn(reference) if !reference.is_empty() => Some(reference.clone()),
        _ => None,
    };
    let button = match words.next {
        Next::Go(label, href) => {
            view! { <ButtonLink kind=Kind::Primary href=href>{label}</ButtonLink> }
        }
        Next::Retry | Next::PassOn(_) => {
            view! { <ButtonLink kind=Kind::Primary href="" icon="refresh">"Try again"</ButtonLink> }
        }
    };
    view! {
        <div class="oops">
            <div class="oops__art" aria-hidden="true">
                <span class="oops__node"><Icon name="projects" /></span>
                <i></i>
                <span class="oops__node bad"><Icon name=words.icon /></span>
                <i class="gap"></i>
                <span class="oops__node"><Icon name="check" /></span>
            </div>
            <h1>{words.title}</h1>
            <p>{words.body}{help}</p>
            <div class="row row--wrap" style="justify-content: center">{button}</div>
            {passed_on.map(|it| view! { <Reference reference=it /> })}
        </div>
    }
}

/// The number an admin finds the fault by.
#[component]
fn Reference(reference: String) -> impl IntoView {
    view! {
        <div class="oops__id">
            <span class="xs quiet">"Give this number to your admin"</span>
            <code>{reference.clone()}</code>
            <CopyButton text=reference class="btn btn--sm" />
        </div>
    }
}

/// What a form says about its last answer besides its fields.
#[component]
pub fn FormProblem(
    /// The problem; nothing while there is none.
    #[prop(into)]
    error: Signal<Option<AppError>>,
) -> impl IntoView {
    move || {
        error.get().map(|error| {
            view! {
                <div class="callout" data-tone="bad" role="alert">
                    <Icon name="circle-x" />
                    <div><strong>{error.to_string()}</strong></div>
                </div>
            }
        })
    }
}

/// A part of a page that loads: its skeleton, then its content, or what went wrong with a way to try again.
#[component]
pub fn Loaded<T, V, F>(
    /// What is loaded. While it loads again the old content stays.
    of: Resource<Result<T, AppError>>,
    /// In the shape of what is coming.
    #[prop(into)]
    skeleton: ViewFnOnce,
    /// The content.
    children: F,
) -> impl IntoView
where
    T: Clone + Send + Sync + Serialize + DeserializeOwned + 'static,
    V: IntoView + 'static,
    F: Fn(T) -> V + Send + Sync + 'static,
{
    loading(of, skeleton, children, |error, retry| {
        view! { <ProblemView error=error retry=retry /> }.into_any()
    })
}

/// A page whose main record loads: its skeleton, then the page, or the page that says what went wrong.
#[component]
pub fn LoadedPage<T, V, F>(
    /// What is loaded.
    of: Resource<Result<T, AppError>>,
    /// In the shape of what is coming.
    #[prop(into)]
    skeleton: ViewFnOnce,
    /// The page.
    children: F,
) -> impl IntoView
where
    T: Clone + Send + Sync + Serialize + DeserializeOwned + 'static,
    V: IntoView + 'static,
    F: Fn(T) -> V + Send + Sync + 'static,
{
    loading(of, skeleton, children, |error, _| view! { <ProblemPage error=error /> }.into_any())
}

/// What loads, then what `children` makes of it, or what `failed` makes of an error and a way to try again.
fn loading<T, V, F>(
    of: Resource<Result<T, AppError>>,
    skeleton: ViewFnOnce,
    children: F,
    failed: fn(AppError, Callback<()>) -> AnyView,
) -> impl IntoView
where
    T: Clone + Send + Sync + Serialize + DeserializeOwned + 'static,
    V: IntoView + 'static,
    F: Fn(T) -> V + Send + Sync + 'static,
{
    let children = StoredValue::new(children);
    let content = move || {
        Suspend::new(async move {
            match of.await {
                Ok(data) => children.with_value(|it| it(data)).into_any(),
                Err(error) => failed(error, Callback::new(move |()| of.refetch())),
            }
        })
    };
    view! { <Transition fallback=move || skeleton.run()>{content}</Transition> }
}

/// A small button that does the same again.
#[component]
pub fn RetryButton(
    /// Does it.
    #[prop(into)]
    retry: Callback<()>,
) -> impl IntoView {
    view! { <Button size=Size::Small icon="refresh" on:click=move |_| retry.run(())>"Try again"</Button> }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(problem: Problem) -> Next {
        words_of(&AppError::Problem(problem)).next
    }

    #[test]
    fn each_problem_names_one_thing_to_do() {
        assert_eq!(next(Problem::NotSignedIn), Next::Go("Sign in", "/sign-in".to_owned()));
        assert_eq!(next(Problem::not_found("Flow")), Next::Go("Go to Home", "/".to_owned()));
        let setup = Problem::NeedsSetup {
            message: "No Basecamp".into(),
            hint: "Connect it".into(),
            fix_url: "/setup/basecamp".into(),
        };
        assert_eq!(next(setup), Next::Go("Set it up", "/setup/basecamp".to_owned()));
        assert_eq!(
            next(Problem::Internal { reference: "r1".into() }),
            Next::PassOn("r1".to_owned())
        );
        assert_eq!(words_of(&AppError::Offline).next, Next::Retry);
    }
}
