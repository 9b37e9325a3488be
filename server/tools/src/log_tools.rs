//! What was done, by whom and when: the end of a day, the audit log, logged writes.

use crate::error::ToolError;
use crate::insight_tools::told;
use crate::lists;
use crate::moments::{on_day, period};
use crate::planned::short;
use crate::report_tools::line;
use crate::tool::{Call, Done};
use basecamp::names::Purpose;
use insight::formulas::DAY_MS;
use serde_json::{Value, json};
use std::collections::BTreeMap;

type Outcome = Result<Done, ToolError>;

/// What the caller finished, created and wrote on a day, per project.
pub(crate) async fn end_of_day(call: Call<'_>) -> Outcome {
    let now = call.tools.moment(call.actor).await?;
    let day = call.args.day("date")?.unwrap_or(now.today);
    let at = on_day(now, day);
    let span = at.midnight..at.midnight + DAY_MS;
    let me = call.me().await?;
    let facts = Box::pin(call.tools.basecamp.facts(call.actor, None)).await?;
    let said = Box::pin(call.tools.basecamp.said(call.actor, None, span.start)).await?;
    let mine = |who: Option<i64>, moment: Option<i64>| {
        who == Some(me.id) && moment.is_some_and(|it| span.contains(&it))
    };
    let mut projects = Vec::new();
    let mut totals = [0_usize; 3];
    for project in &facts.projects {
        let here = || facts.items.iter().filter(|it| it.project_id == project.id);
        let done: Vec<Value> = here()
            .filter(|it| it.completed && mine(it.completer_id, it.completed_at))
            .map(line)
            .collect();
        let made: Vec<Value> =
            here().filter(|it| mine(it.creator_id, Some(it.created_at))).map(line).collect();
        let wrote: Vec<Value> = said
            .iter()
            .filter(|it| it.project_id == project.id && mine(it.creator_id, Some(it.created_at)))
            .map(|it| {
                let title = if it.is_comment { &it.parent } else { &it.title };
                json!({ "id": it.id, "title": title, "app_url": it.app_url })
            })
            .collect();
        if done.is_empty() && made.is_empty() && wrote.is_empty() {
            continue;
        }
        for (total, count) in totals.iter_mut().zip([done.len(), made.len(), wrote.len()]) {
            *total += count;
        }
        projects.push(json!({
            "project": short(project), "completed": done, "created": made, "wrote": wrote
        }));
    }
    let [done, made, wrote] = totals;
    let mut value = json!({
        "date": day.to_string(), "person": me, "projects": projects, "completed_count": done, "created_count": made,
        "wrote_count": wrote
    });
    if projects.is_empty() {
        value["message"] = "Nothing of yours is recorded on this day".into();
    }
    told(value, &facts, at)
}

/// Rows of the audit log, filtered.
pub(crate) async fn audit_log(call: Call<'_>) -> Outcome {
    call.actor.require(domain::actor::Permission::Manage)?;
    let days = period(call.args.text("period").or(Some("1 month")))?;
    let most = call.most("limit", 50)?;
    let at = call.tools.moment(call.actor).await?;
    let filter = domain::event::AuditFilter {
        action: call.args.text("operation").map(str::to_owned),
        actor: call.args.text("user").map(str::to_owned),
        from_ms: Some(at.since(days)),
        limit: 1_000,
        ..domain::event::AuditFilter::default()
    };
    let mut conn = call.tools.db.read().await?;
    let mut found = store::events::audit(&mut conn, &call.actor.workspace, &filter).await?;
    if let Some(entity) = call.args.text("entity").map(str::to_lowercase) {
        found.retain(|it| {
            it.event.target == entity || it.event.label.to_lowercase().contains(&entity)
        });
    }
    found.truncate(most);
    let rows: Vec<Value> = found
        .iter()
        .map(|it| {
            json!({
                "id": it.seq, "ts": store::ids::rfc3339(it.at_ms), "actor": it.actor,
                "action": it.event.kind.as_str(), "target": it.event.label, "status": it.event.outcome.as_str(),
                "via": it.via
            })
        })
        .collect();
    let more = json!({ "period": format!("{days} days") });
    Ok(Done::new(lists::with(lists::all("events", &rows), more)))
}

