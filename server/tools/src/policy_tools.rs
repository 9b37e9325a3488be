//! Policies of a workspace: written, read, checked; and those that block really stop a write.

use crate::error::ToolError;
use crate::insight_tools::told;
use crate::kept::body;
use crate::lists;
use crate::policies::{EXAMPLES, Rule};
use crate::tool::{Call, Done, ToolSpec};
use crate::tools::Tools;
use domain::actor::{Actor, Permission};
use domain::problem::Problem;
use insight::measure::Moment;
use serde_json::{Value, json};
use store::definitions::{self, Definition};
use store::ids;

type Outcome = Result<Done, ToolError>;

const KIND: &str = "policy";
/// Broken items that are named.
const NAMED: usize = 10;

fn row(it: &Definition) -> Value {
    let body = body(it);
    json!({
        "id": it.id, "name": it.name, "rule": body["rule"], "type": body["type"], "severity": body["severity"],
        "active": body["active"], "owner": it.owner, "created_at": ids::rfc3339(it.created_at)
    })
}

/// Its rule, when it is in force.
fn rule(it: &Definition) -> Option<Rule> {
    let body = body(it);
    let is_active = body["active"] != false;
    Rule::parse(body["rule"].as_str().filter(|_| is_active)?)
}

impl Tools {
    /// Stops a write that breaks a policy which blocks; gives the notes of those that only warn.
    pub(crate) async fn obeyed(
        &self,
        actor: &Actor,
        spec: &ToolSpec,
        args: &Value,
    ) -> Result<Vec<String>, ToolError> {
        // Rules are about work: nobody is kept from changing the rules themselves.
        if !spec.is_basecamp() && spec.group != "flow" {
            return Ok(Vec::new());
        }
        let mut conn = self.db.read().await?;
        let kept = definitions::list(&mut conn, &actor.workspace, KIND).await?;
        drop(conn);
        if kept.is_empty() {
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

pub(crate) async fn create(call: Call<'_>) -> Outcome {
    call.actor.require(Permission::Manage)?;
    let name = call.args.need("name")?.trim().to_owned();
    let text = call.args.need("rule")?.trim().to_owned();
    let unclear = || Problem::NotUnderstood {
        message: "This rule is not understood. Use one like the examples".to_owned(),
        examples: EXAMPLES.map(str::to_owned).to_vec(),
    };
    let rule = Rule::parse(&text).ok_or_else(unclear)?;
    let severity = call.args.text("severity").unwrap_or("warn").to_owned();
    if severity == "block" && !rule.can_block() {
        let words = "This rule is about everything at once, so no single write can be stopped. Use warn or info";
        return Err(Problem::invalid("severity", words).into());
    }
    let kind = call.args.text("type").unwrap_or("custom");
    let body = json!({
        "rule": text, "type": kind, "severity": severity, "active": call.args.wants("active")
    });
    let kept = call.keep((KIND, &name), &body).await?;
    let message = format!("Keeps the policy “{name}”");
    let undo = json!({ "policy_id": kept.id });
    let value = json!({ "message": message, "policy": row(&kept) });
    Ok(Done::new(value).on(name).undone_by("delete_policy", &undo))
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
        value["reason"] = "No policy is in force".into();
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
