//! Looking for things over projects: projects, people, records, cards.

use crate::error::ToolError;
use crate::lists;
use crate::planned::{name_of, short};
use crate::tool::{Call, Done};
use basecamp::names::{self, Purpose};
use basecamp::records::{Listing, Request};
use domain::problem::Problem;
use serde_json::{Value, json};
use std::collections::HashMap;

type Outcome = Result<Done, ToolError>;

/// Names of `get_recordings` and of Basecamp.
const TYPES: [(&str, &str); 2] = [("CampfireLine", "Chat::Lines::Text"), ("Card", "Kanban::Card")];

/// The words of a query, without case and accents, looked for in many texts.
pub(crate) struct Words(String);

impl Words {
    pub(crate) fn of(query: &str) -> Self {
        Self(names::folded(query))
    }

    /// Whether a text holds every one of them.
    pub(crate) fn are_in(&self, text: &str) -> bool {
        let text = names::folded(text);
        self.0.split_whitespace().all(|it| text.contains(it))
    }
}

pub(crate) fn has_words(text: &str, query: &str) -> bool {
    Words::of(query).are_in(text)
}

impl Call<'_> {
    pub(crate) async fn listing(&self, request: Option<Request>) -> Result<Listing, ToolError> {
        let request = request.ok_or_else(|| Problem::not_found("Operation of Basecamp"))?;
        Ok(self.tools.basecamp.fetch_all(self.actor, &request).await?)
    }

    /// Projects as Basecamp gives them, archived ones too when asked.
    pub(crate) async fn all_projects(&self) -> Result<Vec<Value>, ToolError> {
        let mut found = self.listing(Request::new("ListProjects", &[])).await?.items;
        if self.args.is_on("include_archived_projects") {
            found.extend(self.archived().await?.items);
        }
        Ok(found)
    }

    /// Archived projects.
    pub(crate) async fn archived(&self) -> Result<Listing, ToolError> {
        let request = Request::new("ListProjects", &[]);
        self.listing(request.map(|it| it.asking("status", "archived"))).await
    }

    /// Every card in use, of one project or of all.
    pub(crate) async fn all_cards(&self, project: Option<i64>) -> Result<Listing, ToolError> {
        let request =
            Request::new("ListRecordings", &[]).map(|it| it.asking("type", "Kanban::Card"));
        let request = match project {
            Some(id) => request.map(|it| it.asking("bucket", id)),
            None => request,
        };
        self.listing(request).await
    }
}

pub(crate) async fn projects(call: Call<'_>) -> Outcome {
    let query = call.args.need("query")?;
    let active = call.tools.basecamp.projects(call.actor).await?;
    let mut found: Vec<Value> = active.iter().map(|it| json!(it)).collect();
    if call.args.is_on("include_archived_projects") {
        for old in call.archived().await?.items {
            found.push(json!({
                "id": old["id"], "name": old["name"], "description": old["description"], "status": old["status"],
                "app_url": old["app_url"], "updated_at": old["updated_at"]
            }));
        }
    }
    found.retain(|it| has_words(it["name"].as_str().unwrap_or_default(), query));
    Ok(Done::new(lists::all("projects", &found)))
}

pub(crate) async fn archived_projects(call: &Call<'_>) -> Outcome {
    Ok(Done::new(lists::read("projects", &call.archived().await?)))
}

/// People that are only to be found in projects: in all of them for a deep scan, in the archived ones when those are
/// asked for, else nobody.
pub(crate) async fn project_people(call: &Call<'_>) -> Result<Vec<Value>, ToolError> {
    let mut projects = Vec::new();
    if call.args.is_on("deep_scan") {
        projects.extend(call.listing(Request::new("ListProjects", &[])).await?.items);
    }
    if call.args.is_on("include_archived_projects") {
        projects.extend(call.archived().await?.items);
    }
    let mut found = Vec::new();
    for project in projects {
        let request = Request::new("ListProjectPeople", &[project["id"].to_string()]);
        found.extend(call.listing(request).await?.items);
    }
    Ok(found)
}

/// The search of Basecamp, with its filters under our names.
async fn search(call: &Call<'_>, query: &str, project: Option<i64>) -> Result<Listing, ToolError> {
    let mut request = Request::new("Search", &[]).map(|it| it.asking("q", query));
    let mut filters: Vec<(&str, Option<String>)> = vec![
        ("bucket_ids[]", project.map(|it| it.to_string())),
        ("type_names[]", call.args.text("type").map(str::to_owned)),
        ("file_type", call.args.text("file_type").map(str::to_owned)),
    ];
    if let Some(creator) = call.args.get("creator_id").filter(|it| !it.is_null()) {
        let person = call.person_named(&crate::args::text_of(creator)).await?;
        filters.push(("creator_ids[]", Some(person.id.to_string())));
    }
    filters.push(("exclude_chat", call.args.is_on("exclude_chat").then(|| "1".to_owned())));
    for (name, value) in filters {
        if let Some(value) = value {
            request = request.map(|it| it.asking(name, value));
        }
    }
    call.listing(request).await
}

