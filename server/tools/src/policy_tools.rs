//! Policies of a workspace: written, read, checked; and those that block really stop a write.

use crate::error::ToolError;
use crate::insight_tools::told;
use crate::kept::body;
use crate::lists;
use crate::policies::{EXAMPLES, Rule};
use crate::tool::{Call, Done, ToolSpec};
use crate::tool_rules::{self, KIND, ToolRules, in_order, rule_of};
use crate::tools::Tools;
use domain::actor::{Actor, Permission};
use domain::event::{Event, EventKind};
use domain::policy::ToolRule;
use domain::problem::Problem;
use insight::measure::Moment;
use serde_json::{Value, json};
use store::db::Conn;
use store::definitions::{self, Definition};
use store::{events, ids};

type Outcome = Result<Done, ToolError>;

/// Rules about tools that are understood.
const OF_TOOLS: [&str; 3] = [
    "refuse what deletes for members",
    "ask before the tools of files",
    "allow create_todo for admins",
];
/// Broken items that are named.
const NAMED: usize = 10;

fn row(it: &Definition) -> Value {
    let body = body(it);
    json!({
        "id": it.id, "name": it.name, "rule": body["rule"], "type": body["type"], "severity": body["severity"],
        "active": body["active"], "owner": it.owner, "created_at": ids::rfc3339(it.created_at)
    })
}

/// Its rule about work, when it is in force.
fn rule(it: &Definition) -> Option<Rule> {
    let body = body(it);
    let is_active = body["active"] != false && rule_of(it).is_none();
    Rule::parse(body["rule"].as_str().filter(|_| is_active)?)
}

impl Tools {
    /// Stops a write that a rule about tools refuses, or that breaks a policy which blocks; gives the notes of those that
    /// only warn.
    pub(crate) async fn obeyed(
        &self,
        actor: &Actor,
        spec: &ToolSpec,
        args: &Value,
    ) -> Result<Vec<String>, ToolError> {
        let mut conn = self.db.read().await?;
        let kept = definitions::list(&mut conn, &actor.workspace, KIND).await?;
        drop(conn);
        ToolRules::of(&kept).admit(actor.role, spec, args)?;
        let is_work = spec.is_basecamp() || spec.group == "flow";
        if kept.is_empty() || !is_work {
            return Ok(Vec::new());
        }
        let today = self.today(actor).await?;
        let mut notes = Vec::new();
        for policy in &kept {
            let Some(rule) = rule(policy) else { continue };
            let Some(why) = rule.broken_by((spec.name, spec.risk_of(args)), args, today) else {
                continue;
            };
            match body(policy)["severity"].as_str() {
                Some("block") => {
                    return Err(ToolError::Blocked { policy: policy.name.clone(), reason: why });
                }
                Some("warn") => notes.push(format!("{}: {why}", policy.name)),
                _ => {}
            }
        }
        Ok(notes)
    }
}

/// How hard a rule holds; a rule that cannot be kept is told with its fix.
fn severity_of(text: &str, given: Option<&str>) -> Result<String, ToolError> {
    if let Some(rule) = ToolRule::parse(text) {
        tool_rules::check(&rule)?;
        if given.is_some_and(|it| it != "block") {
            let words = "A rule about tools always holds. Use block, or leave it out";
            return Err(Problem::invalid("severity", words).into());
        }
        return Ok("block".to_owned());
    }
    let unclear = || Problem::NotUnderstood {
        message: "This rule is not understood. Use one like the examples".to_owned(),
        examples: EXAMPLES.iter().chain(&OF_TOOLS).map(|it| (*it).to_owned()).collect(),
    };
    let about_work = Some(text).filter(|it| !ToolRule::is_meant_by(it));
    let rule = about_work.and_then(Rule::parse).ok_or_else(unclear)?;
    let severity = given.unwrap_or("warn");
    if severity == "block" && !rule.can_block() {
        let words = "This rule is about everything at once, so no single write can be stopped. Use warn or info";
        return Err(Problem::invalid("severity", words).into());
    }
    Ok(severity.to_owned())
}

