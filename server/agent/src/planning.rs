//! Plans (contract.md 5.2): what the built-in planner would do for an objective, before anybody says yes.
//!
//! A plan that is carried out is a run whose calls are there from the beginning, so that approvals, restarts and the
//! trace are those of every run.

use crate::agent::{Agent, owner, place};
use crate::ending::End;
use crate::leading::Begun;
use crate::llm::reading::read;
use crate::llm::{DoneCall, Prompt, Provider, Turn as Asked, Wanted};
use crate::planner::{self, Planner};
use crate::sending;
use crate::sessions::title_of;
use crate::turn::Turn;
use domain::actor::{Actor, Permission, Via};
use domain::approval::Risk;
use domain::ids::{ChatRunId, SessionId};
use domain::plan::{Plan, PlanStep};
use domain::problem::Problem;
use serde_json::{Value, json};
use std::slice::Iter;
use store::chat::journal::{self, CallStatus, StoredCall};
use store::chat::rounds::{self, StoredRound};
use store::chat::runs::{self, NewRun, StoredRun};
use store::chat::{self, NewSession};
use store::db::Conn;
use store::ids;
use store::plans::{self, PlanRow};
use tools::other_tools::is_other;
use tools::tool::CallContext;

/// The model of a run that carries a plan out: nobody has to be asked what comes next.
pub(crate) const MODEL: &str = "plan";
/// The longest objective, in characters.
const MAX_CHARS: usize = 2_000;
/// Rounds of the planner, each with what it asked for.
const ROUNDS: usize = 24;
/// Steps of one plan.
const MOST_STEPS: usize = 40;
/// Plans that are listed.
const SHOWN: i64 = 20;
/// Begins a flow whose steps are only known once it is there.
const OPEN_ENDED: [&str; 2] = ["flow_create", "flow_apply"];
/// Objectives that are understood.
const EXAMPLES: [&str; 3] = [
    "Complete Menu board copy and assign Mobile menu to Ben",
    "Add a to-do called Send the brief to the Website relaunch project, due Friday",
    "What is overdue?",
];

/// A plan that is being carried out.
#[derive(Clone, Debug, PartialEq)]
pub struct Executed {
    /// The run that does it.
    pub run: ChatRunId,
    /// The conversation in which it is done.
    pub session: SessionId,
    /// Writes that were carried out while it was waited for.
    pub operations: Vec<String>,
}

impl Agent {
    /// What the built-in assistant would do for `objective`, with what was answered about it, in order. It looks things
    /// up, and changes nothing.
    ///
    /// # Errors
    /// [`Problem::Invalid`] without an objective; [`Problem::NotUnderstood`] with what is missing or examples; what
    /// looking up came to, such as [`Problem::NeedsSetup`].
    pub async fn plan(
        &self,
        actor: &Actor,
        objective: &str,
        project: Option<String>,
        answers: &[String],
    ) -> Result<Plan, Problem> {
        actor.require(Permission::Read)?;
        let objective = objective.trim();
        if objective.is_empty() || objective.chars().count() > MAX_CHARS {
            let words = format!("Say what you want, in at most {MAX_CHARS} characters");
            return Err(Problem::invalid("objective", words));
        }
        let actor = &actor.through(Via::Chat);
        let wanted = self.wanted_for(actor, (objective, answers), project.clone()).await?;
        let mut steps = Vec::new();
        for (at, call) in wanted.into_iter().enumerate() {
            steps.push(self.plan_step(actor, at + 1, call).await);
        }
        let row = PlanRow {
            id: ids::fresh(),
            workspace_id: actor.workspace.to_string(),
            user_id: actor.user.to_string(),
            objective: objective.to_owned(),
            project_id: project,
            steps: json!(steps).to_string(),
            run_id: None,
            session_id: None,
            created_at: ids::now_ms(),
        };
        let plan = shown(&row)?;
        let write =
            self.0.db.write(move |conn| Box::pin(async move { plans::insert(conn, &row).await }));
        write.await.map_err(Problem::from)?;
        Ok(plan)
    }

