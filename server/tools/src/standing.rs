//! How the people of a workspace stand, as their page shows it.

use crate::args::Args;
use crate::tool::Call;
use crate::tools::Tools;
use basecamp::facts::Facts;
use domain::actor::{Actor, Permission};
use domain::problem::Problem;
use domain::project::{Person, Workload};
use domain::report::{PeopleStanding, PersonStanding};
use insight::formulas::balance;
use insight::measure::Moment;
use insight::people;
use insight::week::Week;
use std::cmp::Reverse;

/// Days after today that are soon.
const SOON: i64 = 6;

impl Tools {
    /// What everybody has to do and, for those who may know, how they stand: the most loaded first.
    ///
    /// # Errors
    /// [`Problem::NeedsSetup`] without a connection, [`Problem::Unavailable`] when neither the mirror nor Basecamp
    /// answers.
    pub async fn people_standing(&self, actor: &Actor) -> Result<PeopleStanding, Problem> {
        actor.require(Permission::Read)?;
        let (at, week) = (self.moment(actor).await?, self.week(actor).await?);
        let facts = Box::pin(self.basecamp.facts_lately(actor, people::counted(at))).await?;
        let everybody = Box::pin(self.basecamp.people(actor)).await?;
        let me = Call { tools: self, actor, args: Args::default(), decider: None, hurries: false }
            .own_person()
            .await?;
        let manages = actor.role.can(Permission::Manage);
        let may_know = |id: i64| manages || me.as_ref().is_some_and(|it| it.id == id);
        let stand = |person: Person| PersonStanding {
            health: may_know(person.id).then(|| health(&facts, person.id, (at, &week))).flatten(),
            load: load(&facts, person, at),
        };
        let mut people: Vec<PersonStanding> = everybody.into_iter().map(stand).collect();
        people.sort_by_key(|it| {
            (Reverse(it.load.open), Reverse(it.load.overdue), it.load.person.name.clone())
        });
        let loads: Vec<(String, usize)> =
            people.iter().map(|it| (it.load.person.name.clone(), whole(it.load.open))).collect();
        let unassigned = facts.items.iter().filter(|it| !it.completed && it.assignees.is_empty());
        Ok(PeopleStanding {
            balance: balance::result(&loads)["balance"].as_str().map(str::to_owned),
            unassigned: number(unassigned.count()),
            people,
        })
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn whole(count: u32) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

/// What a person has to do, to-dos and cards.
fn load(facts: &Facts, person: Person, at: Moment) -> Workload {
    let is_theirs = |it: &&basecamp::facts::Item| {
        !it.completed && it.assignees.iter().any(|one| one.id == person.id)
    };
    let days: Vec<Option<i64>> = facts
        .items
        .iter()
        .filter(is_theirs)
        .map(|it| it.due_on.map(|day| (day - at.today).num_days()))
        .collect();
    let count =
        |fits: &dyn Fn(i64) -> bool| number(days.iter().filter(|it| it.is_some_and(fits)).count());
    Workload {
        open: number(days.len()),
        overdue: count(&|day| day < 0),
        due_soon: count(&|day| (0..=SOON).contains(&day)),
        person,
    }
}

/// The score of formula 3, of 100.
fn health(facts: &Facts, who: i64, asked: (Moment, &Week)) -> Option<u32> {
    let score = people::health(facts, who, asked)["score"].as_f64()?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share from 0 to 1"
    )]
    let of_hundred = (score * 100.0).round() as u32;
    Some(of_hundred)
}
