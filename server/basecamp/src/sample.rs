//! Accounts in the sample Basecamp: one world for each workspace that uses it.

use crate::config::Sample;
use crate::{Basecamp, failure};
use chrono::Utc;
use chrono_tz::Tz;
use domain::ids::WorkspaceId;
use domain::problem::Problem;
use reqwest::Method;
use serde_json::json;
use store::workspaces;

/// The header that carries the control key.
const KEY_HEADER: &str = "x-sandbox-key";

impl Basecamp {
    pub(crate) fn sample(&self) -> Result<&Sample, Problem> {
        let sample = self.0.config.sample.as_ref();
        sample.ok_or_else(|| failure::unavailable("This installation has no sample Basecamp"))
    }

    /// Makes account `id`, opened by `token`, with dates around the workspace's today.
    pub(crate) async fn make_account(
        &self,
        workspace: &WorkspaceId,
        id: i64,
        token: &str,
    ) -> Result<(), Problem> {
        let mut conn = self.0.db.read().await?;
        let found = workspaces::find(&mut conn, workspace).await?;
        drop(conn);
        let zone: Tz = found.and_then(|it| it.timezone.parse().ok()).unwrap_or(Tz::UTC);
        let today = Utc::now().with_timezone(&zone).date_naive();
        self.control(Method::PUT, id, &json!({"token": token, "today": today.to_string()})).await
    }

    /// Removes account `id`; a missing one is fine.
    pub(crate) async fn remove_account(&self, id: i64) -> Result<(), Problem> {
        self.control(Method::DELETE, id, &json!({})).await
    }

    async fn control(
        &self,
        method: Method,
        id: i64,
        body: &serde_json::Value,
    ) -> Result<(), Problem> {
        let Sample { base_url, control_key } = self.sample()?;
        let request =
            self.0.transport.request(method, &format!("{base_url}/sandbox/accounts/{id}"));
        let answer = request.header(KEY_HEADER, control_key).json(body).send().await;
        match answer.and_then(reqwest::Response::error_for_status) {
            Ok(_) => Ok(()),
            Err(error) => {
                let error = error.without_url();
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "the sample Basecamp refused"
                );
                Err(failure::unavailable(
                    "The sample Basecamp did not answer. Try again in a moment",
                ))
            }
        }
    }
}
