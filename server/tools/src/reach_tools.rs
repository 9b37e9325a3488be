//! The connection, addresses, the structure of a project, checks.

use crate::error::ToolError;
use crate::lists;
use crate::tool::{Call, CallContext, Done};
use crate::{planned, smart};
use basecamp::names::Purpose;
use basecamp::records::Request;
use domain::approval::Risk;
use domain::integration::AccountChoice;
use domain::problem::Problem;
use serde_json::{Value, json};
use store::users;

type Outcome = Result<Done, ToolError>;

/// The most cases of one suite.
const MOST_CASES: usize = 50;

/// The accounts, the id of the one in use, and whether it works.
async fn accounts(call: &Call<'_>) -> Result<(Vec<Value>, Value, bool), ToolError> {
    let choices = call.tools.basecamp.choices(call.actor).await?;
    let is_lost = choices.selected.is_some() && !choices.is_working;
    let account = |it: &AccountChoice| json!({ "id": it.id, "name": it.name, "sample": choices.is_sample, "needs_attention": is_lost });
    let all = choices.accounts.iter().map(account).collect();
    Ok((all, json!(choices.selected), choices.is_working))
}

pub(crate) async fn start(call: Call<'_>) -> Outcome {
    let (accounts, selected, is_connected) = accounts(&call).await?;
    let message = match (is_connected, accounts.is_empty() || !selected.is_null()) {
        (true, _) => "Basecamp is connected",
        (false, true) => "Connect Basecamp to go on",
        (false, false) => "Choose the Basecamp account to work with",
    };
    let user = person(&call).await?;
    let user_key = user.as_ref().map(|_| &call.actor.user);
    Ok(Done::new(json!({
        "connected": is_connected, "user": user, "user_key": user_key,
        "api_key": null, "selected_account_id": selected, "accounts": accounts,
        "connect_url": "/connect", "reauth_url": "/auth/basecamp/start", "select_account_url": "/connect",
        "select_account_endpoint": "/select_account", "logout_url": "/logout", "message": message
    })))
}

/// Who calls; nobody where no key and no session says it.
async fn person(call: &Call<'_>) -> Result<Option<Value>, ToolError> {
    if call.actor.user.as_str().is_empty() {
        return Ok(None);
    }
    let mut conn = call.tools.db.read().await?;
    let found = users::find(&mut conn, &call.actor.user).await?;
    Ok(found.map(|it| json!({ "name": it.name, "email": it.email })))
}

pub(crate) async fn whoami(call: Call<'_>) -> Outcome {
    let (accounts, chosen, _) = accounts(&call).await?;
    let me = call.raw("GetMyProfile", &[]).await?;
    Ok(Done::new(json!({ "selected_account_id": chosen, "accounts": accounts, "person": me })))
}

pub(crate) async fn list_accounts(call: Call<'_>) -> Outcome {
    Ok(Done::new(lists::all("accounts", &accounts(&call).await?.0)))
}

/// The tools of a project that are switched on.
pub(crate) async fn structure(call: Call<'_>) -> Outcome {
    let project = call.project(Purpose::Read).await?;
    let docks = call.docks(project.id).await?;
    let tools: Vec<Value> = docks.into_iter().filter(|it| it["enabled"] == true).collect();
    let value = lists::all("tools", &tools);
    Ok(Done::new(lists::with(value, json!({ "project": planned::short(&project) }))))
}

/// What a Basecamp address means.
pub(crate) async fn resolve_url(call: Call<'_>) -> Outcome {
    let url = call.args.need("url")?;
    let path = path_of(url);
    let wrong = || Problem::invalid("url", "This is not the address of a Basecamp record");
    let request = Request::recognise("GET", &path).ok_or_else(wrong)?;
    let ids: Vec<i64> = path.split('/').filter_map(|it| it.parse().ok()).collect();
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    let bucket = match parts.as_slice() {
        ["buckets" | "projects", id, ..] => id.parse::<i64>().ok(),
        _ => None,
    };
    let mut value = json!({
        "url": url, "type": request.name().trim_start_matches("Get").trim_start_matches("List"),
        "project_id": bucket, "id": ids.last(), "path": path
    });
    if call.args.is_on("fetch") {
        let record = call.tools.basecamp.fetch(call.actor, &request).await?;
        value = lists::with(value, json!({ "record": record }));
    }
    Ok(Done::new(value))
}

/// The path without host and account: `/buckets/1/todos/2`. A comment's anchor names the comment.
pub(crate) fn path_of(url: &str) -> String {
    let rest =
        url.split_once("://").map_or(url, |(_, rest)| rest.split_once('/').map_or("", |it| it.1));
    if let Some((_, id)) = rest.split_once("#__recording_") {
        return format!("/comments/{id}");
    }
    let path = rest.split(['?', '#']).next().unwrap_or_default().trim_matches('/');
    let path = path.trim_end_matches(".json");
    let is_account = |it: &str| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit());
    match path.split_once('/') {
        Some((first, rest)) if is_account(first) => format!("/{rest}"),
        _ => format!("/{path}"),
    }
}

/// Runs checks of read tools and says which passed.
pub(crate) async fn suite(call: Call<'_>) -> Outcome {
    let cases: Vec<Value> = call.args.read("cases")?.unwrap_or_default();
    run_cases(&call, cases).await
}

/// Runs three checks that every account passes.
pub(crate) async fn default_suite(call: Call<'_>) -> Outcome {
    let cases = ["list_projects", "list_all_people", "report_todos_overdue"];
    run_cases(&call, cases.iter().map(|it| json!({ "tool": it, "args": {} })).collect()).await
}

async fn run_cases(call: &Call<'_>, cases: Vec<Value>) -> Outcome {
    let (mut results, mut failed) = (Vec::new(), 0);
    let stops = call.args.is_on("stop_on_error");
    for case in cases.into_iter().take(MOST_CASES) {
        let tool = case["tool"].as_str().or(case["name"].as_str()).unwrap_or_default().to_owned();
        let args = if case["args"].is_object() { case["args"].clone() } else { json!({}) };
        let is_read = call.tools.find(&tool).is_some_and(|it| it.risk == Risk::Read);
        let outcome = if is_read {
            let context = CallContext::default();
            Box::pin(call.tools.call(call.actor, &tool, &args, &context)).await
        } else {
            Err(Problem::invalid("cases", format!("{tool} is not a tool that only reads")).into())
        };
        failed += usize::from(outcome.is_err());
        let error = outcome.as_ref().err().map(ToString::to_string);
        results.push(json!({ "tool": tool, "ok": outcome.is_ok(), "error": error }));
        if failed > 0 && stops {
            break;
        }
    }
    let passed = results.len() - failed;
    let value = lists::all("results", &results);
    Ok(Done::new(lists::with(value, json!({ "passed": passed, "failed": failed }))))
}

pub(crate) async fn smart_action(call: Call<'_>) -> Outcome {
    smart::route(call).await
}
