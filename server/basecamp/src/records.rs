//! Every operation of Basecamp by its name, over the SDK's table of routes, with the raw JSON of the answer.

use crate::files::LocalFile;
use crate::session::{PATIENCE, Session};
use crate::writing_through::fields_of;
use crate::{Basecamp, classes, failure, plain};
use basecamp_sdk::http::Method;
use basecamp_sdk::routes::{BodyKind, ROUTES, Route};
use basecamp_sdk::{Error, Operation, Page};
use bytes::Bytes;
use domain::actor::{Actor, Permission};
use domain::problem::Problem;
use futures::FutureExt;
use serde_json::{Map, Value};
use std::collections::HashSet;
use std::fmt::Display;

/// Paths that people know under another form.
const ALIASES: [(&str, &str, &str); 2] =
    [("/inboxes/", "/forwards", "/inbox_forwards"), ("/projects/", "/timesheet", "/timesheet")];

/// One call of the API.
#[derive(Clone, Debug)]
pub struct Request {
    route: &'static Route,
    params: Vec<String>,
    query: Vec<(String, String)>,
    body: Map<String, Value>,
}

impl Request {
    /// The operation called `name` with its path parameters in order; none for an unknown name or another number of
    /// parameters.
    pub fn new(name: &str, params: &[String]) -> Option<Self> {
        let route = ROUTES.iter().find(|it| it.id == name)?;
        let is_right = route.params.len() == params.len();
        is_right.then(|| Self {
            route,
            params: params.to_vec(),
            query: Vec::new(),
            body: Map::new(),
        })
    }

    /// The operation behind a method and a path, flat or inside a bucket, with or without `.json`; none when Basecamp
    /// has no such route that we know.
    pub fn recognise(method: &str, path: &str) -> Option<Self> {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let path = format!("/{}", path.trim().trim_matches('/').trim_end_matches(".json"));
        let flat = without_bucket(&path);
        let known = ROUTES.iter().filter(|it| it.method.as_str().eq_ignore_ascii_case(method));
        let found =
            [Some(path.clone()), flat.clone(), flat.as_deref().and_then(alias), alias(&path)];
        let (route, params) = found.iter().flatten().find_map(|path| {
            known.clone().find_map(|it| it.recognize(path).map(|params| (*it, params)))
        })?;
        let query = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let params = params.into_iter().map(|(_, value)| value).collect();
        Some(Self { route, params, query, body: Map::new() })
    }

    /// With a query parameter.
    #[must_use]
    pub fn asking(mut self, name: &str, value: impl Display) -> Self {
        self.query.push((name.to_owned(), value.to_string()));
        self
    }

    /// From one day to another, both included, under every name Basecamp's sources give them: they disagree.
    #[must_use]
    pub fn over(self, from: &impl Display, to: &impl Display) -> Self {
        let all = span((from.to_string(), to.to_string()));
        all.into_iter().fold(self, |request, (name, day)| request.asking(name, day))
    }

    /// With the fields of a body.
    #[must_use]
    pub fn with(mut self, body: Map<String, Value>) -> Self {
        self.body = body;
        self
    }

    /// The name of the operation.
    pub fn name(&self) -> &'static str {
        self.route.id
    }

    /// The path parameters.
    pub fn params(&self) -> &[String] {
        &self.params
    }

    /// Whether it only reads.
    pub fn is_read(&self) -> bool {
        self.route.method == Method::GET
    }

    fn operation(&self, session: &Session) -> Result<Operation, Error> {
        let params: Vec<&dyn Display> = self.params.iter().map(|it| it as &dyn Display).collect();
        let mut operation = session.account.operation(self.route, &params);
        for (name, value) in &self.query {
            operation.query(name, value);
        }
        if self.route.body == BodyKind::Json {
            operation.json(&self.body)?;
        }
        Ok(operation)
    }

    /// What people call the record, for a message that it is missing.
    fn what(&self) -> String {
        let mut name = self.route.resource_type.replace('_', " ");
        if let Some(first) = name.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        if name.is_empty() { "Record".to_owned() } else { name }
    }
}

/// The first and the last day under every name of [`Request::over`].
pub(crate) fn span<T: Clone>((from, to): (T, T)) -> [(&'static str, T); 4] {
    [("start_date", from.clone()), ("end_date", to.clone()), ("from", from), ("to", to)]
}

fn without_bucket(path: &str) -> Option<String> {
    let (_, rest) = path.strip_prefix("/buckets/")?.split_once('/')?;
    Some(format!("/{rest}"))
}

/// The form of a path that the table of routes knows.
fn alias(path: &str) -> Option<String> {
    let (_, old, new) = ALIASES.iter().find(|it| path.starts_with(it.0) && path.ends_with(it.1))?;
    if *old == "/timesheet" {
        return path.find("/recordings/").and_then(|at| path.get(at..)).map(str::to_owned);
    }
    Some(format!("{}{new}", path.strip_suffix(old)?))
}

/// Whether a record is in the project; what is in no project, or when none is asked for, is.
pub fn is_within(record: &Value, project: Option<i64>) -> bool {
    let bucket = record.pointer("/bucket/id").and_then(Value::as_i64);
    project.is_none() || bucket.is_none() || bucket == project
}

/// A whole collection, and how it was read.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// Every item, once.
    pub items: Vec<Value>,
    /// Pages that were read; none of what was here already.
    pub pages: usize,
    /// Items of the first of them.
    pub per_page: usize,
    /// Pages that may be read.
    pub max_pages: usize,
    /// The next page, when there were more than may be read.
    pub next_url: Option<String>,
}

