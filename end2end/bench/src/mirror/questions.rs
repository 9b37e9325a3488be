//! What project managers ask, of the mirror and of Basecamp itself.

use super::upstream::Upstream;
use super::{Installation, number, world_day};
use crate::{Failure, Measured, report_bar};
use basecamp::records::Request;
use chrono::{NaiveDate, NaiveTime, TimeDelta};
use domain::todo::TodoQuery;
use insight::Insight;
use sandbox::world::Plan;
use std::time::{Duration, Instant};

/// How often each question is asked of the mirror, at most and at least.
const ROUNDS: usize = 100;
const LEAST: usize = 20;
/// After this, a question that was asked often enough is not asked again.
const PATIENCE: Duration = Duration::from_secs(10);
/// The longest walk through Basecamp that is waited for.
const LONGEST: Duration = Duration::from_secs(60);

#[derive(Clone, Copy, Debug)]
enum Question {
    Overdue,
    DueNextWeek,
    Plate,
    Unassigned,
    Workload,
    ProjectSummary,
    EveryProject,
    FinishedLastWeek,
    FullText,
    Throughput,
    Backlog,
    Stuck,
    WeeklyReport,
    WhoChangedWhat,
    WaitingOnSomebody,
    Timesheet,
    CheckinDigest,
    Gauges,
}

const ALL: [Question; 18] = [
    Question::Overdue,
    Question::DueNextWeek,
    Question::Plate,
    Question::Unassigned,
    Question::Workload,
    Question::ProjectSummary,
    Question::EveryProject,
    Question::FinishedLastWeek,
    Question::FullText,
    Question::Throughput,
    Question::Backlog,
    Question::Stuck,
    Question::WeeklyReport,
    Question::WhoChangedWhat,
    Question::WaitingOnSomebody,
    Question::Timesheet,
    Question::CheckinDigest,
    Question::Gauges,
];

/// Who is asked, and about whom.
struct Asked<'a> {
    from: &'a Installation,
    insight: Insight,
    today: NaiveDate,
    person: i64,
    project: i64,
    words: &'static str,
}

impl<'a> Asked<'a> {
    fn new(from: &'a Installation, plan: &Plan, (person, project): (i64, i64)) -> Self {
        let (insight, words) = (Insight::new(from.basecamp.clone()), plan.truth().decision);
        Self { from, insight, today: world_day(), person, project, words }
    }

    /// How many records the answer holds.
    async fn answer(&self, question: Question) -> Result<usize, Failure> {
        let (insight, actor, today) = (&self.insight, &self.from.actor, self.today);
        let day = |days: i64| today + TimeDelta::days(days);
        Ok(match question {
            Question::Overdue => insight.overdue(actor, today).await?.len(),
            Question::DueNextWeek => insight.due(actor, day(1), day(7)).await?.len(),
            Question::Plate => insight.of_person(actor, self.person).await?.len(),
            Question::Unassigned => insight.unassigned(actor).await?.len(),
            Question::Workload => insight.workload(actor, today).await?.len(),
            Question::ProjectSummary => {
                Box::pin(insight.project_summary(actor, self.project, today)).await?.team.len()
            }
            Question::EveryProject => {
                Box::pin(insight.project_summaries(actor, today)).await?.len()
            }
            Question::FinishedLastWeek => self.finished().await?,
            Question::FullText => self.found().await?,
            Question::Throughput => self.weeks().await?,
            Question::Backlog => {
                let late = insight.overdue(actor, today).await?.len();
                late + insight.unassigned(actor).await?.len()
            }
            Question::WeeklyReport => self.finished().await? + self.happened(7).await?,
            Question::WhoChangedWhat => self.happened(1).await?,
            Question::Stuck => {
                insight.stuck(actor, day(-30)).await?.ok_or("only a mirror knows")?.len()
            }
            Question::WaitingOnSomebody => {
                insight.waiting(actor, self.person).await?.ok_or("only a mirror knows")?.len()
            }
            Question::Timesheet => {
                let sheet = insight.hours(actor, (day(-30), today)).await?;
                sheet.people.iter().map(|it| it.entries).sum()
            }
            Question::CheckinDigest => {
                let span = (moment(day(-6)), moment(day(1)));
                let digests = insight.checkins(actor, span).await?;
                digests.iter().map(|it| it.answers.len()).sum()
            }
            Question::Gauges => insight.gauges(actor).await?.len(),
        })
    }

    async fn finished(&self) -> Result<usize, Failure> {
        let (basecamp, actor) = (&self.from.basecamp, &self.from.actor);
        if let Some(mut mirror) = basecamp.mirrored(actor).await? {
            let from = moment(self.today - TimeDelta::days(7));
            return Ok(mirror.completed(from, moment(self.today)).await?.len());
        }
        let query = TodoQuery { completed: true, ..TodoQuery::default() };
        Ok(basecamp.todos(actor, &query).await?.len())
    }

    /// In how many weeks something of the project was finished.
    async fn weeks(&self) -> Result<usize, Failure> {
        const WEEK_MS: i64 = 7 * 24 * 3_600_000;
        let (basecamp, actor) = (&self.from.basecamp, &self.from.actor);
        let facts = Box::pin(basecamp.facts(actor, Some(self.project))).await?;
        let weeks = facts.items.iter().filter_map(|it| it.completed_at).map(|it| it / WEEK_MS);
        Ok(weeks.collect::<std::collections::HashSet<_>>().len())
    }

