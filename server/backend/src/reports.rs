//! Reports as their page shows them: the answers of the tools, in words and tables.

use crate::Backend;
use domain::actor::Actor;
use domain::problem::Problem;
use domain::report::{Cell, ProposedMove, Report, ReportKind, ReportQuery, ReportRow, ReportTable};
use serde_json::{Value, json};

impl Backend {
    /// A report.
    ///
    /// # Errors
    /// [`Problem::Invalid`] without the project of a report that is about one, [`Problem::NotFound`] for a missing
    /// project, [`Problem::NeedsSetup`] without a connection.
    pub async fn report(&self, actor: &Actor, query: &ReportQuery) -> Result<Report, Problem> {
        if query.kind.is_of_one() && query.project.is_none() {
            return Err(Problem::invalid("project", "Choose the project it is about"));
        }
        let mut args = json!({ "period": format!("{} days", query.days) });
        if let Some(project) = query.project {
            args["project"] = project.to_string().into();
        }
        let tool = match query.kind {
            ReportKind::Retrospective => "generate_retrospective",
            ReportKind::Decisions => "extract_decisions",
            kind => {
                args["type"] = kind.as_str().into();
                args["format"] = "detailed".into();
                "generate_report"
            }
        };
        let told = self.by_tool(actor, tool, &args).await?;
        Ok(match query.kind {
            ReportKind::Retrospective => retrospective(&told),
            ReportKind::Decisions => Report { lines: Vec::new(), tables: spoken_of(&told) },
            _ => Report { lines: texts(&told["summary"]), tables: figures(&told["figures"]) },
        })
    }

    /// Moves that would leave nobody of `project` with far more than the others.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for a missing project, [`Problem::NeedsSetup`] without a connection.
    pub async fn proposed_moves(
        &self,
        actor: &Actor,
        project: i64,
    ) -> Result<Vec<ProposedMove>, Problem> {
        let args = json!({ "project": project.to_string(), "mode": "rebalance" });
        let told = self.by_tool(actor, "smart_assign", &args).await?;
        let read = |it: &Value| {
            Some(ProposedMove {
                id: it["task"]["id"].as_i64()?,
                title: text(&it["task"]["title"]),
                from: text(&it["from"]["name"]),
                to: text(&it["to"]["name"]),
                to_id: it["to"]["id"].as_i64()?,
            })
        };
        Ok(told["moves"].as_array().into_iter().flatten().filter_map(read).collect())
    }
}

/// Words or a number; a dash for nothing.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "–".to_owned(),
        other => other.to_string(),
    }
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().map(text).collect()
}

fn cell(value: &Value) -> Cell {
    Cell::Text(text(value))
}

fn table(title: &str, heads: &[&str], rows: Vec<ReportRow>) -> ReportTable {
    let heads = heads.iter().map(|it| (*it).to_owned()).collect();
    ReportTable { title: title.to_owned(), heads, rows }
}

/// A score from 0 to 1, of 100.
fn of_hundred(score: &Value) -> Cell {
    let score = score.as_f64().map(|it| format!("{:.0}", it * 100.0));
    Cell::Text(score.unwrap_or_else(|| "–".to_owned()))
}

fn rows(of: &Value, row: impl Fn(&Value) -> ReportRow) -> Vec<ReportRow> {
    of.as_array().into_iter().flatten().map(row).collect()
}

/// A row about a project, which it leads to.
fn about(project: &Value, more: Vec<Cell>) -> ReportRow {
    let mut cells = vec![cell(&project["name"])];
    cells.extend(more);
    let source = project["id"].as_i64().map(|it| format!("/projects/{it}"));
    ReportRow { cells, source }
}

