//! The shell: PM OS's own commands, for super admins. Everything typed here goes to the audit log.

use crate::admin::server_fns::{CloseShell, OpenShell, RunInShell, load_shell};
use crate::session::can;
use crate::shell::missing::NotAllowed;
use crate::ui::browser;
use crate::ui::button::{Button, Kind, Size};
use crate::ui::code::CopyButton;
use crate::ui::icon::Icon;
use crate::ui::kept::Kept;
use crate::ui::skeleton::CardSkeleton;
use crate::ui::time::use_now;
use crate::ui::toast::use_toasts;
use domain::actor::Permission;
use domain::platform::{ShellLine, ShellSession};
use leptos::ev::{KeyboardEvent, SubmitEvent};
use leptos::prelude::*;
use leptos_meta::Title;

/// Commands that change nothing.
const SAFE: [&str; 4] = ["pmos status", "pmos backup list", "pmos logs --last 50", "pmos doctor"];
const OUT: &str = "term-out";

/// What can be done, and what is being typed. Made by the page, so that it outlives a new reading of the session.
#[derive(Clone, Copy)]
struct Typing {
    command: RwSignal<String>,
    /// How many lines are put out of sight.
    hidden: RwSignal<usize>,
    /// Steps back in what was typed before; 0 for a new command.
    back: RwSignal<usize>,
    open: ServerAction<OpenShell>,
    run: ServerAction<RunInShell>,
    close: ServerAction<CloseShell>,
}

impl Typing {
    fn new() -> Self {
        Self {
            command: RwSignal::new(String::new()),
            hidden: RwSignal::new(0),
            back: RwSignal::new(0),
            open: ServerAction::new(),
            run: ServerAction::new(),
            close: ServerAction::new(),
        }
    }

    fn send(self, session: String, command: String) {
        if command.trim().is_empty() || self.run.pending().get_untracked() {
            return;
        }
        self.back.set(0);
        self.command.set(String::new());
        self.run.dispatch(RunInShell { session, command });
    }

    /// Puts a command from before into the field.
    fn recall(self, lines: &[ShellLine], older: bool) {
        let back = self.back.get_untracked();
        let back = if older { (back + 1).min(lines.len()) } else { back.saturating_sub(1) };
        let line = lines.len().checked_sub(back).and_then(|at| lines.get(at));
        self.back.set(back);
        self.command.set(line.map(|it| it.command.clone()).unwrap_or_default());
    }
}

/// The page, for super admins.
#[component]
pub fn ShellPage() -> impl IntoView {
    let owns = can(Permission::Platform);
    view! {
        <Show
            when=move || owns.get()
            fallback=|| {
                view! {
                    <NotAllowed
                        icon="terminal"
                        title="Only a super admin can open the shell"
                        body="Your visit was refused and written to the audit log, which is normal."
                    />
                }
            }
        >
            <Shell />
        </Show>
    }
}

#[component]
fn Shell() -> impl IntoView {
    let typing = Typing::new();
    let Typing { open, run, close, .. } = typing;
    let versions = move || (open.version().get(), run.version().get(), close.version().get());
    let session = Resource::new(versions, |_| load_shell());
    let toasts = use_toasts();
    Effect::new(move || {
        if let Some(Err(error)) = open.value().get() {
            toasts.failed(error.to_string());
        }
    });
    Effect::new(move || match close.value().get() {
        Some(Ok(())) => toasts.say("The session is closed"),
        Some(Err(error)) => toasts.failed(error.to_string()),
        None => {}
    });
    view! {
        <Title text="Shell" />
        <div class="shell">
            <Kept
                of=session
                skeleton=|| view! { <CardSkeleton count=3 /> }
                children=move |it| view! { <SessionView session=it typing=typing /> }
            />
        </div>
    }
}

/// The head of the page, and below it the terminal, or the way to open one.
#[component]
fn SessionView(session: Signal<Option<Option<ShellSession>>>, typing: Typing) -> impl IntoView {
    let open = Memo::new(move |_| session.get().flatten());
    let id = Memo::new(move |_| open.with(|it| it.as_ref().map(|it| it.id.clone())));
    let end = move || {
        id.get().map(|session| {
            let end = move |_| {
                typing.close.dispatch(CloseShell { session: session.clone() });
                typing.hidden.set(0);
            };
            view! { <Button kind=Kind::Danger icon="stop" busy=typing.close.pending() on:click=end>"End session"</Button> }
        })
    };
    let recorded = move || open.get().map(|it| view! { <Recorded session=it /> });
    let start = move |_| {
        typing.open.dispatch(OpenShell {});
    };
    view! {
        <div class="shell__head">
            <div class="page__head">
                <div class="page__t">
                    <h1>"Shell"</h1>
                    <p>"Commands of PM OS itself. Most things have a safer page in Settings."</p>
                </div>
                <div class="page__a">{end}</div>
            </div>
            {recorded}
        </div>
        <Show
            when=move || id.with(Option::is_some)
            fallback=move || {
                view! {
                    <div class="empty">
                        <h2>"No session is open"</h2>
                        <p>"Every command and its output goes to the audit log, under your name. A session closes after 15 idle minutes."</p>
                        <div class="row">
                            <Button kind=Kind::Primary icon="terminal" busy=typing.open.pending() on:click=start>
                                "Open a session"
                            </Button>
                        </div>
                    </div>
                }
            }
        >
            <Terminal open=open typing=typing />
            <Suggested id=id typing=typing />
        </Show>
    }
}

