//! Questions that are answered with a day, a report or a ranking, and changes of many things that are not made.

use super::dates::{self, Range};
use super::phrase::Phrase;
use super::scope::{self, Scope};
use chrono::{Datelike, Months, NaiveDate, Weekday};

/// What is asked; names are still words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// "Which to-dos have no due date?"
    Undated(Scope),
    /// "What is due between 25 Nov and 28 Nov?": the days, their words, and what else narrows it.
    Between(Range, String, Scope),
    /// "When is Mobile menu due?"; empty for "it", which has to be asked.
    WhenDue(String),
    /// "Who is responsible for Mobile menu?"
    Responsible(String),
    /// "Is Mobile menu done?"
    IsDone(String),
    /// "Who has nothing to do?"
    Idle,
    /// "Which project is most at risk?"
    Riskiest,
    /// "What is stuck?", and in which project.
    Stuck(Option<String>),
    /// "Status report for Halden".
    About(String),
    /// "Daily report", and of which project.
    Day(Option<String>),
    /// "Weekly report", and of which project.
    Week(Option<String>),
    /// "Move all overdue to-dos to next Monday".
    Many,
}

/// Words that are no name of a thing: what they mean is asked in another way.
const NO_TITLES: &str = "it|this|that|these|those|they|everything|anything|something|all|my|our|the_next|next|work|\
     the_last|each|every|flow|automation|run|any|there|here|we|i|you|what|is_there|one";

/// What a phrase asks.
pub(crate) fn read(phrase: &Phrase, today: NaiveDate) -> Option<Asked> {
    if is_many(phrase) {
        return Some(Asked::Many);
    }
    report(phrase)
        .or_else(|| undated(phrase, today))
        .or_else(|| between(phrase, today))
        .or_else(|| one_todo(phrase))
        .or_else(|| stuck(phrase))
        .or_else(|| riskiest(phrase))
        .or_else(|| idle(phrase).then_some(Asked::Idle))
}

/// Whether those are asked for who have nothing.
fn idle(phrase: &Phrase) -> bool {
    phrase
        .fits_any(&[
            "who has|have nothing to do|work_on",
            "who has|have nothing assigned [to] [them|him|her]",
            "who has|have no [open] @todos|work",
            "who doesn't|does_not|don't have anything|any [to] [do|@todos|work]",
        ])
        .is_some()
}

/// A change of several things at once.
fn is_many(phrase: &Phrase) -> bool {
    const CHANGES: &str = "move|push|postpone|delay|shift|reschedule|bring|extend|set|complete|finish|close|mark|tick|\
         check_off|assign|reassign|hand|delegate|give|reopen|archive|delete|remove|clear|rename|change|unassign";
    let Some((_, rest)) = phrase.starts(CHANGES) else { return false };
    let is_shown = phrase.starts("give me|us").is_some();
    let many = "all|everything|every|each|both|the_rest|whatever";
    let is_work = phrase
        .has("to-dos|todos|tasks|cards|overdue|late|due|open|unassigned|items|work|done|completed");
    !is_shown
        && is_work
        && (rest.starts(many).is_some()
            || rest.starts("[the|my|our] overdue|late|open|unassigned").is_some()
            || rest.starts("[the|my|our|these|those] to-dos|todos|tasks|cards").is_some()
            || phrase.has("all|everything")
            || phrase.starts("give").is_none() && rest.has("to-dos|todos|tasks"))
}

/// Whether a phrase asks for a report to read now, so that no flow is built for it.
pub(crate) fn is_report(phrase: &Phrase) -> bool {
    report(phrase).is_some()
}

