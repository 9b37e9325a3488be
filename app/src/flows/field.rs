//! One input of a step's form: the control its kind asks for, with what is wrong below it.

use super::choose::{ChoiceField, ManyField};
use super::does::when_empty;
use super::fits::Wants;
use super::input;
use super::pairs::{ItemsField, ObjectField, PairsField};
use super::store::Studio;
use super::text::{TextField, TextKind};
use crate::ui::choice::Switch;
use domain::flow::PieceSettings;
use domain::flow::catalog::fields::Field;
use domain::flow::catalog::{PropKind, PropMeta};
use leptos::prelude::*;
use serde_json::Value;

/// One input of one step, as the controls need it. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Blank {
    /// The open flow.
    pub studio: Studio,
    /// The step.
    pub step: StoredValue<String>,
    /// The input.
    pub field: StoredValue<Field>,
    /// What it holds.
    pub value: Memo<Option<Value>>,
    /// What is wrong with it, and what to do.
    pub error: Signal<Option<String>>,
}

impl Blank {
    /// The input `field` of `step`.
    pub fn new(studio: Studio, step: &str, field: Field) -> Self {
        let step = StoredValue::new(step.to_owned());
        let field = StoredValue::new(field);
        let value = Memo::new(move |_| {
            let held = |settings: &PieceSettings| {
                field.with_value(|it| it.value(&settings.input).cloned())
            };
            studio.with_settings(&step.get_value(), held).flatten()
        });
        let path = field.with_value(|it| format!("input.{}", it.dotted()));
        let id = blank_id(&step.get_value(), &field);
        let error = Signal::derive(move || studio.error_at(&step.get_value(), &id, &path));
        Self { studio, step, field, value, error }
    }

    /// A name for the input that is unique on the page.
    pub fn id(self) -> String {
        blank_id(&self.step.get_value(), &self.field)
    }

    /// The words above it.
    pub fn label(self) -> &'static str {
        self.field.with_value(|it| it.prop.display_name)
    }

    /// The sentence below it.
    pub fn hint(self) -> &'static str {
        self.field.with_value(|it| it.prop.description)
    }

    /// It must hold something.
    pub fn is_required(self) -> bool {
        self.field.with_value(|it| it.prop.required)
    }

    /// It is an object before anybody writes in it: the only word of the catalogue on what JSON is for.
    fn begins_as_object(self) -> bool {
        self.field.with_value(|it| it.prop.default.as_ref().is_some_and(Value::is_object))
    }

    /// What it can hold.
    pub fn wants(self) -> Wants {
        self.field.with_value(|it| wants(&it.prop))
    }

    /// What leaving it empty means, beside what it chooses from.
    pub fn when_empty(self) -> &'static str {
        if self.is_required() {
            return "Choose";
        }
        let name = self.field.with_value(|it| it.prop.name);
        let words = |it: &PieceSettings| when_empty(it, name);
        untrack(|| self.studio.with_settings(&self.step.get_value(), words)).unwrap_or("Choose")
    }

    /// Stores `value` as one change.
    pub fn set(self, value: Option<Value>) {
        self.write(value, false);
    }

    /// Stores `value` while a person types.
    pub fn type_in(self, value: Option<Value>) {
        self.write(value, true);
    }

    fn write(self, value: Option<Value>, typing: bool) {
        let id = self.id();
        let path = self.field.with_value(|it| it.path.clone());
        let change = move |settings: &mut PieceSettings| input::set(settings, &path, value);
        self.studio.change_settings(&self.step.get_value(), typing.then_some(id.as_str()), change);
    }
}

fn blank_id(step: &str, field: &StoredValue<Field>) -> String {
    format!("f-{step}-{}", field.with_value(Field::dotted).replace('.', "-"))
}

/// Words in the names of inputs that hold people.
const PEOPLE: [&str; 6] = ["assignee", "member", "notify", "people", "person", "subscri"];

/// What an input can hold, by its kind and its name.
fn wants(prop: &PropMeta) -> Wants {
    let name = prop.name.to_lowercase();
    let is_record = name.ends_with("_id") || name == "record";
    match prop.kind {
        PropKind::Dropdown { .. } | PropKind::MultiSelectDropdown { .. } => match () {
            () if PEOPLE.iter().any(|it| name.contains(it)) => Wants::Person,
            () if name == "project" => Wants::Project,
            () => Wants::Record,
        },
        PropKind::StaticDropdown { .. } => Wants::Word,
        PropKind::Number if is_record => Wants::Record,
        PropKind::Number => Wants::Number,
        PropKind::DateTime => Wants::Day,
        PropKind::ShortText if name.ends_with("_on") || name.ends_with("_at") => Wants::Day,
        _ => Wants::Anything,
    }
}

