//! Worlds too large to write by hand: everything in them follows from their numbers, the account's id and the day.

mod matter;
#[cfg(test)]
mod tests;
mod work;

use super::plan::{HISTORY, Plan, day, drawn};
use crate::account::{Account, Comment, List, Person, Project, Status, Time, Tool};
use crate::record::{Happening, Record};
use crate::routes::projects::DOCK;
use chrono::{NaiveDate, NaiveTime, TimeDelta};
use serde_json::{Map, Value};

const FIRST: [&str; 10] =
    ["Ines", "Noor", "Tomas", "Aiko", "Luca", "Wanda", "Emre", "Freya", "Kofi", "Mara"];
const LAST: [&str; 6] = ["Alba", "Brandt", "Costa", "Dahl", "Ekberg", "Farah"];
const VERBS: [&str; 16] = [
    "Draft",
    "Review",
    "Send",
    "Measure",
    "Order",
    "Print",
    "Test",
    "Translate",
    "Plan",
    "Check",
    "Photograph",
    "Paint",
    "Deliver",
    "Price",
    "Book",
    "Archive",
];
const THINGS: [&str; 20] = [
    "brochure",
    "floor plan",
    "invoice",
    "window sign",
    "contract",
    "menu",
    "site map",
    "poster",
    "trailer",
    "handbook",
    "logo sheet",
    "packing list",
    "survey",
    "ticket",
    "newsletter",
    "price list",
    "test report",
    "label",
    "opening speech",
    "seating plan",
];
const PLACES: [&str; 12] = [
    "Harbour", "Library", "Bakery", "Museum", "Station", "Orchard", "Theatre", "Market", "Clinic",
    "School", "Garden", "Workshop",
];
const LISTS: [&str; 7] =
    ["Preparation", "Content", "Design", "Production", "Approval", "Delivery", "Afterwards"];
const GROUPS: [&str; 3] = ["First half", "Second half", "Later"];
const COLUMNS: [(&str, &str); 5] = [
    ("Triage", "Kanban::Triage"),
    ("In progress", "Kanban::Column"),
    ("Review", "Kanban::Column"),
    ("Not now", "Kanban::NotNowColumn"),
    ("Done", "Kanban::DoneColumn"),
];

/// The world of account `id` by `plan`, with dates around `today`.
pub(super) fn grow(account: Account, plan: Plan, today: NaiveDate) -> Account {
    let seed = account.id.unsigned_abs();
    let mut grower = Grower { account, plan, today, seed, places: Vec::new(), columns: Vec::new() };
    grower.people();
    grower.projects();
    grower.lists();
    grower.todos();
    grower.boards();
    grower.words();
    grower.files();
    grower.dates();
    grower.questions();
    grower.comments();
    grower.hours();
    grower.gauges();
    grower.aside();
    grower.history();
    grower.account
}

struct Grower {
    account: Account,
    plan: Plan,
    today: NaiveDate,
    seed: u64,
    /// The lists and groups of each project.
    places: Vec<Vec<i64>>,
    /// The columns of each board.
    columns: Vec<Vec<i64>>,
}

fn number(it: usize) -> i64 {
    i64::try_from(it).unwrap_or_default()
}

fn position(it: usize) -> i32 {
    i32::try_from(it + 1).unwrap_or(i32::MAX)
}

fn html(text: &str) -> String {
    format!("<div>{text}</div>")
}

impl Grower {
    fn draw(&self, what: u64, at: usize) -> usize {
        drawn(self.seed.wrapping_add(what << 32), at)
    }

    /// Noon, so many days before the day, and minutes that differ.
    fn ago(&self, days: i64, at: usize) -> Time {
        let noon = day(self.today, -days).and_time(NaiveTime::MIN).and_utc() + TimeDelta::hours(12);
        noon + TimeDelta::seconds(number(self.draw(1, at) % 14_400))
    }

    fn title(&self, at: usize) -> String {
        let drawn = self.draw(2, at);
        let (verb, thing) = (VERBS[drawn % VERBS.len()], THINGS[(drawn / 16) % THINGS.len()]);
        format!("{verb} the {thing} for the {} {}", PLACES[(drawn / 320) % PLACES.len()], at + 1)
    }

    fn who(&self, at: usize) -> i64 {
        let people = &self.account.people;
        people.get(self.draw(3, at) % people.len().max(1)).map_or(0, |it| it.id)
    }

    fn people(&mut self) {
        for at in 0..self.plan.people {
            let (first, last) = (FIRST[at % FIRST.len()], LAST[(at / FIRST.len()) % LAST.len()]);
            let person = Person {
                id: self.account.take_id(),
                name: format!("{first} {last}"),
                email: format!(
                    "{}.{}@harbourline.example",
                    first.to_lowercase(),
                    last.to_lowercase()
                ),
                title: "Project member".into(),
                owner: at == 1,
                client: false,
            };
            self.account.people.push(person);
        }
    }

    fn project(&mut self, at: usize, status: Status) -> i64 {
        let id = self.account.take_id();
        let is_on = |name: &str, enabled: bool| match name {
            "kanban_board" => at < self.plan.boards,
            "questionnaire" => at < self.plan.questions,
            _ => enabled,
        };
        let mut dock = Vec::new();
        for (name, title, enabled) in DOCK {
            dock.push(Tool {
                id: id + 1 + number(dock.len()),
                name: name.into(),
                title: title.into(),
                enabled: is_on(name, enabled),
                includes_due: false,
            });
        }
        self.account.next_id += number(dock.len());
        let (place, made) = (PLACES[at % PLACES.len()], self.ago(HISTORY, at));
        self.account.projects.push(Project {
            id,
            name: format!("{place} {}", at + 1),
            description: format!("Everything for the {place}"),
            status,
            dock,
            members: None,
            gauge: None,
            created_at: made,
            updated_at: made,
        });
        id
    }

