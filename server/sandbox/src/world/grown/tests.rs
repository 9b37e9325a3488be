//! What is planted is counted, and the same numbers grow the same world.

use super::*;
use crate::account::Todo;
use crate::world::plan::{Size, Truth};
use crate::world::world_of;

fn made(size: Size) -> (Account, Plan, NaiveDate) {
    let today = NaiveDate::from_ymd_opt(2026, 2, 18).unwrap();
    let plan = Plan::of(size).unwrap();
    (world_of(size, 4_100_123, String::new(), today), plan, today)
}

/// The truth as it is counted in the world.
fn counted(world: &Account, plan: &Plan, today: NaiveDate) -> Truth {
    let planted = plan.truth();
    let in_use = |it: &&Todo| world.project(it.project_id).unwrap().status == Status::Active;
    let open: Vec<&Todo> = world.todos.iter().filter(in_use).filter(|it| it.is_open()).collect();
    let due = |from: i64, to: i64| {
        let days = day(today, from)..=day(today, to);
        open.iter().filter(|it| it.due_on.is_some_and(|due| days.contains(&due))).count()
    };
    let since = |days: i64| day(today, -days).and_time(NaiveTime::MIN).and_utc();
    let moved = |it: &Todo| {
        let comments = world.comments_in(it.id).into_iter().map(|it| it.created_at).max();
        comments.map_or(it.updated_at, |at| at.max(it.updated_at))
    };
    let assigned: Vec<&&Todo> = open.iter().filter(|it| !it.assignee_ids.is_empty()).collect();
    let quiet = assigned.iter().filter(|it| moved(it) < since(30)).count();
    assert_eq!(quiet, assigned.iter().filter(|it| moved(it) < since(12)).count());
    let load = |id: i64| open.iter().filter(|it| it.assignee_ids.contains(&id)).count();
    let mut loads: Vec<usize> = world.people.iter().map(|it| load(it.id)).collect();
    let heaviest = world.people.iter().find(|it| it.name == planted.heaviest).unwrap().id;
    loads.sort_unstable();
    assert!(loads[loads.len() - 1] > loads[loads.len() - 2]);
    assert_eq!(loads[loads.len() - 1], load(heaviest));
    let finished = |it: &&&Todo| {
        let done = it.completion.as_ref().unwrap();
        done.creator_id == heaviest && done.created_at >= since(7) && done.created_at < since(0)
    };
    let done: Vec<&Todo> = world.todos.iter().filter(in_use).filter(|it| !it.is_open()).collect();
    Truth {
        overdue: due(-1_000, -1),
        due_today: due(0, 0),
        due_in_a_week: due(1, 7),
        undated: open.iter().filter(|it| it.due_on.is_none()).count(),
        unassigned: open.len() - assigned.len(),
        stuck: quiet,
        heaviest_load: load(heaviest),
        finished_last_week: done.iter().filter(finished).count(),
        ..planted
    }
}

#[test]
fn grown_worlds_have_the_numbers_of_their_plan() {
    for size in [Size::Medium, Size::Large] {
        let (world, plan, _) = made(size);
        let world = world.frozen();
        let of = |kind: &str| world.records.iter().filter(|it| it.kind == kind).count();
        let aside = plan.aside * Plan::ASIDE_TODOS;
        assert_eq!(world.projects.len(), plan.projects + plan.aside);
        assert_eq!(world.todos.len(), plan.todos + aside);
        assert_eq!((world.lists.len(), world.people.len()), (plan.lists + plan.aside, plan.people));
        assert_eq!(world.comments.len(), plan.comments);
        let counts =
            [of("Kanban::Card"), of("Kanban::Step"), of("Message"), of("Document"), of("Upload")];
        assert_eq!(counts, [plan.cards, plan.steps, plan.messages, plan.documents, plan.uploads]);
        let counts = [of("Vault"), of("Schedule::Entry"), of("Question::Answer"), of("Question")];
        assert_eq!(counts, [plan.vaults, plan.entries, plan.answers, plan.questions]);
        let gauges = world.projects.iter().filter(|it| it.gauge.is_some()).count();
        assert_eq!((of("Timesheet::Entry"), gauges), (plan.hours, plan.gauges));
    }
}

#[test]
fn what_is_planted_in_a_grown_world_is_true() {
    for size in [Size::Medium, Size::Large] {
        let (world, plan, today) = made(size);
        let world = world.frozen();
        assert_eq!(counted(&world, &plan, today), plan.truth(), "{size:?}");
        let holds = |it: &&Record| it.text("content").contains(plan.truth().decision);
        let found: Vec<&Record> = world.records.iter().filter(holds).collect();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].text("subject"), plan.truth().decided_in);
    }
}

#[test]
fn the_same_numbers_grow_the_same_world() {
    let text = |world: &Account| serde_json::to_string(world).unwrap();
    assert_eq!(text(&made(Size::Medium).0), text(&made(Size::Medium).0));
}