pub(crate) async fn recordings(call: Call<'_>) -> Outcome {
    let project = match call.args.get("bucket").filter(|it| !it.is_null()) {
        Some(named) => {
            let named = crate::args::text_of(named);
            Some(call.project_named(&named, Purpose::Read).await?.id)
        }
        None => None,
    };
    let found = search(&call, call.args.need("query")?, project).await?;
    Ok(Done::new(lists::read("records", &found)))
}

pub(crate) async fn in_project(call: Call<'_>) -> Outcome {
    let project = call.project(Purpose::Read).await?;
    let found = search(&call, call.args.need("query")?, Some(project.id)).await?;
    let value = lists::read("records", &found);
    Ok(Done::new(lists::with(value, json!({ "project": short(&project) }))))
}

pub(crate) async fn cards(call: Call<'_>) -> Outcome {
    // Without words, every card is one that has them all.
    let query = call.args.text("query").unwrap_or_default().to_owned();
    let project = call.ground(Purpose::Read).await?.map(|it| it.id);
    let kept = match call.args.is_on("include_archived_projects") {
        true => None,
        false => call.tools.basecamp.cards(call.actor, project).await?,
    };
    let mut found = match kept {
        Some(items) => Listing { items, ..Listing::default() },
        None => call.all_cards(project).await?,
    };
    if call.args.is_on("include_archived_projects") && project.is_none() {
        for old in call.archived().await?.items {
            found.items.extend(call.all_cards(old["id"].as_i64()).await?.items);
        }
    }
    let words = Words::of(&query);
    found.items.retain(|it| {
        words.are_in(&format!("{} {}", name_of(it), it["content"].as_str().unwrap_or_default()))
    });
    if let Some(most) = call.args.size("max_cards_per_column") {
        let mut of: HashMap<i64, usize> = HashMap::new();
        found.items.retain(|it| {
            let column = it.pointer("/parent/id").and_then(Value::as_i64).unwrap_or_default();
            let met = of.entry(column).or_default();
            *met += 1;
            *met <= most
        });
    }
    Ok(Done::new(lists::read("cards", &found)))
}

/// People, projects, to-dos, cards and other records in one answer.
pub(crate) async fn entities(call: Call<'_>) -> Outcome {
    let query = call.args.need("query")?.to_owned();
    let project = call.ground(Purpose::Read).await?.map(|it| it.id);
    let limit = call.args.number("limit").and_then(|it| usize::try_from(it).ok()).unwrap_or(20);
    let mut value = json!({ "query": query });
    let mut put = |name: &str, mut items: Vec<Value>| {
        items.truncate(limit);
        let count = items.len();
        value[name] = items.iter().map(lists::compact).collect();
        value[format!("{name}_count")] = count.into();
    };
    if call.args.wants("include_projects") && project.is_none() {
        let mut found = call.all_projects().await?;
        found.retain(|it| has_words(it["name"].as_str().unwrap_or_default(), &query));
        put("projects", found);
    }
    if call.args.wants("include_people") {
        let mut found = call.listing(Request::new("ListPeople", &[])).await?.items;
        found.retain(|it| has_words(it["name"].as_str().unwrap_or_default(), &query));
        put("people", found);
    }
    let found = search(&call, &query, project).await?.items;
    let groups = [("todos", "include_todos", "Todo"), ("cards", "include_cards", "Kanban::Card")];
    for (name, _, kind) in groups.iter().filter(|it| call.args.wants(it.1)) {
        put(name, found.iter().filter(|it| it["type"] == **kind).cloned().collect());
    }
    if call.args.wants("include_recordings") {
        let other = found.iter().filter(|it| it["type"] != "Todo" && it["type"] != "Kanban::Card");
        put("records", other.cloned().collect());
    }
    Ok(Done::new(value))
}

/// Every record of one type.
pub(crate) async fn of_type(call: Call<'_>) -> Outcome {
    let asked = call.args.need("type")?.to_owned();
    let kind = TYPES.iter().find(|it| it.0 == asked).map_or(asked.as_str(), |it| it.1);
    let mut request = Request::new("ListRecordings", &[]).map(|it| it.asking("type", kind));
    if let Some(status) = call.args.text("status") {
        request = request.map(|it| it.asking("status", status));
    }
    let is_paged = call.args.number("per_page").is_some();
    if let Some(page) = call.args.number("page").filter(|_| !is_paged) {
        request = request.map(|it| it.asking("page", page));
    }
    if let Some(project) = call.ground(Purpose::Read).await? {
        request = request.map(|it| it.asking("bucket", project.id));
    }
    let mut listing = call.listing(request).await?;
    if let Some(size) = call.args.size("per_page").filter(|it| *it > 0) {
        // Basecamp's own pages have a size of its choosing, so these are cut from the whole.
        let (page, total) = (call.args.size("page").unwrap_or(1).max(1), listing.items.len());
        let first = (page - 1).saturating_mul(size);
        listing.items = listing.items.into_iter().skip(first).take(size).collect();
        let next = (first.saturating_add(size) < total).then_some(page + 1);
        let more = json!({ "page": page, "per_page": size, "total": total, "next_page": next });
        return Ok(Done::new(lists::with(lists::read("records", &listing), more)));
    }
    Ok(Done::new(lists::read("records", &listing)))
}