    fn projects(&mut self) {
        for at in 0..self.plan.projects {
            self.project(at, Status::Active);
        }
    }

    fn tool(&self, project: usize, name: &str) -> (i64, i64) {
        let Some(project) = self.account.projects.get(project) else { return (0, 0) };
        let tool = project.dock.iter().find(|it| it.name == name);
        (project.id, tool.map_or(0, |it| it.id))
    }

    fn list(&mut self, (project_id, parent_id): (i64, i64), name: &str, at: usize) -> i64 {
        let (id, made) = (self.account.take_id(), self.ago(HISTORY - 1, at));
        self.account.lists.push(List {
            id,
            project_id,
            parent_id,
            name: name.into(),
            description: String::new(),
            status: Status::Active,
            inherits_status: true,
            position: position(at),
            created_at: made,
            updated_at: made,
        });
        id
    }

    /// Seven lists a project, and three groups in the first of them.
    fn lists(&mut self) {
        let each = self.plan.lists / self.plan.projects;
        for project in 0..self.plan.projects {
            let (id, set) = self.tool(project, "todoset");
            let mut places: Vec<i64> = Vec::new();
            for at in 0..each {
                let parent =
                    if at < LISTS.len() { set } else { places.first().copied().unwrap_or(set) };
                let name = LISTS.get(at).unwrap_or_else(|| &GROUPS[at % GROUPS.len()]);
                places.push(self.list((id, parent), name, at));
            }
            self.places.push(places);
        }
    }

    fn plant(
        &mut self,
        (project_id, parent_id): (i64, i64),
        kind: &str,
        (at, days): (usize, i64),
        fields: Value,
    ) -> i64 {
        let (id, made) = (self.account.take_id(), self.ago(days, at));
        let fields = match fields {
            Value::Object(fields) => fields,
            _ => Map::new(),
        };
        let creator_id = self.who(at);
        self.account.records.push(Record {
            id,
            project_id,
            kind: kind.to_owned(),
            parent_id,
            status: Status::Active,
            inherits_status: true,
            is_draft: false,
            position: position(at),
            creator_id,
            created_at: made,
            updated_at: made,
            fields,
        });
        id
    }

    /// Under completed to-dos, messages and cards at any time, under open to-dos long ago.
    fn comments(&mut self) {
        let of = |kind: &str| -> Vec<(i64, i64)> {
            let records = self.account.records.iter().filter(|it| it.kind == kind);
            records.map(|it| (it.project_id, it.id)).collect()
        };
        let (messages, cards) = (of("Message"), of("Kanban::Card"));
        let todos: Vec<(i64, i64)> =
            self.account.todos.iter().map(|it| (it.project_id, it.id)).collect();
        let (open, done) = todos.split_at(self.plan.open.min(todos.len()));
        for at in 0..self.plan.comments {
            let (among, days) = match at % 10 {
                0 => (open, 55),
                1 | 2 => (messages.as_slice(), 1 + number(at % 60)),
                3 => (cards.as_slice(), 1 + number(at % 60)),
                _ => (done, 1 + number(at % 60)),
            };
            let Some((project_id, parent_id)) =
                among.get(self.draw(10, at) % among.len().max(1)).copied()
            else {
                continue;
            };
            let comment = Comment {
                id: self.account.take_id(),
                project_id,
                parent_id,
                content: html(&format!(
                    "The {} is nearly there, {} left.",
                    THINGS[at % THINGS.len()],
                    at % 9
                )),
                status: Status::Active,
                creator_id: self.who(at),
                created_at: self.ago(days, at),
            };
            self.account.comments.push(comment);
        }
    }

    /// Projects that are over, with a list of to-dos each.
    fn aside(&mut self) {
        for at in 0..self.plan.aside {
            let project = self.project(self.plan.projects + at, Status::Archived);
            let set = self.tool(self.plan.projects + at, "todoset").1;
            let list = self.list((project, set), "All of it", 0);
            for row in 0..Plan::ASIDE_TODOS {
                let number = self.plan.todos + at * Plan::ASIDE_TODOS + row;
                let todo = self.todo(number, project, list);
                self.account.todos.push(todo);
            }
        }
    }

    /// The last week of what happened; the feed tells nothing that is older.
    fn history(&mut self) {
        let first = self.ago(7, 0);
        let mut past = Vec::new();
        for it in self.account.todos.iter() {
            if let Some(done) = it.completion.as_ref().filter(|done| done.created_at >= first) {
                let by = (done.creator_id, done.created_at);
                past.push(Happening::past(("completed", "Todo"), (it.id, it.project_id), by));
            }
        }
        for it in self.account.comments.iter().filter(|it| it.created_at >= first) {
            let (at, by) = ((it.id, it.project_id), (it.creator_id, it.created_at));
            past.push(Happening::past(("created", "Comment"), at, by));
        }
        for it in self.account.records.iter().filter(|it| it.created_at >= first) {
            let (at, by) = ((it.id, it.project_id), (it.creator_id, it.created_at));
            past.push(Happening::past(("created", &it.kind), at, by));
        }
        self.account.tell(past);
    }
}
