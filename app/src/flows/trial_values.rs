//! What a test begins with: a field for each value, or the whole as JSON.

use super::address::sample_body;
use super::store::Studio;
use crate::ui::choice::Switch;
use crate::ui::typed::{JsonLines, Line};
use domain::flow::TriggerKind;
use domain::flow::catalog::{FORMS, MANUAL, SCHEDULE, WEBHOOK};
use leptos::prelude::*;
use serde_json::{Map, Value, json};

/// What somebody has to say before a flow can be tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The body of a request.
    Request,
    /// The answers of a form, or what is handed over by hand.
    Values,
    /// Nothing: a clock starts it.
    Clock,
    /// Nothing: it takes the newest thing that would start it, or the sample.
    Newest,
}

impl Way {
    /// Of the trigger of the open flow.
    pub fn of(studio: Studio) -> Self {
        studio.flow.with(|it| match &it.version.trigger.kind {
            TriggerKind::Empty(_) => Self::Values,
            TriggerKind::Piece(it) => Self::of_piece(&it.piece_name),
        })
    }

    fn of_piece(name: &str) -> Self {
        match name {
            WEBHOOK => Self::Request,
            FORMS | MANUAL => Self::Values,
            SCHEDULE => Self::Clock,
            _ => Self::Newest,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Request => "What the request would bring.",
            Self::Values => "What would be filled in.",
            Self::Clock => "A clock starts this flow, so there is nothing to fill in.",
            Self::Newest => {
                "It begins with the sample of the trigger, else with the newest thing that would start it."
            }
        }
    }
}

/// One value that is filled in.
#[derive(Clone, Debug)]
struct Field {
    name: String,
    /// What it was at first, whose kind it keeps.
    first: Value,
    text: ArcRwSignal<String>,
}

impl Field {
    fn value(&self) -> Value {
        let text = self.text.get_untracked();
        match &self.first {
            Value::Number(_) | Value::Bool(_) => {
                serde_json::from_str(text.trim()).unwrap_or(Value::String(text))
            }
            Value::Null if text.is_empty() => Value::Null,
            _ => Value::String(text),
        }
    }
}

/// What is given to a test. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Given {
    fields: RwSignal<Vec<Field>>,
    text: RwSignal<String>,
    as_json: RwSignal<bool>,
    wrong: RwSignal<Option<String>>,
}

/// The values of an object that a line each can hold.
fn flat(body: &Value) -> Option<Vec<(String, Value)>> {
    let map = body.as_object()?;
    let is_line = |it: &Value| !it.is_array() && !it.is_object();
    map.values()
        .all(is_line)
        .then(|| map.iter().map(|(key, it)| (key.clone(), it.clone())).collect())
}

/// What the trigger would give: for a webhook a request with `body`.
fn payload(body: Value, by_webhook: bool) -> Value {
    if by_webhook {
        json!({"method": "POST", "headers": {}, "queryParams": {}, "body": body})
    } else {
        body
    }
}

fn read(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|it| format!("This is not JSON. Look at line {}", it.line()))
}

/// What the fields hold at first: the sample of the trigger, else what the steps read.
fn first_values(studio: Studio, by_webhook: bool) -> Value {
    let sample = studio.samples.with(|it| it.get("trigger").cloned());
    match (sample, by_webhook) {
        (Some(mut sample), true) => sample.get_mut("body").map(Value::take).unwrap_or_default(),
        (Some(sample), false) => sample,
        (None, true) => sample_body(studio),
        (None, false) => json!({}),
    }
}

impl Given {
    /// Nothing yet.
    pub fn nothing() -> Self {
        Self {
            fields: RwSignal::default(),
            text: RwSignal::default(),
            as_json: RwSignal::new(false),
            wrong: RwSignal::new(None),
        }
    }

    /// Holds what the open flow would begin with.
    pub fn begin(self, studio: Studio, by_webhook: bool) {
        let body = first_values(studio, by_webhook);
        self.as_json.set(flat(&body).is_none() && Way::of(studio) != Way::Newest);
        self.hold(&body);
    }

