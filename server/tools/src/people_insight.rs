//! How people stand, and what repeats itself (formulas.md 3, 12, 18).

use crate::error::ToolError;
use crate::insight_tools::told;
use crate::moments::period;
use crate::tool::{Call, Done};
use domain::actor::Permission;
use domain::problem::Problem;
use domain::project::Person;
use insight::{people, structure};
use serde_json::json;

type Outcome = Result<Done, ToolError>;

/// Days over which patterns are looked for.
const PATTERN_DAYS: i64 = 56;

impl Call<'_> {
    /// The person an argument names, when the caller may know how they stand: themselves, or anybody for who manages.
    pub(crate) async fn person_to_judge(&self, argument: &str) -> Result<Person, ToolError> {
        let named = self.person_named(self.args.need(argument)?).await;
        let person = named.map_err(|error| match error {
            ToolError::NoMatch { .. } => Problem::not_found("Person").into(),
            other => other,
        })?;
        let is_own = self.own_person().await?.is_some_and(|it| it.id == person.id);
        if !self.actor.role.can(Permission::Manage) && !is_own {
            let message = "How somebody stands is for them and for administrators".to_owned();
            return Err(Problem::Forbidden { message }.into());
        }
        Ok(person)
    }
}

pub(crate) async fn health(call: Call<'_>) -> Outcome {
    let person = call.person_to_judge("person_id").await?;
    let facts = Box::pin(call.tools.basecamp.facts(call.actor, None)).await?;
    let (at, week) = (call.tools.moment(call.actor).await?, call.tools.week(call.actor).await?);
    let mut value = people::health(&facts, person.id, (at, &week));
    value["person"] = json!({ "id": person.id, "name": person.name });
    told(value, &facts, at)
}

pub(crate) async fn work_patterns(call: Call<'_>) -> Outcome {
    let it = Box::pin(call.ground_of("project_id")).await?;
    let week = call.tools.week(call.actor).await?;
    let value = structure::work_patterns(&it.facts, &it.project, (it.at, PATTERN_DAYS), &week);
    told(value, &it.facts, it.at)
}

pub(crate) async fn trouble(call: Call<'_>) -> Outcome {
    let it = Box::pin(call.ground_of("project_id")).await?;
    let week = call.tools.week(call.actor).await?;
    let since = it.at.since(PATTERN_DAYS);
    let said = Box::pin(call.tools.basecamp.said(call.actor, Some(it.project.id), since)).await?;
    told(structure::trouble(&said, &it.project, &week), &it.facts, it.at)
}

/// What calls for somebody now, of the wanted severity and categories.
pub(crate) async fn alerts(call: Call<'_>) -> Outcome {
    let severity = call.args.text("severity").filter(|it| *it != "all").map(str::to_owned);
    let categories: Vec<String> = call.args.read("categories")?.unwrap_or_default();
    let (facts, project) = Box::pin(call.facts()).await?;
    let at = call.tools.moment(call.actor).await?;
    let asked = (severity.as_deref(), categories.as_slice());
    let mut broken = crate::policy_tools::alerts(&call, &facts, at).await?;
    broken.extend(crate::agent_tools::alerts(&call).await?);
    let mut value = insight::alerts::result(&facts, at, asked, broken);
    value["project"] = json!(project.map(|it| it.name));
    value["scanned_at"] = store::ids::rfc3339(at.now).into();
    told(value, &facts, at)
}

/// The outlook for delivery, risk, burnout or bottlenecks, of one project or of all.
pub(crate) async fn outcome(call: Call<'_>) -> Outcome {
    let kind = call.args.need("type")?.to_owned();
    let days = period(call.args.text("horizon").or(Some("1 month")))?;
    let (facts, _) = Box::pin(call.facts()).await?;
    let (at, week) = (call.tools.moment(call.actor).await?, call.tools.week(call.actor).await?);
    let has = |it: &str| kind == it || kind == "comprehensive";
    let mut value = json!({ "type": kind, "horizon_days": days });
    if has("delivery") {
        value["delivery"] = delivery(&facts, (at, days));
    }
    if has("risk") {
        let mut creeps = Vec::new();
        let mut risks = Vec::new();
        for project in &facts.projects {
            risks.push(insight::measure::deadline_risk(&facts, project, at));
            let Some(day) = structure::baseline(&facts, project.id, &week) else { continue };
            let end = structure::end_of(day, &week);
            let left = call.tools.basecamp.left(call.actor, project.id, end).await?;
            creeps.push(structure::creep(&facts, project, (day, &week), left));
        }
        value["risk"] = json!({ "deadlines": risks, "scope": creeps });
    }
    if has("burnout") {
        value["burnout"] = tired(&call, &facts, (at, &week)).await?;
    }
    if has("bottleneck") {
        let moved = call.tools.basecamp.moved(call.actor).await?;
        value["bottleneck"] = structure::bottlenecks(&facts, at, &moved);
    }
    told(value, &facts, at)
}

/// When each project will be done, and whether that lies within the horizon.
fn delivery(
    facts: &basecamp::facts::Facts,
    (at, days): (insight::measure::Moment, i64),
) -> serde_json::Value {
    let told: Vec<_> = facts
        .projects
        .iter()
        .map(|project| {
            let mut value = insight::measure::completion(facts, project, at);
            let left = value["days_remaining"].as_i64();
            value["within_horizon"] = json!(left.map(|it| it <= days));
            value
        })
        .collect();
    json!(told)
}

/// How tired people are: everybody for who manages, else the caller alone.
async fn tired(
    call: &Call<'_>,
    facts: &basecamp::facts::Facts,
    ground: (insight::measure::Moment, &insight::week::Week),
) -> Result<serde_json::Value, ToolError> {
    let mut all = people::everybody(facts);
    if !call.actor.role.can(Permission::Manage) {
        let me = call.own_person().await?.map(|it| it.id);
        all.retain(|it| Some(it.id) == me);
    }
    let told: Vec<_> = all
        .iter()
        .map(|it| {
            let mut value = people::burnout(facts, it.id, ground);
            value["person"] = json!({ "id": it.id, "name": it.name });
            value
        })
        .collect();
    Ok(json!({ "people": told }))
}
