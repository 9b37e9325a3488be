//! The steps of the quick setup (product.md 5), each from what is true now.

use domain::flow::engine::FlowEngine;
use domain::integration::Checked;
use domain::project::BasecampConnection;
use domain::setup::{Setup, SetupAction, SetupState, SetupStep};
use store::setup::Facts;

/// How many of the steps are counted; the rest are a first use, listed below.
const COUNTED: usize = 5;

/// `step` as a test that did not pass leaves it.
pub(super) fn failed(step: SetupStep, detail: String) -> SetupStep {
    let action =
        Some(SetupAction { label: "Fix it".to_owned(), url: "/setup/basecamp".to_owned() });
    SetupStep { state: SetupState::Failed, detail: Some(detail), action, ..step }
}

fn step(id: &str, title: &str, is_done: bool, detail: &str, action: (&str, &str)) -> SetupStep {
    let (label, url) = action;
    SetupStep {
        id: id.to_owned(),
        state: if is_done { SetupState::Done } else { SetupState::Pending },
        title: title.to_owned(),
        detail: Some(detail.to_owned()),
        action: (!is_done).then(|| SetupAction { label: label.to_owned(), url: url.to_owned() }),
        reason: None,
        took_ms: None,
        reached: None,
    }
}

/// Done once somebody saved the workspace's name, time zone and working days: flows and due days go by them.
pub(super) fn account_step(is_named: bool) -> SetupStep {
    let detail = if is_named {
        "Your workspace is ready"
    } else {
        "Check its name, time zone and working days"
    };
    step(
        "account",
        "Create your account",
        is_named,
        detail,
        ("Name your workspace", "/setup/account"),
    )
}

/// Done while a connection works; `trouble` is why Basecamp does not answer now.
pub(super) fn basecamp_step(
    connection: Option<&BasecampConnection>,
    trouble: Option<String>,
) -> SetupStep {
    let title = "Connect Basecamp";
    let connect = ("Connect", "/setup/basecamp");
    match connection {
        None => {
            step("basecamp", title, false, "Or use the sample Basecamp to look around", connect)
        }
        Some(it) if it.needs_attention => {
            let step = step("basecamp", title, false, "", connect);
            failed(step, "Basecamp no longer accepts our access. Connect it again".to_owned())
        }
        Some(_) if trouble.is_some() => {
            let step = step("basecamp", title, false, "", connect);
            let why = trouble.unwrap_or_default();
            failed(step, format!("{why}. What was read before is still shown"))
        }
        Some(it) if it.is_sample => {
            step("basecamp", title, true, "The sample Basecamp is connected", connect)
        }
        Some(it) => {
            step("basecamp", title, true, &format!("{} is connected", it.account_name), connect)
        }
    }
}

/// Done while the last test of the chosen engine passed; a run of the workspace that succeeded shows as much of the
/// built-in one.
pub(super) fn engine_step(
    (engine, found): (FlowEngine, Option<Checked>),
    has_run: bool,
) -> SetupStep {
    let title = "Choose a flow engine";
    let test = ("Test it", "/setup/engine");
    let name = match engine {
        FlowEngine::Builtin => "The built-in engine",
        FlowEngine::Activepieces => "The Activepieces server",
    };
    match found {
        Some(Checked { error: Some(error), hint, .. }) => {
            let failed = step("engine", title, false, &error, ("Fix it", "/setup/engine"));
            SetupStep { state: SetupState::Failed, reason: hint.or(Some(error)), ..failed }
        }
        None if engine == FlowEngine::Activepieces || !has_run => {
            step("engine", title, false, &format!("{name} waits for its test"), test)
        }
        _ => step("engine", title, true, &format!("{name} passed its test"), test),
    }
}

/// Done once the workspace's model passed a test; the built-in assistant needs none.
pub(super) fn assistant_step((is_ready, detail): (bool, String)) -> SetupStep {
    step("assistant", "Choose an AI provider", is_ready, &detail, ("Set up", "/setup/assistant"))
}