/// Every table whose figures are there.
fn figures(data: &Value) -> Vec<ReportTable> {
    let mut all = Vec::new();
    let totals = &data["totals"];
    if totals.is_object() {
        let names = ["open", "completed", "overdue", "due_today", "unassigned"];
        let heads = ["Open", "Completed", "Overdue", "Due today", "With nobody"];
        let cells = names.iter().map(|it| cell(&totals[*it])).collect();
        all.push(table("To-dos", &heads, vec![ReportRow { cells, source: None }]));
    }
    let standing = |it: &Value| {
        let more = vec![
            cell(&it["pulse"]["score"]),
            of_hundred(&it["health"]["score"]),
            cell(&it["pulse"]["trend"]),
        ];
        about(&it["project"], more)
    };
    if data["projects"].is_array() {
        let heads = ["Project", "Pulse", "Health", "Trend"];
        all.push(table("Projects", &heads, rows(&data["projects"], standing)));
    }
    let pulse = |it: &Value| {
        let project = json!({ "name": it["project"], "id": it["project_id"] });
        let risk = it["top_risk"]["type"].as_str().unwrap_or("none");
        let more = vec![cell(&it["score"]), cell(&it["grade"]), Cell::Text(risk.to_owned())];
        about(&project, more)
    };
    if data["portfolio"].is_object() {
        let heads = ["Project", "Pulse", "Grade", "Main risk"];
        all.push(table("Projects", &heads, rows(&data["portfolio"]["projects"], pulse)));
    }
    if data["team"].is_array() {
        let heads = ["Project", "Balance", "Each on average", "Have too much"];
        all.push(table("How work is spread", &heads, rows(&data["team"], spread)));
    }
    let week = |it: &Value| ReportRow {
        cells: vec![Cell::Day(text(&it["from"])), cell(&it["completed"]), cell(&it["created"])],
        source: None,
    };
    if data["weeks"].is_array() {
        let heads = ["Week from", "Completed", "Created"];
        all.push(table("To-dos by week", &heads, rows(&data["weeks"], week)));
    }
    all
}

fn spread(it: &Value) -> ReportRow {
    let over = it["overloaded"].as_array().into_iter().flatten();
    let names: Vec<String> = over.map(|it| text(&it["person"])).collect();
    let names = if names.is_empty() { "nobody".to_owned() } else { names.join(", ") };
    let mean = it["mean_workload"].as_f64().map(|it| format!("{it:.1}")).unwrap_or_default();
    about(&it["project"], vec![cell(&it["balance"]), Cell::Text(mean), Cell::Text(names)])
}

/// Decisions, action items and outcomes, each with where it was said.
fn spoken_of(told: &Value) -> Vec<ReportTable> {
    let kinds =
        [("decisions", "Decisions"), ("action_items", "Action items"), ("outcomes", "Outcomes")];
    let heads = ["What", "Who", "Where", "When"];
    let found = kinds.iter().filter(|(name, _)| told[*name].is_array());
    found.map(|(name, title)| table(title, &heads, rows(&told[*name], said))).collect()
}

fn said(it: &Value) -> ReportRow {
    let at = it["at"].as_str().map_or_else(|| cell(&it["at"]), |at| Cell::Day(at.to_owned()));
    ReportRow {
        cells: vec![cell(&it["text"]), cell(&it["who"]), cell(&it["in"]), at],
        source: it["app_url"].as_str().map(str::to_owned),
    }
}

fn retrospective(told: &Value) -> Report {
    let (figures, sections) = (&told["figures"], &told["sections"]);
    let names = ["completed", "completed_in_time", "created", "overdue", "posts"];
    let heads = ["Completed", "In time", "Created", "Overdue now", "Posts"];
    let cells = names.iter().map(|it| cell(&figures[*it])).collect();
    let mut tables = vec![table("Figures", &heads, vec![ReportRow { cells, source: None }])];
    let plain = |it: &Value| ReportRow { cells: vec![cell(it)], source: None };
    for (name, title) in
        [("went_well", "Went well"), ("went_badly", "Went badly"), ("actions", "To do next")]
    {
        tables.push(table(title, &[title], rows(&sections[name], plain)));
    }
    for (name, title) in [("decisions", "Decisions"), ("open_action_items", "Open action items")] {
        tables.push(table(title, &["What", "Who", "Where", "When"], rows(&sections[name], said)));
    }
    Report { lines: Vec::new(), tables }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_become_rows_with_their_sources() {
        let data = json!({
            "projects": [{
                "project": { "id": 7, "name": "Relaunch" }, "pulse": { "score": 61, "trend": "up" },
                "health": { "score": 0.4321 }
            }],
            "weeks": [{ "from": "2026-02-15T23:00:00.000Z", "completed": 2, "created": 5 }]
        });
        let tables = figures(&data);
        let words = |it: &str| Cell::Text(it.to_owned());
        assert_eq!(tables.len(), 2);
        assert_eq!(
            tables[0].rows[0],
            ReportRow {
                cells: vec![words("Relaunch"), words("61"), words("43"), words("up")],
                source: Some("/projects/7".to_owned()),
            }
        );
        assert_eq!(tables[1].rows[0].cells[0], Cell::Day("2026-02-15T23:00:00.000Z".to_owned()));
        assert!(
            tables.iter().all(|it| it.rows.iter().all(|row| row.cells.len() == it.heads.len()))
        );
    }

    #[test]
    fn what_is_not_known_is_a_dash() {
        let row = about(&json!({ "id": 7, "name": "New" }), vec![of_hundred(&Value::Null)]);
        assert_eq!(row.cells[1], Cell::Text("–".to_owned()));
    }
}
