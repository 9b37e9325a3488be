//! The visible list of what a run did: open while work is under way, one line when done.

use crate::chat::state::Chat;
use crate::projects::undo::TakeBack;
use crate::ui::badge::{State, Status};
use crate::ui::icon::Icon;
use crate::ui::time::duration;
use domain::chat::{ChatRunStatus, TurnRun};
use domain::ids::OperationId;
use domain::trace::{TraceStatus, TraceStep};
use leptos::prelude::*;

/// The trace of `run`, with Stop while it works.
#[component]
pub fn Trace(
    /// The run.
    run: TurnRun,
    /// The conversation it is in.
    chat: Chat,
    /// Stops it.
    #[prop(optional, into)]
    on_stop: Option<Callback<()>>,
) -> impl IntoView {
    let working = !run.status.is_over();
    let steps = roots(&run.trace);
    let stop = on_stop.filter(|_| working).map(|stop| {
        view! {
            <button class="btn btn--sm btn--ghost" type="button" on:click=move |_| stop.run(())>
                <Icon name="stop" />
                "Stop"
            </button>
        }
    });
    let list =
        view! { <ol>{steps.into_iter().map(|it| line(it, &run.trace, chat)).collect_view()}</ol> };
    let head = view! {
        <span class="bold" class:bad=run.status == ChatRunStatus::Failed>{heading(&run)}</span>
        <span class="push num">{summary(&run.trace)}</span>
    };
    if working {
        return view! {
            <div class="trace" role="group" aria-label="What the assistant is doing">
                <div class="trace__head">{head} {stop}</div>
                {list}
            </div>
        }
        .into_any();
    }
    view! {
        <details class="trace" role="group" aria-label="What the assistant did" open=run.status == ChatRunStatus::Failed>
            <summary class="trace__head">{head} <Icon name="chev-right" class="tw" /></summary>
            {list}
        </details>
    }
    .into_any()
}

/// The lines that hang under no other line of the trace. The line of the run itself only frames the others.
fn roots(trace: &[TraceStep]) -> Vec<TraceStep> {
    let is_frame = |it: &TraceStep| it.kind == "chat.run";
    let hangs = |it: &TraceStep| {
        trace.iter().any(|other| !is_frame(other) && Some(&other.id) == it.parent_id.as_ref())
    };
    trace.iter().filter(|it| !is_frame(it) && !hangs(it)).cloned().collect()
}

fn heading(run: &TurnRun) -> String {
    let failed_at = roots(&run.trace).iter().position(|it| it.status == TraceStatus::Error);
    match run.status {
        ChatRunStatus::Queued | ChatRunStatus::Running => "Working".to_owned(),
        ChatRunStatus::WaitingApproval => "Waiting for you".to_owned(),
        ChatRunStatus::Succeeded => "Done".to_owned(),
        ChatRunStatus::Cancelled => "Stopped".to_owned(),
        ChatRunStatus::Failed => failed_at.map_or_else(
            || "Stopped by a problem".to_owned(),
            |at| format!("Stopped at step {}", at + 1),
        ),
    }
}

fn summary(trace: &[TraceStep]) -> String {
    let steps = roots(trace);
    let took: i64 = steps.iter().filter_map(|it| it.duration_ms).sum();
    let count = match steps.len() {
        1 => "1 step".to_owned(),
        many => format!("{many} steps"),
    };
    if took > 0 { format!("{count}, {}", duration(took)) } else { count }
}

fn line(step: TraceStep, all: &[TraceStep], chat: Chat) -> AnyView {
    let state = State::from(step.status);
    let below: Vec<_> =
        all.iter().filter(|it| it.parent_id.as_ref() == Some(&step.id)).cloned().collect();
    let took = match step.status {
        TraceStatus::Waiting => "you".to_owned(),
        _ => step.duration_ms.map(duration).unwrap_or_default(),
    };
    let inner = (!below.is_empty()).then(
        || view! { <ol>{below.into_iter().map(|it| line(it, all, chat)).collect_view()}</ol> },
    );
    let detail = (!step.detail.is_empty()).then(|| {
        view! {
            <div class="trace__io">
                <div class="code">
                    <pre tabindex="0" aria-label=format!("Details of {}", step.title)>{step.detail.clone()}</pre>
                </div>
            </div>
        }
    });
    let undo = step.operation_id.clone().map(|it| view! { <Undo operation=it chat=chat /> });
    view! {
        <li>
            <details data-state=state.key() open=step.status == TraceStatus::Error>
                <summary>
                    <Status state=state />
                    <span class="trace__t">{step.title.clone()}</span>
                    <span class="trace__d">{took}</span>
                    <Icon name="chev-right" class="tw" />
                </summary>
                {detail}
                {inner}
            </details>
            {undo}
        </li>
    }
    .into_any()
}

/// Takes a write back that the conversation tells of.
#[component]
pub(crate) fn Undo(operation: OperationId, chat: Chat) -> impl IntoView {
    let of = Memo::new(move |_| chat.undo_of(&operation));
    view! { <TakeBack of=of then=move || chat.refresh() /> }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ids::ChatRunId;

    fn step(id: &str, kind: &str, parent: Option<&str>, status: TraceStatus) -> TraceStep {
        TraceStep {
            id: id.to_owned(),
            ts: String::new(),
            source: "tool".to_owned(),
            kind: kind.to_owned(),
            status,
            title: id.to_owned(),
            detail: String::new(),
            run_id: "r".to_owned(),
            session_id: "s".to_owned(),
            parent_id: parent.map(str::to_owned),
            duration_ms: Some(500),
            operation_id: None,
        }
    }

    fn run(status: ChatRunStatus) -> TurnRun {
        let trace = vec![
            step("run", "chat.run", None, TraceStatus::Running),
            step("read", "tool.call", Some("run"), TraceStatus::Success),
            step("each", "tool.call", Some("read"), TraceStatus::Success),
            step("write", "tool.call", Some("run"), TraceStatus::Error),
        ];
        TurnRun {
            id: ChatRunId::from("r"),
            status,
            model: "builtin".to_owned(),
            trace,
            approvals: Vec::new(),
            undos: Vec::new(),
            error: None,
        }
    }

    #[test]
    fn the_run_itself_only_frames_the_lines() {
        let names: Vec<_> =
            roots(&run(ChatRunStatus::Failed).trace).into_iter().map(|it| it.id).collect();
        assert_eq!(names, ["read", "write"]);
    }

    #[test]
    fn a_failed_run_names_the_step_it_stopped_at() {
        assert_eq!(heading(&run(ChatRunStatus::Failed)), "Stopped at step 2");
        assert_eq!(heading(&run(ChatRunStatus::WaitingApproval)), "Waiting for you");
    }
}
