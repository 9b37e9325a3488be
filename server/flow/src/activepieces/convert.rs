//! What the server says, in our words. Fields and words nobody knows yet are passed over; empty texts and objects count
//! as absent, as lists have them.

use crate::activepieces::NAME;
use domain::flow::connection::{ConnectionScope, ConnectionStatus, ConnectionType, FlowConnection};
use domain::flow::engine::FlowEngine;
use domain::flow::listing::{FlowSummary, VersionSummary};
use domain::flow::run::{FailedStep, LIVE, Run, RunStatus};
use domain::flow::{Flow, FlowStatus, FlowVersion, Trigger, TriggerKind, VersionState, tree};
use domain::ids::{ConnectionId, FlowId, FlowVersionId, RunId, WorkspaceId};
use domain::problem::Problem;
use serde_json::{Map, Value};

fn text(value: &Value) -> Option<String> {
    value.as_str().filter(|it| !it.is_empty()).map(str::to_owned)
}

fn need(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn status(value: &Value) -> FlowStatus {
    if *value == "ENABLED" { FlowStatus::Enabled } else { FlowStatus::Disabled }
}

/// Epoch milliseconds of a time; 0 when it is none.
fn millis(value: &Value) -> i64 {
    let at = value.as_str().and_then(|it| chrono::DateTime::parse_from_rfc3339(it).ok());
    at.map_or(0, |it| it.timestamp_millis())
}

/// Which of its changes a flow stands at.
pub(crate) fn revision(flow: &Value) -> i64 {
    millis(&flow["version"]["updated"])
}

/// A flow with the version that came along.
///
/// # Errors
/// [`Problem::Unsupported`] when it holds steps that cannot be read.
pub(crate) fn flow(value: &Value, workspace: &WorkspaceId) -> Result<Flow, Problem> {
    Ok(Flow {
        id: FlowId::from(need(&value["id"])),
        project_id: workspace.to_string(),
        folder_id: text(&value["folderId"]),
        status: status(&value["status"]),
        published_version_id: text(&value["publishedVersionId"]).map(FlowVersionId::from),
        created: need(&value["created"]),
        updated: need(&value["updated"]),
        owner_id: text(&value["ownerId"]),
        metadata: Some(value["metadata"].clone()).filter(|it| it.is_object()),
        runs_at_once: None,
        revision: revision(value),
        engine: FlowEngine::Activepieces,
        version: version(&value["version"])?,
    })
}

/// One version.
///
/// # Errors
/// As [`flow`].
pub(crate) fn version(value: &Value) -> Result<FlowVersion, Problem> {
    let mut plain = value.clone();
    domain::flow::legacy::modernise(&mut plain["trigger"]);
    for (name, empty) in
        [("connectionIds", Value::Array(Vec::new())), ("notes", Value::Array(Vec::new()))]
    {
        if !plain[name].is_array() {
            plain[name] = empty;
        }
    }
    serde_json::from_value(plain).map_err(|error| Problem::Unsupported {
        message: format!("This flow holds something PM OS cannot read: {error}"),
        hint: format!("Open it in {NAME}"),
    })
}

/// A row of the list; a flow that cannot be read in full is listed all the same.
pub(crate) fn summary(value: &Value, last_runs: Vec<Run>) -> FlowSummary {
    let version = &value["version"];
    let trigger: Option<Trigger> = serde_json::from_value(version["trigger"].clone()).ok();
    let steps = trigger.as_ref().map_or(0, |it| tree::steps(it).len());
    let published = text(&value["publishedVersionId"]);
    let trigger_piece = match trigger.as_ref().map(|it| &it.kind) {
        Some(TriggerKind::Piece(settings)) => Some(settings.piece_name.clone()),
        _ => None,
    };
    FlowSummary {
        id: FlowId::from(need(&value["id"])),
        name: need(&version["displayName"]),
        status: status(&value["status"]),
        folder_id: text(&value["folderId"]),
        has_draft: published != text(&version["id"]),
        published_version_id: published.map(FlowVersionId::from),
        valid: version["valid"] == true,
        pieces: trigger.as_ref().map(crate::reading::pieces).unwrap_or_default(),
        trigger_piece,
        trigger_name: need(&version["trigger"]["displayName"]),
        steps_count: u32::try_from(steps).unwrap_or(u32::MAX),
        owner_id: text(&value["ownerId"]),
        engine: FlowEngine::Activepieces,
        updated: need(&value["updated"]),
        last_runs,
    }
}

/// A row of the history; `published` is the version that runs.
pub(crate) fn version_summary(value: &Value, published: Option<&str>) -> VersionSummary {
    let user = &value["updatedByUser"];
    let names = ["firstName", "lastName"].iter().filter_map(|it| text(&user[*it]));
    let name = names.collect::<Vec<_>>().join(" ");
    VersionSummary {
        published: published.is_some() && published == value["id"].as_str(),
        id: FlowVersionId::from(need(&value["id"])),
        display_name: need(&value["displayName"]),
        state: if value["state"] == "LOCKED" { VersionState::Locked } else { VersionState::Draft },
        valid: value["valid"] == true,
        updated_by: Some(name).filter(|it| !it.is_empty()),
        updated: need(&value["updated"]),
    }
}

/// A run, with its steps where they came along.
pub(crate) fn run(value: &Value, workspace: &WorkspaceId) -> Run {
    let (start, finish) = (text(&value["startTime"]), text(&value["finishTime"]));
    let failed = text(&value["failedStep"]["name"]).map(|name| FailedStep {
        display_name: text(&value["failedStep"]["displayName"]).unwrap_or_else(|| name.clone()),
        name,
    });
    let took = millis(&value["finishTime"]) - millis(&value["startTime"]);
    let word = need(&value["status"]);
    // A word of a later release stands for a run that ended badly.
    let status = RunStatus::parse(&word).unwrap_or(RunStatus::Failed);
    let is_retried = text(&value["parentRunId"]).is_some();
    Run {
        id: RunId::from(need(&value["id"])),
        project_id: workspace.to_string(),
        flow_id: FlowId::from(need(&value["flowId"])),
        flow_version_id: FlowVersionId::from(need(&value["flowVersionId"])),
        flow_name: need(&value["flowVersion"]["displayName"]),
        environment: text(&value["environment"]).unwrap_or_else(|| LIVE.to_owned()),
        status,
        created: need(&value["created"]),
        duration: (start.is_some() && finish.is_some() && took >= 0).then_some(took),
        start_time: start,
        finish_time: finish,
        error: (status == RunStatus::Failed && failed.is_none())
            .then(|| format!("{NAME} ended it as {word}")),
        failed_step: failed,
        resumed: 0,
        trial: None,
        would_change: Vec::new(),
        triggered_by: if is_retried { "flow" } else { "webhook" }.to_owned(),
        steps_count: value["stepsCount"]
            .as_u64()
            .and_then(|it| u32::try_from(it).ok())
            .unwrap_or(0),
        acting_user: None,
        retry_of: None,
        called_by: None,
        steps: value["steps"].as_object().cloned().unwrap_or_default(),
    }
}

/// A connection, which comes without its secret.
pub(crate) fn connection(value: &Value) -> FlowConnection {
    let status = ConnectionStatus::parse(value["status"].as_str().unwrap_or_default());
    let needs = status != ConnectionStatus::Active;
    FlowConnection {
        id: ConnectionId::from(need(&value["id"])),
        external_id: need(&value["externalId"]),
        display_name: need(&value["displayName"]),
        piece_name: need(&value["pieceName"]),
        r#type: ConnectionType::parse(value["type"].as_str().unwrap_or_default())
            .unwrap_or(ConnectionType::OAuth2),
        status,
        scope: ConnectionScope::Workspace,
        problem: needs.then(|| format!("{NAME} cannot use it. Connect it again there")),
        metadata: value["metadata"].as_object().cloned().unwrap_or_else(Map::new),
        created: need(&value["created"]),
        updated: need(&value["updated"]),
        tested: None,
        used: None,
        expires: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn empty_texts_and_objects_of_lists_count_as_absent() {
        let value = json!({
            "id": "Cv1fgJPRqP32mxEgwZHSc", "created": "2026-11-21T03:13:34.955Z", "flowId": "QlDGzydPovl4U1MbfR4rK",
            "flowVersionId": "KAyMBG8VytiUwse9rkQhZ", "status": "SUCCEEDED", "environment": "PRODUCTION",
            "parentRunId": "", "flowVersion": { "displayName": "Demo" }, "startTime": "2026-11-21T03:13:34.941Z",
            "finishTime": "2026-11-21T03:13:35.084Z", "failedStep": {}, "stepsCount": 2,
        });
        let run = run(&value, &"w1".into());
        assert_eq!((run.failed_step, run.duration, run.steps_count), (None, Some(143), 2));
        assert_eq!((run.status, run.error), (RunStatus::Succeeded, None));
    }

    #[test]
    fn words_of_later_releases_are_taken() {
        let value = json!({ "status": "LOG_SIZE_EXCEEDED", "finishTime": "", "failedStep": null });
        let run = run(&value, &"w1".into());
        assert_eq!((run.status, run.finish_time), (RunStatus::Failed, None));
        assert!(run.error.unwrap().contains("LOG_SIZE_EXCEEDED"));
    }

    #[test]
    fn a_flow_that_cannot_be_read_is_listed_all_the_same() {
        let value = json!({
            "id": "QlDGzydPovl4U1MbfR4rK", "status": "ENABLED", "version": {
                "id": "v", "displayName": "New", "valid": true,
                "trigger": { "type": "OF_TOMORROW", "displayName": "Tomorrow" },
            },
        });
        assert!(matches!(flow(&value, &"w1".into()), Err(Problem::Unsupported { .. })));
        let row = summary(&value, Vec::new());
        assert_eq!((row.name.as_str(), row.trigger_name.as_str()), ("New", "Tomorrow"));
    }
}
