//! Setup: connect Basecamp, or look around with the sample.

use crate::connections::account::AccountForm;
use crate::connections::registered::RegisteredApp;
use crate::connections::result::TestResult;
use crate::connections::server_fns::{ChooseAccount, load_accesses, test_access};
use crate::connections::start::{NoApp, SignInLink};
use crate::error::AppError;
use crate::session::can;
use crate::setup::server_fns::{ConnectSample, RemoveSample};
use crate::ui::button::{Button, ButtonLink, Kind, Size};
use crate::ui::dialog::Confirm;
use crate::ui::form::FormProblems;
use crate::ui::icon::Icon;
use crate::ui::person::Tile;
use crate::ui::problem::{FormProblem, Loaded};
use crate::ui::skeleton::RowsSkeleton;
use crate::ui::time::use_now;
use domain::actor::Permission;
use domain::integration::{BasecampAccess, BasecampAccesses, Check, Checked, Health, Sharing};
use domain::setup::Setup;
use leptos::form::ActionForm;
use leptos::prelude::*;

const HERE: &str = "/setup/basecamp";

/// What the buttons of the step do.
#[derive(Clone, Copy)]
struct Acts {
    connect: ServerAction<ConnectSample>,
    remove: ServerAction<RemoveSample>,
    choose: ServerAction<ChooseAccount>,
    test: Action<String, Result<BasecampAccess, AppError>>,
}

impl Acts {
    fn versions(self) -> (usize, usize, usize, usize) {
        let (sample, tested) = (self.connect.version().get(), self.test.version().get());
        (sample, self.remove.version().get(), self.choose.version().get(), tested)
    }
}

/// The step.
#[component]
pub(crate) fn BasecampStep(setup: Resource<Result<Setup, AppError>>) -> impl IntoView {
    let acts = Acts {
        connect: ServerAction::new(),
        remove: ServerAction::new(),
        choose: ServerAction::new(),
        test: Action::new(|id: &String| test_access(id.clone())),
    };
    let accesses = Resource::new(move || acts.versions(), |_| load_accesses());
    let owns = can(Permission::Platform);
    // The steps above and the way on know it too.
    Effect::new(move |before: Option<(usize, usize, usize, usize)>| {
        let versions = acts.versions();
        if before.is_some_and(|it| it != versions) {
            setup.refetch();
        }
        versions
    });
    view! {
        <main class="wiz__main" id="main">
            <div>
                <h1 tabindex="-1">"Connect Basecamp"</h1>
                <p class="muted">"PM OS works on top of the projects you already have."</p>
            </div>
            <FormProblem error=FormProblems::of(acts.connect.value()).rest(&[]) />
            <FormProblem error=FormProblems::of(acts.remove.value()).rest(&[]) />
            <Loaded of=accesses skeleton=|| view! { <RowsSkeleton count=2 /> } let:all>
                <Content all=all acts=acts />
            </Loaded>
            <Show when=move || owns.get()><RegisteredApp folded=true saved=move |()| accesses.refetch() /></Show>
        </main>
        <Side />
    }
}

/// The connection in use, or one that waits for its account, or the ways to make one.
#[component]
fn Content(all: BasecampAccesses, acts: Acts) -> impl IntoView {
    let BasecampAccesses { connections, can_sign_in } = all;
    let choosing = connections.iter().find(|it| it.health == Health::Choosing);
    let shown = choosing.or_else(|| connections.iter().find(|it| it.is_in_use)).cloned();
    let has_real = shown.as_ref().is_some_and(|it| !it.is_sample);
    let has_any = shown.is_some();
    let sign_in = (can_sign_in && !has_real).then(|| {
        view! {
            <div class="row">
                <SignInLink sharing=Sharing::Workspace back=HERE class="btn--primary btn--lg">"Sign in to Basecamp"</SignInLink>
            </div>
        }
    });
    view! {
        {shown.map(|it| view! { <Connected access=it acts=acts /> })}
        {sign_in}
        {(!has_any).then(|| view! { <Sample connect=acts.connect first=!can_sign_in /> })}
        {(!can_sign_in && !has_real).then(|| view! { <NoApp /> })}
    }
}

/// Not connected: the sample.
#[component]
fn Sample(connect: ServerAction<ConnectSample>, first: bool) -> impl IntoView {
    let kind = if first { Kind::Primary } else { Kind::Plain };
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
            <Button kind=kind size=Size::Large r#type="submit" busy=connect.pending()>
                "Use the sample Basecamp"
            </Button>
        </ActionForm>
    }
}

