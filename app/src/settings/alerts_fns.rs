//! Where alerts go besides the app: read, changed, tried.

use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::session::on_server::{actor, backend};
use crate::wire::Json;
use domain::alert::{AlertSettings, AlertTrial};
#[cfg(feature = "ssr")]
use domain::problem::Problem;
use leptos::prelude::*;

/// Where alerts go now, where they could go, and what did not arrive.
///
/// # Errors
/// Forbidden without manage.
#[server(prefix = "/fn", endpoint = "load_alerts", output = Json)]
pub async fn load_alerts() -> Result<AlertSettings, AppError> {
    Ok(backend().alert_settings(&actor()?).await?)
}

/// Sends alerts there from now on: addresses, one a line, and the id of a project, or nothing.
///
/// # Errors
/// Forbidden without manage; `emails` or `project` that cannot be used.
#[server(prefix = "/fn", endpoint = "save_alerts", output = Json)]
pub async fn save_alerts(emails: String, project: String) -> Result<(), AppError> {
    let emails: Vec<String> = emails.split(['\n', ',']).map(str::to_owned).collect();
    Ok(backend().save_alert_places(&actor()?, &emails, project_of(&project)?).await?)
}

#[cfg(feature = "ssr")]
fn project_of(text: &str) -> Result<Option<i64>, Problem> {
    match text.trim() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| Problem::invalid("project", "Choose a project")),
    }
}

/// Sends a test alert to every place that was saved; gives what became of each.
///
/// # Errors
/// Forbidden without manage; invalid while no place is saved.
#[server(prefix = "/fn", endpoint = "send_test_alert", output = Json)]
pub async fn send_test_alert() -> Result<Vec<AlertTrial>, AppError> {
    Ok(backend().send_test_alert(&actor()?).await?)
}
