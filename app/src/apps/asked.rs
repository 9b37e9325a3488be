//! What an app asks, as rows that are filled in: the words, the kind, the name in the flow.

use crate::flows::address::body_fields;
use crate::runs::readable::words;
use crate::ui::button::{Button, IconButton, Size};
use domain::app::input::{Field, FieldOption, FieldType, TYPES};
use domain::flow::catalog::{FORMS, WEBHOOK};
use domain::flow::form::{self, Kind};
use domain::flow::{FlowVersion, TriggerKind};
use leptos::prelude::*;
use serde_json::{Value, json};

/// What people read of each kind.
const KINDS: [(&str, &str); 6] = [
    ("text", "One line"),
    ("textarea", "Several lines"),
    ("number", "Number"),
    ("select", "Choice"),
    ("boolean", "Yes or no"),
    ("password", "Secret"),
];

/// One field. Cheap to copy into its handlers; what is written in it outlives whoever made it.
#[derive(Clone, Debug)]
pub struct Row {
    id: usize,
    label: ArcRwSignal<String>,
    /// Empty while it follows the label.
    name: ArcRwSignal<String>,
    kind: ArcRwSignal<String>,
    required: ArcRwSignal<bool>,
    /// The choices, with commas between.
    choices: ArcRwSignal<String>,
    /// What it was before, for what is not asked here.
    before: Field,
}

/// The rows of an app, in order. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Asked {
    rows: RwSignal<Vec<Row>>,
    next: StoredValue<usize>,
}

/// "Your words" is `your_words` in the flow.
fn name_of(label: &str) -> String {
    let plain = |it: char| if it.is_ascii_alphanumeric() { it.to_ascii_lowercase() } else { ' ' };
    let words: String = label.chars().map(plain).collect();
    words.split_whitespace().collect::<Vec<_>>().join("_")
}

fn blank() -> Field {
    Field {
        name: String::new(),
        label: String::new(),
        r#type: FieldType::Text,
        required: false,
        placeholder: String::new(),
        options: Vec::new(),
    }
}

fn word(kind: FieldType) -> &'static str {
    TYPES.iter().find(|it| it.1 == kind).map_or("text", |it| it.0)
}

