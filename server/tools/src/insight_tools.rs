//! How projects stand, when they will be done, what is stuck and what to do next (formulas.md).

use crate::error::ToolError;
use crate::lists;
use crate::moments::{on_day, period};
use crate::sources;
use crate::tool::{Call, Done};
use basecamp::facts::Facts;
use basecamp::names::{self, Candidate, Match, Purpose};
use domain::problem::Problem;
use domain::project::{Person, Project};
use insight::measure::{self, Moment};
use serde_json::{Value, json};

type Outcome = Result<Done, ToolError>;

/// To-dos of a day that are shown first.
const NEXT: usize = 5;
const DEFAULT: usize = 20;

/// A project with its facts, and this moment.
pub(crate) struct Ground {
    pub(crate) project: Project,
    pub(crate) facts: Facts,
    pub(crate) at: Moment,
}

impl Call<'_> {
    /// The project that an argument names by id or name, with what is known of it.
    pub(crate) async fn ground_of(&self, argument: &str) -> Result<Ground, ToolError> {
        let project = self.project_named(self.args.need(argument)?, Purpose::Read).await?;
        let facts = Box::pin(self.tools.basecamp.facts(self.actor, Some(project.id))).await?;
        Ok(Ground { project, facts, at: self.tools.moment(self.actor).await? })
    }

    /// Of one project when it is named, else of all.
    pub(crate) async fn facts(&self) -> Result<(Facts, Option<Project>), ToolError> {
        let project = self.ground(Purpose::Read).await?;
        let id = project.as_ref().map(|it| it.id);
        Ok((Box::pin(self.tools.basecamp.facts(self.actor, id)).await?, project))
    }

    /// The person that an argument names, else the caller.
    async fn somebody(&self) -> Result<Person, ToolError> {
        match self.args.text("person") {
            Some(name) => self.person_named(name).await,
            None => self.me().await,
        }
    }
}

pub(crate) fn told(value: Value, facts: &Facts, at: Moment) -> Outcome {
    let value = sources::aged(value, &facts.freshness);
    Ok(Done::new(lists::with(value, json!({ "timestamp": at.now }))))
}

/// How a score (0 to 100) moved in a week: the word, and by how much; none when nothing is known of then.
fn trend(now: Option<f64>, before: Option<&f64>) -> Option<(&'static str, f64)> {
    let moved = now? - before?;
    let word = match moved {
        it if it >= 3.0 => "up",
        it if it <= -3.0 => "down",
        _ => "stable",
    };
    Some((word, moved))
}

pub(crate) async fn health(call: Call<'_>) -> Outcome {
    let it = Box::pin(call.ground_of("project_id")).await?;
    let mut value = measure::health(&it.facts, &it.project, it.at);
    let before = call.tools.week_ago(call.actor, "health").await?;
    let now = value["score"].as_f64().map(|it| it * 100.0);
    value["trend"] = json!(trend(now, before.get(&it.project.id)).map(|it| it.0));
    told(value, &it.facts, it.at)
}

pub(crate) async fn completion(call: Call<'_>) -> Outcome {
    let it = Box::pin(call.ground_of("project_id")).await?;
    told(measure::completion(&it.facts, &it.project, it.at), &it.facts, it.at)
}

pub(crate) async fn deadline_risk(call: Call<'_>) -> Outcome {
    let it = Box::pin(call.ground_of("project_id")).await?;
    told(measure::deadline_risk(&it.facts, &it.project, it.at), &it.facts, it.at)
}

pub(crate) async fn blockers(call: Call<'_>) -> Outcome {
    let it = Box::pin(call.ground_of("project_id")).await?;
    told(measure::blockers(&it.facts, &it.project, it.at), &it.facts, it.at)
}

/// The pulse of one project, or of all when none is named.
pub(crate) async fn pulse(call: Call<'_>) -> Outcome {
    if call.args.text("project").is_some() {
        project_pulse(call).await
    } else {
        portfolio(call).await
    }
}

pub(crate) async fn project_pulse(call: Call<'_>) -> Outcome {
    let days = period(call.args.text("period"))?;
    let it = Box::pin(call.ground_of("project")).await?;
    let mut value = measure::pulse(&it.facts, &it.project, (it.at, days));
    let before = call.tools.week_ago(call.actor, "pulse").await?;
    let moved = trend(value["score"].as_f64(), before.get(&it.project.id));
    value["trend"] = json!(moved.map(|it| it.0));
    told(value, &it.facts, it.at)
}

pub(crate) async fn portfolio(call: Call<'_>) -> Outcome {
    let days = period(call.args.text("period"))?;
    let sort_by = call.args.text("sort_by").unwrap_or("score").to_owned();
    let (facts, _) = Box::pin(call.facts()).await?;
    let at = call.tools.moment(call.actor).await?;
    let mut value = measure::portfolio(&facts, (at, days), &sort_by);
    let before = call.tools.week_ago(call.actor, "pulse").await?;
    if let Some(projects) = value["projects"].as_array_mut() {
        let moved = |it: &Value| {
            let id = it["project_id"].as_i64().unwrap_or_default();
            trend(it["score"].as_f64(), before.get(&id))
        };
        for project in projects.iter_mut() {
            project["trend"] = json!(moved(project).map(|it| it.0));
        }
        if sort_by == "trend" {
            let by = |it: &Value| moved(it).map_or(0.0, |it| it.1);
            projects.sort_by(|one, other| by(one).total_cmp(&by(other)));
        }
    }
    let count = facts.projects.len();
    told(lists::with(value, json!({ "coverage": lists::coverage(count) })), &facts, at)
}

