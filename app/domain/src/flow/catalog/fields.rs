//! The form of one step: which inputs it has now, and which are still missing.

use super::{
    ActionMeta, BASECAMP, HTTP, PropKind, PropMeta, SUBFLOWS, WEBHOOK, action, basics, http,
    trigger, waits,
};
use crate::expr::names;
use crate::flow::PieceSettings;
use serde_json::{Map, Value};

/// The input that names the connection of a step.
pub const CONNECTION: &str = "auth";

/// One input of a step's form, in the place where its value is stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Keys into the step's `input`: `["project"]`, `["inputs", "content"]`.
    pub path: Vec<String>,
    /// What it is; `required` says what holds for this step.
    pub prop: PropMeta,
}

impl Field {
    /// The path as people and issues write it: `inputs.content`.
    pub fn dotted(&self) -> String {
        self.path.join(".")
    }

    /// The value in `input`.
    pub fn value<'a>(&self, input: &'a Map<String, Value>) -> Option<&'a Value> {
        let (first, rest) = self.path.split_first()?;
        rest.iter().try_fold(input.get(first)?, |value, key| value.get(key))
    }
}

/// The inputs that `settings` has now, in reading order, dynamic groups opened; none for an unknown piece.
pub fn fields(settings: &PieceSettings) -> Vec<Field> {
    if let Some(name) = &settings.action_name {
        return action(&settings.piece_name, name)
            .map_or_else(Vec::new, |it| of_action(settings, it));
    }
    let meta = settings.trigger_name.as_deref().and_then(|it| trigger(&settings.piece_name, it));
    meta.map_or_else(Vec::new, |it| opened(settings, it.name, &it.props))
}

/// Which of several connections a step works with, for pieces that choose one by a rule when nobody chooses.
pub fn connection(settings: &PieceSettings) -> Option<Field> {
    let kind = PropKind::Dropdown { refreshers: &[], refresh_on_search: false };
    let prop = super::prop(CONNECTION, "Connection", kind);
    (settings.piece_name == BASECAMP).then(|| Field { path: vec![CONNECTION.to_owned()], prop })
}

/// The connection that a step or trigger in Basecamp works with, where one of ours is chosen in `input`. Flows of other
/// engines name connections that are not here, so those go by the rule.
pub fn chosen_connection(input: &Map<String, Value>) -> Option<String> {
    let named = names::connections(input.get(CONNECTION)?.as_str()?);
    named.into_iter().find(|it| is_ours(it))
}

/// Whether `id` has the form of the ids that we give: a UUID.
pub fn is_ours(id: &str) -> bool {
    let parts: Vec<_> = id.split('-').collect();
    let lengths = parts.iter().map(|it| it.len());
    lengths.eq([8, 4, 4, 4, 12])
        && parts.iter().all(|it| it.chars().all(|it| it.is_ascii_hexdigit()))
}

/// The required inputs of `settings` that hold nothing.
pub fn missing(settings: &PieceSettings) -> Vec<Field> {
    let mut fields = fields(settings);
    fields.retain(|it| it.prop.required && is_empty(it.value(&settings.input)));
    fields
}

/// Whether a value counts as not given.
pub fn is_empty(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null) => true,
        Some(Value::String(text)) => text.trim().is_empty(),
        Some(_) => false,
    }
}

/// What the dynamic input `prop_name` of an action or trigger holds, given its siblings.
pub fn dynamic(
    piece_name: &str,
    owner: &str,
    prop_name: &str,
    input: &Map<String, Value>,
) -> Vec<PropMeta> {
    let chosen = |key: &str| input.get(key).and_then(Value::as_str).unwrap_or_default();
    match (piece_name, owner, prop_name) {
        (WEBHOOK, "catch_webhook", "authFields") => basics::webhook_auth(chosen("authType")),
        (WEBHOOK, "return_response", "fields") => basics::response_fields(chosen("responseType")),
        (WEBHOOK, "return_response_and_wait_for_next_webhook", "fields") => {
            basics::response_fields(chosen("responseType"))
        }
        (SUBFLOWS, "callFlow", "flowProps") => waits::call_fields(),
        (SUBFLOWS, "returnResponse", "response") => waits::answer_fields(),
        (HTTP, "send_request", "authFields") => http::auth_fields(chosen("authType")),
        (HTTP, "send_request", "body") => http::body_fields(chosen("body_type")),
        (BASECAMP, _, "inputs") => action(piece_name, owner)
            .and_then(|it| it.operation(input))
            .map_or_else(Vec::new, |it| it.inputs.clone()),
        _ => Vec::new(),
    }
}

fn of_action(settings: &PieceSettings, meta: &ActionMeta) -> Vec<Field> {
    let Some(operation) = meta.operation(&settings.input) else {
        let operation_only = !meta.operations.is_empty();
        let props: Vec<_> = meta
            .props
            .iter()
            .filter(|it| !operation_only || it.name == "operation")
            .cloned()
            .collect();
        return opened(settings, meta.name, &props);
    };
    let props: Vec<_> = meta
        .props
        .iter()
        .filter(|it| {
            ["operation", "inputs"].contains(&it.name)
                || operation.needs.contains(&it.name)
                || operation.takes.contains(&it.name)
        })
        .cloned()
        .map(|it| if operation.needs.contains(&it.name) { it.required() } else { it })
        .collect();
    opened(settings, meta.name, &props)
}

fn opened(settings: &PieceSettings, owner: &str, props: &[PropMeta]) -> Vec<Field> {
    props
        .iter()
        .flat_map(|it| match it.kind {
            PropKind::Dynamic { .. } => {
                dynamic(&settings.piece_name, owner, it.name, &settings.input)
                    .into_iter()
                    .map(|inner| Field {
                        path: vec![it.name.to_owned(), inner.name.to_owned()],
                        prop: inner,
                    })
                    .collect()
            }
            _ => vec![Field { path: vec![it.name.to_owned()], prop: it.clone() }],
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::step;
    use super::*;
    use crate::flow::ActionKind;

    fn paths(settings: &PieceSettings) -> Vec<String> {
        fields(settings).iter().map(Field::dotted).collect()
    }

    fn settings(piece: &str, action: &str) -> PieceSettings {
        match step::piece_action("step_1", piece, action).map(|it| it.kind) {
            Some(ActionKind::Piece(settings)) => *settings,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_basecamp_step_asks_for_the_operation_before_anything_else() {
        let mut it = settings(BASECAMP, "todos");
        assert_eq!(paths(&it), ["operation"]);
        it.input.insert("operation".into(), "complete_todo".into());
        assert_eq!(paths(&it), ["operation", "project", "todolist", "todo"]);
        let missing: Vec<_> = missing(&it).iter().map(Field::dotted).collect();
        assert_eq!(missing, ["project", "todo"]);
    }

    #[test]
    fn only_steps_in_basecamp_choose_a_connection_that_they_can_do_without() {
        let field = connection(&settings(BASECAMP, "todos")).expect("a choice");
        assert_eq!((field.dotted().as_str(), field.prop.required), (CONNECTION, false));
        assert_eq!(connection(&settings(HTTP, "send_request")), None);
    }

    #[test]
    fn a_group_opens_with_the_choice_it_depends_on() {
        let mut it = settings(HTTP, "send_request");
        assert!(!paths(&it).contains(&"body.data".to_owned()));
        it.input.insert("body_type".into(), "json".into());
        assert!(paths(&it).contains(&"body.data".to_owned()));
    }
}