/// A record before and after a change.
#[derive(Clone, Debug)]
pub struct Changed {
    /// As it was.
    pub before: Value,
    /// As Basecamp answered.
    pub after: Value,
}

impl Basecamp {
    /// One record, or whatever the operation answers.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for a missing one, [`Problem::NeedsSetup`] without a connection,
    /// [`Problem::Unavailable`] when Basecamp does not answer.
    pub async fn fetch(&self, actor: &Actor, request: &Request) -> Result<Value, Problem> {
        let session = self.open(actor, Permission::Read).await?;
        session.fetch(request).await
    }

    /// Every item of a collection: each page to the last one, repeated items dropped.
    ///
    /// # Errors
    /// As [`Self::fetch`].
    pub async fn fetch_all(&self, actor: &Actor, request: &Request) -> Result<Listing, Problem> {
        let session = self.open(actor, Permission::Read).await?;
        session.fetch_all(request).await
    }

    /// The first page of a collection alone.
    ///
    /// # Errors
    /// As [`Self::fetch`].
    pub async fn fetch_page(&self, actor: &Actor, request: &Request) -> Result<Listing, Problem> {
        let session = self.open(actor, Permission::Read).await?;
        let call = async { session.walk(request.operation(&session)?, 1).await }.boxed();
        session.run(&request.what(), call).await
    }

    /// Carries out a write once. One whose answer is lost is looked for before it is reported as failed; what would be
    /// a silent draft is made active.
    ///
    /// # Errors
    /// As [`Self::fetch`], and [`Problem::Invalid`] with Basecamp's reasons.
    pub async fn send(&self, actor: &Actor, request: &Request) -> Result<Value, Problem> {
        let session = self.open(actor, Permission::Write).await?;
        session.send(request).await
    }

    /// Changes the fields of `changes` and keeps the others: the record is read first, and everything that Basecamp
    /// would clear is sent along. With a `project`, a record of another one is not found.
    ///
    /// # Errors
    /// As [`Self::send`]; [`Problem::Unavailable`] when the record cannot be understood, and then nothing is written.
    pub async fn change(
        &self,
        actor: &Actor,
        (read, write): (&Request, &Request),
        project: Option<i64>,
        changes: &Map<String, Value>,
    ) -> Result<Changed, Problem> {
        let session = self.open(actor, Permission::Write).await?;
        let before = session.read_one(read, write).await?;
        if !is_within(&before, project) {
            return Err(Problem::not_found(write.what()));
        }
        let body = classes::overlaid(write.name(), &before, changes).ok_or_else(|| {
            failure::unavailable("Basecamp's answer cannot be understood, so nothing was changed")
        })?;
        if let Some(was) = classes::overlaid(write.name(), &before, &Map::new()) {
            session.witness.was(classes::written_back(&before, was, changes));
        }
        let names = changes.keys().flat_map(|it| fields_of(it)).copied();
        session.witness.changes(names.collect());
        let answered = session.send(&write.clone().with(body)).await?;
        let after =
            if answered.is_object() { answered } else { session.read_one(read, write).await? };
        Ok(Changed { before, after })
    }

    /// Stores bytes and gives the id that a new upload names.
    ///
    /// # Errors
    /// As [`Self::send`].
    pub async fn store_file(
        &self,
        actor: &Actor,
        (name, content_type): (&str, &str),
        bytes: Vec<u8>,
    ) -> Result<Value, Problem> {
        let session = self.open_within(actor, Permission::Write, PATIENCE).await?;
        let mut operation =
            session.account.operation(&basecamp_sdk::routes::CREATE_ATTACHMENT, &[]);
        operation.query("name", name).bytes(content_type, Bytes::from(bytes));
        session.write("File", session.account.send::<Value>(operation).boxed()).await
    }