#[component]
fn Recorded(session: ShellSession) -> impl IntoView {
    let now = use_now();
    let opened = session.opened_at_ms;
    view! {
        <div class="rec" role="status">
            <span class="rec__dot" aria-hidden="true"></span>
            <span class="grow">
                <b>"This session is recorded."</b>
                " Every command and its output goes to the audit log as "
                {session.id}
                ", under your name."
            </span>
            <span class="num xs">"since "{move || now.get().hour(opened)}</span>
            <span class="xs">"closes after 15 min idle"</span>
        </div>
    }
}

#[component]
fn Terminal(open: Memo<Option<ShellSession>>, typing: Typing) -> impl IntoView {
    let lines = Memo::new(move |_| open.get().map(|it| it.lines).unwrap_or_default());
    let shown = Memo::new(move |_| {
        let hidden = typing.hidden.get();
        lines.with(|all| all.iter().skip(hidden).cloned().collect::<Vec<_>>())
    });
    let text = Signal::derive(move || {
        let line = |it: &ShellLine| format!("$ {}\n{}", it.command, it.output);
        shown.with(|all| all.iter().map(line).collect::<Vec<_>>().join("\n"))
    });
    Effect::new(move || {
        lines.track();
        request_animation_frame(|| browser::scroll_to_end(OUT));
    });
    let waiting = move || {
        let input = typing.run.input().get().filter(|_| typing.run.pending().get());
        input.map(|it| view! { <div class="tl p">{it.command}</div><div class="tl d">"..."</div> })
    };
    let refused = move || {
        let error = typing.run.value().get().and_then(Result::err);
        error.map(|it| view! { <div class="tl w">{it.to_string()}</div> })
    };
    let clear = move |_| typing.hidden.set(lines.with_untracked(Vec::len));
    view! {
        <div class="term" role="group" aria-label="Terminal">
            <div class="term__bar">
                <span class="row"><Icon name="terminal" class="icon--sm" />"PM OS"</span>
                <span class="push row">
                    <CopyButton text=text />
                    <Button size=Size::Small kind=Kind::Ghost on:click=clear>"Clear"</Button>
                </span>
            </div>
            <div class="term__out" id=OUT role="log" tabindex="0" aria-label="Terminal output">
                {move || shown.get().into_iter().map(written).collect_view()}
                {waiting}
                {refused}
            </div>
            <Prompt open=open lines=lines typing=typing />
        </div>
    }
}

#[component]
fn Prompt(
    open: Memo<Option<ShellSession>>,
    lines: Memo<Vec<ShellLine>>,
    typing: Typing,
) -> impl IntoView {
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if let Some(session) = open.get_untracked() {
            typing.send(session.id, typing.command.get_untracked());
        }
    };
    let keydown = move |event: KeyboardEvent| {
        let older = match event.key().as_str() {
            "ArrowUp" => true,
            "ArrowDown" => false,
            _ => return,
        };
        event.prevent_default();
        lines.with_untracked(|it| typing.recall(it, older));
    };
    view! {
        <form class="term__in" on:submit=submit>
            <label for="cmd"><span class="sr">"Command"</span><span aria-hidden="true">"$"</span></label>
            <input
                id="cmd"
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                placeholder="pmos help"
                prop:value=move || typing.command.get()
                on:input=move |event| typing.command.set(event_target_value(&event))
                on:keydown=keydown
            />
            <kbd class="kbd" aria-hidden="true">"↵"</kbd>
        </form>
    }
}

#[component]
fn Suggested(id: Memo<Option<String>>, typing: Typing) -> impl IntoView {
    let chip = move |command: &'static str| {
        let press = move |_| {
            if let Some(session) = id.get_untracked() {
                typing.send(session, command.to_owned());
            }
        };
        view! { <button class="chip mono" type="button" on:click=press>{command}</button> }
    };
    view! {
        <div class="shell__foot">
            <span class="xs quiet">"Safe to start with"</span>
            {SAFE.map(chip).collect_view()}
        </div>
    }
}

/// A command with its output; the first word of a line tells how it stands.
fn written(line: ShellLine) -> impl IntoView {
    let class = if line.exit_code == 0 { "tl" } else { "tl w" };
    let row = |text: &str| {
        let (first, rest) = text.split_once(' ').unwrap_or((text, ""));
        let tone = match first {
            "running" | "good" | "applied" => "g",
            "slowed" | "look" | "bad" | "failed" => "w",
            _ => return view! { <div class=class>{text.to_owned()}</div> }.into_any(),
        };
        let (first, rest) = (first.to_owned(), format!(" {rest}"));
        view! { <div class=class><span class=tone>{first}</span>{rest}</div> }.into_any()
    };
    let rows = line.output.lines().map(row).collect_view();
    view! {
        <div class="tl p">{line.command}</div>
        {rows}
    }
}
