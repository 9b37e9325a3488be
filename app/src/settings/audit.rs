//! The audit log: who did what. Entries cannot be edited or removed.

use crate::session::can;
use crate::settings::audit_check::{AuditExports, AuditVerdict};
use crate::settings::audit_entry::EntryDialog;
use crate::settings::server_fns::{check_audit, load_audit};
use crate::shell::missing::NotAllowed;
use crate::ui::badge::{Pill, State};
use crate::ui::button::Button;
use crate::ui::choice::Toggle;
use crate::ui::empty::Empty;
use crate::ui::pages::{NextRows, Pages};
use crate::ui::person::{Avatar, Tile};
use crate::ui::problem::Loaded;
use crate::ui::search::SearchBox;
use crate::ui::skeleton::RowsSkeleton;
use crate::ui::table::Table;
use crate::ui::time::{Moment, use_now};
use domain::actor::Permission;
use domain::event::{AuditFilter, AuditPage, Event, EventKind, Outcome, StoredEvent};
use domain::words::capitalised;
use leptos::prelude::*;
use leptos_meta::Title;

const DAY_MS: i64 = 86_400_000;

/// The page, for those who manage.
#[component]
pub fn AuditLogPage() -> impl IntoView {
    let manages = can(Permission::Manage);
    view! {
        <Show
            when=move || manages.get()
            fallback=|| view! { <NotAllowed icon="audit" title="Only an admin can open the audit log" /> }
        >
            <AuditLog />
        </Show>
    }
}

#[component]
fn AuditLog() -> impl IntoView {
    let is_refused_only = RwSignal::new(false);
    let who = RwSignal::new(String::new());
    let (what, when) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let now = use_now();
    let filter = Memo::new(move |_| AuditFilter {
        action: Some(what.get()).filter(|it| !it.is_empty()),
        actor: Some(who.get().trim().to_owned()).filter(|it| !it.is_empty()),
        outcome: is_refused_only.get().then(|| Outcome::Denied.as_str().to_owned()),
        from_ms: since(now.get_untracked(), &when.read()),
        ..AuditFilter::default()
    });
    let opened = RwSignal::new(None::<StoredEvent>);
    let first = Resource::new(move || filter.get(), load_audit);
    let check = Action::new(|kept: &String| check_audit(kept.clone()));
    let verify = move |_| {
        check.dispatch(String::new());
    };
    view! {
        <Title text="Audit log" />
        <div class="page">
            <div class="page__head">
                <div class="page__t">
                    <h1>"Audit log"</h1>
                    <p>"Who did what. Entries cannot be edited or removed."</p>
                </div>
                <div class="page__a">
                    <AuditExports filter=filter />
                    <Button icon="shield" busy=check.pending() on:click=verify>"Verify"</Button>
                </div>
            </div>
            <AuditVerdict check=check />
            <div class="toolbar">
                <SearchBox label="Show what one person did" placeholder="Name of a person" words=who when_done=true />
                <Narrow label="What happened" options=WHAT value=what />
                <Narrow label="Since when" options=WHEN value=when />
                <div class="chips">
                    <Toggle on=is_refused_only>"Refused only"</Toggle>
                </div>
            </div>
            <Loaded of=first skeleton=|| view! { <RowsSkeleton count=8 /> } let:page>
                <Entries first=page filter=filter.get_untracked() opened=opened />
            </Loaded>
            <EntryDialog opened=opened />
        </div>
    }
}

/// Beginnings of the kinds of events, and what they are about.
const WHAT: &[(&str, &str)] = &[
    ("", "Everything"),
    ("auth.", "Signing in"),
    ("member.", "Members"),
    ("invitation.", "Invitations"),
    ("key.", "API keys"),
    ("client.", "Chat clients"),
    ("connection.", "Connections"),
    ("flow.", "Flows"),
    ("approval.", "Approvals"),
    ("tool.", "Tools and changes"),
    ("workspace.", "The workspace"),
];

/// How long ago, and in words.
const WHEN: &[(&str, &str)] =
    &[("", "Any time"), ("1", "Today"), ("7", "Last 7 days"), ("30", "Last 30 days")];

/// When the last so many days began, today included; none for any time.
fn since(now: Moment, days: &str) -> Option<i64> {
    let days: i64 = days.parse().ok()?;
    Some((now.day() - days + 1) * DAY_MS - i64::from(now.offset_minutes) * 60_000)
}

/// A choice that narrows the list.
#[component]
fn Narrow(
    label: &'static str,
    options: &'static [(&'static str, &'static str)],
    value: RwSignal<String>,
) -> impl IntoView {
    let option = move |(key, words): &(&'static str, &'static str)| {
        let (key, words) = (*key, *words);
        view! { <option value=key prop:selected=move || value.read().as_str() == key>{words}</option> }
    };
    view! {
        <select class="select" aria-label=label on:change=move |event| value.set(event_target_value(&event))>
            {options.iter().map(option).collect_view()}
        </select>
    }
}

