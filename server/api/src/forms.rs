//! Forms of flows: a page for anybody who knows its address, without scripts. It is thanked for once it is stored.

use crate::body;
use crate::error::{Answer, Refusal};
use crate::plain_page::{escaped, page};
use crate::routes::{Route, Who};
use auth::limits::Rate;
use axum::Extension;
use axum::extract::{Path, Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use backend::Backend;
use domain::client::Client;
use domain::flow::form::{FormField, Kind, LONGEST};
use domain::problem::{Issue, Problem};
use flow::forms::{FormPage, Submitted};
use flow::hooks::HookRefusal;
use std::sync::Arc;
use std::time::Duration;

const PATH: &str = "/forms/{hook}";
/// Bytes of a form that was filled in.
pub(crate) const BODY_LIMIT: usize = 256 * 1024;
/// Forms of one address on the net, of one form, in each minute.
const PER_MINUTE: u32 = 20;
/// A field that people do not see; what fills it in is a machine.
const TRAP: &str = "website";
/// The same however often one page is sent.
const ONCE: &str = "_once";
const FORM: &str = "application/x-www-form-urlencoded";

pub(crate) fn routes() -> Vec<Route> {
    let rate = Arc::new(Rate::new(PER_MINUTE, Duration::from_secs(60)));
    let send =
        move |backend: State<Backend>,
              hook: Path<String>,
              client: Extension<Client>,
              request: Request| take(backend, hook, (client, Arc::clone(&rate)), request);
    vec![Route::get(PATH, Who::Public, show), Route::post(PATH, Who::Public, send)]
}

/// Whether a path is the address of a form.
pub(crate) fn is_form(path: &str) -> bool {
    path.starts_with("/forms/")
}

async fn show(State(backend): State<Backend>, Path(hook): Path<String>) -> Answer {
    Ok(match backend.runs.form(&hook).await {
        Ok(form) => page(StatusCode::OK, &form.title, &filled(&form, &[], &[])),
        Err(refusal) => refused(refusal)?,
    })
}

async fn take(
    State(backend): State<Backend>,
    Path(hook): Path<String>,
    (Extension(client), rate): (Extension<Client>, Arc<Rate>),
    request: Request,
) -> Answer {
    let form = match backend.runs.form(&hook).await {
        Ok(form) => form,
        Err(refusal) => return refused(refusal),
    };
    let caller = format!("{hook}/{}", client.ip.as_deref().unwrap_or_default());
    rate.take(&caller, backend.auth.clock().now_ms())?;
    check_kind(request.headers())?;
    let sent = body::read(request).await?;
    let mut given: Vec<(String, String)> = url::form_urlencoded::parse(&sent)
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    let once = taken(&mut given, ONCE).filter(|it| !it.is_empty() && it.len() <= 64);
    let issues = match taken(&mut given, TRAP).filter(|it| !it.is_empty()) {
        Some(_) => {
            vec![Issue::new(TRAP, "Leave the field Website empty, then send the form again")]
        }
        None => match backend.runs.submit_form(&hook, &given, once).await {
            Ok(Submitted::Taken(_)) => {
                let thanks = format!("<p role=\"status\">{}</p>", escaped(&form.thanks));
                return Ok(page(StatusCode::OK, &form.title, &thanks));
            }
            Ok(Submitted::Refused(issues)) => issues,
            Err(refusal) => return refused(refusal),
        },
    };
    let again = filled(&form, &given, &issues);
    Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &form.title, &again))
}

