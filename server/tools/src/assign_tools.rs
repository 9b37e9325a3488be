//! Who should take what (formulas.md 6, 15): suggested, done, or moved from those with too much.

use crate::error::ToolError;
use crate::insight_tools::told;
use crate::planned::short;
use crate::tool::{Call, Done};
use basecamp::facts::{Facts, Item};
use basecamp::names::{self, Candidate, Match, Purpose};
use domain::problem::Problem;
use domain::project::{Person, Project};
use domain::todo::TodoChanges;
use insight::formulas::assignment;
use insight::measure;
use insight::people::{costs, everybody};
use serde_json::{Value, json};
use std::collections::HashMap;

type Outcome = Result<Done, ToolError>;

/// Others that could take it as well.
const ALTERNATIVES: usize = 3;
/// Items suggested in one answer.
const MOST: usize = 25;

/// What an assignment is looked for in.
struct Ground {
    project: Project,
    facts: Facts,
    people: Vec<Person>,
}

impl Ground {
    async fn of(call: &Call<'_>, purpose: Purpose) -> Result<Self, ToolError> {
        let project = call.project(purpose).await?;
        let facts = Box::pin(call.tools.basecamp.facts(call.actor, None)).await?;
        let on_it = Box::pin(call.tools.basecamp.on_project(call.actor, project.id)).await?;
        let people = on_it.unwrap_or_else(|| everybody(&facts));
        Ok(Self { project, facts, people })
    }

    fn open(&self) -> Vec<&Item> {
        measure::todos(&self.facts, self.project.id)
            .into_iter()
            .filter(|it| !it.completed)
            .collect()
    }

    /// Who should take an item called `title`, and who else could; `given` counts what was just suggested.
    fn best(
        &self,
        title: &str,
        given: &HashMap<i64, usize>,
    ) -> Option<(Person, Value, Vec<Value>)> {
        let more = |id: i64| given.get(&id).copied().unwrap_or(0);
        let ranked = costs(&self.facts, (title, self.project.id), &self.people, &more);
        let row = |it: &(Person, assignment::Inputs)| {
            let mut value = assignment::result(&it.0.name, &it.1);
            value["person_id"] = it.0.id.into();
            value
        };
        let first = ranked.first()?;
        let others = ranked.iter().skip(1).take(ALTERNATIVES).map(row).collect();
        Some((first.0.clone(), row(first), others))
    }
}

pub(crate) async fn smart_assign(call: Call<'_>) -> Outcome {
    match call.args.text("mode").unwrap_or("suggest") {
        "assign" => Box::pin(assign(call)).await,
        "rebalance" => Box::pin(rebalance(call)).await,
        _ => Box::pin(suggest(call)).await,
    }
}

/// The open to-do of the project that the argument `task` names.
fn named<'a>(
    open: &[&'a Item],
    task: &str,
    purpose: Purpose,
) -> Result<Option<&'a Item>, ToolError> {
    let all: Vec<Candidate> =
        open.iter().map(|it| Candidate::new(it.id, it.title.clone())).collect();
    match names::resolve(task, &all, purpose) {
        Match::One(found) => Ok(open.iter().copied().find(|it| it.id == found.id)),
        Match::Ambiguous(options) => {
            let options = options.into_iter().map(|it| (it.id, it.name)).collect();
            Err(ToolError::Ambiguous { query: task.to_owned(), options })
        }
        Match::None => Ok(None),
    }
}

/// For one to-do, or one that is only described; for every to-do that nobody has when none is named.
async fn suggest(call: Call<'_>) -> Outcome {
    let ground = Ground::of(&call, Purpose::Read).await?;
    let at = call.tools.moment(call.actor).await?;
    let open = ground.open();
    if let Some(task) = call.args.text("task") {
        let todo = named(&open, task, Purpose::Read)?;
        let title = todo.map_or(task, |it| it.title.as_str());
        let found = ground.best(title, &HashMap::new());
        let task = json!({ "id": todo.map(|it| it.id), "title": title });
        let mut value =
            json!({ "mode": "suggest", "project": short(&ground.project), "task": task });
        match found {
            Some((_, best, others)) => {
                value["recommendation"] = best;
                value["alternatives"] = others.into();
            }
            None => value["reason"] = "Nobody is on this project".into(),
        }
        return told(value, &ground.facts, at);
    }
    let mut free: Vec<&Item> = open.into_iter().filter(|it| it.assignees.is_empty()).collect();
    free.sort_by_key(|it| (it.due_on.is_none(), it.due_on, it.created_at));
    let mut given: HashMap<i64, usize> = HashMap::new();
    let mut suggestions = Vec::new();
    for it in free.iter().take(MOST) {
        let Some((person, best, others)) = ground.best(&it.title, &given) else { continue };
        *given.entry(person.id).or_default() += 1;
        suggestions.push(json!({
            "task": { "id": it.id, "title": it.title, "due_on": it.due_on }, "recommendation": best,
            "alternatives": others
        }));
    }
    let mut value = json!({
        "mode": "suggest", "project": short(&ground.project), "suggestions": suggestions,
        "unassigned_count": free.len()
    });
    if free.is_empty() {
        value["reason"] = "Every open to-do of this project has somebody".into();
    }
    told(value, &ground.facts, at)
}

