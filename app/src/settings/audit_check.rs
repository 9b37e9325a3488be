//! Taking the audit log along as a file, and whether it is whole.

use crate::error::AppError;
use crate::session::encode;
use crate::ui::badge::Tone;
use crate::ui::button::Button;
use crate::ui::callout::Callout;
use crate::ui::code::Code;
use crate::ui::form::FormProblems;
use crate::ui::icon::Icon;
use crate::ui::problem::FormProblem;
use crate::ui::typed::Line;
use domain::audit::AuditCheck;
use domain::event::AuditFilter;
use domain::words::count;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

/// What a look at the whole log found.
type Look = Action<String, Result<AuditCheck, AppError>>;

/// Where the file is that holds what `filter` shows.
fn address(filter: &AuditFilter, format: &str) -> String {
    let parts = [("actor", &filter.actor), ("status", &filter.outcome), ("action", &filter.action)];
    let parts = parts.into_iter().filter_map(|(name, it)| Some((name, it.as_deref()?)));
    parts.fold(format!("/api/pmos/audit/export?format={format}"), |all, (name, value)| {
        format!("{all}&{name}={}", encode(value))
    })
}

/// Links that save everything the filter finds.
#[component]
pub(crate) fn AuditExports(
    /// What is shown.
    filter: Memo<AuditFilter>,
) -> impl IntoView {
    let link = move |format: &'static str, words: &'static str| {
        let href = move || filter.with(|it| address(it, format));
        view! {
            <a class="btn" href=href download=format!("audit-log.{format}") rel="external">
                <Icon name="download" />
                {words}
            </a>
        }
    };
    view! {
        {link("csv", "Export CSV")}
        {link("jsonl", "Export JSON lines")}
    }
}

/// The news in one line, and what it means.
fn words(found: &AuditCheck) -> (Tone, &'static str, String) {
    let events = count(found.events, "event", "events");
    if let Some(broken) = found.first_broken {
        let next = "Find out who can reach the database, and compare with a backup.";
        // What was read before is whole up to a break; where all of it is, the line that was kept does not fit.
        let body = match broken > found.events {
            true => format!(
                "Event {broken} is missing or not as it was written; {events} before it are whole. {next}"
            ),
            false => {
                format!(
                    "Event {broken} is not the one of the line you kept: it was rewritten since. {next}"
                )
            }
        };
        return (Tone::Bad, "The log was changed", body);
    }
    let older = match found.without_hash {
        0 => String::new(),
        some => format!(" {some} of them are from a release that made no hashes."),
    };
    let kept = if found.is_compared { " The line you kept fits." } else { "" };
    let body = format!("Of {events} none is missing, and each is as it was written.{older}{kept}");
    (Tone::Good, "The log is whole", body)
}

/// What the last look found, with the line to keep and a place for one that was kept; nothing before the first look.
#[component]
pub(crate) fn AuditVerdict(
    /// The look.
    check: Look,
) -> impl IntoView {
    let problems = FormProblems::of(check.value());
    // A line that is refused leaves what was found before.
    let found = RwSignal::new(None::<AuditCheck>);
    Effect::new(move || {
        if let Some(Ok(now)) = check.value().get() {
            found.set(Some(now));
        }
    });
    let verdict = move || {
        let it = found.get()?;
        let (tone, title, body) = words(&it);
        Some(
            view! { <div role="status"><Callout tone=tone title=title><p>{body}</p></Callout></div> },
        )
    };
    view! {
        <FormProblem error=problems.rest(&["kept"]) />
        <Show when=move || found.with(Option::is_some)>
            <section class="stack stack--4" aria-label="Whether the log is whole">
                {verdict}
                <KeptLine check=check found=found problems=problems />
            </section>
        </Show>
    }
}

#[component]
fn KeptLine(
    check: Look,
    found: RwSignal<Option<AuditCheck>>,
    problems: FormProblems,
) -> impl IntoView {
    let kept = RwSignal::new(String::new());
    let line = move || found.with(|it| it.as_ref().map(|it| it.head.line()).unwrap_or_default());
    let compare = move |event: SubmitEvent| {
        event.prevent_default();
        check.dispatch(kept.get_untracked());
    };
    view! {
        <Code label="The newest entry: keep this line elsewhere" text=Signal::derive(line) />
        <form class="stack stack--4" on:submit=compare>
            <Line id="audit-kept" label="A line kept earlier" value=kept error=problems.field("kept")
                hint="Shows whether anything up to it was cut off since." />
            <div class="row"><Button r#type="submit" busy=check.pending()>"Compare"</Button></div>
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::audit::AuditHead;

    fn found(first_broken: Option<i64>, without_hash: i64, is_compared: bool) -> AuditCheck {
        let head = AuditHead { seq: 3, hash: "ab".to_owned() };
        AuditCheck { events: 3, without_hash, first_broken, is_compared, head }
    }

    #[test]
    fn what_was_found_is_said_in_words() {
        let (tone, _, body) = words(&found(None, 0, false));
        assert_eq!(tone, Tone::Good);
        assert_eq!(body, "Of 3 events none is missing, and each is as it was written.");
        let (_, _, body) = words(&found(None, 2, true));
        assert!(body.ends_with("made no hashes. The line you kept fits."), "{body}");
        let (tone, _, body) = words(&found(Some(4), 0, false));
        assert_eq!(tone, Tone::Bad);
        assert!(body.starts_with("Event 4 is missing"), "{body}");
        let (_, _, body) = words(&found(Some(2), 0, true));
        assert!(body.starts_with("Event 2 is not the one of the line you kept"), "{body}");
    }

    #[test]
    fn the_file_holds_what_the_page_shows() {
        assert_eq!(address(&AuditFilter::default(), "csv"), "/api/pmos/audit/export?format=csv");
        let actor = Some("Ada & Co".to_owned());
        let filter = AuditFilter { actor, ..AuditFilter::default() };
        let href = "/api/pmos/audit/export?format=jsonl&actor=Ada%20%26%20Co";
        assert_eq!(address(&filter, "jsonl"), href);
    }
}
