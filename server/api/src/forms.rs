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
use domain::flow::form::{Filled, FormField, GivenFile, Kind, LONGEST};
use domain::problem::{Issue, Problem};
use flow::forms::{FormPage, Submitted};
use flow::hooks::HookRefusal;
use flow::multipart::{self, Part};
use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

const PATH: &str = "/forms/{hook}";
/// Bytes of a form that was filled in, with its files.
pub(crate) const BODY_LIMIT: usize = 5 * 1024 * 1024;
/// Bytes of one without files.
const TEXT_LIMIT: usize = 256 * 1024;
/// Forms of one address on the net, of one form, in each minute.
const PER_MINUTE: u32 = 20;
/// A field that people do not see; what fills it in is a machine.
const TRAP: &str = "website";
/// The same however often one page is sent.
const ONCE: &str = "_once";
const FORM: &str = "application/x-www-form-urlencoded";
const FORM_WITH_FILES: &str = "multipart/form-data";

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
    let headers = request.headers().clone();
    let mut given = given(&headers, &body::read(request).await?)?;
    let once = taken(&mut given.texts, ONCE).filter(|it| !it.is_empty() && it.len() <= 64);
    let issues = match taken(&mut given.texts, TRAP).filter(|it| !it.is_empty()) {
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
    let again = filled(&form, &given.texts, &issues);
    Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &form.title, &again))
}

/// What was filled in: only what a form of a page can send.
fn given(headers: &HeaderMap, sent: &[u8]) -> Result<Filled, Problem> {
    let content_type =
        headers.get(CONTENT_TYPE).and_then(|it| it.to_str().ok()).unwrap_or_default();
    let kind = content_type.split(';').next().unwrap_or_default().trim();
    if kind.eq_ignore_ascii_case(FORM_WITH_FILES) {
        return multipart::read(content_type, sent).map(filled_in).ok_or_else(not_ours);
    }
    if !kind.eq_ignore_ascii_case(FORM) {
        return Err(not_ours());
    }
    if sent.len() > TEXT_LIMIT {
        return Err(Problem::TooLarge { limit_bytes: TEXT_LIMIT as u64 });
    }
    let pair =
        |(name, value): (Cow<'_, str>, Cow<'_, str>)| (name.into_owned(), value.into_owned());
    let texts = url::form_urlencoded::parse(sent).map(pair).collect();
    Ok(Filled { texts, files: Vec::new() })
}

fn not_ours() -> Problem {
    Problem::invalid("body", "Send the form of this page")
}

/// Texts and files apart; a field without a chosen file is left out.
fn filled_in(parts: Vec<Part>) -> Filled {
    let mut filled = Filled::default();
    for part in parts {
        match &part.file {
            None => {
                let text = String::from_utf8_lossy(&part.bytes).into_owned();
                filled.texts.push((part.name, text));
            }
            Some(name) if !name.is_empty() || !part.bytes.is_empty() => {
                let (name, kind, base64) = (name.clone(), part.kind().to_owned(), part.base64());
                filled.files.push((part.name.clone(), GivenFile { name, kind, base64 }));
            }
            Some(_) => {}
        }
    }
    filled
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
    let has_files = form.fields.iter().any(|it| it.kind == Kind::File);
    let encoding = if has_files { " enctype=\"multipart/form-data\"" } else { "" };
    format!(
        "{about}{summary}<form method=\"post\" accept-charset=\"utf-8\"{encoding}>{fields}\
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
        // A browser keeps no file that was chosen before, so it is chosen again.
        Kind::File => {
            format!("<input type=\"file\" id=\"{id}\" name=\"{name}\"{state}>")
        }
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
        Kind::Number | Kind::Text | Kind::TextArea | Kind::Toggle | Kind::File => "text",
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