/// The number of a rule about tools that is looked at after all others.
async fn last(call: &Call<'_>) -> Result<i64, ToolError> {
    let numbers = in_order(&call.kept(KIND).await?).into_iter().map(|it| order(&it));
    Ok(numbers.max().unwrap_or(0) + 1)
}

fn order(it: &Definition) -> i64 {
    body(it)["order"].as_i64().unwrap_or(0)
}

pub(crate) async fn create(call: Call<'_>) -> Outcome {
    call.actor.require(Permission::Manage)?;
    let name = call.args.need("name")?.trim().to_owned();
    let text = call.args.need("rule")?.trim().to_owned();
    let severity = severity_of(&text, call.args.text("severity"))?;
    let kind = call.args.text("type").unwrap_or("custom");
    let body = json!({
        "rule": text, "type": kind, "severity": severity, "active": call.args.wants("active"),
        "order": last(&call).await?
    });
    let kept = call.keep((KIND, &name), &body).await?;
    let message = format!("Keeps the policy “{name}”");
    let undo = json!({ "policy_id": kept.id });
    let value = json!({ "message": message, "policy": row(&kept) });
    Ok(Done::new(value).on(name).undone_by("delete_policy", &undo))
}

/// Changes what is given of a policy, and its place among the rules about tools.
pub(crate) async fn update(call: Call<'_>) -> Outcome {
    call.actor.require(Permission::Manage)?;
    let before = call.kept_one((KIND, call.args.need("policy_id")?), "Policy").await?;
    let was = body(&before);
    let old = was["rule"].as_str().unwrap_or_default();
    let text = call.args.text("rule").unwrap_or(old).trim().to_owned();
    // What held for a rule about work says nothing about one about tools.
    let is_same_kind = ToolRule::parse(&text).is_some() == ToolRule::parse(old).is_some();
    let kept = was["severity"].as_str().filter(|_| is_same_kind);
    let severity = severity_of(&text, call.args.text("severity").or(kept))?;
    let active = call.args.get("active").and_then(Value::as_bool);
    let mut now = was.clone();
    now["active"] = active.unwrap_or(was["active"] != false).into();
    now["severity"] = severity.into();
    now["rule"] = text.into();
    let name = call.args.text("name").unwrap_or(&before.name).trim().to_owned();
    let place = call.args.size("place");
    let all = in_order(&call.kept(KIND).await?);
    let at = all.iter().position(|it| it.id == before.id);
    let changed = Definition { name, body: now.to_string(), ..before.clone() };
    let (actor, stored) = (call.actor.clone(), changed.clone());
    let write = call
        .tools
        .db
        .write(move |tx| Box::pin(async move { change(tx, &actor, (&stored, place)).await }));
    write.await?;
    let message = format!("Changed the policy “{}”", changed.name);
    let back = json!({
        "policy_id": before.id, "name": before.name, "rule": old, "severity": was["severity"],
        "active": was["active"] != false, "place": at.filter(|_| place.is_some()).map_or(0, |it| it + 1)
    });
    let value = json!({ "message": message, "policy": row(&changed) });
    Ok(Done::new(value).on(changed.name).undone_by("update_policy", &back))
}

/// Stores a policy as it is now, and puts it at its place among the rules about tools, from 1; 0 and none leave it there.
async fn change(
    tx: &mut Conn,
    actor: &Actor,
    (it, place): (&Definition, Option<usize>),
) -> Result<(), Problem> {
    let which = (KIND, it.id.as_str());
    if !definitions::update(tx, &actor.workspace, which, (&it.name, &body(it))).await? {
        return Err(Problem::not_found("Policy"));
    }
    if let Some(place) = place.filter(|it| *it > 0) {
        let mut all = in_order(&definitions::list(tx, &actor.workspace, KIND).await?);
        if let Some(at) = all.iter().position(|one| one.id == it.id) {
            let one = all.remove(at);
            all.insert((place - 1).min(all.len()), one);
        }
        for (one, number) in all.iter().zip(1_i64..) {
            let mut body = body(one);
            body["order"] = number.into();
            let which = (KIND, one.id.as_str());
            definitions::update(tx, &actor.workspace, which, (&one.name, &body)).await?;
        }
    }
    let event = Event::new(EventKind::DefinitionChanged, &it.id, &it.name);
    events::record(tx, actor, &event).await?;
    Ok(())
}

