//! How a project is doing, from the same tool as the assistant and the API ask.

use crate::Backend;
use domain::actor::Actor;
use domain::problem::Problem;
use domain::record::{HealthCounts, HealthScore, ProjectHealth};
use serde_json::{Value, json};
use tools::tool::CallContext;

impl Backend {
    /// The health of `project` with what it is made of.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for a missing project, [`Problem::NeedsSetup`] without a connection.
    pub async fn health(&self, actor: &Actor, project: i64) -> Result<ProjectHealth, Problem> {
        let context = CallContext { source: "ui", ..CallContext::default() };
        let args = json!({ "project_id": project.to_string() });
        let told = self.tools.call(actor, "pmos_health_project", &args, &context).await?;
        let score = told["score"].as_f64().map(|it| it * 100.0);
        let (moved, weeks) = self.tools.trend(actor, project, score).await?;
        Ok(ProjectHealth { moved, weeks, ..read(&told) })
    }
}

fn read(told: &Value) -> ProjectHealth {
    let counts: HealthCounts = serde_json::from_value(told["inputs"].clone()).unwrap_or_default();
    let factor = |name: &str| hundredths(&told["factors"][name]);
    let score = told["score"].is_number().then(|| HealthScore {
        total: hundredths(&told["score"]),
        status: told["status"].as_str().unwrap_or_default().to_owned(),
        activity: factor("activity"),
        velocity: factor("velocity"),
        completion: factor("completion"),
        communication: factor("communication"),
    });
    ProjectHealth { score, counts, moved: None, weeks: Vec::new() }
}

/// A share from 0 to 1 as a whole number from 0 to 100.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it is kept within 0 and 100"
)]
fn hundredths(share: &Value) -> u32 {
    (share.as_f64().unwrap_or_default().clamp(0.0, 1.0) * 100.0).round() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_become_hundredths_and_no_data_stays_none() {
        let told = json!({
            "score": 0.8025, "status": "excellent",
            "inputs": { "recent_events": 23, "todos": 40, "completed": 24, "overdue": 4, "posts": 31,
                "recent_posts": 12, "completed_lately": 22 },
            "factors": { "activity": 1, "velocity": 0.8, "completion": 0.57, "communication": 0.8 },
        });
        let found = read(&told);
        let score = found.score.unwrap();
        assert_eq!((score.total, score.completion, score.status.as_str()), (80, 57, "excellent"));
        assert_eq!((found.counts.overdue, found.counts.recent_posts), (4, 12));
        assert_eq!(read(&json!({ "score": null, "status": "no_data" })).score, None);
    }
}
