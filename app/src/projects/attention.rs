//! What of a project needs somebody's attention, the worst first, each with the way to where it is mended.

use crate::projects::address::use_address;
use crate::projects::due::{is_day_overdue, is_day_soon};
use crate::ui::icon::Icon;
use crate::ui::kept::whole;
use crate::ui::time::{Moment, parse_day, use_now};
use domain::record::{Item, Tab, Work};
use domain::words::count;
use leptos::prelude::*;

/// Without a change for this long, a to-do is forgotten.
const QUIET_MS: i64 = 7 * 86_400_000;

/// One thing that needs attention.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
struct Point {
    tone: &'static str,
    icon: &'static str,
    title: String,
    more: String,
    /// The record it is about, where it is one.
    item: Option<i64>,
}

/// The card.
#[component]
pub(crate) fn Attention(work: Memo<Work>) -> impl IntoView {
    let now = use_now();
    let points = Memo::new(move |_| work.with(|it| points(&it.todos, now.get())));
    view! {
        <section class="card" aria-labelledby="ov-attention">
            <div class="card__head"><h2 id="ov-attention">"Needs attention"</h2></div>
            <ul class="rows rows--tall">
                <For each=move || points.get() key=whole let:point><PointRow point=point /></For>
            </ul>
            <Show when=move || points.with(Vec::is_empty)>
                <p class="none">"Nothing is late, forgotten or without anybody."</p>
            </Show>
        </section>
    }
}

#[component]
fn PointRow(point: Point) -> impl IntoView {
    let address = use_address();
    let Point { tone, icon, title, more, item } = point;
    let href = move || match item {
        Some(id) => address.item(id).get(),
        None => address.of_tab(Tab::Todos),
    };
    let words = if item.is_some() { "Open it" } else { "Show to-dos" };
    let label = format!("{words}: {title}");
    view! {
        <li>
            <span class=tone><Icon name=icon class="icon--md" /></span>
            <span class="grow"><b class="med">{title}</b><span class="xs quiet block">{more}</span></span>
            <a class="btn btn--sm" href=href aria-label=label>{words}</a>
        </li>
    }
}

/// What needs attention among the to-dos of a project.
fn points(todos: &[Item], now: Moment) -> Vec<Point> {
    let open: Vec<&Item> = todos.iter().filter(|it| !it.completed && !it.is_removed).collect();
    let late: Vec<&&Item> =
        open.iter().filter(|it| is_day_overdue(it.due_on.as_deref(), now)).collect();
    let free: Vec<&&Item> = open.iter().filter(|it| it.people.is_empty()).collect();
    let quiet = |it: &&&Item| {
        !it.people.is_empty()
            && !is_day_overdue(it.due_on.as_deref(), now)
            && now.now_ms - it.updated_at_ms > QUIET_MS
    };
    let quiet: Vec<&&Item> = open.iter().filter(quiet).collect();
    let soon = free.iter().filter(|it| is_day_soon(it.due_on.as_deref(), now)).count();
    [overdue(&late, now), unassigned(&free, soon), forgotten(&quiet)]
        .into_iter()
        .flatten()
        .collect()
}

fn overdue(late: &[&&Item], now: Moment) -> Option<Point> {
    let first =
        late.iter().min_by(|one, other| (&one.due_on, one.id).cmp(&(&other.due_on, other.id)))?;
    let days = now.day() - first.due_on.as_deref().and_then(parse_day)?;
    let days = count(usize::try_from(days).unwrap_or_default(), "day", "days");
    let who = match first.people.as_slice() {
        [] => "Nobody has it.".to_owned(),
        people => {
            let names: Vec<&str> = people.iter().map(|it| it.name.as_str()).collect();
            format!("It is with {}.", names.join(", "))
        }
    };
    Some(if late.len() == 1 {
        let title = format!("\u{201c}{}\u{201d} is {days} late", first.title);
        Point { tone: "bad", icon: "alert", title, more: who, item: Some(first.id) }
    } else {
        let title = format!("{} late", count(late.len(), "to-do is", "to-dos are"));
        let more = format!("\u{201c}{}\u{201d} the longest, by {days}. {who}", first.title);
        Point { tone: "bad", icon: "alert", title, more, item: None }
    })
}

fn unassigned(free: &[&&Item], soon: usize) -> Option<Point> {
    if free.is_empty() {
        return None;
    }
    let title = format!("{} nobody", count(free.len(), "to-do has", "to-dos have"));
    let (tone, more) = match soon {
        0 => ("quiet", "None of them is due in the next 7 days.".to_owned()),
        it => {
            ("warn", format!("{} due in the next 7 days.", count(it, "of them is", "of them are")))
        }
    };
    Some(Point { tone, icon: "user", title, more, item: None })
}

fn forgotten(quiet: &[&&Item]) -> Option<Point> {
    let first = quiet.iter().min_by_key(|it| (it.updated_at_ms, it.id))?;
    let title = format!(
        "{} for a week",
        count(quiet.len(), "to-do was not touched", "to-dos were not touched")
    );
    let more = format!("\u{201c}{}\u{201d} the longest.", first.title);
    let item = (quiet.len() == 1).then_some(first.id);
    Some(Point { tone: "warn", icon: "clock", title, more, item })
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::project::Person;
    use domain::record::Kind;

    const NOW: Moment = Moment { now_ms: 1_771_407_960_000, offset_minutes: 0 };

    fn todo(id: i64, due_on: Option<&str>, people: &[&str]) -> Item {
        let person =
            |name: &&str| Person { id: 1, name: (*name).to_owned(), email: None, title: None };
        Item {
            id,
            kind: Kind::Todo,
            project_id: 1,
            parent_id: 2,
            place: "List".to_owned(),
            title: format!("T{id}"),
            text: String::new(),
            is_plain: true,
            completed: false,
            due_on: due_on.map(str::to_owned),
            starts_at: None,
            ends_at: None,
            position: 1,
            creator: String::new(),
            people: people.iter().map(person).collect(),
            comments: 0,
            bytes: None,
            is_removed: false,
            app_url: String::new(),
            created_at_ms: NOW.now_ms,
            updated_at_ms: NOW.now_ms,
        }
    }

    #[test]
    fn what_is_late_comes_before_what_nobody_has_and_what_is_forgotten() {
        let old = Item { updated_at_ms: NOW.now_ms - 9 * 86_400_000, ..todo(4, None, &["Ben"]) };
        let all = [
            todo(1, Some("2026-02-14"), &["Lucia"]),
            todo(2, Some("2026-02-20"), &[]),
            todo(3, None, &["Ben"]),
            old,
        ];
        let found = points(&all, NOW);
        let titles: Vec<&str> = found.iter().map(|it| it.title.as_str()).collect();
        assert_eq!(
            titles,
            [
                "\u{201c}T1\u{201d} is 4 days late",
                "1 to-do has nobody",
                "1 to-do was not touched for a week"
            ]
        );
        assert_eq!(found[0].more, "It is with Lucia.");
        assert_eq!(found[1].more, "1 of them is due in the next 7 days.");
        assert_eq!((found[0].item, found[1].item, found[2].item), (Some(1), None, Some(4)));
    }

    #[test]
    fn what_is_done_needs_nothing() {
        let done = Item { completed: true, ..todo(1, Some("2026-02-14"), &[]) };
        assert_eq!(points(&[done, todo(2, None, &["Ben"])], NOW), []);
    }
}
