//! The page that runs an app.

use super::fields::Fields;
use super::gallery::in_words;
use super::output::Output;
use super::recent::Past;
use super::server_fns::{load_app_history, load_one_app};
use super::state::Runner;
use crate::ui::badge::Tone;
use crate::ui::button::{Button, ButtonLink, Kind};
use crate::ui::callout::Callout;
use crate::ui::icon::Icon;
use crate::ui::problem::{FormProblem, Loaded, LoadedPage};
use crate::ui::skeleton::{CardSkeleton, RowsSkeleton};
use domain::app::App;
use domain::app::publisher::{Audience, AuthMode};
use domain::problem::Problem;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

/// The page of the app in the address.
#[component]
pub fn AppRunnerPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").unwrap_or_default());
    let runner = Runner::new(id);
    let found = Resource::new(move || id.get(), load_one_app);
    let past =
        Resource::new(move || (id.get(), runner.changes.get()), |(id, _)| load_app_history(id));
    Effect::new(move |before: Option<String>| {
        let now = id.get();
        if before.is_some_and(|it| it != now) {
            runner.reset();
        }
        now
    });
    view! {
        <div class="page">
            <LoadedPage of=found skeleton=|| view! { <CardSkeleton count=2 /> } let:app>
                <Head app=app.clone() />
                <div class="arun">
                    <Form app=app runner=runner />
                    <div class="stack stack--4">
                        <Output runner=runner />
                        <Loaded of=past skeleton=|| view! { <RowsSkeleton count=3 /> } let:history>
                            <Past history=history />
                        </Loaded>
                    </div>
                </div>
            </LoadedPage>
        </div>
    }
}

#[component]
fn Head(app: App) -> impl IntoView {
    let about = app.gallery_metadata;
    let who = match about.publisher.audience {
        Audience::External => "For everybody",
        Audience::Internal => "For this workspace",
    };
    let category = (!about.category.is_empty()).then(|| in_words(&about.category));
    view! {
        <Title text=app.name.clone() />
        <div class="page__head">
            <div class="page__t">
                <ol class="crumbs" aria-label="Breadcrumb">
                    <li><a href="/apps">"Apps"</a><Icon name="chev-right" /></li>
                    <li><span aria-current="page">{app.name.clone()}</span></li>
                </ol>
                <h1>{app.name}</h1>
                <p>{app.description}</p>
            </div>
            <div class="page__a">
                {category.map(|it| view! { <span class="badge">{it}</span> })}
                <span class="badge">{who}</span>
                {about.can_manage.then(|| view! { <ButtonLink href=format!("/apps/publisher?app={}", app.id)>"Change"</ButtonLink> })}
            </div>
        </div>
        {about.missing.map(|it| view! { <Callout tone=Tone::Warn title="This is a draft">{it}</Callout> })}
    }
}

#[component]
fn Form(app: App, runner: Runner) -> impl IntoView {
    let about = app.gallery_metadata;
    let is_draft = about.missing.is_some();
    let has_secrets = about.publisher.auth_mode == AuthMode::UserSecret;
    let secrets = has_secrets.then(|| {
        let fields = about.publisher.secrets_schema.fields.clone();
        view! {
            <p class="sm muted">"Used for this run only, and not kept after it."</p>
            <Fields fields=fields answers=runner.credentials runner=runner />
        }
    });
    let is_plain = about.input_schema.fields.is_empty() && !has_secrets;
    // What is wrong with a field stands at the field.
    let other = Signal::derive(move || {
        let whole = runner.failed.get();
        whole.filter(|it| {
            !matches!(it.problem(), Some(Problem::Invalid { issues })
            if issues.iter().all(|it| it.field != "app" && it.field != "credentials"))
        })
    });
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        runner.start(false, has_secrets);
    };
    let busy = runner.busy;
    view! {
        <section class="card" aria-labelledby="form">
            <div class="card__head"><h2 id="form">"Run it"</h2></div>
            <form class="card__body stack stack--4" on:submit=send novalidate>
                {is_plain.then(|| view! { <p class="sm muted">"It asks nothing. Press Run."</p> })}
                <Fields fields=about.input_schema.fields answers=runner.inputs runner=runner />
                {secrets}
                <FormProblem error=other />
                <div class="row row--wrap">
                    <Button kind=Kind::Primary r#type="submit" icon="play" busy=busy disabled=is_draft>"Run"</Button>
                    <Button disabled=Signal::derive(move || is_draft || busy.get()) on:click=move |_| runner.start(true, has_secrets)>
                        "Run in background"
                    </Button>
                    <Show when=move || busy.get()>
                        <Button kind=Kind::Ghost icon="stop" on:click=move |_| runner.cancel()>"Cancel"</Button>
                    </Show>
                    <Button kind=Kind::Ghost disabled=busy on:click=move |_| runner.reset()>"Reset"</Button>
                </div>
            </form>
        </section>
    }
}
