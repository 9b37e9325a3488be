//! Versions of flows: listed, read, gone back to.

use crate::error::ToolError;
use crate::flow_tools::change;
use crate::tool::{Call, Done};
use domain::flow::listing::Page;
use domain::flow::{VersionState, validate};
use domain::ids::FlowVersionId;
use domain::problem::{Issue, Problem};
use serde_json::json;

type Outcome = Result<Done, ToolError>;

/// Rows of one answer, unless asked otherwise.
const ROWS: i64 = 50;

pub(crate) async fn list(call: Call<'_>) -> Outcome {
    let all = call.tools.flows.versions(call.actor, &call.flow_id()?).await?;
    let limit = call.args.number("limit").unwrap_or(ROWS).clamp(1, 200);
    let limit = usize::try_from(limit).unwrap_or(1);
    let begin = match call.args.text("cursor") {
        Some(cursor) => {
            let at = all.iter().position(|it| it.id.as_str() == cursor);
            at.map(|it| it + 1).ok_or_else(|| {
                Problem::invalid("cursor", "This cursor is not one of ours. Leave it out to begin")
            })?
        }
        None => 0,
    };
    let mut data: Vec<_> = all.into_iter().skip(begin).collect();
    let has_more = data.len() > limit;
    data.truncate(limit);
    let next = data.last().filter(|_| has_more).map(|it| it.id.to_string());
    Ok(Done::new(json!(Page { data, next, previous: None })))
}

pub(crate) async fn get(call: Call<'_>) -> Outcome {
    let version = version(&call)?;
    let flow = call.tools.flows.at_version(call.actor, &call.flow_id()?, &version).await?;
    Ok(Done::new(json!(flow.version)))
}

/// An earlier version becomes the draft; one that was published is published again, unless it can no longer run.
pub(crate) async fn rollback(call: Call<'_>) -> Outcome {
    let (flow, version) = (call.flow_id()?, version(&call)?);
    let old = call.tools.flows.at_version(call.actor, &flow, &version).await?.version;
    let goes_live = old.state == VersionState::Locked;
    if goes_live {
        call.actor.require(domain::actor::Permission::Manage)?;
        let issues: Vec<Issue> =
            validate::problems(&old, None).iter().map(|it| it.issue()).collect();
        if !issues.is_empty() {
            return Err(Problem::Invalid { issues }.into());
        }
    }
    let mut now = call.tools.flows.use_as_draft(call.actor, &flow, &version).await?;
    if goes_live {
        now = call.tools.flows.publish(call.actor, &flow).await?;
    }
    let name = now.version.display_name.clone();
    let message = if goes_live {
        format!("“{name}” runs as it was on {} again", old.updated)
    } else {
        format!("The draft of “{name}” is as it was on {} again", old.updated)
    };
    let value = json!({ "message": message, "flow": now, "change": change(&now, &message, &[]) });
    Ok(Done::new(value).on(name))
}

fn version(call: &Call<'_>) -> Result<FlowVersionId, ToolError> {
    Ok(FlowVersionId::from(call.args.need("version_id")?))
}
