//! Where everything of an account is, so that one page of a large world costs no walk through all of it.
//!
//! It is made when an account that nobody changes any more is first read. A copy that is being changed has none and
//! looks through everything instead.

use crate::account::{Account, Comment, List, Person, Project, Status, Time, Todo, Tool};
use crate::record::{self, Happening, Record};
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::hash::Hash;
use std::sync::OnceLock;

/// The index of an account; none while the account is being changed.
#[derive(Default)]
pub(crate) struct Frozen(Option<Box<OnceLock<Index>>>);

impl Clone for Frozen {
    /// A copy is made to be changed.
    fn clone(&self) -> Self {
        Self(None)
    }
}

impl fmt::Debug for Frozen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Frozen" } else { "Thawed" })
    }
}

/// Positions by id, and by what holds them.
pub(crate) struct Index {
    people: HashMap<i64, usize>,
    projects: HashMap<i64, usize>,
    lists: HashMap<i64, usize>,
    todos: HashMap<i64, usize>,
    comments: HashMap<i64, usize>,
    records: HashMap<i64, usize>,
    /// Project and place in its dock.
    tools: HashMap<i64, (usize, usize)>,
    lists_in: HashMap<i64, Vec<usize>>,
    todos_in: HashMap<i64, Vec<usize>>,
    comments_in: HashMap<i64, Vec<usize>>,
    records_in: HashMap<i64, Vec<usize>>,
    happenings_of: HashMap<i64, Vec<usize>>,
    orders: OnceLock<HashMap<(String, Status), Order>>,
}

/// The records of one kind and status, oldest first.
#[derive(Default)]
struct Order {
    created: Vec<usize>,
    updated: Vec<usize>,
    /// The same without those of projects that are put aside.
    created_in_use: Vec<usize>,
    updated_in_use: Vec<usize>,
}

/// A listing over projects.
#[derive(Clone, Copy)]
pub(crate) struct Listing<'a> {
    pub(crate) kind: &'a str,
    pub(crate) status: Status,
    /// By `updated_at` instead of `created_at`.
    pub(crate) by_update: bool,
    /// These projects; none for all that are in use.
    pub(crate) buckets: &'a [i64],
}

/// What a listing needs to know of a record.
struct Row<'a> {
    kind: &'a str,
    status: Status,
    project_id: i64,
    created_at: Time,
    updated_at: Time,
}

fn by_id<T>(all: &[T], id: impl Fn(&T) -> i64) -> HashMap<i64, usize> {
    all.iter().enumerate().map(|(at, it)| (id(it), at)).collect()
}

fn by_place<T, K: Hash + Eq>(all: &[T], place: impl Fn(&T) -> K) -> HashMap<K, Vec<usize>> {
    let mut of: HashMap<K, Vec<usize>> = HashMap::new();
    for (at, it) in all.iter().enumerate() {
        of.entry(place(it)).or_default().push(at);
    }
    of
}

impl Index {
    fn new(account: &Account) -> Self {
        let docks = account.projects.iter().enumerate();
        let tools = docks.flat_map(|(project, it)| {
            it.dock.iter().enumerate().map(move |(at, tool)| (tool.id, (project, at)))
        });
        Self {
            people: by_id(&account.people, |it| it.id),
            projects: by_id(&account.projects, |it| it.id),
            lists: by_id(&account.lists, |it| it.id),
            todos: by_id(&account.todos, |it| it.id),
            comments: by_id(&account.comments, |it| it.id),
            records: by_id(&account.records, |it| it.id),
            tools: tools.collect(),
            lists_in: by_place(&account.lists, |it| it.parent_id),
            todos_in: by_place(&account.todos, |it| it.parent_id),
            comments_in: by_place(&account.comments, |it| it.parent_id),
            records_in: by_place(&account.records, |it| it.parent_id),
            happenings_of: by_place(&account.happenings, |it| it.recording_id),
            orders: OnceLock::new(),
        }
    }

    fn order(&self, account: &Account, kind: &str, status: Status) -> Option<&Order> {
        let orders = self.orders.get_or_init(|| orders(account));
        orders.get(&(kind.to_owned(), status))
    }
}

