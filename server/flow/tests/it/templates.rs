//! Every template: started from, published and run on the sample workspace.

use crate::triggers::Studio;
use crate::world::{World, admin};
use domain::flow::TriggerKind;
use domain::flow::listing::{Choice, OptionsRequest};
use domain::flow::run::{Run, RunStatus, Which};
use domain::flow::templates::{self, Ask, AskKind, Template};
use domain::problem::Problem;
use serde_json::{Map, Value, json};
use store::workspaces;

impl Studio {
    /// The first choice that the form of a template offers for `ask`; what is asked before it is in `answers`.
    async fn answer(&self, ask: &Ask, answers: &Map<String, Value>) -> Value {
        let prop = match ask.kind {
            AskKind::Project => return self.project.into(),
            AskKind::Hour | AskKind::Number => return ask.default.clone().unwrap_or(9.into()),
            AskKind::Todolist => "todolist",
            AskKind::Board => "card_table",
            AskKind::Column => "column",
            AskKind::Person => "person",
        };
        let request = OptionsRequest {
            piece: "@activepieces/piece-basecamp".to_owned(),
            prop: prop.to_owned(),
            input: answers.clone(),
            ..OptionsRequest::default()
        };
        let choices: Vec<Choice> = self.world.flows.options(&admin(), &request).await.unwrap();
        choices.into_iter().next().unwrap_or_else(|| panic!("no choice of {prop}")).value
    }

    async fn answers(&self, template: &Template) -> Map<String, Value> {
        let mut answers = Map::new();
        for ask in &template.asks {
            let answer = self.answer(ask, &answers).await;
            answers.insert(ask.key.clone(), answer);
        }
        answers
    }

    async fn run(&self, template: &Template) -> Run {
        let flows = &self.world.flows;
        let answers = self.answers(template).await;
        let flow = flows.start_from_template(&admin(), (&template.id, None), &answers).await;
        let flow = flow.unwrap_or_else(|problem| panic!("{}: {problem}", template.id));
        assert!(flow.version.valid, "{}", template.id);
        let flow = flows.publish(&admin(), &flow.id).await;
        let flow = flow.unwrap_or_else(|problem| panic!("{}: {problem:?}", template.id));
        let payload = template.sample.clone().unwrap_or_else(|| json!({}));
        let run = self.world.runs.start(&admin(), &flow.id, payload, Which::Published).await;
        let run = run.unwrap();
        let ends = [
            RunStatus::Succeeded,
            RunStatus::Failed,
            RunStatus::InternalError,
            RunStatus::Timeout,
            RunStatus::Paused,
        ];
        self.world.until(&run.id, &ends).await
    }
}

#[tokio::test]
async fn every_template_runs_on_the_sample_as_it_is() {
    let studio = Studio::all().await.remove(0);
    for template in templates::all() {
        let run = studio.run(template).await;
        let wanted = if template.waits { RunStatus::Paused } else { RunStatus::Succeeded };
        assert_eq!(run.status, wanted, "{}: {:?} {:#?}", template.id, run.error, run.steps);
        for (name, step) in &run.steps {
            let warnings = step["warnings"].as_array().map_or(0, Vec::len);
            assert_eq!(warnings, 0, "{} {name}: {step:#}", template.id);
        }
    }
}

#[tokio::test]
async fn a_template_goes_by_the_clock_of_the_workspace() {
    for world in World::both().await {
        let by = admin();
        let workspace = by.workspace.clone();
        let moved = world.db.write(move |conn| {
            Box::pin(async move {
                let mut found = workspaces::find(conn, &workspace).await?.unwrap();
                found.timezone = "Europe/London".to_owned();
                workspaces::save(conn, &found, 0).await
            })
        });
        moved.await.unwrap();
        let flow = world.flows.start_from_template(&by, ("daily-digest", None), &Map::new()).await;
        let trigger = flow.unwrap().version.trigger;
        assert_eq!(trigger.display_name, "Working days at 9:00", "{}", world.name);
        let TriggerKind::Piece(settings) = trigger.kind else { panic!("a clock") };
        assert_eq!(settings.input["timezone"], "Europe/London", "{}", world.name);
    }
}

#[tokio::test]
async fn a_template_says_what_it_still_needs() {
    let studio = Studio::all().await.remove(0);
    let flows = &studio.world.flows;
    let started = flows.start_from_template(&admin(), ("weekly-status", None), &Map::new()).await;
    let Err(Problem::Invalid { issues }) = started else { panic!("{started:?}") };
    assert_eq!(issues[0].field, "answers.project");
    let unknown = flows.start_from_template(&admin(), ("nothing", None), &Map::new()).await;
    assert_eq!(unknown.unwrap_err(), Problem::not_found("Template"));
}