/// When a project will be done, or one open to-do of it.
pub(crate) async fn predicted(call: Call<'_>) -> Outcome {
    let it = Box::pin(call.ground_of("project")).await?;
    if let Some(task) = call.args.text("task") {
        let open: Vec<_> =
            it.facts.items.iter().filter(|it| !it.completed && !it.is_card).collect();
        let named: Vec<Candidate> =
            open.iter().map(|it| Candidate::new(it.id, it.title.clone())).collect();
        let found = match names::resolve(task, &named, Purpose::Read) {
            Match::One(found) => open.into_iter().find(|it| it.id == found.id),
            Match::Ambiguous(options) => {
                let options = options.into_iter().map(|it| (it.id, it.name)).collect();
                return Err(ToolError::Ambiguous { query: task.to_owned(), options });
            }
            Match::None => None,
        };
        let missing = || ToolError::NoMatch { what: "to-do", query: task.to_owned() };
        let value = measure::todo(&it.facts, found.ok_or_else(missing)?, it.at);
        return told(value, &it.facts, it.at);
    }
    let mood = call.args.text("confidence").unwrap_or("likely").to_owned();
    told(measure::deadline(&it.facts, &it.project, (it.at, &mood)), &it.facts, it.at)
}

pub(crate) async fn ghost_work(call: Call<'_>) -> Outcome {
    let days = call.args.number("stale_days").unwrap_or(7);
    if !(1..=365).contains(&days) {
        return Err(Problem::invalid("stale_days", "Give a number of days from 1 to 365").into());
    }
    let asked = (days, call.args.is_on("include_completed"));
    let (facts, project) = Box::pin(call.facts()).await?;
    let at = call.tools.moment(call.actor).await?;
    let mut value = measure::ghost_work(&facts, at, asked);
    value["project"] = json!(project.map(|it| it.name));
    told(value, &facts, at)
}

/// The caller's open work in the order to do it.
pub(crate) async fn next_work(call: Call<'_>) -> Outcome {
    let most = call.args.size("limit").unwrap_or(DEFAULT);
    let hours = match call.args.text("energy_level") {
        Some("low") => 1,
        Some("medium") => 2,
        _ => 4,
    };
    let focus = call.ground(Purpose::Read).await?.map(|it| it.id);
    let facts = Box::pin(call.tools.basecamp.facts(call.actor, None)).await?;
    let at = call.tools.moment(call.actor).await?;
    let person = call.me().await?;
    let mut value = measure::next_work(&facts, (person.id, at), (focus, hours));
    if let Some(tasks) = value["tasks"].as_array_mut() {
        tasks.truncate(most);
    }
    value["person"] = json!(person);
    told(value, &facts, at)
}

/// A person's day: what is late, what is due, what to do first, and what changed since yesterday.
pub(crate) async fn my_day(call: Call<'_>) -> Outcome {
    let now = call.tools.moment(call.actor).await?;
    let day = call.args.day("date")?.unwrap_or(now.today);
    let at = on_day(now, day);
    let person = Box::pin(call.somebody()).await?;
    let facts = Box::pin(call.tools.basecamp.facts(call.actor, None)).await?;
    let next = measure::next_work(&facts, (person.id, at), (None, 4));
    let tasks = next["tasks"].as_array().cloned().unwrap_or_default();
    let today = day.to_string();
    let of = |fits: &dyn Fn(&str) -> bool| -> Vec<Value> {
        let dated = tasks.iter().filter(|it| it["due"].as_str().is_some_and(fits));
        dated.cloned().collect()
    };
    let (late, due) = (of(&|it| it < today.as_str()), of(&|it| it == today));
    let span = (at.midnight - insight::formulas::DAY_MS, at.now);
    let changes = call.tools.basecamp.happened(call.actor, span).await?;
    let mine: Vec<i64> = tasks.iter().filter_map(|it| it["id"].as_i64()).collect();
    let changes: Vec<Value> = changes
        .iter()
        .flatten()
        .filter(|it| mine.contains(&it.record_id))
        .map(crate::change_tools::row)
        .collect();
    let first: Vec<&Value> = tasks.iter().take(NEXT).collect();
    let value = json!({
        "date": today, "person": person, "overdue": late, "overdue_count": late.len(), "due_today": due,
        "due_today_count": due.len(), "next": first, "total_active": next["total_active"],
        "changes_since_yesterday": changes, "message": next["message"], "next_of_the_team": next["next_of_the_team"]
    });
    told(value, &facts, at)
}