    /// The newest plans of the person, carried out or not.
    ///
    /// # Errors
    /// [`Problem::Forbidden`].
    pub async fn plans(&self, actor: &Actor) -> Result<Vec<Plan>, Problem> {
        actor.require(Permission::Read)?;
        let mut conn = self.0.db.read().await?;
        let rows = plans::newest(&mut conn, (&actor.workspace, &actor.user), SHOWN).await?;
        rows.iter().map(shown).collect()
    }

    /// What the planner asks for, request by request, so that none is passed over.
    async fn wanted_for(
        &self,
        actor: &Actor,
        (objective, answers): (&str, &[String]),
        project: Option<String>,
    ) -> Result<Vec<Wanted>, Problem> {
        let today = self.0.tools.today(actor).await?;
        let mut wanted = Vec::new();
        let mut answers = answers.iter();
        for (said, changes) in planner::requests(objective, today) {
            let prompt = Prompt {
                asker: actor.name.clone(),
                asker_id: actor.user.clone(),
                today,
                project: project.clone(),
                said: vec![said],
                ..Prompt::default()
            };
            wanted.extend(self.wanted_by(actor, prompt, (changes, &mut answers)).await?);
        }
        if wanted.len() > MOST_STEPS {
            return Err(not_understood("This is too much for one plan. Ask for a part of it", &[]));
        }
        Ok(wanted)
    }

