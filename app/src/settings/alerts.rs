//! Where alerts go besides the app: chosen, tried, and what did not arrive.

use crate::settings::alerts_fns::{SaveAlerts, SendTestAlert, load_alerts};
use crate::ui::badge::{State, Status};
use crate::ui::button::{Button, Kind};
use crate::ui::field::{SelectField, TextArea};
use crate::ui::form::FormProblems;
use crate::ui::kept::Kept;
use crate::ui::problem::FormProblem;
use crate::ui::skeleton::CardSkeleton;
use crate::ui::time::Ago;
use crate::ui::toast::use_toasts;
use domain::alert::{AlertSettings, AlertTrial, Undelivered};
use leptos::form::ActionForm;
use leptos::prelude::*;

const WHEN: &str = "Admins are told in the app when too much fails, when a connection stops working, and when it works again. The same can go elsewhere, once an hour at most for one thing.";

/// The section.
#[component]
pub(crate) fn AlertsSection() -> impl IntoView {
    let save = ServerAction::<SaveAlerts>::new();
    let test = ServerAction::<SendTestAlert>::new();
    let settings =
        Resource::new(move || (save.version().get(), test.version().get()), |_| load_alerts());
    let toasts = use_toasts();
    Effect::new(move || {
        if save.value().with(|it| matches!(it, Some(Ok(())))) {
            test.clear();
            toasts.say("Alerts go there from now on");
        }
    });
    view! {
        <section class="card" aria-labelledby="alerts-h" style="max-inline-size: 40rem">
            <div class="card__head"><h2 id="alerts-h">"Where alerts go"</h2></div>
            <div class="card__body stack stack--4">
                <p>{WHEN}</p>
                <Kept
                    of=settings
                    skeleton=|| view! { <CardSkeleton count=2 /> }
                    children=move |it| view! { <AlertsForm settings=it save=save test=test /> }
                />
            </div>
        </section>
    }
}

#[component]
fn AlertsForm(
    settings: Signal<Option<AlertSettings>>,
    save: ServerAction<SaveAlerts>,
    test: ServerAction<SendTestAlert>,
) -> impl IntoView {
    let problems = FormProblems::of(save.value());
    let emails = Signal::derive(move || {
        settings.with(|it| it.as_ref().map(|it| it.places.emails.join("\n")).unwrap_or_default())
    });
    let project = Signal::derive(move || {
        let chosen = settings.with(|it| it.as_ref().and_then(|it| it.places.project.clone()));
        chosen.map(|it| it.id.to_string()).unwrap_or_default()
    });
    let options = Signal::derive(move || {
        let all = settings.with(|it| it.as_ref().map(|it| it.projects.clone()).unwrap_or_default());
        let projects = all.into_iter().map(|it| (it.id.to_string(), it.name));
        std::iter::once((String::new(), "Nowhere".to_owned())).chain(projects).collect::<Vec<_>>()
    });
    let is_empty =
        Memo::new(move |_| settings.with(|it| it.as_ref().is_none_or(|it| it.places.is_empty())));
    let by = move || {
        let name = settings.with(|it| it.as_ref().and_then(|it| it.chosen_by.clone()))?;
        Some(
            view! { <p class="hint">{format!("Sent in the name of {name}, who saved this last.")}</p> },
        )
    };
    view! {
        <ActionForm action=save attr:class="stack stack--4">
            <FormProblem error=problems.rest(&["emails", "project"]) />
            <TextArea
                label="E-mail addresses"
                name="emails"
                value=emails
                hint="One a line, five at most. They are sent through the connection for mail (SMTP) under Integrations."
                error=problems.field("emails")
            />
            <SelectField
                label="Chat of a project in Basecamp"
                name="project"
                options=options
                value=project
                error=problems.field("project")
            />
            {by}
            <div class="row row--wrap">
                <Button kind=Kind::Primary r#type="submit" busy=save.pending()>"Save"</Button>
                <Button
                    busy=test.pending()
                    disabled=is_empty
                    on:click=move |_| {
                        test.dispatch(SendTestAlert {});
                    }
                >
                    "Send a test alert"
                </Button>
            </div>
        </ActionForm>
        <Trials test=test />
        <NotArrived settings=settings />
    }
}

/// What became of a test.
#[component]
fn Trials(test: ServerAction<SendTestAlert>) -> impl IntoView {
    let failed = FormProblems::of(test.value());
    let line = |it: AlertTrial| {
        let (state, words) = match it.error {
            None => (State::Succeeded, format!("Sent to {}", it.target)),
            Some(error) => (State::Failed, format!("Not sent to {}: {error}", it.target)),
        };
        view! { <li><Status state=state /><span class="grow">{words}</span></li> }
    };
    let lines = move || {
        let all = test.value().get()?.ok()?;
        Some(
            view! { <ul class="checks" aria-label="What became of the test">{all.into_iter().map(line).collect_view()}</ul> },
        )
    };
    view! {
        <FormProblem error=failed.rest(&[]) />
        <div role="status">{lines}</div>
    }
}

/// Alerts that did not arrive, as far as is known; nothing while there is none.
#[component]
fn NotArrived(settings: Signal<Option<AlertSettings>>) -> impl IntoView {
    let line = |it: Undelivered| {
        let words = format!("{}, to {}: {}", it.title, it.target, it.error);
        view! {
            <li><Status state=State::Failed /><span class="grow">{words}</span><Ago at_ms=it.at_ms /></li>
        }
    };
    move || {
        let all = settings.with(|it| it.as_ref().map(|it| it.undelivered.clone()))?;
        (!all.is_empty()).then(|| {
            view! {
                <section class="stack stack--4" aria-labelledby="undelivered-h">
                    <h3 id="undelivered-h">"Not sent lately"</h3>
                    <ul class="checks">{all.into_iter().map(line).collect_view()}</ul>
                </section>
            }
        })
    }
}