    /// The same for a file of any size, which is read while it is sent.
    ///
    /// # Errors
    /// As [`Self::send`].
    pub async fn store_local_file(
        &self,
        actor: &Actor,
        (name, content_type): (&str, &str),
        file: LocalFile,
    ) -> Result<Value, Problem> {
        let session = self.open_within(actor, Permission::Write, PATIENCE).await?;
        session.witness.carry(file);
        let mut operation =
            session.account.operation(&basecamp_sdk::routes::CREATE_ATTACHMENT, &[]);
        // What stands for the file until it is sent.
        operation.query("name", name).bytes(content_type, Bytes::new());
        session.write("File", session.account.send::<Value>(operation).boxed()).await
    }

    /// `text` in the form of Basecamp's rich text.
    pub fn rich(text: &str) -> String {
        plain::to_html(text)
    }

    /// The words of Basecamp's rich text.
    pub fn words(html: &str) -> String {
        plain::from_html(html)
    }
}

impl Session {
    pub(crate) async fn fetch(&self, request: &Request) -> Result<Value, Problem> {
        let call = async { self.account.send::<Value>(request.operation(self)?).await }.boxed();
        self.run(&request.what(), call).await
    }

    /// The record a write is about. Some are only in a listing, where they are found by the write's last parameter.
    async fn read_one(&self, read: &Request, write: &Request) -> Result<Value, Problem> {
        let found = self.fetch(read).await?;
        let Value::Array(items) = found else { return Ok(found) };
        let id = write.params.last().cloned().unwrap_or_default();
        let is_it = |it: &Value| it.get("id").map(Value::to_string).as_deref() == Some(id.as_str());
        items.into_iter().find(is_it).ok_or_else(|| Problem::not_found(write.what()))
    }

    pub(crate) async fn fetch_all(&self, request: &Request) -> Result<Listing, Problem> {
        let most = self.account.max_pages();
        let call = async { self.walk(request.operation(self)?, most).await }.boxed();
        let listing = self.run(&request.what(), call).await?;
        if listing.next_url.is_some() {
            tracing::warn!(operation = request.name(), "Basecamp has more pages than we read");
        }
        Ok(listing)
    }

    /// Follows pages from `first`, `most` of them.
    async fn walk(&self, first: Operation, most: usize) -> Result<Listing, Error> {
        let mut listing = Listing { max_pages: most, ..Listing::default() };
        let mut seen = HashSet::new();
        let mut page: Option<Page<Value>> = Some(self.account.send_page(first).await?);
        while let Some(current) = page {
            listing.pages += 1;
            let more = if current.is_pinned() || listing.pages >= most {
                listing.next_url = current.next_url().map(ToString::to_string);
                None
            } else {
                self.account.next_page(&current).await?
            };
            let found = items(current.into_inner());
            if listing.pages == 1 {
                listing.per_page = found.len();
            }
            for item in found {
                let id = item.get("id").map(Value::to_string);
                if id.is_none_or(|it| seen.insert(it)) {
                    listing.items.push(item);
                }
            }
            page = more;
        }
        Ok(listing)
    }

    async fn send(&self, request: &Request) -> Result<Value, Problem> {
        let mut request = request.clone();
        if classes::DRAFTS.contains(&request.name()) && !request.body.contains_key("status") {
            request.body.insert("status".into(), "active".into());
        }
        self.write(&request.what(), self.raw(&request).boxed()).await
    }

    /// What an operation answers, as it is.
    pub(crate) async fn raw(&self, request: &Request) -> Result<Value, Error> {
        let answer = self.account.execute(request.operation(self)?).await?;
        if answer.body.is_empty() { Ok(Value::Null) } else { answer.json() }
    }
}

/// The items of a page: the array itself, or the one array inside an envelope.
fn items(page: Value) -> Vec<Value> {
    match page {
        Value::Array(items) => items,
        Value::Object(mut fields) => match fields.remove("events") {
            Some(Value::Array(items)) => items,
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(method: &str, path: &str) -> Option<&'static str> {
        Request::recognise(method, path).map(|it| it.name())
    }

    #[test]
    fn paths_are_recognised_flat_and_inside_a_bucket() {
        assert_eq!(name("GET", "/todos/12.json"), Some("GetTodo"));
        assert_eq!(name("get", "buckets/7/todos/12"), Some("GetTodo"));
        assert_eq!(name("GET", "/buckets/7/categories.json"), Some("ListMessageTypes"));
        assert_eq!(name("GET", "/buckets/7/inboxes/3/forwards.json"), Some("ListForwards"));
        assert_eq!(
            name("GET", "/projects/7/recordings/3/timesheet.json"),
            Some("GetRecordingTimesheet")
        );
        assert_eq!(name("GET", "/nothing/1"), None);
        assert_eq!(Request::recognise("GET", "/buckets/7/todos/12").unwrap().params(), ["12"]);
    }

    #[test]
    fn a_request_needs_the_right_number_of_parameters() {
        assert!(Request::new("GetTodo", &["1".into()]).is_some());
        assert!(Request::new("GetTodo", &[]).is_none() && Request::new("Nothing", &[]).is_none());
    }
}
