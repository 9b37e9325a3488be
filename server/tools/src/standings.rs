//! How all projects do at once, as the pages show it (formulas.md 2 and 4).

use crate::error::ToolError;
use crate::tools::Tools;
use basecamp::tallies::Tally;
use domain::actor::{Actor, Permission};
use domain::problem::Problem;
use domain::project::{Project, Risk, Standing};
use insight::formulas::DAY_MS;
use insight::measure::{self, Moment};
use std::collections::HashMap;
use store::ids;
use store::insights::{self, Score};

/// How far back scores are shown.
const WEEKS: i64 = 8;

impl Tools {
    /// How every active project does: the lowest score first, those without one last.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to read, [`Problem::NeedsSetup`] without a connection.
    pub async fn standings(&self, actor: &Actor) -> Result<Vec<Standing>, Problem> {
        actor.require(Permission::Read)?;
        Ok(self.stand(actor).await?)
    }

    async fn stand(&self, actor: &Actor) -> Result<Vec<Standing>, ToolError> {
        let at = self.moment(actor).await?;
        let tallies = self.tallies(actor, at).await?;
        let before = self.week_ago(actor, "health").await?;
        let weeks = self.weekly(actor, at).await?;
        let standing = |(project, tally): (Project, Tally)| {
            let precise = measure::score(&tally).map(|it| it * 100.0);
            let moved = precise.zip(before.get(&project.id)).map(|(now, then)| now - then);
            Standing {
                project_id: project.id,
                name: project.name,
                score: precise.map(whole),
                moved: moved.map(rounded),
                weeks: weeks.get(&project.id).cloned().unwrap_or_default(),
                risk: measure::first_risk(&tally).map(risk),
            }
        };
        let mut all: Vec<Standing> = tallies.into_iter().map(standing).collect();
        all.sort_by_key(|it| (it.score.is_none(), it.score));
        Ok(all)
    }

    /// What is counted of every active project: by the mirror, else among all that Basecamp tells.
    async fn tallies(&self, actor: &Actor, at: Moment) -> Result<Vec<(Project, Tally)>, ToolError> {
        let counted = self.basecamp.tallies(actor, measure::since(at), at.today);
        if let Some(found) = Box::pin(counted).await? {
            return Ok(found);
        }
        let facts = Box::pin(self.basecamp.facts(actor, None)).await?;
        let tally = |it: &Project| (it.clone(), measure::tally(&facts, it, at));
        Ok(facts.projects.iter().map(tally).collect())
    }

    /// By how much the score of one project, `now` from 0 to 100, moved in a week, and its scores of the last weeks, the
    /// oldest first.
    ///
    /// # Errors
    /// As [`Self::standings`].
    pub async fn trend(
        &self,
        actor: &Actor,
        project: i64,
        now: Option<f64>,
    ) -> Result<(Option<i32>, Vec<u32>), Problem> {
        actor.require(Permission::Read)?;
        let before = self.week_ago(actor, "health").await?;
        let moved = now.zip(before.get(&project)).map(|(now, then)| rounded(now - then));
        let at = self.moment(actor).await?;
        let weeks = self.weekly(actor, at).await?.remove(&project).unwrap_or_default();
        Ok((moved, weeks))
    }

    /// The last score of each of the last weeks by project, the oldest first.
    async fn weekly(&self, actor: &Actor, at: Moment) -> Result<HashMap<i64, Vec<u32>>, ToolError> {
        let connection = self.seen_through(actor).await?;
        let now = ids::now_ms();
        let mut conn = self.db.read().await?;
        let span = (now - WEEKS * 7 * DAY_MS, now);
        let kept = insights::scores(&mut conn, (&actor.workspace, &connection), span).await?;
        Ok(by_week(kept.into_iter().filter(|it| it.kind == "health"), at.now))
    }
}

/// The last of each week by project; `scores` are in the order of their time.
fn by_week(scores: impl Iterator<Item = Score>, now: i64) -> HashMap<i64, Vec<u32>> {
    let mut all: HashMap<i64, Vec<(i64, u32)>> = HashMap::new();
    for score in scores {
        let week = (now - score.at_ms) / (7 * DAY_MS);
        let weeks = all.entry(score.project_id).or_default();
        match weeks.last_mut().filter(|it| it.0 == week) {
            Some(last) => last.1 = whole(score.score),
            None => weeks.push((week, whole(score.score))),
        }
    }
    let points = |weeks: Vec<(i64, u32)>| weeks.into_iter().map(|it| it.1).collect();
    all.into_iter().map(|(project, weeks)| (project, points(weeks))).collect()
}

fn risk((kind, count): (&str, usize)) -> Risk {
    match kind {
        "deadline" => Risk::Overdue(count),
        "stalled" => Risk::Stalled(count),
        _ => Risk::Unassigned(count),
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it is kept within 0 and 100"
)]
fn whole(score: f64) -> u32 {
    score.clamp(0.0, 100.0).round() as u32
}

#[expect(clippy::cast_possible_truncation, reason = "two scores are at most 100 apart")]
fn rounded(moved: f64) -> i32 {
    moved.clamp(-100.0, 100.0).round() as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_score_of_a_week_counts() {
        let now = 100 * DAY_MS;
        let score = |days: i64, score: f64| Score {
            kind: "health".to_owned(),
            project_id: 1,
            day: String::new(),
            score,
            inputs: String::new(),
            at_ms: now - days * DAY_MS,
        };
        let kept =
            [score(15, 40.0), score(9, 50.4), score(8, 52.0), score(1, 60.0), score(0, 61.5)];
        assert_eq!(by_week(kept.into_iter(), now)[&1], [40, 52, 62]);
    }

    #[test]
    fn the_first_risk_is_told_with_its_number() {
        let told = |it: &Tally| measure::first_risk(it).map(risk);
        let unassigned = Tally { unassigned: 2, ..Tally::default() };
        let stale = Tally { stale: 1, ..unassigned };
        assert_eq!(told(&Tally { overdue: 3, ..stale }), Some(Risk::Overdue(3)));
        assert_eq!(told(&stale), Some(Risk::Stalled(1)));
        assert_eq!(told(&unassigned), Some(Risk::Unassigned(2)));
        assert_eq!(told(&Tally::default()), None);
    }
}