fn report(phrase: &Phrase) -> Option<Asked> {
    const ASKS: &str = "[@show|read|what_is|what's|make|write] [me|us] [a|the|my|our]";
    const KINDS: &str = "report|summary|overview|briefing";
    const STARTS: [&str; 3] = [ASKS, "i need|want [a|the|my|our]", "how about [a|the]"];
    let (whole, project) = placed(phrase);
    let said =
        |middle: &str| STARTS.iter().any(|it| whole.fits(&format!("{it} {middle}")).is_some());
    let day = [
        format!("daily {KINDS}"),
        format!("today's {KINDS}"),
        format!("{KINDS} of|for today|the_day"),
        format!("{KINDS} today"),
    ];
    let week = [
        format!("weekly [status] {KINDS}"),
        format!("week's|this_week's {KINDS}"),
        format!("{KINDS} of|for|on the_week|this_week|the_last_week|last_week"),
        format!("{KINDS} this_week"),
    ];
    if day.iter().any(|it| said(it)) {
        return Some(Asked::Day(project));
    }
    if week.iter().any(|it| said(it)) {
        return Some(Asked::Week(project));
    }
    let about = phrase.fits_any(&[
        "[a|the] status|progress report|update for|of|on|about [the] [project] {project}",
        "@show [me] [a|the] progress report|update for|of|on|about [the] [project] {project}",
    ])?;
    Some(Asked::About(bare(&about.part("project"))))
}

/// "daily report of Halden": the report, and the project.
fn placed(phrase: &Phrase) -> (Phrase, Option<String>) {
    let placed = phrase.fits_any(&[
        "{report?} for|of|on|in|about [the] [project] {project} project",
        "{report?} for|of|on|in|about [the] [project] {project}",
    ]);
    let Some(captures) = placed else { return (phrase.clone(), None) };
    let (report, project) = (captures.part("report"), captures.part("project"));
    let is_time = project.fits("[the] [last|this] week|day|today").is_some();
    let is_whole = project.fits("all [the|our|my] [projects]|everything|everyone").is_some();
    match report.has("daily|weekly|today|week|today's|week's") && !is_time {
        true if is_whole => (report, None),
        true => (report, Some(project.text())),
        false => (phrase.clone(), None),
    }
}

fn undated(phrase: &Phrase, today: NaiveDate) -> Option<Asked> {
    const SAID: [&str; 4] = [
        "[that|which] [have|has|is|are] without|with_no [a|an|any] [due] date|dates|day|deadline|due_date",
        "[that|which] have|has no|not_a [due] date|dates|day|deadline",
        "[that|which] don't|do_not|doesn't|does_not have [a|an|any] [due] date|dates|day|deadline",
        "[that|which] [is|are] undated",
    ];
    let (from, to, _) = SAID.iter().find_map(|it| phrase.find(it))?;
    let rest = phrase.except(from, to);
    let asks = rest.is_empty()
        || rest.starts("@show|@what|is|are|how|do|does|any|all|my|@todos").is_some();
    (asks || from == 0).then(|| Asked::Undated(scope::read(&rest, today)))
}

fn between(phrase: &Phrase, today: NaiveDate) -> Option<Asked> {
    if !phrase.has("due|deadline|deadlines|have_to_do|to_do|coming_up") {
        return None;
    }
    if let Some((from, to, range, words)) = coming(phrase, today) {
        let scope = scope::read(&phrase.except(from, to), today);
        return Some(Asked::Between(range, words, Scope { days: None, ..scope }));
    }
    let (from, after, _) = phrase.find("between|from")?;
    let (range, end) = (after + 1..phrase.len()).find_map(|join| {
        let rest = phrase.part(join, phrase.len());
        rest.starts("and|to|until|till|through|-")?;
        let longest = (phrase.len() - join - 1).min(4);
        (1..=longest).rev().find_map(|many| {
            let end = join + 1 + many;
            let last_words = phrase.span(join + 1, end);
            let last = dates::day(&last_words, today)?;
            let first = first_day(&phrase.span(after, join), &last_words, today)?;
            Some((Range { from: first.min(last), to: first.max(last) }, end))
        })
    })?;
    let words =
        format!("between {} and {}", range.from.format("%-d %b"), range.to.format("%-d %b"));
    let scope = scope::read(&phrase.except(from, end), today);
    Some(Asked::Between(range, words, Scope { days: None, ..scope }))
}

