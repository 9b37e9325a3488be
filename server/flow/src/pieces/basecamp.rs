//! The Basecamp piece. It acts with the rights of whoever published the flow.
//!
//! Each write of a step is stored before it is sent: what an earlier try of the step did, before a crash or a lost
//! answer, is found again and not done twice.

mod carried;
mod places;
mod reports;
mod setting_up;
mod todos;

use crate::pieces::input::Input;
use crate::pieces::{Again, Call, Done, Failed};
use basecamp::Basecamp;
use basecamp::records::Request;
use domain::actor::Actor;
use domain::flow::catalog::fields::chosen_connection;
use domain::problem::Problem;
use serde::Serialize;
use serde_json::{Map, Value, json};
use store::step_writes::StepKey;

/// The connection that the step names is not there for whoever published the flow.
const GONE: &str = "The Basecamp connection of this step is gone, or belongs to somebody else than the person this flow works for. Choose another one in the step, then publish again";

/// Runs the action of one noun; `settings` are the inputs as they were filled in, which name the connection.
pub(crate) async fn run(
    action: &str,
    settings: &Map<String, Value>,
    call: &Call<'_>,
) -> Result<Done, Failed> {
    let step = Step::of(call, settings).await?;
    if let Some(outcome) = Box::pin(carried::carry(&step)).await {
        return outcome;
    }
    match action {
        "todos" => todos::todos(&step).await,
        "comments" => todos::comments(&step).await,
        "cards" => places::cards(&step).await,
        "messages" => places::messages(&step).await,
        "chats" => places::chats(&step).await,
        "schedule" => places::schedule(&step).await,
        "documents" => places::documents(&step).await,
        "projects" => places::projects(&step).await,
        "checkins" => places::checkins(&step).await,
        "reports" => reports::reports(&step).await,
        other => Err(Failed::unknown("Basecamp", other)),
    }
}

/// One step, and who it acts as.
struct Step<'a> {
    call: &'a Call<'a>,
    basecamp: Basecamp,
    actor: Actor,
    /// What to do.
    operation: String,
    /// The group of details.
    details: Map<String, Value>,
}

impl<'a> Step<'a> {
    async fn of(call: &'a Call<'a>, settings: &Map<String, Value>) -> Result<Self, Failed> {
        let run = call.run;
        let actor = call.engine.actor(&run.workspace, &run.acting_user, &run.id).await;
        let actor = actor.map_err(failed)?;
        let (workspace, key) = (run.workspace.clone(), call.key.to_owned());
        let basecamp = call.engine.basecamp_of(settings);
        let basecamp = basecamp.in_step(StepKey { workspace, run: run.id.clone(), key });
        // What an earlier try sent is told first, also when its connection is gone by now.
        basecamp.settle_step(&actor).await.map_err(unsettled)?;
        if chosen_connection(settings).is_some()
            && basecamp.usable(&actor).await.map_err(failed)?.is_empty()
        {
            return Err(Failed::new(GONE));
        }
        Ok(Self {
            actor,
            basecamp,
            operation: call.input.required_text("operation", "What to do")?,
            details: call.input.object("inputs"),
            call,
        })
    }

    fn basecamp(&self) -> &Basecamp {
        &self.basecamp
    }

