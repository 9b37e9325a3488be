//! Asking a person and waiting for what they say. The run holds nothing meanwhile; the answer counts once.

use crate::pieces::{Call, Done, Failed, notify};
use crate::waits::{self, Waited};
use serde_json::{Value, json};
use store::run_waits::WaitRow;

/// Makes the addresses under which a later step's approval is given.
pub(crate) async fn create_links(call: &Call<'_>) -> Result<Done, Failed> {
    let message = call.input.text("message").unwrap_or_default();
    let wait = waits::open(call, "approval", message, false).await?;
    let link = waits::address(call.engine, &wait);
    Ok(Done::Output(json!({
        "approvalLink": format!("{link}?action=approve"),
        "disapprovalLink": format!("{link}?action=disapprove"),
    })))
}

/// Waits for the approval that links were made for, else tells a person where to give it.
pub(crate) async fn wait_for_approval(call: &Call<'_>) -> Result<Done, Failed> {
    let wait = match waits::claim_approval(call).await? {
        Some(wait) => wait,
        None => asked(call).await?,
    };
    match waits::state(call, &wait)? {
        Waited::Answered(answer) => Ok(Done::Output(answer)),
        Waited::Not { until_ms } => Ok(Done::Pending { until_ms, answer: None }),
    }
}

async fn asked(call: &Call<'_>) -> Result<WaitRow, Failed> {
    let question = call.input.text("message").unwrap_or_else(|| "May this go on?".to_owned());
    let wait = waits::open(call, "approval", question.clone(), true).await?;
    let person = call.input.text("person");
    notify::tell(call, person, (question, waits::path(&wait))).await?;
    Ok(wait)
}

/// What a person's answer gives to the steps.
pub(crate) fn answer(is_approved: bool, comment: &str) -> Value {
    let comment = (!comment.trim().is_empty()).then(|| comment.trim());
    json!({ "approved": is_approved, "comment": comment })
}
