//! Folders of flows.

use crate::error::ToolError;
use crate::flow_edits::own_workspace;
use crate::lists;
use crate::tool::{Call, Done};
use serde_json::json;

type Outcome = Result<Done, ToolError>;

pub(crate) async fn list(call: Call<'_>) -> Outcome {
    own_workspace(&call)?;
    let folders = call.tools.flows.folders(call.actor).await?;
    Ok(Done::new(json!({ "data": folders, "next": null, "previous": null })))
}

pub(crate) async fn create(call: Call<'_>) -> Outcome {
    own_workspace(&call)?;
    let folder = call.tools.flows.create_folder(call.actor, call.args.need("name")?).await?;
    let message = json!({ "message": format!("Made the folder “{}”", folder.display_name) });
    let done = Done::new(lists::with(json!(folder), message)).on(folder.display_name);
    Ok(done.undone_by("flow_folder_delete", &json!({ "folder_id": folder.id })))
}

pub(crate) async fn update(call: Call<'_>) -> Outcome {
    let id = call.args.need("folder_id")?;
    let before = call.tools.flows.folders(call.actor).await?.into_iter().find(|it| it.id == id);
    let folder = call.tools.flows.rename_folder(call.actor, id, call.args.need("name")?).await?;
    let message =
        json!({ "message": format!("The folder is called “{}” now", folder.display_name) });
    let done = Done::new(lists::with(json!(folder), message)).on(folder.display_name);
    Ok(match before {
        Some(it) => done.undone_by(
            "flow_folder_update",
            &json!({ "folder_id": it.id, "name": it.display_name }),
        ),
        None => done,
    })
}

pub(crate) async fn delete(call: Call<'_>) -> Outcome {
    let folder = call.tools.flows.delete_folder(call.actor, call.args.need("folder_id")?).await?;
    let name = folder.display_name;
    let message = format!("Deleted the folder “{name}”. Its flows are in no folder now");
    Ok(Done::new(json!({ "success": true, "message": message })).on(name))
}