impl Row {
    fn of(id: usize, field: Field) -> Self {
        let choices = field.options.iter().map(|it| it.label.as_str()).collect::<Vec<_>>();
        Self {
            id,
            label: ArcRwSignal::new(field.label.clone()),
            name: ArcRwSignal::new(field.name.clone()),
            kind: ArcRwSignal::new(word(field.r#type).to_owned()),
            required: ArcRwSignal::new(field.required),
            choices: ArcRwSignal::new(choices.join(", ")),
            before: field,
        }
    }

    /// Its name in the flow, now.
    fn called(&self) -> String {
        let name = self.name.get();
        if name.trim().is_empty() { name_of(&self.label.get()) } else { name.trim().to_owned() }
    }

    fn value(&self) -> Value {
        let kind = self.kind.get_untracked();
        let mut field = json!({
            "name": untrack(|| self.called()),
            "label": self.label.get_untracked().trim(),
            "type": kind,
            "required": self.required.get_untracked(),
            "placeholder": self.before.placeholder,
        });
        if kind == "select" {
            let option = |it: &str| {
                let known = self.before.options.iter().find(|known| known.label == it).cloned();
                known.unwrap_or_else(|| FieldOption { label: it.to_owned(), value: it.to_owned() })
            };
            let text = self.choices.get_untracked();
            let typed = text.split(',').map(str::trim).filter(|it| !it.is_empty());
            field["options"] = typed.map(|it| json!(option(it))).collect();
        }
        field
    }
}

impl Asked {
    /// Nothing yet.
    pub fn nothing() -> Self {
        Self { rows: RwSignal::default(), next: StoredValue::new(0) }
    }

    /// Holds these fields from now on.
    pub fn hold(self, fields: Vec<Field>) {
        let rows = fields.into_iter().map(|it| Row::of(self.fresh(), it)).collect();
        self.rows.set(rows);
    }

    /// Nothing is asked.
    pub fn is_empty(self) -> bool {
        self.rows.with_untracked(Vec::is_empty)
    }

    /// What is sent.
    pub fn schema(self) -> Value {
        let fields: Vec<Value> = self.rows.with_untracked(|it| it.iter().map(Row::value).collect());
        json!({ "fields": fields })
    }

    fn fresh(self) -> usize {
        let id = self.next.get_value();
        self.next.set_value(id + 1);
        id
    }

    fn add(self) {
        let row = Row::of(self.fresh(), blank());
        self.rows.update(|it| it.push(row));
    }

    fn remove(self, id: usize) {
        self.rows.update(|it| it.retain(|it| it.id != id));
    }
}

/// What a flow is given when it starts, as far as it says so: the fields of its form, or what it reads of a request.
pub fn fields_of(version: &FlowVersion) -> Vec<Field> {
    let TriggerKind::Piece(trigger) = &version.trigger.kind else { return Vec::new() };
    match trigger.piece_name.as_str() {
        FORMS => {
            form::fields(trigger).unwrap_or_default().into_iter().filter_map(of_form).collect()
        }
        WEBHOOK => {
            let field = |name: String| Field { label: words(&name), name, ..blank() };
            body_fields(version).into_iter().map(field).collect()
        }
        _ => Vec::new(),
    }
}

/// Files are sent by forms alone.
fn of_form(field: form::FormField) -> Option<Field> {
    let kind = match field.kind {
        Kind::Text | Kind::Email | Kind::Date => FieldType::Text,
        Kind::TextArea => FieldType::Textarea,
        Kind::Number => FieldType::Number,
        Kind::Toggle => FieldType::Boolean,
        Kind::File => return None,
    };
    Some(Field {
        name: field.key,
        label: field.label,
        r#type: kind,
        required: field.required,
        ..blank()
    })
}

/// The rows, and adding one.
#[component]
pub fn AskedRows(
    /// What is asked.
    asked: Asked,
) -> impl IntoView {
    view! {
        <ol class="stack stack--3" aria-label="Fields">
            <For each=move || asked.rows.get() key=|it| it.id let:row>
                <AskedRow row=row asked=asked />
            </For>
        </ol>
        <Show when=move || asked.rows.with(Vec::is_empty)>
            <p class="sm muted">"It asks nothing: a press on Run is enough."</p>
        </Show>
        <div><Button size=Size::Small icon="plus" on:click=move |_| asked.add()>"Add a field"</Button></div>
    }
}

#[component]
fn AskedRow(row: Row, asked: Asked) -> impl IntoView {
    let id = row.id;
    let (label, name) = (RwSignal::from(row.label.clone()), RwSignal::from(row.name.clone()));
    let (kind, choices) = (RwSignal::from(row.kind.clone()), RwSignal::from(row.choices.clone()));
    let required = RwSignal::from(row.required.clone());
    let about = Signal::derive(move || {
        let label = label.get();
        if label.trim().is_empty() { "this field".to_owned() } else { label.trim().to_owned() }
    });
    let called = move || {
        if name.with(|it| it.trim().is_empty()) { name_of(&label.get()) } else { name.get() }
    };
    let option = move |(key, words): (&'static str, &'static str)| {
        view! { <option value=key prop:selected=move || kind.with(|it| it == key)>{words}</option> }
    };
    view! {
        <li class="asked">
            <div class="field">
                <label class="label" for=format!("asked-{id}")>"Question"</label>
                <input class="input" id=format!("asked-{id}") autocomplete="off" placeholder="Your words"
                    prop:value=move || label.get() on:input=move |event| label.set(event_target_value(&event)) />
            </div>
            <div class="field">
                <label class="label" for=format!("asked-{id}-kind")>"Kind"</label>
                <select class="select" id=format!("asked-{id}-kind") on:change=move |event| kind.set(event_target_value(&event))>
                    {KINDS.map(option).into_iter().collect_view()}
                </select>
            </div>
            <div class="field">
                <label class="label" for=format!("asked-{id}-name")>"Name in the flow"</label>
                <input class="input mono" id=format!("asked-{id}-name") autocomplete="off" spellcheck="false"
                    prop:value=called on:input=move |event| name.set(event_target_value(&event)) />
            </div>
            <div class="asked__foot">
                <label class="check">
                    <input type="checkbox" prop:checked=move || required.get() on:change=move |event| required.set(event_target_checked(&event)) />
                    "Required"
                </label>
                <IconButton icon="trash" class="icon-btn--sm" label=Signal::derive(move || format!("Remove {}", about.get())) on:click=move |_| asked.remove(id) />
            </div>
            <Show when=move || kind.with(|it| it == "select")>
                <div class="field asked__wide">
                    <label class="label" for=format!("asked-{id}-choices")>"Choices, with commas between"</label>
                    <input class="input" id=format!("asked-{id}-choices") autocomplete="off" placeholder="Short, Long"
                        prop:value=move || choices.get() on:input=move |event| choices.set(event_target_value(&event)) />
                </div>
            </Show>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::app::input::InputSchema;
    use domain::flow::catalog::step;

    #[test]
    fn what_is_filled_in_is_sent_and_what_is_not_asked_here_stays() {
        Owner::new().with(|| {
            let written = json!({"fields": [
                {"name": "text", "label": "Your text", "type": "textarea", "required": true, "placeholder": "Hello"},
                {"name": "style", "label": "Style", "type": "select",
                 "options": [{"label": "Short", "value": "s"}, {"label": "Long", "value": "l"}]},
            ]});
            let before = InputSchema::read(&written, "inputSchema").unwrap();
            let asked = Asked::nothing();
            assert!(asked.is_empty());
            asked.hold(before.fields.clone());
            assert_eq!(InputSchema::read(&asked.schema(), "inputSchema").unwrap(), before);
            asked.rows.with_untracked(|it| it[1].choices.set("Long, Odd".to_owned()));
            asked.add();
            asked.rows.with_untracked(|it| it[2].label.set("How many, roughly?".to_owned()));
            let now = InputSchema::read(&asked.schema(), "inputSchema").unwrap();
            let values: Vec<_> = now.fields[1].options.iter().map(|it| it.value.as_str()).collect();
            assert_eq!(values, ["l", "Odd"]);
            assert_eq!(now.fields[2].name, "how_many_roughly");
            asked.remove(0);
            assert_eq!(InputSchema::read(&asked.schema(), "inputSchema").unwrap().fields.len(), 2);
        });
    }

    fn version(trigger: domain::flow::Trigger) -> FlowVersion {
        serde_json::from_value(json!({"displayName": "F", "trigger": trigger})).unwrap()
    }

    #[test]
    fn a_form_says_what_an_app_asks() {
        let mut trigger = step::piece_trigger(FORMS, "form_submission").unwrap();
        if let TriggerKind::Piece(it) = &mut trigger.kind {
            it.input.insert(
                "inputs".to_owned(),
                json!(["First name*", "Notes: text_area", "Logo: file"]),
            );
        }
        let fields = fields_of(&version(trigger));
        let told: Vec<_> =
            fields.iter().map(|it| (it.name.as_str(), it.r#type, it.required)).collect();
        assert_eq!(
            told,
            [("firstName", FieldType::Text, true), ("notes", FieldType::Textarea, false)]
        );
    }

    #[test]
    fn a_request_says_what_its_flow_reads() {
        let mut trigger = step::piece_trigger(WEBHOOK, "catch_webhook").unwrap();
        let mut action =
            step::piece_action("step_1", domain::flow::catalog::TEXT, "change_case").unwrap();
        if let domain::flow::ActionKind::Piece(it) = &mut action.kind {
            it.input.insert("text".to_owned(), json!("{{trigger['body']['client_name']}}"));
        }
        trigger.next_action = Some(Box::new(action));
        let fields = fields_of(&version(trigger));
        assert_eq!((fields[0].name.as_str(), fields[0].title()), ("client_name", "Client name"));
    }
}
