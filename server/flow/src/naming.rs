//! What the ids in inputs of steps stand for, so that people read "Amara Osei" and not a number.

use crate::engine::Engine;
use crate::engine::plan::Plan;
use crate::pieces::basecamp::ids;
use basecamp::Basecamp;
use basecamp::called::Thing;
use domain::actor::Actor;
use domain::flow::catalog::fields::{self, Field};
use domain::flow::catalog::{APPROVAL, BASECAMP, NOTIFY, PropKind, SUBFLOWS};
use domain::flow::run::WouldChange;
use domain::flow::{ActionKind, PieceSettings, tree, validate};
use domain::ids::{ConnectionId, FlowId};
use domain::problem::Problem;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use store::run_steps::StepRow;
use store::runs::RunRow;
use store::{flow_connections, flows, workspaces};

/// Names by the input they are in.
pub(crate) type Names = BTreeMap<String, String>;

/// What is told of a step beside what its row holds.
#[derive(Clone, Debug, Default)]
pub(crate) struct Told {
    /// What ids in its input stand for.
    pub(crate) names: Names,
    /// Names of the connections that it uses.
    pub(crate) connections: Vec<String>,
}

/// An id in an input.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Id {
    Basecamp(Thing, i64),
    Member(String),
    Flow(String),
}

/// Inputs that hold ids, with them.
type Held = Vec<(String, Vec<Id>)>;

impl Engine {
    /// The names in `input` of a step of `settings`, as `actor` may know them. What the mirror does not have yet is
    /// asked of Basecamp.
    pub(crate) async fn names_now(
        &self,
        actor: &Actor,
        settings: &PieceSettings,
        input: &Map<String, Value>,
    ) -> Result<Names, Problem> {
        let held = held(settings, input);
        let wanted = held.iter().flat_map(|it| it.1.iter().cloned()).collect();
        let basecamp = self.basecamp_of(&settings.input);
        let mut known = self.called(actor, &basecamp, &wanted).await?;
        ask(&basecamp, actor, &wanted, &mut known).await?;
        Ok(named(&held, &known))
    }

    /// The names in the inputs of a run's steps and those of their connections, by where the steps are; nothing of a version
    /// that is gone.
    pub(crate) async fn names_of(
        &self,
        actor: &Actor,
        run: &RunRow,
        rows: &[StepRow],
    ) -> Result<HashMap<String, Told>, Problem> {
        let (flow, version) = (run.flow_id.as_str().into(), run.version_id.as_str().into());
        let plan = self.plans.get(&self.db, &actor.workspace, &flow, &version).await?;
        let Some(plan) = plan else { return Ok(HashMap::new()) };
        let all: Vec<_> = rows.iter().filter_map(|it| Some((it, held_by(&plan, it)?))).collect();
        let wanted = all.iter().flat_map(|it| &it.1).flat_map(|it| it.1.iter().cloned()).collect();
        let mut known = self.called(actor, &self.basecamp, &wanted).await?;
        for basecamp in self.chosen_in(&plan) {
            known.extend(in_basecamp(actor, &basecamp, &wanted).await?);
        }
        let used = self.used_by_step(actor, &plan).await?;
        let mut told: HashMap<String, Told> = HashMap::new();
        for (row, held) in &all {
            told.entry(row.path.clone()).or_default().names = named(held, &known);
        }
        for row in rows {
            if let Some(names) = used.get(&row.name) {
                told.entry(row.path.clone()).or_default().connections.clone_from(names);
            }
        }
        Ok(told)
    }

    /// Basecamp through each connection that a step of the flow has chosen.
    fn chosen_in(&self, plan: &Plan) -> Vec<Basecamp> {
        let steps = tree::steps(&plan.version.trigger);
        let chosen = steps.into_iter().filter_map(|it| match &it.kind {
            ActionKind::Piece(it) if it.piece_name == BASECAMP => {
                fields::chosen_connection(&it.input)
            }
            _ => None,
        });
        let once: BTreeSet<_> = chosen.collect();
        once.into_iter().map(|id| self.basecamp.through(ConnectionId::new(id))).collect()
    }