fn rows<'a>(account: &'a Account, kind: &str) -> Vec<Option<Row<'a>>> {
    match kind {
        "Todo" => account.todos.iter().map(|it| Some(Row::of_todo(it))).collect(),
        "Todolist" => account.lists.iter().map(|it| Some(Row::of_list(it))).collect(),
        "Comment" => account.comments.iter().map(|it| Some(Row::of_comment(it))).collect(),
        _ => account.records.iter().map(Row::of_record).collect(),
    }
}

impl<'a> Row<'a> {
    fn of_todo(it: &'a Todo) -> Self {
        let (created_at, updated_at) = (it.created_at, it.updated_at);
        Self { kind: "Todo", status: it.status, project_id: it.project_id, created_at, updated_at }
    }

    fn of_list(it: &'a List) -> Self {
        let (created_at, updated_at, kind) = (it.created_at, it.updated_at, "Todolist");
        Self { kind, status: it.status, project_id: it.project_id, created_at, updated_at }
    }

    fn of_comment(it: &'a Comment) -> Self {
        let (created_at, updated_at, kind) = (it.created_at, it.created_at, "Comment");
        Self { kind, status: it.status, project_id: it.project_id, created_at, updated_at }
    }

    /// Drafts are in no listing.
    fn of_record(it: &'a Record) -> Option<Self> {
        let (created_at, updated_at) = (it.created_at, it.updated_at);
        let kind = record::family(&it.kind);
        let (status, project_id) = (it.status, it.project_id);
        (!it.is_draft).then_some(Self { kind, status, project_id, created_at, updated_at })
    }
}

fn orders(account: &Account) -> HashMap<(String, Status), Order> {
    let me = account.owner_id();
    let in_use = account.projects.iter();
    let in_use = in_use.filter(|it| it.status == Status::Active && it.has(me));
    let in_use: HashSet<i64> = in_use.map(|it| it.id).collect();
    let mut orders: HashMap<(String, Status), Order> = HashMap::new();
    for table in ["Todo", "Todolist", "Comment", ""] {
        let rows = rows(account, table);
        let mut of: HashMap<(&str, Status), Vec<(usize, &Row<'_>)>> = HashMap::new();
        for (at, row) in rows.iter().enumerate() {
            let Some(row) = row else { continue };
            of.entry((row.kind, row.status)).or_default().push((at, row));
        }
        for ((kind, status), mut found) in of {
            let positions = |found: &[(usize, &Row<'_>)], is_all: bool| -> Vec<usize> {
                let wanted = found.iter().filter(|it| is_all || in_use.contains(&it.1.project_id));
                wanted.map(|it| it.0).collect()
            };
            found.sort_by_key(|(at, row)| (row.created_at, *at));
            let (created, created_in_use) = (positions(&found, true), positions(&found, false));
            found.sort_by_key(|(at, row)| (row.updated_at, *at));
            let (updated, updated_in_use) = (positions(&found, true), positions(&found, false));
            let order = Order { created, updated, created_in_use, updated_in_use };
            orders.insert((kind.to_owned(), status), order);
        }
    }
    orders
}

fn found<'a, T>(
    all: &'a [T],
    place: Option<Option<&usize>>,
    fits: impl Fn(&T) -> bool,
) -> Option<&'a T> {
    match place {
        Some(place) => all.get(*place?),
        None => all.iter().find(|it| fits(it)),
    }
}

fn among<'a, T>(
    all: &'a [T],
    places: Option<Option<&Vec<usize>>>,
    fits: impl Fn(&T) -> bool,
) -> Vec<&'a T> {
    match places {
        Some(places) => places.into_iter().flatten().filter_map(|at| all.get(*at)).collect(),
        None => all.iter().filter(|it| fits(it)).collect(),
    }
}

impl Account {
    /// Nobody changes it any more, so what is asked of it may be remembered.
    pub(crate) fn frozen(mut self) -> Self {
        self.index = Frozen(Some(Box::default()));
        self
    }

    fn index(&self) -> Option<&Index> {
        self.index.0.as_ref().map(|it| it.get_or_init(|| Index::new(self)))
    }