    /// The writes of one request, or its reads where it changes nothing.
    async fn wanted_by(
        &self,
        actor: &Actor,
        mut prompt: Prompt,
        (changes, answers): (bool, &mut Iter<'_, String>),
    ) -> Result<Vec<Wanted>, Problem> {
        let (mut writes, mut reads) = (Vec::new(), Vec::new());
        let mut told = String::new();
        for _ in 0..ROUNDS {
            let reply = read(Planner.respond(&prompt)).await.unwrap_or_default();
            if reply.calls.is_empty() {
                let question = reply.note.as_ref().and_then(|it| it.get("question"));
                if let Some(question) = question.filter(|it| !it.is_null()) {
                    let Some(answer) = answers.next() else { return Err(asked(question)) };
                    prompt.history = vec![asking(question)];
                    prompt.said = vec![answer.clone()];
                    continue;
                }
                told = reply.text;
                break;
            }
            for call in reply.calls {
                let call = self.as_ours(actor, call).await;
                if OPEN_ENDED.contains(&call.name.as_str()) {
                    let message = "Flows are built in a conversation, where you see them grow. Say it to the assistant";
                    return Err(not_understood(message, &EXAMPLES));
                }
                let spec = self.0.tools.find(&call.name);
                // Whatever another server's tool does, it is not done to make a plan.
                let is_read = spec.is_some_and(|it| it.risk == Risk::Read) && !is_other(&call.name);
                let outcome = match is_read {
                    true => self.look_up(actor, &call).await?,
                    // What comes after it is planned as if it had been done.
                    false => json!({ "message": "Planned" }),
                };
                if is_read { &mut reads } else { &mut writes }.push(call.clone());
                prompt.done.push(DoneCall {
                    id: ids::fresh(),
                    position: prompt.done.len(),
                    name: call.name,
                    args: call.args,
                    outcome: Ok(outcome),
                });
            }
        }
        let wanted = if changes || !writes.is_empty() { writes } else { reads };
        match (wanted.is_empty(), changes) {
            (false, _) => Ok(wanted),
            // It says what is not there.
            (true, true) => Err(not_understood(told.lines().next().unwrap_or_default(), &[])),
            (true, false) => Err(not_understood("This objective was not understood", &EXAMPLES)),
        }
    }

    async fn look_up(&self, actor: &Actor, call: &Wanted) -> Result<Value, Problem> {
        let context = CallContext { source: "chat", ..CallContext::default() };
        Ok(self.0.tools.call(actor, &call.name, &call.args, &context).await?)
    }

    async fn plan_step(&self, actor: &Actor, number: usize, call: Wanted) -> PlanStep {
        let spec = self.0.tools.find(&call.name);
        let missing = match self.0.tools.check(&call.name, &call.args).map_err(Problem::from) {
            Err(Problem::Invalid { issues }) => issues.into_iter().map(|it| it.field).collect(),
            _ => Vec::new(),
        };
        let (title, detail) = match self.0.tools.preview(actor, &call.name, &call.args).await {
            Ok(preview) => (preview.title, preview.summary),
            Err(error) => {
                (spec.map_or(call.name.as_str(), |it| it.title).to_owned(), error.to_string())
            }
        };
        PlanStep {
            id: number.to_string(),
            title,
            detail,
            risk: spec.map_or(Risk::Destructive, |it| it.risk_of(&call.args)),
            tool: call.name,
            args: call.args,
            missing,
        }
    }

    /// Carries a plan out, or those of its steps that are named, as a run of the assistant: what has to be asked about
    /// is asked about there. Waits a little for its end.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for everyone else's; [`Problem::Conflict`] when it was carried out before;
    /// [`Problem::Invalid`] for steps that are not in it.
    pub async fn execute_plan(
        &self,
        actor: &Actor,
        id: &str,
        step_ids: Option<Vec<String>>,
    ) -> Result<Executed, Problem> {
        actor.require(Permission::Write)?;
        let actor = actor.through(Via::Chat);
        let mut conn = self.0.db.read().await?;
        let found = plans::find(&mut conn, (&actor.workspace, &actor.user), id).await?;
        drop(conn);
        let plan = found.ok_or_else(|| Problem::not_found("Plan"))?;
        if plan.run_id.is_some() {
            return Err(executed_before());
        }
        let steps = chosen(&plan, step_ids)?;
        let run = ChatRunId::from(ids::fresh());
        let new = NewRun {
            id: run.clone(),
            user_name: actor.name.clone(),
            session: SessionId::default(),
            root: run.clone(),
            parent: None,
            runtime: self.runtime().await?.0.as_str().to_owned(),
            model: MODEL.to_owned(),
            flow: None,
            project: plan.project_id.clone(),
            today: self.0.tools.today(&actor).await?.to_string(),
            request_id: actor.request_id.clone(),
        };
        let (by, node) = (actor.clone(), self.0.node.clone());
        let write = self.0.db.write(move |tx| {
            Box::pin(async move { begin(tx, (&by, &node), (&plan, &steps), new).await })
        });
        let stored: StoredRun = write.await?;
        let session = stored.run.session_id.clone();
        let begun = Begun { run: stored, actor, candidates: Vec::new() };
        self.spawn(run.clone(), Some(begun));
        // Only how much is said of what came of it depends on this wait.
        drop(tokio::time::timeout(self.0.config.decision_wait, self.ended(&run)).await);
        let calls = journal::calls(&mut self.0.db.read().await?, &run).await?;
        let operations = calls.iter().filter_map(operation).collect();
        Ok(Executed { run, session, operations })
    }
}

/// The conversation, the run and its calls, in one transaction.
async fn begin(
    tx: &mut Conn,
    (actor, node): (&Actor, &str),
    (plan, steps): (&PlanRow, &[PlanStep]),
    new: NewRun,
) -> Result<StoredRun, Problem> {
    if !plans::begin(tx, &actor.workspace, (&plan.id, &new.id)).await? {
        return Err(executed_before());
    }
    let mine = owner(actor);
    let (title, project_id) = (title_of(&plan.objective), plan.project_id.clone());
    let session = NewSession { title, project_id, ..NewSession::default() };
    let session = chat::insert_session(tx, &mine, &session).await?;
    let new = NewRun { session, ..new };
    if !sending::begin(tx, (actor, node), (&plan.objective, &[]), &new).await? {
        return Err(Problem::conflict("The assistant is still answering. Try again in a moment"));
    }
    let stored = runs::find(tx, &mine, &new.id).await?;
    let stored = stored.ok_or_else(|| Problem::not_found("Run"))?;
    let (place, end) = (place(&stored), i64::try_from(steps.len()).unwrap_or(i64::MAX));
    let round =
        StoredRound { heard: 1, text: String::new(), note: None, first_call: 0, end_call: end };
    rounds::insert(tx, &actor.workspace, &new.root, &round).await?;
    for step in steps {
        journal::propose(tx, &place, &new.root, &step.tool, &step.args).await?;
    }
    Ok(stored)
}

impl Turn {
    /// The end of a run that carried a plan out: what was done, step by step.
    pub(crate) async fn carried_out(&self) -> Result<End, Problem> {
        let calls = self.calls().await?;
        let line = |call: &StoredCall| {
            let spec = self.agent.0.tools.find(&call.name);
            let title = spec.map_or(call.name.as_str(), |it| it.title);
            if call.status == CallStatus::Ok {
                return format!("- Done: {title}");
            }
            let why = call.result.as_ref().and_then(|it| it.get("message")?.as_str());
            format!("- Not done: {title}. {}", why.unwrap_or_default())
        };
        let lines: Vec<String> = calls.iter().map(line).collect();
        let done = calls.iter().filter(|it| it.status == CallStatus::Ok).count();
        let text = format!("{done} of {} steps are done.\n\n{}", calls.len(), lines.join("\n"));
        Ok(End::Answered { text, note: None, heard: usize::MAX })
    }
}

fn operation(call: &StoredCall) -> Option<String> {
    call.result.as_ref()?.get("operation_id")?.as_str().map(str::to_owned)
}

fn shown(row: &PlanRow) -> Result<Plan, Problem> {
    Ok(Plan {
        id: row.id.clone(),
        objective: row.objective.clone(),
        steps: steps_of(row)?,
        session: row.session_id.clone().map(SessionId::from),
        at: ids::rfc3339(row.created_at),
    })
}

fn steps_of(row: &PlanRow) -> Result<Vec<PlanStep>, Problem> {
    let read = serde_json::from_str(&row.steps);
    read.map_err(|error| store::error::internal("a plan cannot be read", &error))
}

fn chosen(plan: &PlanRow, step_ids: Option<Vec<String>>) -> Result<Vec<PlanStep>, Problem> {
    let mut steps = steps_of(plan)?;
    let Some(wanted) = step_ids else { return Ok(steps) };
    if let Some(unknown) = wanted.iter().find(|it| !steps.iter().any(|step| step.id == **it)) {
        return Err(Problem::invalid("step_ids", format!("This plan has no step {unknown}")));
    }
    steps.retain(|it| wanted.contains(&it.id));
    match steps.is_empty() {
        true => Err(Problem::invalid("step_ids", "Name at least one step of the plan")),
        false => Ok(steps),
    }
}

fn executed_before() -> Problem {
    Problem::conflict("This plan was carried out before. Make a new one")
}

fn not_understood(message: &str, examples: &[&str]) -> Problem {
    let examples = examples.iter().map(|it| (*it).to_owned()).collect();
    Problem::NotUnderstood { message: message.to_owned(), examples }
}

/// The turn of a conversation that asks a question, which the next answers.
fn asking(question: &Value) -> Asked {
    Asked {
        seq: 0,
        role: "assistant".to_owned(),
        text: String::new(),
        files: Vec::new(),
        calls: Vec::new(),
        note: Some(json!({ "question": question })),
    }
}

/// What the planner would ask the person, and what they may answer.
fn asked(question: &Value) -> Problem {
    let text = question.get("text").and_then(Value::as_str).unwrap_or_default();
    let choices = question.get("choices").and_then(Value::as_array);
    let choices: Vec<&str> = choices.into_iter().flatten().filter_map(Value::as_str).collect();
    not_understood(text.lines().next().unwrap_or_default(), &choices)
}
