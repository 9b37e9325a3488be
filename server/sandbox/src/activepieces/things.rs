//! Signing in, projects, connections, folders, and what everybody may know.

use super::answers::{
    Answered, Refused, coded, made, malformed, missing, not_allowed, nothing, ok, page,
};
use super::doors::{Asking, Principal};
use super::state::{START, State, Token, fresh_id};
use axum::http::Method;
use serde_json::{Value, json};

/// `/authentication/sign-in`.
pub(super) fn sign_in(asking: &Asking<'_>) -> Answered {
    let text = |name: &str| asking.body[name].as_str().unwrap_or_default();
    let mut state = asking.server.state();
    let fits =
        |it: &super::state::Person| it.email == text("email") && it.password == text("password");
    let found = state.people.iter().position(fits);
    let at = found.ok_or_else(|| coded(401, "INVALID_CREDENTIALS", Value::Null))?;
    let token = format!("{}.{}.{}", fresh_id(), fresh_id(), fresh_id());
    state.tokens.insert(token.clone(), Token { person: at, is_expired: false });
    let person = state.people.get(at).ok_or_else(not_allowed)?;
    Ok(ok(json!({
        "id": person.id, "created": START, "updated": START, "status": "ACTIVE", "platformRole": "ADMIN",
        "platformId": state.platform, "firstName": "Own", "lastName": "Er", "email": person.email,
        "verified": true, "token": token, "projectId": person.project,
    })))
}

/// `/projects` and everything below it: for people only.
pub(super) fn projects(asking: &Asking<'_>, path: &[&str]) -> Answered {
    let mine = asking.person()?;
    let state = asking.server.state();
    match (&asking.method, path) {
        (&Method::GET, []) => {
            let rows = state.people.iter().map(|it| state.project(it)).collect();
            Ok(page(rows, asking.query("limit"), asking.query("cursor")))
        }
        (&Method::GET, [id]) => {
            let person = state.people.get(mine).filter(|it| it.project == *id);
            person.map(|it| ok(state.project(it))).ok_or_else(not_allowed)
        }
        _ => Err(super::answers::no_route()),
    }
}

/// What everybody may know.
pub(super) fn flags(asking: &Asking<'_>) -> Value {
    json!({
        "USER_CREATED": true, "ENVIRONMENT": "prod", "EDITION": "ce", "CURRENT_VERSION": "0.77.6",
        "PUBLIC_URL": asking.server.base_url(), "FLOW_RUN_TIME_SECONDS": 600, "WEBHOOK_TIMEOUT_SECONDS": 30,
        "PAUSED_FLOW_TIMEOUT_DAYS": 30, "ALLOW_NPM_PACKAGES_IN_CODE_STEP": false,
        "WEBHOOK_URL_PREFIX": format!("{}/api/v1/webhooks", asking.server.base_url()),
    })
}

/// `/folders` and everything below it.
pub(super) fn folders(asking: &Asking<'_>, path: &[&str]) -> Answered {
    let mut state = asking.server.state();
    match (&asking.method, path) {
        (&Method::GET, []) => {
            let project = asking.project()?;
            let rows = state.folders.iter().filter(|it| it["projectId"] == project.as_str());
            Ok(page(
                rows.map(|it| counted(&state, it)).collect(),
                asking.query("limit"),
                asking.query("cursor"),
            ))
        }
        (&Method::POST, []) => {
            let (name, project) = (need(asking, "displayName")?, need(asking, "projectId")?);
            asking.may_use(&project)?;
            let now = state.now();
            let folder = json!({
                "id": fresh_id(), "created": now, "updated": now, "displayName": name,
                "projectId": project, "displayOrder": 0, "numberOfFlows": 0,
            });
            state.folders.push(folder.clone());
            Ok(ok(folder))
        }
        (method, [id]) => {
            let at = state.folders.iter().position(|it| it["id"] == *id && sees(asking, it));
            let at = at.ok_or_else(|| missing("folder", id))?;
            if method == Method::DELETE {
                state.folders.remove(at);
                for flow in state.flows.iter_mut().filter(|it| it.row["folderId"] == *id) {
                    flow.row["folderId"] = Value::Null;
                }
                return Ok(nothing());
            }
            if method == Method::POST {
                let name = need(asking, "displayName")?;
                if let Some(folder) = state.folders.get_mut(at) {
                    folder["displayName"] = name.into();
                }
            }
            Ok(ok(state.folders.get(at).map(|it| counted(&state, it)).unwrap_or_default()))
        }
        _ => Err(super::answers::no_route()),
    }
}