    fn hold(self, body: &Value) {
        let field = |(name, first): (String, Value)| {
            let text = match &first {
                Value::String(text) => text.clone(),
                Value::Null => String::new(),
                other => other.to_string(),
            };
            Field { name, first, text: ArcRwSignal::new(text) }
        };
        self.fields.set(flat(body).unwrap_or_default().into_iter().map(field).collect());
        self.text.set(serde_json::to_string_pretty(body).unwrap_or_default());
        self.wrong.set(None);
    }

    fn body(self) -> Result<Value, String> {
        let fields = self.fields.get_untracked();
        if self.as_json.get_untracked() || fields.is_empty() {
            return read(&self.text.get_untracked());
        }
        let values: Map<_, _> = fields.iter().map(|it| (it.name.clone(), it.value())).collect();
        Ok(Value::Object(values))
    }

    /// What the run begins with; none, with the reason at the field, when it cannot be read.
    pub fn payload(self, by_webhook: bool) -> Option<Value> {
        match self.body() {
            Ok(body) => Some(payload(body, by_webhook)),
            Err(message) => {
                self.as_json.set(true);
                self.wrong.set(Some(message));
                None
            }
        }
    }

    /// From fields to JSON or back, with what was written.
    fn turn(self, to_json: bool) {
        match self.body() {
            Ok(body) => {
                self.hold(&body);
                self.as_json.set(to_json);
            }
            Err(message) => self.wrong.set(Some(message)),
        }
    }
}

/// The values: a line each, or JSON behind a switch. Nothing to fill in where a clock starts the flow.
#[component]
pub fn TrialValues(
    /// What is given.
    given: Given,
    /// What has to be said.
    way: Memo<Way>,
) -> impl IntoView {
    let line = |at: usize, it: Field| view! { <Line id=format!("trial-{at}") label=it.name value=RwSignal::from(it.text) /> };
    let lines = move || {
        let fields = given.fields.get();
        fields.into_iter().enumerate().map(|(at, it)| line(at, it)).collect_view()
    };
    let is_json = Signal::derive(move || given.as_json.get());
    let shows_lines = move || !is_json.get() && matches!(way.get(), Way::Request | Way::Values);
    let label = Signal::derive(move || match way.get() {
        Way::Request => "Body of the request".to_owned(),
        _ => "Values to start with".to_owned(),
    });
    view! {
        <p class="sm quiet">{move || way.get().words()}</p>
        <Show when=move || way.get() != Way::Clock>
            <Show when=shows_lines>{lines}</Show>
            <Show when=move || is_json.get()>
                <JsonLines id="trial" label=label value=given.text error=given.wrong />
            </Show>
            <Switch on=is_json change=move |to| given.turn(to)>"Write the values as JSON"</Switch>
        </Show>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_of_a_webhook_looks_like_a_request() {
        assert_eq!(
            payload(json!({"name": "x"}), true),
            json!({"method": "POST", "headers": {}, "queryParams": {}, "body": {"name": "x"}})
        );
        assert_eq!(payload(json!(7), false), json!(7));
        assert!(read("{").is_err());
    }

    #[test]
    fn only_what_a_line_can_hold_becomes_fields() {
        let names =
            |body: Value| flat(&body).map(|it| it.into_iter().map(|it| it.0).collect::<Vec<_>>());
        assert_eq!(
            names(json!({"name": "x", "many": 2})),
            Some(vec!["name".into(), "many".into()])
        );
        assert_eq!(names(json!({})), Some(Vec::new()));
        assert_eq!(names(json!({"items": [1]})), None);
        assert_eq!(names(json!("text")), None);
    }

    #[test]
    fn a_field_keeps_the_kind_of_its_value() {
        let field = |first: Value, text: &str| {
            Field { name: "n".into(), first, text: ArcRwSignal::new(text.to_owned()) }.value()
        };
        assert_eq!(field(json!(2), "3"), json!(3));
        assert_eq!(field(json!(2), "three"), json!("three"));
        assert_eq!(field(json!("2"), "3"), json!("3"));
        assert_eq!(field(Value::Null, ""), Value::Null);
    }

    #[test]
    fn a_clock_asks_for_nothing() {
        assert_eq!(Way::of_piece(SCHEDULE), Way::Clock);
        assert_eq!(Way::of_piece(WEBHOOK), Way::Request);
        assert_eq!(Way::of_piece(domain::flow::catalog::BASECAMP), Way::Newest);
    }
}
