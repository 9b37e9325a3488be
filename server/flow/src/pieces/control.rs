//! Steps that change where the run goes on.

use crate::pieces::input::Input;
use crate::pieces::{Done, Failed};
use domain::flow::{PieceSettings, catalog};
use serde_json::json;

/// Where a run goes on instead of at the next step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Jump {
    /// Nowhere: it has finished.
    End,
    /// At the next item of the loop.
    NextItem,
    /// After the loop.
    LeaveLoop,
}

/// Where the step called so goes on once it is done.
pub(crate) fn jump(settings: &PieceSettings) -> Option<Jump> {
    if settings.piece_name != catalog::CONTROL {
        return None;
    }
    match settings.action_name.as_deref()? {
        "stop_run" => Some(Jump::End),
        "next_item" => Some(Jump::NextItem),
        "leave_loop" => Some(Jump::LeaveLoop),
        _ => None,
    }
}

/// Ends the run, as finished or as failed.
pub(crate) fn stop_run(input: &Input<'_>) -> Result<Done, Failed> {
    let reason = input.text("reason");
    if input.text("as").as_deref() == Some("failed") {
        let reason = reason.unwrap_or_else(|| "The flow was told to fail here".to_owned());
        return Err(Failed::new(reason));
    }
    Ok(Done::Output(json!({ "stopped": true, "reason": reason })))
}
