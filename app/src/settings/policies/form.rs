//! Making and changing a policy.

use crate::settings::policies::TOOLS;
use crate::settings::policies::desk::{Desk, Sort, WHICH};
use crate::settings::policy_fns::SavePolicy;
use crate::ui::button::{Button, Kind};
use crate::ui::dialog::Dialog;
use crate::ui::form::FormProblems;
use crate::ui::problem::FormProblem;
use crate::ui::typed::{Choose, Line, Pick};
use domain::policy::{PolicyBook, Severity, Verdict, Who};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

/// Fields that say themselves what is wrong with them.
const FIELDS: &[&str] = &["name", "rule", "severity"];

/// The dialog.
#[component]
pub(crate) fn PolicyForm(book: Signal<Option<PolicyBook>>, desk: Desk) -> impl IntoView {
    let problems = FormProblems::of(desk.save.value());
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        desk.save.dispatch(SavePolicy { change: desk.change() });
    };
    let is_tools = move || desk.sort.get() == Sort::Tools;
    let title = Signal::derive(move || {
        let is_new = desk.id.with(Option::is_none);
        match (is_new, desk.sort.get()) {
            (true, Sort::Tools) => "A rule about tools",
            (true, Sort::Work) => "A rule about work",
            (false, _) => "Change the rule",
        }
        .to_owned()
    });
    view! {
        <Dialog open=desk.open title=title>
            <form on:submit=send style="display: contents">
                <div class="dialog__body stack stack--4">
                    <Line id="policy-name" label="Name" value=desk.name error=problems.field("name") placeholder="Deleting is for admins" />
                    <Show when=is_tools fallback=move || view! { <OfWork book=book desk=desk problems=problems /> }>
                        <OfTools book=book desk=desk problems=problems />
                    </Show>
                    <FormProblem error=problems.rest(FIELDS) />
                </div>
                <div class="dialog__foot">
                    <Button kind=Kind::Ghost on:click=move |_| desk.open.set(false)>"Cancel"</Button>
                    <Button kind=Kind::Primary r#type="submit" busy=desk.save.pending()>"Save the rule"</Button>
                </div>
            </form>
        </Dialog>
    }
}

/// What happens, with which calls, by whom.
#[component]
fn OfTools(book: Signal<Option<PolicyBook>>, desk: Desk, problems: FormProblems) -> impl IntoView {
    let effects = Verdict::ALL.map(|it| (it.1, it.2)).to_vec();
    let people = Who::ALL.map(|it| (it.1, it.2)).to_vec();
    let groups: Signal<Vec<(String, String)>> = Signal::derive(move || {
        let all = book.get().map(|it| it.groups).unwrap_or_default();
        let first = (String::new(), "Choose a group".to_owned());
        std::iter::once(first).chain(all.into_iter().map(|it| (it.clone(), it))).collect()
    });
    let is = move |key: &'static str| move || desk.which.with(|it| it == key);
    let is_plain = move || desk.which.with(|it| !matches!(it.as_str(), "group" | "tool"));
    let wrong = problems.field("rule");
    view! {
        <Choose id="policy-effect" label="What happens" options=effects value=desk.effect />
        <Choose id="policy-which" label="With which tools" options=WHICH.to_vec() value=desk.which />
        <Show when=is("group")>
            <Pick id="policy-group" label="Group" options=groups value=desk.chosen error=wrong />
        </Show>
        <Show when=is("tool")>
            <Line id="policy-tool" label="Tool" list=TOOLS value=desk.chosen error=wrong
                hint="Its name, such as create_todo. Type a few letters to see those there are." />
        </Show>
        <Show when=is_plain>
            {move || wrong.get().map(|it| view! { <p class="error" role="alert">{it}</p> })}
        </Show>
        <Choose id="policy-who" label="For whom" options=people value=desk.who />
        <p class="hint">
            "Asking and allowing are about what changes something. What deletes, goes live or leaves the workspace is asked about each time, whatever is allowed."
        </p>
    }
}

/// A rule in words, and how hard it holds.
#[component]
fn OfWork(book: Signal<Option<PolicyBook>>, desk: Desk, problems: FormProblems) -> impl IntoView {
    let severities = Severity::ALL.map(|it| (it.1, it.2)).to_vec();
    let examples = move || {
        let all = book.get().map(|it| it.examples).unwrap_or_default();
        let example = |it: String| {
            let words = it.clone();
            view! {
                <li><button type="button" class="link" on:click=move |_| desk.text.set(words.clone())>{it}</button></li>
            }
        };
        all.into_iter().map(example).collect_view()
    };
    let severity = problems.field("severity");
    view! {
        <Line id="policy-rule" label="Rule" value=desk.text error=problems.field("rule") />
        <div class="field">
            <span class="label" id="policy-examples">"Rules that are understood"</span>
            <ul class="sm" aria-labelledby="policy-examples">{examples}</ul>
        </div>
        <Choose id="policy-severity" label="How hard it holds" options=severities value=desk.severity />
        {move || severity.get().map(|it| view! { <p class="error" role="alert">{it}</p> })}
    }
}