    /// Names of the connections that steps use, by step; of those that `actor` may use.
    async fn used_by_step(
        &self,
        actor: &Actor,
        plan: &Plan,
    ) -> Result<HashMap<String, Vec<String>>, Problem> {
        let used = validate::used_connections(&plan.version);
        let mut by_step: HashMap<String, Vec<String>> = HashMap::new();
        if used.is_empty() {
            return Ok(by_step);
        }
        let mut conn = self.db.read().await?;
        let all = flow_connections::usable_by(&mut conn, &actor.workspace, &actor.user, "").await?;
        drop(conn);
        let all = all.into_iter().map(|it| (it.external_id, it.name));
        let basecamp = self.basecamp.usable(actor).await?.into_iter();
        let all: HashMap<_, _> =
            all.chain(basecamp.map(|it| (it.id.to_string(), it.account_name))).collect();
        for it in used {
            let Some(name) = all.get(&it.external_id) else { continue };
            let names = by_step.entry(it.step).or_default();
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
        Ok(by_step)
    }

    /// What those of `wanted` are called that are known here.
    async fn called(
        &self,
        actor: &Actor,
        basecamp: &Basecamp,
        wanted: &BTreeSet<Id>,
    ) -> Result<HashMap<Id, String>, Problem> {
        let mut known = in_basecamp(actor, basecamp, wanted).await?;
        if wanted.iter().all(|it| matches!(it, Id::Basecamp(..))) {
            return Ok(known);
        }
        let mut conn = self.db.read().await?;
        for it in workspaces::members(&mut conn, &actor.workspace).await? {
            known.insert(Id::Member(it.user_id), it.name);
        }
        for it in wanted {
            let Id::Flow(id) = it else { continue };
            let flow = flows::find(&mut conn, &actor.workspace, &FlowId::from(id.as_str())).await?;
            if let Some(stored) = flow {
                known.insert(it.clone(), stored.flow.version.display_name);
            }
        }
        Ok(known)
    }
}

/// What those of `wanted` are called that the mirror of `basecamp` has.
async fn in_basecamp(
    actor: &Actor,
    basecamp: &Basecamp,
    wanted: &BTreeSet<Id>,
) -> Result<HashMap<Id, String>, Problem> {
    let things = wanted.iter().filter_map(|it| match it {
        Id::Basecamp(thing, id) => Some((*thing, *id)),
        _ => None,
    });
    let called = basecamp.called(actor, &things.collect()).await?;
    Ok(called.into_iter().map(|((thing, id), name)| (Id::Basecamp(thing, id), name)).collect())
}

/// Asks Basecamp for projects and people that are not known.
async fn ask(
    basecamp: &Basecamp,
    actor: &Actor,
    wanted: &BTreeSet<Id>,
    known: &mut HashMap<Id, String>,
) -> Result<(), Problem> {
    let lacks = |thing: Thing| {
        let mut of_kind =
            wanted.iter().filter(|it| matches!(it, Id::Basecamp(kind, _) if *kind == thing));
        of_kind.any(|it| !known.contains_key(it))
    };
    let (projects, people) = (lacks(Thing::Project), lacks(Thing::Person));
    if projects {
        let all = basecamp.projects(actor).await?;
        let all = all.into_iter().map(|it| (Id::Basecamp(Thing::Project, it.id), it.name));
        known.extend(all);
    }
    if people {
        let all = basecamp.people(actor).await?;
        let all = all.into_iter().map(|it| (Id::Basecamp(Thing::Person, it.id), it.name));
        known.extend(all);
    }
    Ok(())
}

/// What a dry run would have changed, in the order its steps began.
pub(crate) fn would_change(rows: &[StepRow]) -> Vec<WouldChange> {
    let said = |it: &StepRow| {
        let sentence = it.would_change.clone()?;
        Some(WouldChange { step: it.name.clone(), path: it.path.clone(), sentence })
    };
    rows.iter().filter_map(said).collect()
}

fn held_by(plan: &Plan, row: &StepRow) -> Option<Held> {
    let action = tree::find(&plan.version.trigger, &row.name)?;
    let ActionKind::Piece(settings) = &action.kind else { return None };
    if ![BASECAMP, NOTIFY, APPROVAL, SUBFLOWS].contains(&settings.piece_name.as_str()) {
        return None;
    }
    let input: Map<String, Value> = serde_json::from_str(&row.input).ok()?;
    Some(held(settings, &input)).filter(|it| !it.is_empty())
}

/// The ids in `input`. Which inputs there are depends on what the input itself chooses.
fn held(settings: &PieceSettings, input: &Map<String, Value>) -> Held {
    let settings = PieceSettings {
        piece_name: settings.piece_name.clone(),
        action_name: settings.action_name.clone(),
        input: input.clone(),
        ..PieceSettings::default()
    };
    let of_field = |field: Field| {
        let ids = ids_of(&settings.piece_name, &field, field.value(input)?);
        (!ids.is_empty()).then(|| (field.dotted(), ids))
    };
    fields::fields(&settings).into_iter().filter_map(of_field).collect()
}

fn ids_of(piece: &str, field: &Field, value: &Value) -> Vec<Id> {
    let text = || value.as_str().filter(|it| !it.is_empty()).map(str::to_owned);
    let chosen =
        matches!(field.prop.kind, PropKind::Dropdown { .. } | PropKind::MultiSelectDropdown { .. });
    match (piece, field.prop.name) {
        (NOTIFY | APPROVAL, "person") => text().map(Id::Member).into_iter().collect(),
        (SUBFLOWS, "flow") => text().map(Id::Flow).into_iter().collect(),
        (BASECAMP, name) => {
            let thing = match name {
                "project" => Thing::Project,
                "person" => Thing::Person,
                // Lists of ids are of people.
                _ if matches!(field.prop.kind, PropKind::MultiSelectDropdown { .. }) => {
                    Thing::Person
                }
                "record" => Thing::Record,
                _ if chosen => Thing::Record,
                _ => return Vec::new(),
            };
            ids(Some(value.clone())).into_iter().map(|id| Id::Basecamp(thing, id)).collect()
        }
        _ => Vec::new(),
    }
}

/// The names of each input of which all are known.
fn named(held: &Held, known: &HashMap<Id, String>) -> Names {
    let of_input = |(path, ids): &(String, Vec<Id>)| {
        let names: Option<Vec<&str>> =
            ids.iter().map(|it| known.get(it).map(String::as_str)).collect();
        Some((path.clone(), names?.join(", ")))
    };
    held.iter().filter_map(of_input).collect()
}
