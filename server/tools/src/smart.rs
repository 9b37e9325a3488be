//! A request in plain words, sent to the best tool (contract.md 8.10). Reads run; a write is only planned.

use crate::error::ToolError;
use crate::lists;
use crate::tool::{Call, CallContext, Done};
use basecamp::names::{self, Candidate, Match, Purpose};
use chrono::{NaiveDate, TimeDelta};
use domain::approval::Risk;
use domain::problem::Problem;
use domain::project::{Person, Project};
use serde_json::{Value, json};

/// What the words say.
struct Said {
    text: String,
    words: Vec<String>,
    project: Option<Project>,
    candidates: Vec<Value>,
    person: Option<Person>,
}

/// A tool to run, as it is called in the answer.
struct Choice {
    action: &'static str,
    tool: &'static str,
    args: Value,
    /// Counts towards the confidence.
    fits: bool,
}

impl Said {
    fn has(&self, words: &[&str]) -> bool {
        words.iter().any(|it| self.words.iter().any(|word| word == it))
    }

    fn says(&self, phrases: &[&str]) -> bool {
        phrases.iter().any(|it| self.text.contains(it))
    }

    fn project_name(&self) -> Option<String> {
        self.project.as_ref().map(|it| it.id.to_string())
    }

    fn confidence(&self, fits: bool) -> f64 {
        let kinds = [
            "todo",
            "todos",
            "to-do",
            "to-dos",
            "card",
            "cards",
            "message",
            "messages",
            "comment",
            "comments",
            "document",
            "documents",
        ];
        let states = ["open", "overdue", "due", "today", "tomorrow", "done", "completed", "late"];
        let verbs = ["summary", "summarize", "overview", "report", "list", "show", "all"];
        let parts = [
            (fits, 25),
            (self.project.is_some(), 30),
            (self.has(&kinds), 10),
            (self.has(&states), 10),
            (self.has(&verbs), 10),
        ];
        let sum: u32 = 20 + parts.iter().filter(|it| it.0).map(|it| it.1).sum::<u32>();
        f64::from(sum.min(100)) / 100.0
    }
}

pub(crate) async fn route(call: Call<'_>) -> Result<Done, ToolError> {
    let query = call.args.need("query")?.to_owned();
    let text = query.to_lowercase();
    let split = |it: char| !(it.is_alphanumeric() || it == '-' || it == '_');
    let words: Vec<String> =
        text.split(split).filter(|it| !it.is_empty()).map(str::to_owned).collect();
    let mut said = Said { text, words, project: None, candidates: Vec::new(), person: None };
    if let Some(choice) = flow_choice(&said) {
        return answer(&call, &query, &said, (choice, 0.95)).await;
    }
    place(&call, &query, &mut said).await?;
    let today = call.tools.today(call.actor).await?;
    let choice = choice(&said, &query, today);
    let confidence = said.confidence(choice.fits);
    answer(&call, &query, &said, (choice, confidence)).await
}

/// Finds the project and the person that are named.
async fn place(call: &Call<'_>, query: &str, said: &mut Said) -> Result<(), ToolError> {
    let projects = call.tools.basecamp.projects(call.actor).await?;
    let text = names::folded(&said.text);
    if let Some(name) = call.args.text("project") {
        said.project = Some(call.project_named(name, Purpose::Read).await?);
    } else {
        let named: Vec<&Project> = projects.iter().filter(|it| is_named(&text, &it.name)).collect();
        match named.as_slice() {
            [one] => said.project = Some((*one).clone()),
            [] => said.candidates = guesses(query, &projects),
            several => {
                said.candidates =
                    several.iter().map(|it| json!({ "id": it.id, "name": it.name })).collect();
            }
        }
    }
    let people = call.tools.basecamp.people(call.actor).await?;
    said.person = people.into_iter().find(|it| text.contains(&names::folded(&it.name)));
    Ok(())
}

