//! Settings of the whole installation, for super admins. They count at once.

use crate::admin::server_fns::{SaveServer, load_server_settings};
use crate::ui::badge::Tone;
use crate::ui::button::{Button, Kind};
use crate::ui::callout::Callout;
use crate::ui::field::{SelectField, TextArea, TextField};
use crate::ui::form::FormProblems;
use crate::ui::kept::Kept;
use crate::ui::problem::FormProblem;
use crate::ui::skeleton::CardSkeleton;
use crate::ui::toast::use_toasts;
use domain::platform::{Limit, ServerSettings};
use leptos::form::ActionForm;
use leptos::prelude::*;

/// Each limit with its name in the form and the field an answer names.
const LIMITS: [(Limit, &str, &str); 6] = [
    (Limit::SignInFailures, "typed[limits][signInFailures]", "limits.signInFailures"),
    (Limit::SignUps, "typed[limits][signUpsPerHour]", "limits.signUpsPerHour"),
    (Limit::Calls, "typed[limits][callsPerMinute]", "limits.callsPerMinute"),
    (Limit::ChatMessages, "typed[limits][chatMessagesPerSecond]", "limits.chatMessagesPerSecond"),
    (Limit::FlowsMade, "typed[limits][flowsMadePerMinute]", "limits.flowsMadePerMinute"),
    (Limit::FlowStarts, "typed[limits][flowStartsPerMinute]", "limits.flowStartsPerMinute"),
];

/// Fields that say themselves what is wrong with them.
const FIELDS: &[&str] = &[
    "signup",
    "agentRuntime",
    "codeSteps",
    "outgoingAllowList",
    "corsAllowedOrigins",
    "limits.signInFailures",
    "limits.signUpsPerHour",
    "limits.callsPerMinute",
    "limits.chatMessagesPerSecond",
    "limits.flowsMadePerMinute",
    "limits.flowStartsPerMinute",
];

/// The settings, while they load again too.
type Settings = Signal<Option<ServerSettings>>;

/// The section.
#[component]
pub(crate) fn ServerSection() -> impl IntoView {
    let save = ServerAction::<SaveServer>::new();
    let settings = Resource::new(move || save.version().get(), |_| load_server_settings());
    let toasts = use_toasts();
    Effect::new(move || {
        if save.value().with(|it| matches!(it, Some(Ok(())))) {
            toasts.say("The server's settings are saved");
        }
    });
    view! {
        <Kept
            of=settings
            skeleton=|| view! { <CardSkeleton count=5 /> }
            children=move |it| view! { <ServerForm settings=it save=save /> }
        />
    }
}

#[component]
fn ServerForm(settings: Settings, save: ServerAction<SaveServer>) -> impl IntoView {
    let problems = FormProblems::of(save.value());
    let build = move || settings.with(|it| it.as_ref().map(|it| it.build.clone()));
    view! {
        <ActionForm action=save attr:class="stack stack--4">
            <FormProblem error=problems.rest(FIELDS) />
            <div class="cols cols--2 cols--start">
                <Switches settings=settings problems=problems />
                <Limits settings=settings problems=problems />
            </div>
            <Addresses settings=settings problems=problems />
            <div class="row">
                <Button kind=Kind::Primary r#type="submit" busy=save.pending()>"Save"</Button>
                <span class="xs quiet">"Build "{build}". Changes count at once and go to the audit log."</span>
            </div>
        </ActionForm>
    }
}

/// One text of the settings.
fn text(settings: Settings, read: fn(&ServerSettings) -> String) -> Signal<String> {
    Signal::derive(move || settings.with(|it| it.as_ref().map(read).unwrap_or_default()))
}

fn choices(all: &[(&str, &str)]) -> Vec<(String, String)> {
    all.iter().map(|(value, words)| ((*value).to_owned(), (*words).to_owned())).collect()
}

#[component]
fn Switches(settings: Settings, problems: FormProblems) -> impl IntoView {
    let is_locked = Memo::new(move |_| {
        settings.with(|it| it.as_ref().is_some_and(|it| it.settings.signup_locked))
    });
    let signup = move || {
        if is_locked.get() {
            return view! {
                <Callout tone=Tone::Warn icon="lock" title="Sign-up is closed by the server">
                    <p>"PMOS_SIGNUP closes it. Invitations still work."</p>
                </Callout>
            }
            .into_any();
        }
        let options = choices(&[
            ("open", "Open: anybody may make a workspace"),
            ("closed", "Closed: by invitation only"),
        ]);
        view! {
            <SelectField
                label="Sign-up"
                name="typed[signup]"
                options=options
                value=text(settings, |it| it.settings.signup.clone())
                error=problems.field("signup")
            />
        }
        .into_any()
    };
    let code = choices(&[("off", "Off"), ("on", "On")]);
    let runtimes = choices(&[
        ("v2", "Answers as they come, reads side by side"),
        ("v1", "One answer at the end"),
    ]);
    view! {
        <section class="card" aria-labelledby="sv-s">
            <div class="card__head"><h2 id="sv-s">"Sign-up, assistant and code"</h2></div>
            <div class="card__body stack stack--4">
                {signup}
                <SelectField
                    label="How the assistant works"
                    name="typed[runtime]"
                    options=runtimes
                    value=text(settings, |it| it.agent_runtime.clone())
                    hint="Counts for the next question."
                    error=problems.field("agentRuntime")
                />
                <SelectField
                    label="Code steps in this workspace"
                    name="typed[code]"
                    options=code
                    value=text(settings, |it| it.settings.code_steps.clone())
                    hint="Code runs on this server, in a process of its own without files or network."
                    error=problems.field("codeSteps")
                />
            </div>
        </section>
    }
}

#[component]
fn Limits(settings: Settings, problems: FormProblems) -> impl IntoView {
    let field = move |(limit, name, field): (Limit, &'static str, &'static str)| {
        let value = Signal::derive(move || {
            let now = settings.with(|it| {
                it.as_ref().and_then(|it| it.settings.limits.get(limit.name()).copied())
            });
            now.map_or_else(String::new, |it| it.to_string())
        });
        view! { <TextField label=limit.label() name=name r#type="number" value=value error=problems.field(field) /> }
    };
    view! {
        <section class="card" aria-labelledby="sv-l">
            <div class="card__head"><h2 id="sv-l">"Limits"</h2></div>
            <div class="card__body stack stack--4">
                <p class="hint">"Past a limit the answer says how long to wait. Leave a field empty for the default."</p>
                {LIMITS.map(field).collect_view()}
            </div>
        </section>
    }
}

#[component]
fn Addresses(settings: Settings, problems: FormProblems) -> impl IntoView {
    view! {
        <section class="card" aria-labelledby="sv-a">
            <div class="card__head"><h2 id="sv-a">"Addresses"</h2></div>
            <div class="card__body stack stack--4">
                <TextArea
                    label="Private addresses that flows may reach"
                    name="typed[outgoing]"
                    value=text(settings, |it| it.settings.outgoing_allow_list.join("\n"))
                    hint="One on each line: a host, a host with its port, or a range such as 10.0.0.0/8. Empty for none."
                    error=problems.field("outgoingAllowList")
                />
                <TextArea
                    label="Sites whose pages may call with a key"
                    name="typed[origins]"
                    value=text(settings, |it| it.settings.cors_allowed_origins.join("\n"))
                    hint="One on each line, such as https://tools.example.com. They never get a person's session."
                    error=problems.field("corsAllowedOrigins")
                />
            </div>
        </section>
    }
}