/// Gives one to-do to whom it costs least.
async fn assign(call: Call<'_>) -> Outcome {
    let task = call.args.need("task")?.to_owned();
    let ground = Ground::of(&call, Purpose::Write).await?;
    let missing = || ToolError::NoMatch { what: "open to-do", query: task.clone() };
    let open = ground.open();
    let todo = named(&open, &task, Purpose::Write)?.ok_or_else(missing)?;
    let nobody = || Problem::conflict("Nobody is on this project, so nobody can be given it");
    let (person, best, others) = ground.best(&todo.title, &HashMap::new()).ok_or_else(nobody)?;
    let changes = TodoChanges { assignee_ids: Some(vec![person.id]), ..TodoChanges::default() };
    let done = call.tools.basecamp.update_todo(call.actor, todo.id, &changes).await?;
    let before: Vec<i64> = todo.assignees.iter().map(|it| it.id).collect();
    let undo = json!({
        "project": ground.project.id.to_string(), "todo_id": todo.id, "assignee_ids": before
    });
    let message = format!("Gave “{}” to {}", done.title, person.name);
    let value = json!({
        "message": message, "mode": "assign", "project": short(&ground.project), "todo": done,
        "task": { "id": todo.id, "title": todo.title }, "recommendation": best, "alternatives": others
    });
    Ok(Done::new(value)
        .on(todo.title.clone())
        .within(ground.project.id)
        .undone_by("update_todo_details", &undo))
}

/// Moves that would leave nobody of the project with more than one and a half times the mean.
async fn rebalance(call: Call<'_>) -> Outcome {
    let ground = Ground::of(&call, Purpose::Read).await?;
    let at = call.tools.moment(call.actor).await?;
    let mut items: Vec<(&Item, i64)> = ground
        .open()
        .into_iter()
        .filter_map(|it| Some((it, it.assignees.first().filter(|_| it.assignees.len() == 1)?.id)))
        .collect();
    // What is due last is the easiest to hand over.
    items.sort_by_key(|it| (it.0.due_on.is_some(), std::cmp::Reverse(it.0.due_on), it.0.id));
    let mut loads: HashMap<i64, usize> =
        ground.people.iter().map(|person| (person.id, 0)).collect();
    for (person, count) in measure::loads(&ground.open()) {
        loads.insert(person.id, count);
    }
    let total: usize = loads.values().sum();
    let people = loads.len().max(1);
    // Compared without dividing: a load is too much when it is over one and a half times the mean.
    let is_over = |load: usize| 2 * load * people > 3 * total;
    let name = |id: i64| ground.people.iter().find(|it| it.id == id).map(|it| it.name.clone());
    let mut moves = Vec::new();
    while moves.len() < MOST {
        let Some((from, _)) = loads
            .iter()
            .filter(|it| is_over(*it.1))
            .max_by_key(|it| (*it.1, std::cmp::Reverse(*it.0)))
            .map(|it| (*it.0, *it.1))
        else {
            break;
        };
        let Some((to, least)) =
            loads.iter().min_by_key(|it| (*it.1, *it.0)).map(|it| (*it.0, *it.1))
        else {
            break;
        };
        let Some(at) =
            items.iter().position(|it| it.1 == from).filter(|_| least + 1 < loads[&from])
        else {
            break;
        };
        let (item, _) = items.remove(at);
        loads.entry(from).and_modify(|it| *it -= 1);
        loads.entry(to).and_modify(|it| *it += 1);
        moves.push(json!({
            "task": { "id": item.id, "title": item.title, "due_on": item.due_on },
            "from": { "id": from, "name": name(from) }, "to": { "id": to, "name": name(to) }
        }));
    }
    let balance = measure::balance(&ground.facts, ground.project.id, &ground.people);
    let mut value = json!({
        "mode": "rebalance", "project": short(&ground.project), "moves": moves, "moves_count": moves.len(),
        "balance": balance
    });
    if moves.is_empty() {
        value["reason"] = "Nobody has more than one and a half times the mean".into();
    }
    told(value, &ground.facts, at)
}