/// "next month" and "this weekend": where they stand, and their days.
fn coming(phrase: &Phrase, today: NaiveDate) -> Option<(usize, usize, Range, String)> {
    if let Some((from, to, _)) = phrase.find("[in|during] next_month") {
        let first = today.with_day(1)?.checked_add_months(Months::new(1))?;
        let last = first.checked_add_months(Months::new(1))?.pred_opt()?;
        return Some((from, to, Range { from: first, to: last }, "next month".to_owned()));
    }
    if let Some(found) = in_month(phrase, today) {
        return Some(found);
    }
    let (from, to, _) = phrase.find("[on|at|over|during] this|the weekend")?;
    let last = today.week(Weekday::Mon).last_day();
    Some((from, to, Range { from: last.pred_opt()?, to: last }, "this weekend".to_owned()))
}

/// "In December" and "in March 2027"; without "in" it may be a name.
fn in_month(phrase: &Phrase, today: NaiveDate) -> Option<(usize, usize, Range, String)> {
    let (from, after, _) = phrase.find("in|during")?;
    (1..=2).rev().find_map(|many| {
        let end = after + many;
        if end > phrase.len() {
            return None;
        }
        let range = dates::month(&phrase.span(after, end), today)?;
        Some((from, end, range, range.from.format("in %B %Y").to_string()))
    })
}

/// The first day of some; "25" of "25 and 28 nov" takes the month of the last.
fn first_day(words: &str, last: &str, today: NaiveDate) -> Option<NaiveDate> {
    let month = last.split_whitespace().last().unwrap_or_default();
    dates::day(words, today).or_else(|| dates::day(&format!("{words} {month}"), today))
}

/// What is asked of one to-do.
fn one_todo(phrase: &Phrase) -> Option<Asked> {
    let title = |patterns: &[&str]| {
        let title = phrase.fits_any(patterns)?.part("todo");
        let points =
            title.fits_any(&["it|this|that|that_one|this_one", "that|this @todo"]).is_some();
        let is_one = points
            || !title.is_empty()
                && title.starts(NO_TITLES).is_none()
                && title.fits("[the] @todos").is_none();
        is_one.then(|| if points { String::new() } else { title.text() })
    };
    let due = title(&[
        "[by] when is|are|was|were [the] [@todo] {todo} due",
        "when's [the] [@todo] {todo} due",
        "[by] when does|do|must|should [the] [@todo] {todo} have|need to be done|finished|ready",
        "when must|should [the] [@todo] {todo} be done|finished|ready",
        "what|what's|what_is [is] the due date|day of|for [the] [@todo] {todo}",
        "what|what's|what_is [is] the deadline|due_date of|for [the] [@todo] {todo}",
    ]);
    if let Some(title) = due {
        return Some(Asked::WhenDue(title));
    }
    let responsible = title(&[
        "who is|are responsible|accountable for [the] [@todo] {todo}",
        "who's responsible|accountable for [the] [@todo] {todo}",
        "who is|was assigned to [the] [@todo] {todo}",
        "who|whose owns [the] [@todo] {todo}",
        "who is in charge of [the] [@todo] {todo}",
    ]);
    if let Some(title) = responsible {
        return Some(Asked::Responsible(title));
    }
    title(&[
        "is|are [the] [@todo] {todo} done|finished|completed|complete [yet|already|now]",
        "is|are [the] [@todo] {todo} already|still done|finished|completed|complete|open",
        "has|have [the] [@todo] {todo} been done|finished|completed [yet|already]",
    ])
    .map(Asked::IsDone)
}

