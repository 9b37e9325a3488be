//! What came of one real question: what was looked at, the answer, how long it took and what it cost; or the fix.

use crate::ui::badge::{State, Status};
use crate::ui::icon::Icon;
use crate::ui::time::duration;
use domain::assistant::{ModelCheck, ModelTest, title_of};
use leptos::prelude::*;

/// The result of a test.
#[component]
pub(crate) fn Tested(
    /// What came of it.
    test: ModelTest,
    /// It was not saved because of it.
    is_refused: bool,
) -> impl IntoView {
    let is_good = test.valid && test.used_tool;
    let (tone, icon, title) = match (test.valid, test.used_tool) {
        (true, true) => ("good", "circle-check", "The assistant can answer".to_owned()),
        (true, false) => ("bad", "alert", "It answers, but used no tool".to_owned()),
        _ => ("bad", "circle-x", format!("{} did not answer", title_of(&test.provider))),
    };
    let lead = test.error.clone().unwrap_or_else(|| told(&test));
    view! {
        <section class="test" data-tone=tone role=if is_good { "status" } else { "alert" } aria-label="Result of the test">
            <div class="test__head">
                <Icon name=icon class="icon--lg" />
                <div class="grow">
                    <h3 class="test__t">{title}</h3>
                    <p>{lead}</p>
                </div>
            </div>
            {test.hint.map(|it| view! { <Fix hint=it is_refused=is_refused /> })}
            <ul class="checks" aria-label="Test results">{test.checks.into_iter().map(|it| view! { <Check check=it /> }).collect_view()}</ul>
            {test.answer.map(|it| view! {
                <blockquote class="test__quote"><Icon name="assistant" /><span>{it}</span></blockquote>
            })}
        </section>
    }
}

/// "small answered in 0.9 s with 36 tokens, $0.0001".
fn told(test: &ModelTest) -> String {
    let took = duration(i64::try_from(test.took_ms).unwrap_or(i64::MAX));
    let tokens = if test.tokens == 0 { String::new() } else { format!(", {} tokens", test.tokens) };
    let cost = match test.cost_usd {
        Some(cost) => format!(", ${cost:.4}"),
        None if test.provider == "builtin" => ", at no cost".to_owned(),
        None if test.tokens == 0 => String::new(),
        None => ", cost not known without prices".to_owned(),
    };
    let name = if test.provider == "builtin" { "It" } else { &test.model };
    format!("{name} answered in {took}{tokens}{cost}.")
}

#[component]
fn Fix(hint: String, is_refused: bool) -> impl IntoView {
    view! {
        <div class="test__fix">
            <h4>"Do this next"</h4>
            <p>{hint}"."</p>
            {is_refused.then(|| view! { <p class="quiet">"Nothing was saved."</p> })}
        </div>
    }
}

#[component]
fn Check(check: ModelCheck) -> impl IntoView {
    let state = match check.ok {
        Some(true) => State::Succeeded,
        Some(false) => State::Failed,
        None => State::Skipped,
    };
    let end = match (check.ok, check.took_ms) {
        (None, _) => "not tried".to_owned(),
        (_, Some(ms)) => duration(i64::try_from(ms).unwrap_or(i64::MAX)),
        (Some(false), None) => "failed".to_owned(),
        (Some(true), None) => String::new(),
    };
    view! {
        <li>
            <Status state=state />
            <span class="grow">{check.label}</span>
            <span class="due">{end}</span>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_tells_time_and_cost_and_does_not_invent_a_price() {
        let test = ModelTest {
            provider: "openai".into(),
            model: "large".into(),
            took_ms: 900,
            tokens: 36,
            ..ModelTest::default()
        };
        assert_eq!(
            told(&test),
            "large answered in 900 ms, 36 tokens, cost not known without prices."
        );
        let priced = ModelTest { cost_usd: Some(0.0012), ..test };
        assert_eq!(told(&priced), "large answered in 900 ms, 36 tokens, $0.0012.");
        let builtin = ModelTest { provider: "builtin".into(), took_ms: 3, ..ModelTest::default() };
        assert_eq!(told(&builtin), "It answered in 3 ms, at no cost.");
    }
}