/// The whole name stands in the text, or its first word when no other project begins so.
fn is_named(text: &str, name: &str) -> bool {
    let name = names::folded(name);
    text.contains(&name)
        || text
            .split(|it: char| !it.is_alphanumeric())
            .any(|word| word.len() > 4 && name.split_whitespace().next() == Some(word))
}

/// Close names: offered, never used.
fn guesses(query: &str, projects: &[Project]) -> Vec<Value> {
    let all: Vec<Candidate> =
        projects.iter().map(|it| Candidate::new(it.id, it.name.clone())).collect();
    let option = |it: Candidate| json!({ "id": it.id, "name": it.name });
    match names::resolve(query, &all, Purpose::Read) {
        Match::One(one) => vec![option(one)],
        Match::Ambiguous(several) => several.into_iter().map(option).collect(),
        Match::None => Vec::new(),
    }
}

fn flow_choice(said: &Said) -> Option<Choice> {
    let flows = [
        "flow",
        "flows",
        "automation",
        "automations",
        "workflow",
        "workflows",
        "trigger",
        "triggers",
        "automate",
    ];
    if !said.has(&flows) {
        return None;
    }
    let is_listing = said.has(&["list", "show", "get"]);
    let table: [(&[&str], &'static str); 8] = [
        (&["status", "health", "connected"], "flow_status"),
        (&["create", "new", "add", "make", "build"], "flow_create"),
        (&["delete", "remove"], "flow_delete"),
        (&["run", "execute", "trigger", "fire"], "flow_trigger"),
        (&["runs", "executions", "history", "log"], "flow_runs_list"),
        (
            &["piece", "pieces", "integration", "integrations", "service", "connector"],
            "flow_pieces_list",
        ),
        (
            &["connection", "connections", "credential", "credentials", "key"],
            "flow_connections_list",
        ),
        (&["project", "projects"], "flow_projects_list"),
    ];
    let fits = |it: &&(&[&str], &'static str)| {
        let is_blocked = (it.1 == "flow_trigger" && is_listing)
            || (it.1 == "flow_projects_list" && !(is_listing || said.has(&["all"])));
        said.has(it.0) && !is_blocked
    };
    let action = table.iter().find(fits).map_or("flow_list", |it| it.1);
    let tool = if action == "flow_runs_list" { "flow_flow_runs_list" } else { action };
    Some(Choice { action, tool, args: json!({}), fits: true })
}

fn choice(said: &Said, query: &str, today: NaiveDate) -> Choice {
    let project = said.project_name();
    let with = |action, tool, args| Choice { action, tool, args, fits: true };
    if said.text.contains("daily report") {
        return with("daily_report", "daily_report", json!({}));
    }
    let summary = ["summary", "summarize", "summarise", "overview"];
    let is_summary = said.has(&summary) || said.says(&["status report", "project report"]);
    if is_summary && let Some(project) = &project {
        return with("project_summary", "summarize_project", json!({ "project": project }));
    }
    if said.says(&["assigned to me", "my todos", "my to-dos"]) {
        return with("list_assigned_to_me", "list_assigned_to_me", json!({}));
    }
    if let Some(choice) = about_person(said, is_summary) {
        return choice;
    }
    about_things(said, query, today)
}

fn about_person(said: &Said, is_summary: bool) -> Option<Choice> {
    let person = said.person.as_ref()?;
    let with = |action, tool, args| Some(Choice { action, tool, args, fits: true });
    let id = person.id.to_string();
    if is_summary {
        return with("summarize_person", "summarize_person", json!({ "person": id }));
    }
    let work = [
        "member",
        "membership",
        "projects",
        "assigned",
        "activity",
        "comment",
        "comments",
        "recently",
        "do",
    ];
    if said.has(&work) {
        return with("person_audit", "audit_person", json!({ "person": id }));
    }
    match said.project_name() {
        Some(project) => {
            let args = json!({ "project": project, "person": id });
            with("get_person_assignments", "get_person_assignments", args)
        }
        None => with("search_people", "search_people", json!({ "query": person.name })),
    }
}

fn about_things(said: &Said, query: &str, today: NaiveDate) -> Choice {
    let project = said.project_name();
    let with = |action, tool, args| Choice { action, tool, args, fits: true };
    let is_looking = said.has(&["find", "search", "lookup"]);
    let rest = without(
        said,
        &[
            "find", "search", "lookup", "show", "project", "projects", "card", "cards", "for",
            "the", "kanban",
        ],
    );
    if is_looking && said.has(&["project", "projects"]) {
        return with("search_projects", "search_projects", json!({ "query": rest }));
    }
    if said.has(&["card", "cards", "kanban"]) && (is_looking || said.has(&["show"])) {
        return with("search_cards", "search_cards", json!({ "query": rest }));
    }
    if let Some(day) = day_of(said, today) {
        return with("list_todos_due", "list_todos_due", json!({ "date": day.to_string() }));
    }
    let asks_who = said.has(&["workload", "assignments"]) || said.text.contains("who does what");
    if let Some(project) = project.as_ref().filter(|_| asks_who) {
        return with("assignment_report", "assignment_report", json!({ "project": project }));
    }
    let is_board = said.has(&["kanban", "card", "cards"]);
    if project.is_none() && said.confidence(is_looking) < 0.45 {
        let args = json!({ "query": query });
        return Choice {
            action: "search_recordings",
            tool: "search_recordings",
            args,
            fits: false,
        };
    }
    match &project {
        Some(project) if is_board => {
            let tool = "list_project_card_table_contents";
            with(tool, tool, json!({ "project": project }))
        }
        _ => {
            let query = if rest.is_empty() { query.to_owned() } else { rest };
            let args = json!({ "query": query });
            Choice {
                action: "search_recordings",
                tool: "search_recordings",
                args,
                fits: is_looking,
            }
        }
    }
}

fn without(said: &Said, words: &[&str]) -> String {
    let kept = said.words.iter().filter(|it| !words.contains(&it.as_str()));
    kept.map(String::as_str).collect::<Vec<_>>().join(" ")
}

fn day_of(said: &Said, today: NaiveDate) -> Option<NaiveDate> {
    if said.has(&["today"]) {
        return Some(today);
    }
    if said.has(&["tomorrow"]) {
        return Some(today + TimeDelta::days(1));
    }
    said.words.iter().find_map(|it| it.parse().ok())
}

async fn answer(
    call: &Call<'_>,
    query: &str,
    said: &Said,
    (choice, confidence): (Choice, f64),
) -> Result<Done, ToolError> {
    let project = said.project.as_ref().map(crate::planned::short);
    let mut value = json!({ "query": query, "action": choice.action, "confidence": confidence });
    if let Some(project) = project {
        value["project"] = project;
    }
    let is_unsure = confidence < 0.45 && said.project.is_none();
    if is_unsure {
        value["ambiguous"] = true.into();
        value["candidates"] = said.candidates.clone().into();
    }
    let Some(spec) = call.tools.find(choice.tool) else {
        value["note"] = format!("{} is not available here", choice.action).into();
        return Ok(Done::new(value));
    };
    if spec.risk != Risk::Read {
        let params = crate::schema::params(spec);
        let required = params.iter().filter(|it| it.is_required);
        let missing: Vec<&str> = required.map(|it| it.name.as_str()).collect();
        let planned = json!({ "tool": choice.tool, "args": choice.args, "missing": missing });
        return Ok(Done::new(lists::with(value, json!({ "planned": planned }))));
    }
    let context = CallContext::default();
    match Box::pin(call.tools.call(call.actor, choice.tool, &choice.args, &context)).await {
        Ok(result) => value["result"] = result,
        Err(ToolError::Problem(Problem::Forbidden { message })) => {
            return Err(Problem::Forbidden { message }.into());
        }
        Err(error) => value["error"] = error.to_value(spec.family()),
    }
    Ok(Done::new(value))
}