/// Connected: who we act as, the account, and a real test.
#[component]
fn Connected(access: BasecampAccess, acts: Acts) -> impl IntoView {
    let now = use_now();
    let is_choosing = access.health == Health::Choosing;
    let (is_sample, sharing) = (access.is_sample, access.sharing);
    let (name, sub) = match (&access.account, is_sample) {
        (Some(account), true) => {
            ("Sample Basecamp".to_owned(), format!("{}, as {}", account.name, access.signed_in_as))
        }
        _ => ("Basecamp".to_owned(), format!("Signed in as {}", access.signed_in_as)),
    };
    let id = access.id.to_string();
    let checked = shown(&access);
    let at_ms = access.checked.as_ref().map(|it| it.at_ms);
    let when = move || at_ms.map(|it| tested(&now.get().ago(it)));
    let other = (!is_sample).then(|| {
        view! { <SignInLink sharing=sharing back=HERE class="btn--sm">"Use another login"</SignInLink> }
    });
    view! {
        <div class="conn">
            <div class="row gap-3">
                <Tile name="Basecamp" letters="Bc" tile_hue=150 size="tile--lg" />
                <div class="grow">
                    <div class="bold">{name}</div>
                    <div class="xs quiet">{sub}</div>
                </div>
                {other}
                {is_sample.then(|| view! { <RemoveSampleButton remove=acts.remove /> })}
            </div>
        </div>
        <AccountForm access=access choose=acts.choose />
        {(!is_choosing).then(|| view! { <Buttons id=id test=acts.test when=Signal::derive(when) /> })}
        {checked.map(|it| {
            view! {
                <TestResult checked=it>
                    {(!is_sample).then(|| view! { <SignInLink sharing=sharing back=HERE class="btn--primary">"Sign in to Basecamp"</SignInLink> })}
                </TestResult>
            }
        })}
    }
}

/// When the last test was, in words.
fn tested(ago: &str) -> String {
    match ago {
        "now" => "Tested just now".to_owned(),
        ago if ago.ends_with("min") || ago.ends_with('h') => format!("Tested {ago} ago"),
        day => format!("Tested on {day}"),
    }
}

/// What the last test found; before the first one, what is known without it.
fn shown(access: &BasecampAccess) -> Option<Checked> {
    let is_good = match access.health {
        Health::Choosing => return None,
        Health::Working => true,
        Health::NeedsAttention => false,
    };
    if let Some(checked) = &access.checked
        && checked.error.is_none() == is_good
    {
        return Some(checked.clone());
    }
    let words = "Basecamp no longer accepts our access".to_owned();
    let detail = if is_good { format!("As {}", access.signed_in_as) } else { words.clone() };
    Some(Checked {
        at_ms: access.connected_at_ms,
        reachable: true,
        auth_ok: is_good,
        checks: vec![Check { name: "Signed in".to_owned(), ok: Some(is_good), ms: None, detail }],
        error: (!is_good).then_some(words),
        hint: (!is_good).then(|| "Connect Basecamp again".to_owned()),
        fix_url: None,
    })
}

#[component]
fn Buttons(
    id: String,
    test: Action<String, Result<BasecampAccess, AppError>>,
    when: Signal<Option<String>>,
) -> impl IntoView {
    let failed = move || match test.value().get() {
        Some(Err(error)) => Some(error),
        _ => None,
    };
    view! {
        <div class="row row--wrap">
            <Button
                icon="refresh"
                busy=test.pending()
                on:click=move |_| {
                    test.dispatch(id.clone());
                }
            >
                "Test again"
            </Button>
            <ButtonLink href="/projects">"See its projects"</ButtonLink>
            <span class="xs quiet">{move || when.get()}</span>
        </div>
        <FormProblem error=Signal::derive(failed) />
    }
}

#[component]
fn RemoveSampleButton(remove: ServerAction<RemoveSample>) -> impl IntoView {
    let asked = RwSignal::new(false);
    let confirm = move |()| {
        asked.set(false);
        remove.dispatch(RemoveSample {});
    };
    view! {
        <Button size=Size::Small busy=remove.pending() on:click=move |_| asked.set(true)>"Remove"</Button>
        <Confirm
            open=asked
            title="Remove the sample Basecamp?"
            body="Its projects and to-dos go, with what you changed in them. Flows and conversations stay."
            action="Remove the sample"
            confirm=confirm
        />
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_is_as_old_as_it_is() {
        assert_eq!(
            ["now", "5 min", "3 h", "26 Feb"].map(tested),
            ["Tested just now", "Tested 5 min ago", "Tested 3 h ago", "Tested on 26 Feb"]
        );
    }
}
