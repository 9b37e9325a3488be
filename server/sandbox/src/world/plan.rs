//! How large a world is, and what is true of it because it was made so.

use chrono::NaiveDate;

/// How much there is in a world.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Size {
    /// Three projects and sixty to-dos, written by hand.
    #[default]
    Small,
    /// Twenty projects and two thousand to-dos.
    Medium,
    /// A hundred projects and twenty thousand to-dos.
    Large,
}

impl Size {
    /// `small`, `medium` or `large`.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "small" => Some(Self::Small),
            "medium" => Some(Self::Medium),
            "large" => Some(Self::Large),
            _ => None,
        }
    }
}

/// The numbers of a grown world, in projects that are in use.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Projects in use.
    pub projects: usize,
    /// Projects put aside, beside those in use; each has [`Plan::ASIDE_TODOS`] to-dos of its own.
    pub aside: usize,
    /// To-dos, open and completed.
    pub todos: usize,
    /// Open to-dos.
    pub open: usize,
    /// To-do lists and groups.
    pub lists: usize,
    /// People.
    pub people: usize,
    /// Boards; the first projects have one each.
    pub boards: usize,
    /// Cards.
    pub cards: usize,
    /// Steps of cards.
    pub steps: usize,
    /// Messages.
    pub messages: usize,
    /// Comments.
    pub comments: usize,
    /// Documents.
    pub documents: usize,
    /// Files.
    pub uploads: usize,
    /// Folders.
    pub vaults: usize,
    /// Dates in schedules.
    pub entries: usize,
    /// Check-in questions; the first projects have one each.
    pub questions: usize,
    /// Answers to them.
    pub answers: usize,
    /// Lines of chat.
    pub lines: usize,
    /// Entries of hours.
    pub hours: usize,
    /// Projects that people say how far they are; the first ones.
    pub gauges: usize,
}

/// Twenty projects.
const MEDIUM: Plan = Plan {
    projects: 20,
    aside: 2,
    todos: 2_000,
    open: 400,
    lists: 200,
    people: 20,
    boards: 12,
    cards: 300,
    steps: 400,
    messages: 300,
    comments: 3_000,
    documents: 200,
    uploads: 300,
    vaults: 60,
    entries: 200,
    questions: 6,
    answers: 600,
    lines: 100,
    hours: 300,
    gauges: 6,
};

/// A hundred projects.
const LARGE: Plan = Plan {
    projects: 100,
    aside: 8,
    todos: 20_000,
    open: 4_000,
    lists: 1_000,
    people: 60,
    boards: 60,
    cards: 2_000,
    steps: 3_000,
    messages: 5_000,
    comments: 40_000,
    documents: 3_000,
    uploads: 6_000,
    vaults: 1_000,
    entries: 2_500,
    questions: 30,
    answers: 8_000,
    lines: 1_000,
    hours: 6_000,
    gauges: 40,
};

/// What is true of a grown world on the day it is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Truth {
    /// Open to-dos past their day.
    pub overdue: usize,
    /// Open to-dos due on the day.
    pub due_today: usize,
    /// Open to-dos due in the seven days after it.
    pub due_in_a_week: usize,
    /// Open to-dos without a day.
    pub undated: usize,
    /// Open to-dos that nobody has.
    pub unassigned: usize,
    /// Open and assigned to-dos to which nothing has happened for thirty days; to all others something has in the
    /// last ten.
    pub stuck: usize,
    /// Who has more to do than anybody else.
    pub heaviest: &'static str,
    /// How many open to-dos that person has.
    pub heaviest_load: usize,
    /// To-dos that person completed in the seven days before the day.
    pub finished_last_week: usize,
    /// Words that stand in one message only.
    pub decision: &'static str,
    /// The subject of that message.
    pub decided_in: &'static str,
}

impl Plan {
    /// To-dos of each project that was put aside.
    pub const ASIDE_TODOS: usize = 25;

    /// The numbers of a world; none for the small one, which is written by hand.
    pub fn of(size: Size) -> Option<Self> {
        match size {
            Size::Small => None,
            Size::Medium => Some(MEDIUM),
            Size::Large => Some(LARGE),
        }
    }

    /// Half hours of entry `number`: from one to eight.
    pub fn half_hours(number: usize) -> usize {
        number % 8 + 1
    }

    /// What is true of a world of these numbers.
    pub fn truth(&self) -> Truth {
        Truth {
            overdue: self.open * 3 / 20,
            due_today: self.open / 40,
            due_in_a_week: self.open / 5,
            undated: self.open / 10,
            unassigned: self.open / 10,
            stuck: self.open / 10,
            heaviest: "Ines Alba",
            heaviest_load: self.open / 10,
            finished_last_week: self.todos / 200,
            decision: "heron crossing",
            decided_in: "Which route we take",
        }
    }

    /// Days from the day of the world until open to-do `number` is due; none when it has no day.
    pub(super) fn due_in(&self, number: usize) -> Option<i64> {
        let truth = self.truth();
        let spread = |at: usize, days: usize| i64::try_from(at % days).unwrap_or_default();
        let mut at = number;
        for (many, days) in [
            (truth.overdue, -1 - spread(at, 60)),
            (truth.due_today, 0),
            (truth.due_in_a_week, 1 + spread(at, 7)),
        ] {
            if at < many {
                return Some(days);
            }
            at -= many;
        }
        (at >= truth.undated).then(|| 8 + spread(at, 60))
    }
}

/// A number that looks drawn and is always the same for the same two.
pub(super) fn drawn(seed: u64, number: usize) -> usize {
    let mut it = seed ^ (number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    it = (it ^ (it >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    it = (it ^ (it >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    usize::try_from((it ^ (it >> 31)) >> 16).unwrap_or_default()
}

/// The first day of the history of a grown world, so many days before the day it is made.
pub(super) const HISTORY: i64 = 400;

/// `today`, moved.
pub(super) fn day(today: NaiveDate, days: i64) -> NaiveDate {
    today + chrono::TimeDelta::days(days)
}