fn stuck(phrase: &Phrase) -> Option<Asked> {
    const SAID: [&str; 3] = [
        "what|what's|anything|something|everything [is|are] stuck|blocked|stale|stalled|forgotten|not_moving",
        "@what @todos|items|work [is|are] [getting] stuck|stale|stalled|forgotten|blocked|not_moving",
        "is|are [there] anything|something|any [@todos|work] [that] [is|are] stuck|stale|stalled|blocked|forgotten",
    ];
    let plain = SAID.iter().any(|it| phrase.fits(it).is_some())
        || phrase
            .fits_any(&[
                "@show [me] [all] [the] stuck|stale|stalled|blocked|forgotten @todos|work|items",
                "stuck|stale|stalled|forgotten @todos|work|items",
            ])
            .is_some();
    if plain {
        return Some(Asked::Stuck(None));
    }
    let placed = SAID.iter().find_map(|it| {
        let end = "in|on|at|of [the] [project] {project}";
        phrase.fits(&format!("{it} {end}"))
    })?;
    Some(Asked::Stuck(Some(bare(&placed.part("project")))))
}

fn riskiest(phrase: &Phrase) -> Option<Asked> {
    let risk = "at_risk|in_danger|in_trouble|in_the_red|behind|late|unhealthy|risky";
    let asks = phrase.fits_any(&[
        &format!("@what [of] [the|our|my] project|projects is|are [the] most|more|furthest {risk}"),
        &format!("@what [of] [the|our|my] projects|project is|are [in] {risk}"),
        &format!("@show [me] [the|our|all] projects [that|which] [are] {risk}"),
        "@what [is|are] [the|our] riskiest|unhealthiest|worst project|projects",
        "@what [of] [the|our] project|projects is|are [the] riskiest|unhealthiest|worst",
        "@what [of] [the|our] project|projects [is|are] doing [the] worst|badly",
        "@what [of] [the|our] project|projects has|have|carry|carries [the] most|highest|biggest risk|risks",
        "@what [of] [the|our] project|projects need|needs [the|most] attention|help [most]",
        "@what [of] [the|our|my] project|projects is|are [in] [the] worst|bad shape|state",
        "[@show|summarize|summarise] [me] [a|the] summary|overview of|for all [of] [the|our|my] projects",
        "rank [the|our|my] projects [by] [risk|health]",
    ]);
    asks.map(|_| Asked::Riskiest)
}

/// A project's name without the word "project" behind it, unless it is no name alone.
fn bare(words: &Phrase) -> String {
    words.fits("{name} project").map_or_else(|| words.text(), |it| it.get("name"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 18).unwrap()
    }

    fn asked(said: &str) -> Option<Asked> {
        read(&Phrase::new(said), today())
    }

    #[test]
    fn what_is_asked_of_one_todo_is_told_from_questions_about_several() {
        let title = |it: &str| it.to_owned();
        for (said, expected) in [
            ("when is Mobile menu due?", Some(Asked::WhenDue(title("Mobile menu")))),
            ("when is the next to-do due?", None),
            ("when is everything due?", None),
            ("who is responsible for Mobile menu?", Some(Asked::Responsible(title("Mobile menu")))),
            ("is Mobile menu done?", Some(Asked::IsDone(title("Mobile menu")))),
            ("is everything done?", None),
        ] {
            assert_eq!(asked(said), expected, "{said}");
        }
    }

    #[test]
    fn a_range_of_days_is_read_whole() {
        for said in [
            "what is due between 25 nov and 28 nov?",
            "what is due between 25 and 28 nov",
            "to-dos due from 25 nov to 28 nov",
        ] {
            let Some(Asked::Between(range, words, scope)) = asked(said) else { panic!("{said}") };
            assert_eq!(
                (range.from.to_string(), range.to.to_string()),
                ("2026-11-25".to_owned(), "2026-11-28".to_owned())
            );
            assert_eq!((words.as_str(), scope), ("between 25 Nov and 28 Nov", Scope::default()));
        }
    }

    #[test]
    fn changes_of_many_are_told_from_questions_and_changes_of_one() {
        for said in [
            "push everything overdue to next monday",
            "move all overdue to-dos to next monday",
            "complete all open to-dos",
            "delete Theo's overdue to-dos in Website relaunch",
        ] {
            assert_eq!(asked(said), Some(Asked::Many), "{said}");
        }
        for said in ["move Mobile menu to Friday", "give me all overdue to-dos", "set a date"] {
            assert_ne!(asked(said), Some(Asked::Many), "{said}");
        }
    }
}
