//! What managers ask beside their to-dos: who waits for a word, what check-ins say, the hours, how far projects are.

use crate::convert::Convert;
use crate::facts::NEEDED;
use crate::records::Request;
use crate::said::{Said, row, told};
use crate::{Basecamp, plain, scopes};
use domain::actor::{Actor, Permission};
use domain::problem::Problem;
use serde_json::Value;
use std::cmp::Reverse;
use store::{mirror_lookups, mirror_said};

/// Answers to check-ins.
const ANSWERS: &str = "Question::Answer";

/// A record where somebody else said the last word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Basecamp's id.
    pub id: i64,
    /// `Todo`, `Kanban::Card` or `Message`.
    pub kind: String,
    /// The project.
    pub project_id: i64,
    /// What it is called.
    pub title: String,
    /// The page in Basecamp.
    pub app_url: String,
    /// The last words, plain.
    pub words: String,
    /// Who said them.
    pub who: Option<i64>,
    /// Epoch milliseconds.
    pub said_at: i64,
}

/// Hours that somebody worked on something.
#[derive(Clone, Debug, PartialEq)]
pub struct Hours {
    /// The project.
    pub project_id: i64,
    /// Its name.
    pub project: String,
    /// Who worked; none where Basecamp does not tell.
    pub person: Option<(i64, String)>,
    /// On what.
    pub on: String,
    /// The day, `YYYY-MM-DD`.
    pub day: String,
    /// How many.
    pub hours: f64,
}

/// How far people say a project is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gauge {
    /// The project.
    pub project_id: i64,
    /// Its name.
    pub project: String,
    /// From 0 to 100.
    pub position: i64,
    /// What was said before; none the first time.
    pub previous: Option<i64>,
    /// `green`, `yellow` or `red`.
    pub colour: String,
    /// The page of the project in Basecamp.
    pub app_url: String,
}