    fn details(&self) -> Input<'_> {
        Input::new(&self.details)
    }

    fn project(&self) -> Result<i64, Failed> {
        self.call.input.required_integer("project", "The project")
    }

    fn unknown(&self) -> Failed {
        Failed::new(format!("PM OS cannot {} in Basecamp. Choose something else", self.operation))
    }

    /// Whatever the operation called `name` answers.
    async fn fetch(&self, name: &str, params: &[i64]) -> Result<Value, Failed> {
        let request = request(name, params)?;
        self.basecamp().fetch(&self.actor, &request).await.map_err(failed)
    }

    /// Every item of a collection, under `label`, with how many there are.
    async fn list(&self, label: &str, name: &str, params: &[i64]) -> Result<Done, Failed> {
        let items = self.items(name, params).await?;
        Ok(Done::Output(json!({ "count": items.len(), label: items })))
    }

    async fn items(&self, name: &str, params: &[i64]) -> Result<Vec<Value>, Failed> {
        let request = request(name, params)?;
        let listing = self.basecamp().fetch_all(&self.actor, &request).await.map_err(failed)?;
        Ok(listing.items)
    }

    /// Makes a record with the operation called `name`.
    async fn make(
        &self,
        name: &str,
        params: &[i64],
        body: Map<String, Value>,
    ) -> Result<Value, Failed> {
        let request = request(name, params)?.with(body);
        self.basecamp().send(&self.actor, &request).await.map_err(failed)
    }

    /// Changes the fields of `body` and keeps the others; `ids` are those of the address, the record's own last.
    async fn change(
        &self,
        (read, write): (&str, &str),
        ids: &[i64],
        body: &Map<String, Value>,
    ) -> Result<Value, Failed> {
        if body.is_empty() {
            return Err(Failed::new("Nothing to change is filled in. Fill in what should change"));
        }
        let (read, write) = (request(read, ids)?, request(write, ids)?);
        let changed = self.basecamp().change(&self.actor, (&read, &write), None, body).await;
        Ok(changed.map_err(failed)?.after)
    }

    /// The id of the tool called `name` in the dock of the project.
    async fn tool(&self, name: &str, label: &str) -> Result<i64, Failed> {
        let project = self.fetch("GetProject", &[self.project()?]).await?;
        let dock = project["dock"].as_array().into_iter().flatten();
        let mut tools = dock.filter(|it| it["name"] == name && it["enabled"] == true);
        tools.find_map(|it| it["id"].as_i64()).ok_or_else(|| {
            Failed::new(format!("The project has no {label}. Switch it on in Basecamp"))
        })
    }
}

fn request(name: &str, params: &[i64]) -> Result<Request, Failed> {
    let params: Vec<String> = params.iter().map(i64::to_string).collect();
    Request::new(name, &params)
        .ok_or_else(|| Failed::new("This operation of Basecamp is not known. Update PM OS"))
}

/// The filled-in ones of `fields` as Basecamp takes them: texts as they are, `~` marks rich ones.
fn body(input: &Input<'_>, fields: &[&str]) -> Map<String, Value> {
    let mut body = Map::new();
    for field in fields {
        match field.strip_suffix('~') {
            Some(rich) => {
                body.extend(
                    input.text(rich).map(|it| (rich.to_owned(), Basecamp::rich(&it).into())),
                );
            }
            None => body.extend(input.text(field).map(|it| ((*field).to_owned(), it.into()))),
        }
    }
    body
}

/// Ids as numbers or digits, one or many.
pub(crate) fn ids(value: Option<Value>) -> Vec<i64> {
    let one = |it: &Value| it.as_i64().or_else(|| it.as_str()?.trim().parse().ok());
    match &value {
        Some(Value::Array(items)) => items.iter().filter_map(one).collect(),
        Some(single) => one(single).into_iter().collect(),
        None => Vec::new(),
    }
}

fn given<T: Serialize>(outcome: Result<T, Problem>) -> Result<Done, Failed> {
    output(&outcome.map_err(failed)?)
}

fn output<T: Serialize>(value: &T) -> Result<Done, Failed> {
    serde_json::to_value(value)
        .map(Done::Output)
        .map_err(|_| Failed::new("Basecamp's answer cannot be kept"))
}

fn failed(problem: Problem) -> Failed {
    let message = match &problem {
        Problem::NeedsSetup { message, hint, .. } => format!("{message}. {hint}"),
        other => other.to_string(),
    };
    // The next try finds out first whether it was done, so it may come whatever the step's switch says.
    let again = if matches!(problem, Problem::Unclear { .. }) { Again::Yes } else { Again::AsSet };
    Failed { message, again }
}

/// What an earlier try did is not known, so this one does nothing.
fn unsettled(problem: Problem) -> Failed {
    if let Problem::Unclear { message } = problem {
        return Failed { message, again: Again::NeedsPerson };
    }
    let reason = failed(problem).message;
    let message = format!("{reason}. It is not known whether an earlier try of this step was done");
    Failed { message, again: Again::Yes }
}
