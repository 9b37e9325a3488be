//! What steps there can be made of.

use crate::activepieces::client::Ask;
use crate::activepieces::{NAME, Remote};
use domain::flow::listing::{Choice, OptionsRequest};
use domain::problem::Problem;
use serde_json::{Value, json};

impl Remote {
    /// One piece with the fields of what it can do.
    ///
    /// # Errors
    /// [`Problem::Invalid`] when that server does not have it.
    pub(crate) async fn piece(&self, name: &str) -> Result<Value, Problem> {
        let is_plain = |it: char| it.is_ascii_alphanumeric() || "@/-_.".contains(it);
        if !name.chars().all(is_plain) || name.contains("..") || name.split('/').count() != 2 {
            let words =
                format!("{name} is not the name of a piece, such as @activepieces/piece-http");
            return Err(Problem::invalid("pieceName", words));
        }
        self.call("Piece", Ask::get(format!("/pieces/{name}"))).await
    }

    /// Pieces that fit, as the tools list them.
    pub(crate) async fn pieces(&self, search: &str) -> Result<Vec<Value>, Problem> {
        let found = self.call("Piece", Ask::get("/pieces").with("searchQuery", search)).await?;
        let rows =
            found.as_array().or_else(|| found["data"].as_array()).cloned().unwrap_or_default();
        Ok(rows.iter().map(summary).collect())
    }

    /// Choices for a field of a step.
    pub(crate) async fn choices(&self, request: &OptionsRequest) -> Result<Vec<Choice>, Problem> {
        let piece = self.piece(&request.piece).await?;
        let ask = Ask::get("/flows").with("projectId", self.project()).with("limit", 1);
        let flows = self.call("Flow", ask).await?;
        let flow = &flows["data"][0];
        if flow["id"].is_null() {
            return Err(Problem::Unsupported {
                message: format!(
                    "{NAME} gives choices only for a step of a flow, and there is none yet"
                ),
                hint: "Make the flow first".to_owned(),
            });
        }
        let body = json!({
            "projectId": self.project(), "pieceName": request.piece, "pieceVersion": piece["version"],
            "actionOrTriggerName": request.action, "propertyName": request.prop, "flowId": flow["id"],
            "flowVersionId": flow["version"]["id"], "input": request.input, "searchValue": request.search,
        });
        let found = self.call("Piece", Ask::post("/pieces/options", body)).await?;
        if found.is_null() {
            return Err(Problem::not_found("Field"));
        }
        let inner = &found["options"];
        if inner["disabled"] == true {
            let why =
                inner["placeholder"].as_str().unwrap_or("Fill in the fields it depends on first");
            return Err(Problem::invalid("input", why));
        }
        let rows = inner["options"].as_array().cloned().unwrap_or_default();
        Ok(rows
            .into_iter()
            .map(|it| Choice {
                label: it["label"].as_str().unwrap_or_default().to_owned(),
                value: it["value"].clone(),
            })
            .collect())
    }
}

fn summary(piece: &Value) -> Value {
    json!({
        "name": piece["name"], "displayName": piece["displayName"], "description": piece["description"],
        "version": piece["version"], "category": piece["categories"][0], "actions": piece["actions"],
        "triggers": piece["triggers"],
    })
}