fn text(value: &Value, at: &str) -> String {
    value.pointer(at).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// Basecamp writes hours as text: `1.5`, and people also as `1:30`.
fn hours(value: &Value) -> Option<f64> {
    let text = match value.get("hours")? {
        Value::Number(number) => return number.as_f64(),
        other => other.as_str()?.trim(),
    };
    match text.split_once(':') {
        None => text.parse().ok(),
        Some((whole, minutes)) => {
            let (whole, minutes): (f64, f64) = (whole.parse().ok()?, minutes.parse().ok()?);
            Some(whole + minutes / 60.0)
        }
    }
}

/// An entry of a timesheet, when `value` is one.
pub(crate) fn entry(value: &Value) -> Option<Hours> {
    let person = value.get("person").filter(|it| it.is_object());
    Some(Hours {
        project_id: value.pointer("/bucket/id")?.as_i64()?,
        project: text(value, "/bucket/name"),
        person: person.and_then(|it| Some((it.get("id")?.as_i64()?, text(it, "/name")))),
        on: plain::from_html(&text(value, "/parent/title")),
        day: text(value, "/date"),
        hours: hours(value).filter(|it| it.is_finite())?,
    })
}

/// A gauge as a project shows it, or as it shows itself.
fn gauge(value: &Value, (project_id, project, app_url): (i64, String, String)) -> Option<Gauge> {
    Some(Gauge {
        project_id,
        project,
        position: value.get("last_needle_position")?.as_i64()?,
        previous: value.get("previous_needle_position").and_then(Value::as_i64),
        colour: text(value, "/last_needle_color"),
        app_url,
    })
}

impl Basecamp {
    /// Open to-dos and cards that a person has to do, and messages they wrote, where somebody else said the last word:
    /// the newest first.
    ///
    /// None while comments are not mirrored, because Basecamp tells it only thread by thread.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to read.
    pub async fn waiting(
        &self,
        actor: &Actor,
        person: i64,
    ) -> Result<Option<Vec<Waiting>>, Problem> {
        let Some(mut mirror) = Box::pin(self.mirrored_with(actor, &NEEDED)).await? else {
            return Ok(None);
        };
        let place = mirror.place("waiting", &[&person.to_string()]);
        if let Some(known) = place.answer() {
            return Ok(Some(known));
        }
        let rows = mirror_said::waiting(&mut mirror.conn, &mirror.key, person).await?;
        let convert = mirror.convert;
        let waiting = rows.into_iter().map(|it| Waiting {
            app_url: convert.page(&it.app_url, it.bucket_id, ""),
            id: it.id,
            kind: it.kind,
            project_id: it.bucket_id,
            title: it.title,
            words: it.words,
            who: it.who,
            said_at: it.said_at,
        });
        Ok(Some(place.keep_rows(waiting.collect())))
    }

    /// Answers to check-ins from one moment to before another (epoch milliseconds), the newest first. The question is
    /// the `parent` of each.
    ///
    /// # Errors
    /// [`Problem::NeedsSetup`] without a connection, [`Problem::Unavailable`] when Basecamp does not answer.
    pub async fn answers(
        &self,
        actor: &Actor,
        (from, to): (i64, i64),
    ) -> Result<Vec<Said>, Problem> {
        actor.require(Permission::Read)?;
        let needed = [scopes::PROJECTS, scopes::PEOPLE, ANSWERS];
        if let Some(mut mirror) = Box::pin(self.mirrored_with(actor, &needed)).await? {
            let convert = mirror.convert;
            let place = mirror.place("answers", &[&from.to_string(), &to.to_string()]);
            if let Some(known) = place.answer() {
                return Ok(known);
            }
            let rows = mirror_said::answers(&mut mirror.conn, &mirror.key, (from, to)).await?;
            return Ok(place.keep_rows(rows.into_iter().map(|it| told(it, convert)).collect()));
        }
        let convert = self.converting(actor).await?;
        let found = Box::pin(self.live(actor, ANSWERS, None)).await?;
        let is_in = |at: i64| (from..to).contains(&at);
        let mut all: Vec<Said> = found
            .into_iter()
            .filter(|it| is_in(it.0.created_at))
            .map(|it| told(row(it.0), convert))
            .collect();
        all.sort_by_key(|it| Reverse((it.created_at, it.id)));
        Ok(all)
    }

    /// How far people say the active projects are; those of which nobody said anything are left out.
    ///
    /// # Errors
    /// As [`Self::answers`].
    pub async fn gauges(&self, actor: &Actor) -> Result<Vec<Gauge>, Problem> {
        actor.require(Permission::Read)?;
        let mut all: Vec<Gauge> = match self.mirrored_with(actor, &[scopes::PROJECTS]).await? {
            Some(mut mirror) => {
                let rows = mirror_lookups::projects(&mut mirror.conn, &mirror.key).await?;
                let convert = mirror.convert;
                let active = rows.into_iter().filter(|it| it.status == "active");
                let read = active.filter_map(|it| {
                    let raw: Value = serde_json::from_str(&it.raw).ok()?;
                    gauge(&raw, (it.id, it.name, convert.page(&it.app_url, it.id, "")))
                });
                read.collect()
            }
            None => {
                let request = Request::new("ListGauges", &[])
                    .ok_or_else(|| Problem::not_found("Operation of Basecamp"))?;
                let convert = self.converting(actor).await?;
                let found = self.fetch_all(actor, &request).await?;
                let read = found.items.iter().filter_map(|it| {
                    let id = it.pointer("/bucket/id")?.as_i64()?;
                    let page = convert.page(&text(it, "/app_url"), id, "");
                    gauge(it, (id, text(it, "/bucket/name"), page))
                });
                read.collect()
            }
        };
        all.sort_by(|one, other| {
            (&one.project, one.project_id).cmp(&(&other.project, other.project_id))
        });
        Ok(all)
    }

    async fn converting(&self, actor: &Actor) -> Result<Convert, Problem> {
        let is_sample = self.connection(actor).await?.is_some_and(|it| it.is_sample);
        Ok(Convert { is_sample })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn hours_are_read_however_they_are_written() {
        let of = |it: Value| hours(&json!({ "hours": it }));
        assert_eq!((of(json!("1.5")), of(json!("1:30"))), (Some(1.5), Some(1.5)));
        assert_eq!((of(json!(2)), of(json!("soon")), of(json!(null))), (Some(2.0), None, None));
    }

    #[test]
    fn a_project_of_which_nobody_said_anything_has_no_gauge() {
        let place = || (1, "Site".to_owned(), String::new());
        let silent = json!({ "last_needle_position": null, "last_needle_color": null });
        assert_eq!(gauge(&silent, place()), None);
        let said = json!({ "last_needle_position": 40, "last_needle_color": "red" });
        let gauge = gauge(&said, place()).unwrap();
        assert_eq!((gauge.position, gauge.previous, gauge.colour.as_str()), (40, None, "red"));
    }
}
