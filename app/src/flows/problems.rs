//! What must be fixed before a flow can be published, each with the way to it.

use super::store::Studio;
use crate::ui::browser;
use crate::ui::icon::Icon;
use domain::flow::validate::FlowProblem;
use leptos::prelude::*;
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
                    <span class="trunc">{words}</span>
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