/// The control of one input.
#[component]
pub fn StepField(
    /// The input.
    blank: Blank,
) -> impl IntoView {
    match blank.field.with_value(|it| it.prop.kind.clone()) {
        PropKind::ShortText => view! { <TextField blank=blank kind=TextKind::Line /> }.into_any(),
        PropKind::LongText => view! { <TextField blank=blank kind=TextKind::Lines /> }.into_any(),
        PropKind::Number => view! { <TextField blank=blank kind=TextKind::Number /> }.into_any(),
        PropKind::DateTime => view! { <TextField blank=blank kind=TextKind::Day /> }.into_any(),
        PropKind::Json if blank.begins_as_object() => {
            view! { <ObjectField blank=blank /> }.into_any()
        }
        PropKind::Json => view! { <TextField blank=blank kind=TextKind::Json /> }.into_any(),
        PropKind::Checkbox => view! { <YesNoField blank=blank /> }.into_any(),
        PropKind::StaticDropdown { .. } | PropKind::Dropdown { .. } => {
            view! { <ChoiceField blank=blank /> }.into_any()
        }
        PropKind::MultiSelectDropdown { .. } => view! { <ManyField blank=blank /> }.into_any(),
        PropKind::Object => view! { <PairsField blank=blank /> }.into_any(),
        PropKind::Array => view! { <ItemsField blank=blank /> }.into_any(),
        PropKind::Markdown => view! { <p class="hint">{blank.hint()}</p> }.into_any(),
        PropKind::Dynamic { .. } => ().into_any(),
    }
}

/// A frame for controls that are more than one element: name above, error or help below.
#[component]
pub fn Framed(
    /// The input.
    blank: Blank,
    /// Beside the name.
    #[prop(optional, into)]
    beside: Option<ViewFnOnce>,
    /// The controls.
    children: Children,
) -> impl IntoView {
    let id = blank.id();
    view! {
        <div class="field" role="group" aria-labelledby=format!("{id}-l")>
            <div class="label" id=format!("{id}-l")>
                {blank.label()} <Needed blank=blank /> {beside.map(|it| it.run())}
            </div>
            {children()}
            <Below blank=blank />
        </div>
    }
}

/// Says that an input may stay empty.
#[component]
pub fn Needed(blank: Blank) -> impl IntoView {
    (!blank.is_required()).then(|| view! { <span class="quiet">"optional"</span> })
}

/// What is wrong with an input, else its help.
#[component]
pub fn Below(blank: Blank) -> impl IntoView {
    use crate::ui::icon::Icon;
    let id = format!("{}-note", blank.id());
    move || match blank.error.get() {
        Some(error) => {
            view! { <p class="error" id=id.clone() role="alert"><Icon name="alert" />{error}</p> }
                .into_any()
        }
        None if blank.hint().is_empty() => ().into_any(),
        None => view! { <p class="hint" id=id.clone()>{blank.hint()}</p> }.into_any(),
    }
}

#[component]
fn YesNoField(blank: Blank) -> impl IntoView {
    let on = Signal::derive(move || blank.value.with(|it| matches!(it, Some(Value::Bool(true)))));
    view! {
        <div class="field">
            <Switch on=on change=move |on: bool| blank.set(Some(Value::Bool(on)))>{blank.label()}</Switch>
            <Below blank=blank />
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::flow::catalog::{BASECAMP, action};

    #[test]
    fn what_a_field_can_hold_follows_from_its_kind_and_name() {
        let todos = action(BASECAMP, "todos").expect("known");
        let of = |name: &str| todos.props.iter().find(|it| it.name == name).map(wants);
        assert_eq!(of("project"), Some(Wants::Project));
        assert_eq!(of("todolist"), Some(Wants::Record));
        let create = todos.operations.iter().find(|it| it.value == "create_todo").expect("known");
        let of = |name: &str| create.inputs.iter().find(|it| it.name == name).map(wants);
        assert_eq!(of("due_on"), Some(Wants::Day));
        assert_eq!(of("assignee_ids"), Some(Wants::Person));
        assert_eq!(of("content"), Some(Wants::Anything));
    }
}