/// What somebody did over a time: logged writes, and what Basecamp tells of them.
pub(crate) async fn who_did_what(call: Call<'_>) -> Outcome {
    let tools = call.tools;
    let since = tools.when(call.actor, ("since", call.args.need("since")?)).await?;
    let until = match call.args.text("until") {
        Some(text) => tools.when(call.actor, ("until", text)).await?,
        None => store::ids::now_ms() + 1,
    };
    let project = call.ground(Purpose::Read).await?;
    let filter = store::operations::OperationFilter { limit: 1_000, ..Default::default() };
    let mut conn = tools.db.read().await?;
    let mut rows = store::operations::list(&mut conn, &call.actor.workspace, &filter).await?;
    drop(conn);
    let who = call.args.text("person").map(str::to_owned);
    rows.retain(|it| {
        let is_theirs = match &who {
            Some(name) => it.actor.eq_ignore_ascii_case(name) || it.user_id == *name,
            None => it.user_id == call.actor.user.as_str(),
        };
        let id = project.as_ref().map(|it| it.id.to_string());
        is_theirs
            && (since..until).contains(&it.created_at)
            && id.is_none_or(|id| it.project_id.as_deref() == Some(id.as_str()))
    });
    let person = match &who {
        Some(name) => call.person_named(name).await.ok(),
        None => call.me().await.ok(),
    };
    if rows.is_empty() && person.is_none() {
        return Err(ToolError::NoMatch { what: "person", query: who.unwrap_or_default() });
    }
    let operations: Vec<Value> = rows
        .iter()
        .map(|it| {
            json!({
                "id": it.id, "tool": it.tool, "target": it.target, "status": it.status, "source": it.source,
                "at": store::ids::rfc3339(it.created_at)
            })
        })
        .collect();
    let mut changes = Vec::new();
    let mut is_known = false;
    if let Some(person) = &person
        && let Some(found) = tools.basecamp.happened(call.actor, (since, until)).await?
    {
        is_known = true;
        let theirs = found.iter().filter(|it| {
            crate::change_tools::is_by(it, person)
                && project.as_ref().is_none_or(|at| at.id == it.bucket_id)
        });
        changes = theirs.map(crate::change_tools::row).collect();
    }
    let mut by_tool: BTreeMap<&str, usize> = BTreeMap::new();
    for it in &rows {
        *by_tool.entry(it.tool.as_str()).or_default() += 1;
    }
    let more = json!({
        "person": person.map(|it| it.name).or(who), "by_tool": by_tool, "changes": changes,
        "changes_count": changes.len(), "changes_known": is_known,
        "since": store::ids::rfc3339(since), "until": store::ids::rfc3339(until)
    });
    Ok(Done::new(lists::with(lists::all("operations", &operations), more)))
}

/// Field-by-field changes of a record, or logged writes when none is named.
pub(crate) async fn changed_since(call: Call<'_>) -> Outcome {
    if call.args.text("entity_id").is_some() {
        return Box::pin(crate::change_tools::what_changed(call)).await;
    }
    let tools = call.tools;
    let kind = call.args.need("entity_type")?.to_lowercase();
    let since = tools.when(call.actor, ("since", call.args.need("since")?)).await?;
    let until = match call.args.text("until") {
        Some(text) => tools.when(call.actor, ("until", text)).await?,
        None => store::ids::now_ms() + 1,
    };
    let filter = store::operations::OperationFilter { limit: 1_000, ..Default::default() };
    let mut conn = tools.db.read().await?;
    let rows = store::operations::list(&mut conn, &call.actor.workspace, &filter).await?;
    let word = if kind == "task" { "todo" } else { kind.as_str() };
    let found: Vec<Value> = rows
        .iter()
        .filter(|it| (since..until).contains(&it.created_at) && it.tool.contains(word))
        .map(|it| {
            json!({
                "id": it.id, "tool": it.tool, "target": it.target, "actor": it.actor, "status": it.status,
                "at": store::ids::rfc3339(it.created_at)
            })
        })
        .collect();
    let mut value = lists::with(
        lists::all("operations", &found),
        json!({ "since": store::ids::rfc3339(since), "until": store::ids::rfc3339(until) }),
    );
    if found.is_empty() {
        value["message"] =
            format!("No {kind} was changed through PM OS since {}", store::ids::rfc3339(since))
                .into();
    }
    Ok(Done::new(value))
}
