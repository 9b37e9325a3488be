//! The sample world: a small studio with three projects, sixty to-dos and eight people.
//!
//! It is the same for everybody, except for ids and minutes, which follow from the account's id, and for dates, which
//! lie around the day the account is made. What is true of it is listed here, so that tests and evaluations can
//! check an answer against it.

mod extra;
mod grown;
mod plan;
mod rows;

pub use plan::{Plan, Size, Truth};

use crate::account::{
    Account, Comment, Completion, List, Person, Project, Status, Time, Todo, Tool,
};
use crate::index::Frozen;
use crate::routes::projects::DOCK;
use crate::shared::Shared;
use chrono::{NaiveDate, NaiveTime, TimeDelta};
use rows::{COMMENTS, PEOPLE, PROJECTS, Row};
use std::collections::{BTreeMap, BTreeSet};

/// Open to-dos past their day, the longest overdue first.
pub const OVERDUE: [&str; 9] = [
    "Barcode proof from the client",
    "Confirm paper stock with the printer",
    "Send packaging dielines to printer",
    "Collect the last case-study photos",
    "Second-round logo routes",
    "Approve the cookie notice wording",
    "Menu board copy",
    "Loyalty card wording",
    "Set up redirects from the old site",
];

/// Open to-dos due on the day the account was made.
pub const DUE_TODAY: [&str; 3] = [
    "Write the home page introduction",
    "Colour proof on kraft stock",
    "Send the revised quote to Marlowe",
];

/// How many open to-dos are due in the six days after it.
pub const DUE_IN_NEXT_SIX_DAYS: usize = 14;

/// Open to-dos that nobody has.
pub const UNASSIGNED: [&str; 5] = [
    "Translate the contact page",
    "Search across case studies",
    "Ceramic cup supplier",
    "Playlist card by the till",
    "Photograph the samples",
];

/// The one person with more than ten open to-dos: thirteen.
pub const OVERLOADED: &str = "Lucía Ferrer";

/// The person the token speaks for.
pub const OWNER: &str = "Amara Osei";

/// Days from the first to-do to the day the account is made.
const HISTORY: i64 = 40;

/// The world of account `id`, as large as asked for, with dates around `today`.
pub(crate) fn world_of(size: Size, id: i64, token_hash: String, today: NaiveDate) -> Account {
    let Some(plan) = Plan::of(size) else { return small(id, token_hash, today) };
    let empty = empty(id, "Harbourline", token_hash, started(today, plan::HISTORY));
    grown::grow(empty, plan, today)
}

fn started(today: NaiveDate, days: i64) -> Time {
    today.and_time(NaiveTime::MIN).and_utc() - TimeDelta::days(days) + TimeDelta::hours(9)
}

fn empty(id: i64, name: &str, token_hash: String, created_at: Time) -> Account {
    Account {
        id,
        name: name.into(),
        token_hash,
        next_id: 7_000_000_000 + id.rem_euclid(1_000_000) * 1_000,
        created_at,
        people: Vec::new(),
        projects: Vec::new(),
        lists: Shared::default(),
        todos: Shared::default(),
        comments: Shared::default(),
        records: Shared::default(),
        happenings: Shared::default(),
        feed_epoch: 0,
        watchers: BTreeMap::new(),
        shown_to_clients: BTreeSet::new(),
        webhooks: Vec::new(),
        guests: Vec::new(),
        suspended: None,
        speaks: None,
        index: Frozen::default(),
    }
}

/// The sample world of account `id`, with dates around `today`.
pub(crate) fn small(id: i64, token_hash: String, today: NaiveDate) -> Account {
    let started = started(today, HISTORY);
    let mut builder = Builder {
        account: empty(id, "Fernhill Studio", token_hash, started),
        seed: id,
        today,
        started,
    };
    builder.people();
    for (name, description, lists) in PROJECTS {
        builder.project(name, description, lists);
    }
    builder.comments();
    builder.extra();
    builder.account
}

struct Builder {
    account: Account,
    seed: i64,
    today: NaiveDate,
    started: Time,
}

impl Builder {
    fn people(&mut self) {
        for (name, title) in PEOPLE {
            let first = name.split(' ').next().unwrap_or(name).to_lowercase().replace('í', "i");
            let person = Person {
                id: self.account.take_id(),
                name: name.into(),
                email: format!("{first}@fernhill.example"),
                title: title.into(),
                owner: name == OWNER,
                client: false,
            };
            self.account.people.push(person);
        }
    }

    /// The people with these initials, as in `LF BO`.
    fn assignees(&self, initials: &str) -> Vec<i64> {
        let of =
            |name: &str| name.split(' ').filter_map(|part| part.chars().next()).collect::<String>();
        let wanted: Vec<&str> = initials.split(' ').collect();
        self.account
            .people
            .iter()
            .filter(|it| wanted.contains(&of(&it.name).as_str()))
            .map(|it| it.id)
            .collect()
    }

    fn project(&mut self, name: &str, description: &str, lists: &[(&str, &[Row])]) {
        let id = self.account.take_id();
        let dock = DOCK.map(|(name, title, enabled)| Tool {
            id: self.account.take_id(),
            name: name.into(),
            title: title.into(),
            enabled,
            includes_due: false,
        });
        let set_id = dock[1].id;
        self.account.projects.push(Project {
            id,
            name: name.into(),
            description: description.into(),
            status: Status::Active,
            dock: dock.into(),
            members: None,
            gauge: None,
            created_at: self.started,
            updated_at: self.started,
        });
        for (position, (list, rows)) in (1..).zip(lists) {
            let parent = self.parent(id, set_id, list, position);
            for (position, row) in (1..).zip(*rows) {
                self.todo(id, parent, row, position);
            }
        }
    }