/// The rows so far, and a button for the ones before.
#[component]
fn Entries(
    first: AuditPage,
    filter: AuditFilter,
    opened: RwSignal<Option<StoredEvent>>,
) -> impl IntoView {
    let pages = Pages::new((first.events, first.next), move |before: i64| {
        let page = load_audit(AuditFilter { before: Some(before), ..filter.clone() });
        async move { page.await.map(|it| (it.events, it.next)) }
    });
    view! {
        <Show
            when=move || !pages.is_empty()
            fallback=|| view! { <Empty icon="audit" title="Nothing matches" body="Clear the filter to see everything." /> }
        >
            <Table caption="Audit entries, newest first" class="table--cq table--calm">
                <thead>
                    <tr>
                        <th class="fit">"When"</th>
                        <th>"Who"</th>
                        <th>"What"</th>
                        <th class="p2">"To"</th>
                        <th class="p2">"Result"</th>
                    </tr>
                </thead>
                <tbody>
                    <For each=move || pages.rows.get() key=|it| it.seq let:event>
                        <Entry event=event opened=opened />
                    </For>
                </tbody>
            </Table>
        </Show>
        <NextRows pages=pages />
    }
}

#[component]
fn Entry(event: StoredEvent, opened: RwSignal<Option<StoredEvent>>) -> impl IntoView {
    let now = use_now();
    let whole = event.clone();
    let open = move |_| opened.set(Some(whole.clone()));
    let at = event.at_ms;
    let (state, word) = result_of(&event.event);
    let (mark, door) = match event.via.as_str() {
        "chat" => (
            view! { <Tile name="" icon="assistant" size="tile--sm tile--iris" /> }.into_any(),
            "through the assistant",
        ),
        "flow" => (
            view! { <Tile name="" icon="flow" size="tile--sm tile--plain" /> }.into_any(),
            "through a flow",
        ),
        _ => (view! { <Avatar name=event.actor.clone() decorative=true /> }.into_any(), ""),
    };
    view! {
        <tr>
            <td class="num quiet">{move || now.get().clock(at)}</td>
            <td>
                <div class="row">
                    {mark}
                    <span class="grow"><span>{event.actor}</span><span class="sub">{door}</span></span>
                </div>
            </td>
            <td class="name"><button class="rowlink" type="button" aria-haspopup="dialog" on:click=open>{words_of(&event.event)}</button><span class="sub mono">{event.event.kind.as_str()}</span></td>
            <td class="p2">{event.event.label}</td>
            <td class="p2"><Pill state=state label=word /></td>
        </tr>
    }
}

/// How it ended, in colour and in a word: a person's no is no refusal for lack of rights.
fn result_of(event: &Event) -> (State, &'static str) {
    let decision = event.detail.get("decision").and_then(|it| it.as_str());
    match (event.outcome, decision) {
        (Outcome::Success, Some("approved")) => (State::Succeeded, "Approved"),
        (Outcome::Success, _) => (State::Succeeded, "Done"),
        (Outcome::Denied, Some("rejected")) => (State::Failed, "Rejected"),
        (Outcome::Denied, Some("expired")) => (State::Skipped, "Expired"),
        (Outcome::Denied, _) => (State::Failed, "Refused"),
        (Outcome::Failed, _) => (State::Failed, "Failed"),
    }
}

/// What happened as people say it: the title of the tool that was used; else of `flow.published` "Flow published", where
/// what accounts do needs no noun.
pub(crate) fn words_of(event: &Event) -> String {
    let tool = event.detail.get("title").and_then(|it| it.as_str());
    if let (EventKind::ToolUsed, Some(title)) = (event.kind, tool) {
        return title.to_owned();
    }
    if event.kind == EventKind::OperationUndone {
        return "Change undone".to_owned();
    }
    let kind = event.kind.as_str();
    let (noun, verb) = kind.split_once('.').unwrap_or(("", kind));
    let words = if noun == "auth" { verb.to_owned() } else { format!("{noun} {verb}") };
    capitalised(&words.replace('_', " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_happened_reads_as_a_sentence() {
        let words = |kind| words_of(&Event::new(kind, "t1", "Order paper"));
        assert_eq!(words(EventKind::FlowPublished), "Flow published");
        assert_eq!(words(EventKind::SignInFailed), "Sign in failed");
        assert!(EventKind::ALL.iter().all(|it| !words(*it).is_empty()));
    }

    #[test]
    fn today_begins_at_midnight_of_the_workspace() {
        // Wednesday 18 February 2026, 09:46 in UTC, which is 11:46 two hours ahead.
        let now = Moment { now_ms: 1_771_407_960_000, offset_minutes: 120 };
        assert_eq!(since(now, "1"), Some(1_771_365_600_000));
        assert_eq!(since(now, "7"), Some(1_771_365_600_000 - 6 * DAY_MS));
        assert_eq!(since(now, ""), None);
    }

    #[test]
    fn a_persons_no_is_told_from_a_missing_right() {
        let decided = |word: &str| {
            let detail = serde_json::json!({ "decision": word });
            let event = Event::new(EventKind::ApprovalDecided, "a1", "Add a to-do").with(detail);
            result_of(&event.ended(Outcome::Denied)).1
        };
        assert_eq!((decided("rejected"), decided("expired")), ("Rejected", "Expired"));
        let refused = Event::new(EventKind::ToolUsed, "t1", "Add a to-do").ended(Outcome::Denied);
        assert_eq!(result_of(&refused).1, "Refused");
    }

    #[test]
    fn a_tool_is_told_by_its_title() {
        let detail = serde_json::json!({ "title": "Complete a to-do" });
        let event = Event::new(EventKind::ToolUsed, "t1", "Order paper").with(detail);
        assert_eq!(words_of(&event), "Complete a to-do");
    }
}