/// Only what a form of a page can send.
fn check_kind(headers: &HeaderMap) -> Result<(), Problem> {
    let kind = headers.get(CONTENT_TYPE).and_then(|it| it.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if kind.eq_ignore_ascii_case(FORM) {
        return Ok(());
    }
    Err(Problem::invalid("body", "Send the form of this page"))
}

fn taken(given: &mut Vec<(String, String)>, name: &str) -> Option<String> {
    let at = given.iter().position(|it| it.0 == name)?;
    Some(given.remove(at).1)
}

fn refused(refusal: HookRefusal) -> Result<Response, Refusal> {
    let (status, words) = match refusal {
        HookRefusal::Problem(problem) => return Err(problem.into()),
        HookRefusal::Unknown | HookRefusal::Unauthorized => {
            (StatusCode::NOT_FOUND, "There is no form at this address.")
        }
        HookRefusal::SwitchedOff => (StatusCode::NOT_FOUND, "This form takes no answers now."),
    };
    Ok(page(status, "Form", &format!("<p>{words}</p>")))
}

/// The form with what was filled in before, and what is wrong with it.
fn filled(form: &FormPage, given: &[(String, String)], issues: &[Issue]) -> String {
    let about = match form.about.as_str() {
        "" => String::new(),
        text => format!("<p>{}</p>", escaped(text)),
    };
    let fields: String = form.fields.iter().map(|it| field(it, given, issues)).collect();
    let others = issues.iter().filter(|it| !form.fields.iter().any(|field| field.key == it.field));
    let others: String = others.map(|it| escaped(&it.message)).collect();
    let summary = match issues.len() {
        0 => String::new(),
        _ if !others.is_empty() => format!("<p class=\"wrong\" role=\"alert\">{others}</p>"),
        _ => {
            "<p class=\"wrong\" role=\"alert\">Nothing was sent yet. Mend what is marked below.</p>"
                .to_owned()
        }
    };
    let once = fresh_id();
    format!(
        "{about}{summary}<form method=\"post\" accept-charset=\"utf-8\">{fields}\
         <div class=\"trap\" aria-hidden=\"true\"><label>Website <input name=\"{TRAP}\" tabindex=\"-1\" autocomplete=\"off\"></label></div>\
         <input type=\"hidden\" name=\"{ONCE}\" value=\"{once}\"><p><button>Send</button></p></form>"
    )
}

fn fresh_id() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}

fn field(field: &FormField, given: &[(String, String)], issues: &[Issue]) -> String {
    let FormField { key, label, description, required, kind } = field;
    let id = format!("f-{}", escaped(key));
    let (label, name) = (escaped(label), escaped(key));
    let value = given.iter().find(|it| it.0 == *key).map(|it| escaped(&it.1)).unwrap_or_default();
    let issue = issues.iter().find(|it| it.field == *key);
    let mut hints = String::new();
    let mut described = Vec::new();
    if !description.is_empty() {
        hints = format!("<small id=\"{id}-d\">{}</small>", escaped(description));
        described.push(format!("{id}-d"));
    }
    if let Some(issue) = issue {
        hints.push_str(&format!(
            "<small class=\"wrong\" id=\"{id}-e\">{}</small>",
            escaped(&issue.message)
        ));
        described.push(format!("{id}-e"));
    }
    let mut state = String::new();
    if !described.is_empty() {
        state = format!(" aria-describedby=\"{}\"", described.join(" "));
    }
    if issue.is_some() {
        state.push_str(" aria-invalid=\"true\"");
    }
    if *required {
        state.push_str(" required");
    }
    let mark = if *required { " <span class=\"must\">required</span>" } else { "" };
    if *kind == Kind::Toggle {
        let checked = if value.is_empty() { "" } else { " checked" };
        return format!(
            "<p class=\"tick\"><input type=\"checkbox\" id=\"{id}\" name=\"{name}\" value=\"true\"{checked}{state}> \
             <label for=\"{id}\">{label}{mark}</label>{hints}</p>"
        );
    }
    let control = match kind {
        Kind::TextArea => format!(
            "<textarea id=\"{id}\" name=\"{name}\" rows=\"5\" maxlength=\"{LONGEST}\"{state}>{value}</textarea>"
        ),
        other => format!(
            "<input type=\"{}\" id=\"{id}\" name=\"{name}\" value=\"{value}\"{}{state}>",
            input_type(*other),
            if *other == Kind::Number { " inputmode=\"decimal\"" } else { "" }
        ),
    };
    format!("<p><label for=\"{id}\">{label}{mark}</label>{control}{hints}</p>")
}

fn input_type(kind: Kind) -> &'static str {
    match kind {
        Kind::Email => "email",
        Kind::Date => "date",
        // A browser's number field drops what it cannot read, so the person would not see what is wrong.
        Kind::Number | Kind::Text | Kind::TextArea | Kind::Toggle => "text",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_typed_stays_text() {
        let evil = "\"><script>x</script>";
        let form = FormPage {
            title: "T".to_owned(),
            about: evil.to_owned(),
            thanks: String::new(),
            fields: vec![FormField {
                key: "name".to_owned(),
                label: evil.to_owned(),
                kind: Kind::Text,
                description: evil.to_owned(),
                required: true,
            }],
        };
        let given = vec![("name".to_owned(), evil.to_owned())];
        let html = filled(&form, &given, &[Issue::new("name", evil)]);
        assert!(!html.contains("<script>"), "{html}");
        assert!(
            html.contains("aria-describedby=\"f-name-d f-name-e\" aria-invalid=\"true\" required")
        );
    }
}