pub(crate) async fn delete(call: Call<'_>) -> Outcome {
    call.actor.require(Permission::Manage)?;
    let policy = call.kept_one((KIND, call.args.need("policy_id")?), "Policy").await?;
    call.drop_kept(&policy).await?;
    let message = format!("Deleted the policy “{}”", policy.name);
    Ok(Done::new(json!({ "message": message, "policy_id": policy.id })).on(policy.name))
}

pub(crate) async fn list(call: Call<'_>) -> Outcome {
    let only_active = call.args.is_on("active_only");
    let rows: Vec<Value> = call.kept(KIND).await?.iter().map(row).collect();
    let rows: Vec<Value> =
        rows.into_iter().filter(|it| !only_active || it["active"] == true).collect();
    Ok(Done::new(lists::all("policies", &rows)))
}

/// What breaks each policy that is in force, and a score: the share of what was looked at that keeps to it.
pub(crate) async fn check(call: Call<'_>) -> Outcome {
    let mut kept = call.kept(KIND).await?;
    if let Some(id) = call.args.text("policy_id") {
        let one = call.kept_one((KIND, id), "Policy").await?;
        kept.retain(|it| it.id == one.id);
    }
    let (facts, project) = Box::pin(call.facts()).await?;
    let at = call.tools.moment(call.actor).await?;
    let (mut looked, mut broken) = (0_usize, 0_usize);
    let mut rows = Vec::new();
    for policy in &kept {
        let Some(rule) = rule(policy) else { continue };
        let (checked, found) = rule.broken_in(&facts, at.today);
        looked += checked;
        broken += found.len();
        let items: Vec<Value> = found
            .iter()
            .take(NAMED)
            .map(|(title, it)| {
                json!({ "title": title, "id": it.map(|it| it.id), "app_url": it.map(|it| &it.app_url) })
            })
            .collect();
        rows.push(lists::with(
            row(policy),
            json!({ "checked": checked, "violations_count": found.len(), "violations": items }),
        ));
    }
    let share = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    let score = (looked > 0).then(|| (100.0 * (1.0 - share(broken) / share(looked))).round());
    let more = json!({
        "score": score, "checked": looked, "violations_count": broken, "project": project.map(|it| it.name)
    });
    let mut value = lists::with(lists::all("policies", &rows), more);
    if rows.is_empty() {
        value["status"] = "no_data".into();
        value["reason"] = "No policy about work is in force".into();
    }
    told(value, &facts, at)
}

/// What breaks a policy, as alerts.
pub(crate) async fn alerts(
    call: &Call<'_>,
    facts: &basecamp::facts::Facts,
    at: Moment,
) -> Result<Vec<Value>, ToolError> {
    let mut alerts = Vec::new();
    for policy in call.kept(KIND).await? {
        let Some(rule) = rule(&policy) else { continue };
        let severity = match body(&policy)["severity"].as_str() {
            Some("block") => "critical",
            Some("warn") => "warning",
            _ => "info",
        };
        for (title, it) in rule.broken_in(facts, at.today).1 {
            alerts.push(json!({
                "severity": severity, "category": "quality", "title": title,
                "detail": format!("It breaks the policy “{}”", policy.name), "task_id": it.map(|it| it.id),
                "app_url": it.map(|it| &it.app_url)
            }));
        }
    }
    Ok(alerts)
}