    pub(crate) fn person(&self, id: i64) -> Option<&Person> {
        found(&self.people, self.index().map(|it| it.people.get(&id)), |it| it.id == id)
    }

    pub(crate) fn project(&self, id: i64) -> Option<&Project> {
        found(&self.projects, self.index().map(|it| it.projects.get(&id)), |it| it.id == id)
    }

    pub(crate) fn list(&self, id: i64) -> Option<&List> {
        found(&self.lists, self.index().map(|it| it.lists.get(&id)), |it| it.id == id)
    }

    pub(crate) fn todo(&self, id: i64) -> Option<&Todo> {
        found(&self.todos, self.index().map(|it| it.todos.get(&id)), |it| it.id == id)
    }

    pub(crate) fn comment(&self, id: i64) -> Option<&Comment> {
        found(&self.comments, self.index().map(|it| it.comments.get(&id)), |it| it.id == id)
    }

    pub(crate) fn record(&self, id: i64) -> Option<&Record> {
        found(&self.records, self.index().map(|it| it.records.get(&id)), |it| it.id == id)
    }

    /// The dock tool with `id` and its project.
    pub(crate) fn tool(&self, id: i64) -> Option<(&Project, &Tool)> {
        if let Some(index) = self.index() {
            let (project, at) = index.tools.get(&id)?;
            let project = self.projects.get(*project)?;
            return project.dock.get(*at).map(|tool| (project, tool));
        }
        self.projects.iter().find_map(|project| {
            project.dock.iter().find(|it| it.id == id).map(|tool| (project, tool))
        })
    }

    /// Lists of a to-do set, or groups of a list, whatever their status.
    pub(crate) fn lists_in(&self, id: i64) -> Vec<&List> {
        let places = self.index().map(|it| it.lists_in.get(&id));
        among(&self.lists, places, |it| it.parent_id == id)
    }

    /// To-dos directly in a list or a to-do set, whatever their status.
    pub(crate) fn todos_in(&self, id: i64) -> Vec<&Todo> {
        let places = self.index().map(|it| it.todos_in.get(&id));
        among(&self.todos, places, |it| it.parent_id == id)
    }

    /// Comments under a record that are in use.
    pub(crate) fn comments_in(&self, id: i64) -> Vec<&Comment> {
        let places = self.index().map(|it| it.comments_in.get(&id));
        let mut found = among(&self.comments, places, |it| it.parent_id == id);
        found.retain(|it| it.status == Status::Active);
        found
    }

    /// Records directly inside another, whatever their status.
    pub(crate) fn records_in(&self, id: i64) -> Vec<&Record> {
        let places = self.index().map(|it| it.records_in.get(&id));
        among(&self.records, places, |it| it.parent_id == id)
    }

    /// What happened to a record, oldest first.
    pub(crate) fn happenings_of(&self, id: i64) -> Vec<&Happening> {
        let places = self.index().map(|it| it.happenings_of.get(&id));
        among(&self.happenings, places, |it| it.recording_id == id)
    }

    /// Positions of the records that a listing holds, oldest first, in the table of their kind.
    pub(crate) fn listed(&self, listing: Listing<'_>) -> Vec<usize> {
        let made;
        let index = match self.index() {
            Some(index) => index,
            None => {
                made = Index::new(self);
                &made
            }
        };
        let Some(order) = index.order(self, listing.kind, listing.status) else {
            return Vec::new();
        };
        if listing.buckets.is_empty() {
            let all = if listing.by_update { &order.updated_in_use } else { &order.created_in_use };
            return all.clone();
        }
        let all = if listing.by_update { &order.updated } else { &order.created };
        let buckets = listing.buckets.iter().copied().filter(|it| self.sees(*it));
        let buckets: HashSet<i64> = buckets.collect();
        let project = |at: usize| match listing.kind {
            "Todo" => self.todos.get(at).map(|it| it.project_id),
            "Todolist" => self.lists.get(at).map(|it| it.project_id),
            "Comment" => self.comments.get(at).map(|it| it.project_id),
            _ => self.records.get(at).map(|it| it.project_id),
        };
        let is_asked = |at: &&usize| project(**at).is_some_and(|it| buckets.contains(&it));
        all.iter().filter(is_asked).copied().collect()
    }
}