fn counted(state: &State, folder: &Value) -> Value {
    let mut folder = folder.clone();
    let inside = state.flows.iter().filter(|it| it.row["folderId"] == folder["id"]).count();
    folder["numberOfFlows"] = inside.into();
    folder
}

fn need(asking: &Asking<'_>, field: &str) -> Result<String, Refused> {
    let text = asking.body[field].as_str().map(str::to_owned);
    text.ok_or_else(|| malformed(&format!("body must have required property '{field}'")))
}

/// Whether whoever asks sees what belongs to a project.
fn sees(asking: &Asking<'_>, row: &Value) -> bool {
    let of = row["projectId"].as_str().or_else(|| row["projectIds"][0].as_str());
    matches!(asking.principal, Principal::Key) || of == asking.own.as_deref()
}

/// `/app-connections` and everything below it.
pub(super) fn connections(asking: &Asking<'_>, path: &[&str]) -> Answered {
    let mut state = asking.server.state();
    match (&asking.method, path) {
        (&Method::GET, []) => {
            let project = asking.project()?;
            let fits = |it: &&Value| {
                it["projectIds"][0] == project.as_str()
                    && asking.query("pieceName").is_none_or(|piece| it["pieceName"] == piece)
            };
            let rows = state.connections.iter().filter(fits).map(shown).collect();
            Ok(page(rows, asking.query("limit"), asking.query("cursor")))
        }
        (&Method::POST, []) => upsert(asking, &mut state),
        (method, [id]) => {
            let at = state.connections.iter().position(|it| it["id"] == *id && sees(asking, it));
            let at = at.ok_or_else(|| missing("AppConnection", id))?;
            if method == Method::DELETE {
                state.connections.remove(at);
                return Ok(nothing());
            }
            let now = state.now();
            let row = state.connections.get_mut(at).ok_or_else(|| missing("AppConnection", id))?;
            if method == Method::POST {
                row["displayName"] = need(asking, "displayName")?.into();
                row["updated"] = now.into();
                if asking.body["metadata"].is_object() {
                    row["metadata"] = asking.body["metadata"].clone();
                }
            }
            Ok(ok(shown(row)))
        }
        _ => Err(super::answers::no_route()),
    }
}

fn upsert(asking: &Asking<'_>, state: &mut State) -> Answered {
    let fields = ["externalId", "displayName", "pieceName", "projectId", "type"];
    let given: Vec<String> = fields.iter().map(|it| need(asking, it)).collect::<Result<_, _>>()?;
    let [external, name, piece, project, kind] = given.as_slice() else {
        return Err(not_allowed());
    };
    asking.may_use(project)?;
    let now = state.now();
    let before = state.connections.iter_mut().find(|it| {
        it["externalId"] == external.as_str() && it["projectIds"][0] == project.as_str()
    });
    if let Some(row) = before {
        row["displayName"] = name.as_str().into();
        row["type"] = kind.as_str().into();
        row["value"] = asking.body["value"].clone();
        row["updated"] = now.into();
        return Ok(made(shown(row)));
    }
    let row = json!({
        "id": fresh_id(), "created": now, "updated": now, "displayName": name, "externalId": external,
        "type": kind, "status": "ACTIVE", "platformId": state.platform, "pieceName": piece,
        "ownerId": null, "projectIds": [project], "scope": "PROJECT", "metadata": asking.body["metadata"],
        "pieceVersion": "0.0.1", "value": asking.body["value"],
    });
    state.connections.push(row.clone());
    Ok(made(shown(&row)))
}

/// Without its secret.
fn shown(row: &Value) -> Value {
    let mut row = row.clone();
    if let Some(fields) = row.as_object_mut() {
        fields.remove("value");
    }
    row
}
