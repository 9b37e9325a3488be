//! Answers that runs wait for. The address is the secret. A person is shown a page and decides with a button: looking
//! at a link, as mail scanners do, decides nothing.

use crate::body;
use crate::error::Answer;
use crate::hooks;
use crate::plain_page::{escaped, page};
use crate::query::Query;
use crate::routes::{Route, Who};
use axum::Json;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use backend::Backend;
use domain::ids::RunId;
use domain::problem::Problem;
use flow::waits::{Asked, Given};
use serde::Deserialize;
use serde_json::json;

const PATH: &str = "/api/v1/flow-runs/{run}/requests/{id}";
/// The longest comment, characters.
const COMMENT: usize = 2_000;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get(PATH, Who::Public, ask),
        Route::post(PATH, Who::Public, take),
        Route::put(PATH, Who::Public, take),
    ]
}

/// Whether a path is one of these.
pub(crate) fn is_answer(path: &str) -> bool {
    path.starts_with("/api/v1/flow-runs/")
}

#[derive(Deserialize)]
struct Wanted {
    action: Option<String>,
}

async fn ask(
    State(backend): State<Backend>,
    Path((run, id)): Path<(String, String)>,
    Query(wanted): Query<Wanted>,
) -> Answer {
    let asked = backend.runs.asked(&RunId::from(run), &id).await?;
    if !asked.is_approval {
        let text = if asked.is_open {
            "A flow waits for a POST request here."
        } else {
            "Nothing waits here any more."
        };
        return Ok(page(StatusCode::OK, &asked.flow, &format!("<p>{text}</p>")));
    }
    let wants_no = wanted.action.as_deref() == Some("disapprove");
    Ok(match asked.is_open {
        true => page(StatusCode::OK, &asked.flow, &question(&asked, wants_no)),
        false => page(StatusCode::GONE, &asked.flow, CLOSED),
    })
}

const CLOSED: &str =
    "<p>This was answered before, or the run it belongs to is over. Nothing was changed.</p>";

fn question(asked: &Asked, wants_no: bool) -> String {
    let (yes, no) = (("approve", "Approve"), ("disapprove", "Do not approve"));
    let (first, second) = if wants_no { (no, yes) } else { (yes, no) };
    let button = |(value, words): (&str, &str), class: &str| {
        format!("<button name=\"action\" value=\"{value}\"{class}>{words}</button>")
    };
    let buttons = format!("{} {}", button(first, ""), button(second, " class=\"quiet\""));
    format!(
        "<p>{}</p><form method=\"post\"><p><label>Comment\
         <textarea name=\"comment\" rows=\"3\" maxlength=\"{COMMENT}\"></textarea></label></p>\
         <p>{buttons}</p></form>",
        escaped(&asked.message)
    )
}

#[derive(Deserialize)]
struct Decision {
    action: Option<String>,
    comment: Option<String>,
}

async fn take(
    State(backend): State<Backend>,
    Path((run, id)): Path<(String, String)>,
    Query(wanted): Query<Wanted>,
    request: Request,
) -> Answer {
    let run = RunId::from(run);
    let asked = backend.runs.asked(&run, &id).await?;
    if !asked.is_approval {
        let (came, _) = hooks::came(request).await?;
        let given = backend.runs.resume(&run, &id, &came).await?;
        let (status, is_ok) = match given {
            Given::Taken => (StatusCode::OK, true),
            Given::Before | Given::TooLate => (StatusCode::GONE, false),
        };
        let told = json!({ "ok": is_ok, "message": words(given), "runId": run });
        return Ok((status, Json(told)).into_response());
    }
    let sent = body::read(request).await?;
    let read = decision(&sent)?;
    let action = read.action.or(wanted.action).unwrap_or_default();
    let is_approved = match action.as_str() {
        "approve" => true,
        "disapprove" => false,
        _ => {
            let message = "Say approve or disapprove";
            return Err(Problem::invalid("action", message).into());
        }
    };
    let comment: String = read.comment.unwrap_or_default().chars().take(COMMENT).collect();
    let given = backend.runs.approve(&run, &id, (is_approved, &comment)).await?;
    let status = if given == Given::Taken { StatusCode::OK } else { StatusCode::GONE };
    Ok(page(status, &asked.flow, &format!("<p>{}</p>", words(given))))
}

/// A form as browsers send it, or JSON.
fn decision(sent: &[u8]) -> Result<Decision, Problem> {
    if sent.starts_with(b"{") {
        return serde_json::from_slice(sent).map_err(|_| Problem::InvalidJson);
    }
    let mut read = Decision { action: None, comment: None };
    for (name, value) in url::form_urlencoded::parse(sent) {
        match name.as_ref() {
            "action" => read.action = Some(value.into_owned()),
            "comment" => read.comment = Some(value.into_owned()),
            _ => {}
        }
    }
    Ok(read)
}

fn words(given: Given) -> &'static str {
    match given {
        Given::Taken => "Your answer was recorded. The flow goes on.",
        Given::Before => "This was answered before. Your answer was not recorded.",
        Given::TooLate => "The time for an answer is over. Your answer was not recorded.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_text_whatever_is_in_it() {
        let asked = Asked {
            flow: "Flow".to_owned(),
            message: "<script>\n".to_owned(),
            is_approval: true,
            is_open: true,
        };
        let html = question(&asked, true);
        assert!(html.contains("&lt;script&gt;") && !html.contains("<script>"));
    }

    #[test]
    fn a_decision_is_read_from_a_form_and_from_json() {
        for sent in
            ["action=approve&comment=Fine+by+me", r#"{"action":"approve","comment":"Fine by me"}"#]
        {
            let read = decision(sent.as_bytes()).unwrap();
            assert_eq!(read.action.as_deref(), Some("approve"));
            assert_eq!(read.comment.as_deref(), Some("Fine by me"));
        }
    }
}