    /// The list called `name`; `A / B` is group B of list A, and an empty name is the to-do set itself.
    fn parent(&mut self, project_id: i64, set_id: i64, name: &str, position: i32) -> i64 {
        let (parent_id, name) = match name.split_once(" / ") {
            _ if name.is_empty() => return set_id,
            None => (set_id, name),
            Some((list, group)) => {
                let found = self
                    .account
                    .lists
                    .iter()
                    .find(|it| it.project_id == project_id && it.name == list);
                (found.map_or(set_id, |it| it.id), group)
            }
        };
        let id = self.account.take_id();
        self.account.lists.push(List {
            id,
            project_id,
            parent_id,
            name: name.into(),
            description: String::new(),
            status: Status::Active,
            inherits_status: true,
            position,
            created_at: self.started,
            updated_at: self.started,
        });
        id
    }

    /// A moment in the world's past: seven hours after the one before, give or take minutes that the seed decides.
    fn moment(&self, number: i64) -> Time {
        let minutes = (self.seed.rem_euclid(9_973) * 31 + number * 17) % 240;
        self.started + TimeDelta::hours(7 * number) + TimeDelta::minutes(minutes)
    }

    fn todo(&mut self, project_id: i64, parent_id: i64, row: &Row, position: i32) {
        let number = i64::try_from(self.account.todos.len()).unwrap_or(0);
        let created_at = self.moment(number);
        let assignee_ids = self.assignees(row.who);
        let completion = row.done.map(|days| Completion {
            created_at: self.today.and_time(NaiveTime::MIN).and_utc() - TimeDelta::days(days)
                + TimeDelta::hours(15),
            creator_id: assignee_ids.first().copied().unwrap_or(self.account.owner_id()),
        });
        let todo = Todo {
            id: self.account.take_id(),
            project_id,
            parent_id,
            content: row.title.into(),
            description: if row.note.is_empty() {
                String::new()
            } else {
                format!("<div>{}</div>", row.note)
            },
            status: Status::Active,
            inherits_status: true,
            due_on: row.due.map(|days| self.today + TimeDelta::days(days)),
            starts_on: None,
            assignee_ids,
            completion_subscriber_ids: Vec::new(),
            position,
            creator_id: self.account.owner_id(),
            created_at,
            updated_at: completion.as_ref().map_or(created_at, |it| it.created_at),
            completion,
        };
        self.account.todos.push(todo);
    }

    fn comments(&mut self) {
        for (number, (todo, who, content)) in (0..).zip(COMMENTS) {
            let Some(todo) = self.account.todos.iter().find(|it| it.content == todo) else {
                continue;
            };
            let (project_id, parent_id, created_at) = (todo.project_id, todo.id, todo.created_at);
            let comment = Comment {
                id: self.account.take_id(),
                project_id,
                parent_id,
                content: format!("<div>{content}</div>"),
                status: Status::Active,
                creator_id: self.assignees(who).first().copied().unwrap_or_default(),
                created_at: created_at + TimeDelta::hours(20 + number),
            };
            self.account.comments.push(comment);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn world() -> Account {
        small(4_100_123, String::new(), NaiveDate::from_ymd_opt(2026, 2, 18).unwrap())
    }

    fn open(world: &Account) -> Vec<&Todo> {
        world.todos.iter().filter(|it| it.is_open()).collect()
    }

    #[test]
    fn sample_world_has_three_projects_sixty_todos_and_eight_people() {
        let world = world();
        assert_eq!((world.projects.len(), world.todos.len(), world.people.len()), (3, 60, 8));
        assert_eq!(open(&world).len(), 44);
    }

    #[test]
    fn same_account_is_always_the_same_world() {
        let (one, other) =
            (serde_json::to_string(&world()).unwrap(), serde_json::to_string(&world()).unwrap());
        assert_eq!(one, other);
    }

    #[test]
    fn planted_facts_are_true() {
        let world = world();
        let today = NaiveDate::from_ymd_opt(2026, 2, 18).unwrap();
        let mut late: Vec<&Todo> = open(&world)
            .into_iter()
            .filter(|it| it.due_on.is_some_and(|due| due < today))
            .collect();
        late.sort_by_key(|it| (it.due_on, it.id));
        assert_eq!(late.iter().map(|it| it.content.as_str()).collect::<Vec<_>>(), OVERDUE);
        let due = |from: i64, to: i64| {
            let (from, to) = (today + TimeDelta::days(from), today + TimeDelta::days(to));
            open(&world)
                .into_iter()
                .filter(|it| it.due_on.is_some_and(|due| (from..=to).contains(&due)))
                .count()
        };
        assert_eq!(due(0, 0), DUE_TODAY.len());
        assert_eq!(due(1, 6), DUE_IN_NEXT_SIX_DAYS);
        let nobody: Vec<&str> = open(&world)
            .into_iter()
            .filter(|it| it.assignee_ids.is_empty())
            .map(|it| it.content.as_str())
            .collect();
        assert_eq!(nobody, UNASSIGNED);
    }

    #[test]
    fn exactly_one_person_is_overloaded() {
        let world = world();
        let load =
            |id: i64| open(&world).into_iter().filter(|it| it.assignee_ids.contains(&id)).count();
        let over: Vec<&str> =
            world.people.iter().filter(|it| load(it.id) > 10).map(|it| it.name.as_str()).collect();
        assert_eq!(over, [OVERLOADED]);
    }

    #[test]
    fn nothing_is_completed_before_it_was_made() {
        let done =
            |it: &Todo| it.completion.as_ref().is_none_or(|done| done.created_at > it.created_at);
        assert!(world().todos.iter().all(done));
    }
}