    /// What was made and changed in so many days up to today.
    async fn happened(&self, days: i64) -> Result<usize, Failure> {
        let end = (self.today + TimeDelta::days(1)).and_time(NaiveTime::MIN).and_utc();
        let from = end - TimeDelta::days(days + 1);
        let span = (from.timestamp_millis(), end.timestamp_millis());
        let found = self.from.basecamp.happened(&self.from.actor, span).await?;
        Ok(found.ok_or("only a mirror knows")?.len())
    }

    async fn found(&self) -> Result<usize, Failure> {
        let (basecamp, actor) = (&self.from.basecamp, &self.from.actor);
        if let Some(mut mirror) = basecamp.mirrored(actor).await? {
            return Ok(mirror.search(self.words, 50).await?.len());
        }
        let request = Request::new("Search", &[]).ok_or("no search")?.asking("q", self.words);
        Ok(basecamp.fetch_all(actor, &request).await?.items.len())
    }
}

/// When a day begins, epoch milliseconds.
fn moment(day: NaiveDate) -> i64 {
    day.and_time(NaiveTime::MIN).and_utc().timestamp_millis()
}

pub(super) async fn measure(
    upstream: &Upstream,
    (filled, empty): (&Installation, &Installation),
    plan: &Plan,
) -> Measured {
    let truth = plan.truth();
    let people = filled.basecamp.people(&filled.actor).await?;
    let person = people.iter().find(|it| it.name == truth.heaviest).ok_or("the heaviest")?.id;
    let project = filled.basecamp.projects(&filled.actor).await?.first().ok_or("a project")?.id;
    let of_mirror = Asked::new(filled, plan, (person, project));
    let of_basecamp = Asked::new(empty, plan, (person, project));
    let (mut all, mut firsts, mut unanswered) = (Vec::new(), Vec::new(), 0);
    for (number, question) in (1..).zip(ALL) {
        let (mut times, records) = match of_mirror.rounds(question).await {
            Ok(found) => found,
            Err(error) => {
                println!("{number}. {question:?}: the mirror did not answer: {error}");
                unanswered += 1;
                continue;
            }
        };
        // Later answers are those that are kept until the mirror changes.
        let first = times.first().copied().unwrap_or_default();
        firsts.push(first);
        all.extend(times.iter().copied());
        let (p50, p99) = (at(&mut times, 50), at(&mut times, 99));
        let walk = match question {
            Question::Stuck => Some(plan.open),
            Question::WeeklyReport | Question::WhoChangedWhat => Some(plan.todos),
            Question::WaitingOnSomebody => Some(truth.heaviest_load),
            _ => None,
        };
        let live = match walk {
            Some(calls) => format!("{calls} calls, one a to-do, not run"),
            None => of_basecamp.walked(upstream, question, p50).await?,
        };
        println!(
            "{number}. {question:?} ({records} records): first {:.2} ms, p50 {p50:.2} ms, p99 {p99:.2} ms; live: {live}",
            ms(first)
        );
    }
    report_bar("all questions, p50", "ms", at(&mut all, 50), "<= 3");
    report_bar("all questions, p99", "ms", at(&mut all, 99), "<= 20");
    report_bar("all questions, asked first, p50", "ms", at(&mut firsts, 50), "none");
    report_bar("all questions", "asked", number(u64::try_from(all.len())?), "none");
    report_bar("questions without an answer", "of 18", number(unanswered), "0");
    Ok(())
}

impl Asked<'_> {
    /// Asks again and again, at least [`LEAST`] times and no longer than [`PATIENCE`] beyond that; gives how long each
    /// answer took, and how many records the last one holds.
    async fn rounds(&self, question: Question) -> Result<(Vec<Duration>, usize), Failure> {
        let (mut times, mut records, since) = (Vec::new(), 0, Instant::now());
        while times.len() < LEAST || (times.len() < ROUNDS && since.elapsed() < PATIENCE) {
            let begun = Instant::now();
            records = Box::pin(self.answer(question)).await?;
            times.push(begun.elapsed());
        }
        Ok((times, records))
    }

    /// What the same costs without a mirror, in words: a walk that takes too long is cut off, and one that Basecamp's
    /// client gives up on is said.
    async fn walked(
        &self,
        upstream: &Upstream,
        question: Question,
        p50: f64,
    ) -> Result<String, Failure> {
        let (before, begun) = (upstream.count().await?, Instant::now());
        let answer = tokio::time::timeout(LONGEST, Box::pin(self.answer(question))).await;
        let (calls, took) = (upstream.count().await? - before, ms(begun.elapsed()));
        Ok(match answer {
            Ok(Ok(_)) => {
                let faster = took / p50.max(0.001);
                format!("{took:.0} ms in {calls} calls; {faster:.0} times faster")
            }
            Ok(Err(error)) => format!("gave up after {took:.0} ms and {calls} calls: {error}"),
            Err(_) => format!("cut off after {took:.0} ms and {calls} calls"),
        })
    }
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

fn at(times: &mut [Duration], percent: usize) -> f64 {
    times.sort_unstable();
    let place = (times.len() * percent / 100).min(times.len().saturating_sub(1));
    times.get(place).copied().map_or(0.0, ms)
}
