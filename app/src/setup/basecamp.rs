//! Setup: connect Basecamp, or look around with the sample.

use crate::error::AppError;
use crate::projects::server_fns::load_connection;
use crate::setup::server_fns::{ConnectSample, RemoveSample, check_setup};
use crate::ui::badge::{State, Status};
use crate::ui::button::{Button, ButtonLink, Kind, Size};
use crate::ui::dialog::Confirm;
use crate::ui::form::FormProblems;
use crate::ui::icon::Icon;
use crate::ui::person::Tile;
use crate::ui::problem::{FormProblem, Loaded};
use crate::ui::skeleton::RowsSkeleton;
use domain::project::BasecampConnection;
use domain::setup::{Setup, SetupState};
use leptos::form::ActionForm;
use leptos::prelude::*;

/// The step.
#[component]
pub(crate) fn BasecampStep(setup: Resource<Result<Setup, AppError>>) -> impl IntoView {
    let connect = ServerAction::<ConnectSample>::new();
    let remove = ServerAction::<RemoveSample>::new();
    let connection = Resource::new(
        move || (connect.version().get(), remove.version().get()),
        |_| load_connection(),
    );
    // The steps above and the way on know it too.
    Effect::new(move |before: Option<(usize, usize)>| {
        let versions = (connect.version().get(), remove.version().get());
        if before.is_some_and(|it| it != versions) {
            setup.refetch();
        }
        versions
    });
    view! {
        <main class="wiz__main" id="main">
            <div>
                <h1>"Connect Basecamp"</h1>
                <p class="muted">"PM OS works on top of the projects you already have."</p>
            </div>
            <FormProblem error=FormProblems::of(connect.value()).rest(&[]) />
            <FormProblem error=FormProblems::of(remove.value()).rest(&[]) />
            <Loaded of=connection skeleton=|| view! { <RowsSkeleton count=2 /> } let:connection>
                {match connection {
                    Some(it) => view! { <Connected connection=it remove=remove /> }.into_any(),
                    None => view! { <Sample connect=connect /> }.into_any(),
                }}
            </Loaded>
        </main>
        <Side />
    }
}

/// Not connected: the sample.
#[component]
fn Sample(connect: ServerAction<ConnectSample>) -> impl IntoView {
    view! {
        <div class="conn">
            <div class="row gap-3">
                <Tile name="Basecamp" letters="Bc" tile_hue=150 size="tile--lg" />
                <div class="grow">
                    <div class="bold">"Sample Basecamp"</div>
                    <div class="xs quiet">
                        "A studio with projects, to-dos and people, served by PM OS itself. Nothing leaves this server, and you can remove it at any time."
                    </div>
                </div>
            </div>
        </div>
        <ActionForm action=connect>
            <Button kind=Kind::Primary size=Size::Large r#type="submit" busy=connect.pending()>
                "Use the sample Basecamp"
            </Button>
        </ActionForm>
    }
}

/// Connected: who we act as, a real test, and for the sample the way to remove it.
#[component]
fn Connected(connection: BasecampConnection, remove: ServerAction<RemoveSample>) -> impl IntoView {
    let asked = RwSignal::new(false);
    let test = Action::new(|(): &()| check_setup());
    let needs_attention = connection.needs_attention;
    let tested = move || match test.value().get() {
        Some(Ok(setup)) => {
            let step = setup.steps.into_iter().find(|it| it.id == "basecamp")?;
            Some((step.state == SetupState::Done, step.detail.unwrap_or_default()))
        }
        Some(Err(error)) => Some((false, error.to_string())),
        None if needs_attention => {
            Some((false, "Basecamp no longer accepts our access".to_owned()))
        }
        None => Some((true, "Signed in".to_owned())),
    };
    let name = if connection.is_sample {
        "Sample Basecamp".to_owned()
    } else {
        connection.account_name.clone()
    };
    let confirm = move |()| {
        asked.set(false);
        remove.dispatch(RemoveSample {});
    };
    view! {
        <div class="conn">
            <div class="row gap-3">
                <Tile name="Basecamp" letters="Bc" tile_hue=150 size="tile--lg" />
                <div class="grow">
                    <div class="bold">{name}</div>
                    <div class="xs quiet">{format!("{}, as {}", connection.account_name, connection.person.name)}</div>
                </div>
                {connection.is_sample.then(|| {
                    view! { <Button size=Size::Small busy=remove.pending() on:click=move |_| asked.set(true)>"Remove"</Button> }
                })}
            </div>
        </div>
        <div class="row">
            <Button
                icon="refresh"
                busy=test.pending()
                on:click=move |_| {
                    test.dispatch(());
                }
            >
                "Test again"
            </Button>
            <ButtonLink href="/projects">"See its projects"</ButtonLink>
        </div>
        {move || tested().map(|(is_good, detail)| view! { <TestResult is_good=is_good detail=detail /> })}
        <Confirm
            open=asked
            title="Remove the sample Basecamp?"
            body="Its projects and to-dos go, with what you changed in them. Flows and conversations stay."
            action="Remove the sample"
            confirm=confirm
        />
    }
}

/// How the connection stands, in one line.
#[component]
fn TestResult(is_good: bool, detail: String) -> impl IntoView {
    let (tone, icon, title, state) = if is_good {
        ("good", "circle-check", "Basecamp is connected", State::Succeeded)
    } else {
        ("bad", "circle-x", "Basecamp did not accept this sign-in", State::Failed)
    };
    view! {
        <section class="test" data-tone=tone role=if is_good { "status" } else { "alert" }>
            <div class="test__head">
                <Icon name=icon class="icon--lg" />
                <div class="grow">
                    <h2>{title}</h2>
                    <p>{if is_good { "PM OS reads it and can add to-dos when you approve." } else { "Remove it and connect again." }}</p>
                </div>
            </div>
            <ul class="checks" aria-label="Test results">
                <li><Status state=state /><span class="grow">{detail}</span></li>
            </ul>
        </section>
    }
}

#[component]
fn Side() -> impl IntoView {
    view! {
        <aside class="wiz__side" aria-label="About this step">
            <h2>"What PM OS may do"</h2>
            <ul>
                <li><Icon name="eye" /><span>"Read projects, to-dos and people"</span></li>
                <li><Icon name="hand" /><span>"Change something only after you, or a flow you published, says so"</span></li>
                <li><Icon name="lock" /><span>"Keep your sign-in encrypted on this server"</span></li>
                <li><Icon name="x" /><span>"Never delete a project"</span></li>
            </ul>
        </aside>
    }
}
