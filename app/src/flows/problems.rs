//! What must be fixed before a flow can be published, each with the way to it.

use super::cards::cards;
use super::store::{Problems, Studio};
use crate::ui::browser;
use crate::ui::icon::Icon;
use domain::flow::FlowVersion;
use domain::flow::validate::{self, FlowProblem, ProblemCode};
use leptos::prelude::*;
use std::collections::BTreeSet;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// All problems in reading order, with the number of their step.
fn listed(studio: Studio) -> Vec<(usize, FlowProblem)> {
    studio.problems.with(|all| {
        let of = |name: &String, number: usize| {
            all.get(name)
                .into_iter()
                .flatten()
                .map(move |it| (number, it.clone()))
                .collect::<Vec<_>>()
        };
        studio.cards.with(|cards| cards.iter().flat_map(|it| of(&it.name, it.number)).collect())
    })
}

/// What is wrong with a version, by step, with the pieces in `off` switched off.
pub(super) fn by_step(version: &FlowVersion, off: &BTreeSet<String>) -> Problems {
    let mut found = Problems::new();
    let switched_off = validate::switched_off(version, off);
    let mut all: Vec<_> =
        validate::problems(version, None).into_iter().chain(switched_off).collect();
    name_steps(version, &mut all);
    for problem in all {
        found.entry(problem.step_name.clone()).or_default().push(problem);
    }
    found
}

/// Steps that a problem names are called as on the canvas, by their number.
fn name_steps(version: &FlowVersion, problems: &mut [FlowProblem]) {
    let wrong = |it: &&mut FlowProblem| it.code == ProblemCode::NotBefore;
    let mut numbers = None;
    for problem in problems.iter_mut().filter(wrong) {
        let named = problem.message.strip_prefix("It refers to ");
        let Some((name, _)) = named.and_then(|it| it.split_once(',')) else { continue };
        let all = numbers.get_or_insert_with(|| cards(version));
        problem.message = match all.iter().find(|it| it.name == name) {
            Some(it) => format!(
                "It uses step {}, {}, which does not run before this one",
                it.number, it.title
            ),
            None => "It uses the result of a step that is no longer in this flow".to_owned(),
        };
    }
}

/// How many there are.
pub fn problem_count(studio: Studio) -> usize {
    studio.problems.with(|all| all.values().map(Vec::len).sum())
}

impl Studio {
    /// Opens the step of a problem, with the field that it is about in focus.
    pub fn go_to(self, problem: &FlowProblem) {
        self.fresh.set(None);
        self.open(&problem.step_name);
        let field = problem.path.trim_start_matches("input.").replace('.', "-");
        let id = format!("f-{}-{field}", problem.step_name);
        // What is about the whole step is said above its fields.
        let id = if problem.path.is_empty() { "config".to_owned() } else { id };
        let tab = if problem.path.starts_with("errorHandling") { "ct-fail" } else { "ct-set" };
        browser::once_there(tab.to_owned(), move || {
            open_part(tab);
            browser::focus_once_there(id);
        });
    }

    /// Opens the first problem.
    pub fn go_to_first_problem(self) {
        if let Some((_, problem)) = untrack(|| listed(self)).first() {
            self.go_to(problem);
        }
    }
}

/// Opens the part of the settings that the field is in.
fn open_part(tab: &str) {
    let tab = document().get_element_by_id(tab).and_then(|it| it.dyn_into::<HtmlElement>().ok());
    if let Some(tab) = tab {
        tab.click();
    }
}

/// Everything that must be fixed; nothing while all is well.
#[component]
pub fn ProblemList(
    /// The open flow.
    studio: Studio,
) -> impl IntoView {
    let all = Memo::new(move |_| listed(studio));
    let row = move |(number, problem): (usize, FlowProblem)| {
        let words = format!("Step {number}: {}. {}", problem.message, problem.fix);
        view! {
            <li>
                <button type="button" class="btn btn--sm btn--fix" on:click=move |_| studio.go_to(&problem)>
                    <Icon name="alert" />
                    <span>{words}</span>
                </button>
            </li>
        }
    };
    view! {
        <Show when=move || all.with(|it| !it.is_empty())>
            <div class="stack">
                <h3>"To fix before publishing"</h3>
                <ul class="stack">{move || all.get().into_iter().map(row).collect_view()}</ul>
            </div>
        </Show>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::flow::catalog::{BASECAMP, WEBHOOK, step};
    use domain::flow::validate::problems;
    use serde_json::json;

    #[test]
    fn a_value_that_is_not_there_is_told_by_the_number_of_its_step() {
        let input = json!({"operation": "create_todo", "project": 1, "todolist": 2,
            "inputs": {"content": "{{step_2.title}} {{step_9.title}}"}});
        let input = input.as_object().cloned().unwrap_or_default();
        let mut first = step::piece_action_with("step_1", BASECAMP, "todos", input).expect("known");
        first.next_action = Some(Box::new(step::loop_step("step_2")));
        let mut trigger = step::piece_trigger(WEBHOOK, "catch_webhook").expect("known");
        trigger.next_action = Some(Box::new(first));
        let version = json!({"displayName": "F", "trigger": trigger});
        let version: FlowVersion = serde_json::from_value(version).expect("a version");
        let mut found = problems(&version, None);
        name_steps(&version, &mut found);
        let said: Vec<_> = found.iter().map(|it| it.message.as_str()).collect();
        assert!(said.iter().any(|it| it.starts_with("It uses step 3, ")), "{said:?}");
        assert!(
            said.contains(&"It uses the result of a step that is no longer in this flow"),
            "{said:?}"
        );
    }
}