pub(super) fn setup(
    account: SetupStep,
    basecamp: SetupStep,
    engine: SetupStep,
    assistant: SetupStep,
    facts: Facts,
) -> Setup {
    let is_unlocked =
        [&account, &basecamp, &engine, &assistant].iter().all(|it| it.state == SetupState::Done);
    let hello =
        if is_unlocked { "Ask what is overdue" } else { "Unlocks when the steps above pass" };
    counted(vec![
        account,
        basecamp,
        engine,
        assistant,
        SetupStep {
            action: (is_unlocked && !facts.has_answer).then(|| SetupAction {
                label: "Open assistant".to_owned(),
                url: "/chat".to_owned(),
            }),
            ..step(
                "ready",
                "Say hello to the assistant",
                is_unlocked && facts.has_answer,
                hello,
                ("", ""),
            )
        },
        step(
            "first_flow",
            "Build your first flow",
            facts.has_flow,
            "Describe it to the assistant, or draw it",
            ("Build a flow", "/flows"),
        ),
        step(
            "first_run",
            "See it run",
            facts.has_run,
            "Publish the flow and let something start it",
            ("Open runs", "/runs"),
        ),
    ])
}

pub(super) fn counted(steps: Vec<SetupStep>) -> Setup {
    let is_done = |it: &&SetupStep| it.state == SetupState::Done;
    let done = steps.iter().take(COUNTED).filter(is_done).count();
    let next = steps.iter().find(|it| it.state != SetupState::Done).map(|it| it.id.clone());
    let number = |it: usize| u32::try_from(it).unwrap_or(u32::MAX);
    Setup { done: number(done), total: number(COUNTED), next, ready: done == COUNTED, steps }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built_in() -> SetupStep {
        assistant_step((true, String::new()))
    }

    const ALL: Facts = Facts { has_answer: true, has_flow: true, has_run: true };

    fn found(error: Option<&str>) -> Option<Checked> {
        Some(Checked {
            at_ms: 0,
            reachable: true,
            auth_ok: true,
            checks: Vec::new(),
            error: error.map(str::to_owned),
            hint: None,
            fix_url: None,
        })
    }

    fn passed() -> SetupStep {
        engine_step((FlowEngine::Builtin, found(None)), false)
    }

    #[test]
    fn a_new_workspace_is_named_first_then_connected() {
        let basecamp = || basecamp_step(None, None);
        let untried = engine_step((FlowEngine::Builtin, None), false);
        let new = setup(account_step(false), basecamp(), untried, built_in(), Facts::default());
        assert_eq!((new.done, new.total, new.ready), (1, 5, false));
        assert_eq!(new.next.as_deref(), Some("account"));
        let named = setup(account_step(true), basecamp(), passed(), built_in(), Facts::default());
        assert_eq!((named.done, named.next.as_deref()), (3, Some("basecamp")));
    }

    #[test]
    fn the_engine_is_done_while_its_last_test_passed() {
        let state = |engine, found, has_run| engine_step((engine, found), has_run).state;
        for engine in [FlowEngine::Builtin, FlowEngine::Activepieces] {
            assert_eq!(state(engine, None, false), SetupState::Pending);
            assert_eq!(state(engine, found(None), false), SetupState::Done);
            assert_eq!(state(engine, found(Some("It did not finish")), true), SetupState::Failed);
        }
        assert_eq!(state(FlowEngine::Builtin, None, true), SetupState::Done);
        assert_eq!(state(FlowEngine::Activepieces, None, true), SetupState::Pending);
    }

    #[test]
    fn the_assistant_waits_for_basecamp() {
        let setup = setup(account_step(true), basecamp_step(None, None), passed(), built_in(), ALL);
        let ready = setup.steps.iter().find(|it| it.id == "ready").unwrap();
        assert_eq!((ready.state, &ready.action), (SetupState::Pending, &None));
    }

    #[test]
    fn a_step_that_fails_is_not_counted_and_says_what_to_do() {
        let step = failed(
            step("basecamp", "Connect Basecamp", true, "", ("", "")),
            "Signed out".to_owned(),
        );
        let setup = setup(account_step(true), step, passed(), built_in(), ALL);
        assert_eq!(setup.next.as_deref(), Some("basecamp"));
        assert!(setup.steps[1].action.is_some());
        assert!(!setup.ready);
    }
}
