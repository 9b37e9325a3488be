//! What a step does, in a few words under its name: where in Basecamp it looks or writes.

use super::store::Studio;
use crate::flows::server_fns::load_choices;
use domain::flow::catalog::fields::CONNECTION;
use domain::flow::catalog::{self, BASECAMP};
use domain::flow::clock::whole;
use domain::flow::listing::OptionsRequest;
use domain::flow::{ActionKind, FlowVersion, PieceSettings, TriggerKind, tree};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::Map;
use std::collections::BTreeMap;

/// Names of projects by their numbers.
pub type Names = BTreeMap<String, String>;

/// Where in Basecamp a step looks or writes: the name of its project, or all of them; nothing where that is not known.
pub fn place(settings: &PieceSettings, names: &Names) -> Option<String> {
    if settings.piece_name != BASECAMP {
        return None;
    }
    let fields = catalog::fields::fields(settings);
    let field = fields.iter().find(|it| it.path == ["project"])?;
    match project(settings) {
        Some(number) => names.get(&number).cloned(),
        None if !field.prop.required && is_empty(settings) => Some("every project".to_owned()),
        None => None,
    }
}

/// The number of the project that was chosen; nothing where a value of an earlier step decides.
fn project(settings: &PieceSettings) -> Option<String> {
    whole(settings.input.get("project")?).map(|it| it.to_string())
}

fn is_empty(settings: &PieceSettings) -> bool {
    catalog::fields::is_empty(settings.input.get("project"))
}

/// What leaving a choice empty means: anything where the step looks, nothing where it writes.
pub fn when_empty(settings: &PieceSettings, prop: &str) -> &'static str {
    let looks = match settings.action_name.as_deref() {
        Some(name) => catalog::action(&settings.piece_name, name)
            .is_some_and(|it| it.effect_of(&settings.input) == catalog::Effect::Pure),
        None => true,
    };
    let is_person = ["person", "people", "assignee"].iter().any(|it| prop.contains(it));
    match (looks, prop) {
        (true, _) if is_person => "Anybody",
        (false, _) if is_person => "Nobody",
        (_, CONNECTION) => "Mine, else the workspace's",
        (true, "project") => "Any project",
        (true, "todolist") => "Any list",
        (true, "card_table") => "Any board",
        (true, "column") => "Any column",
        (true, _) => "Any",
        (false, _) => "None",
    }
}

impl Studio {
    /// Learns the names of the projects that steps are set to, once there is one.
    pub fn learn_names(self) {
        let is_needed = Memo::new(move |_| self.flow.with(|it| uses_a_project(&it.version)));
        Effect::new(move |asked: Option<bool>| {
            let asked = asked.unwrap_or_default();
            if asked || !is_needed.get() {
                return asked;
            }
            spawn_local(async move {
                let request = OptionsRequest {
                    piece: BASECAMP.to_owned(),
                    action: "todos".to_owned(),
                    prop: "project".to_owned(),
                    input: Map::new(),
                    search: None,
                };
                // Without the names a step says what it does, and not where.
                if let Ok(all) = load_choices(request).await {
                    let named = |it: domain::flow::listing::Choice| {
                        Some((whole(&it.value)?.to_string(), it.label))
                    };
                    self.names.try_set(all.into_iter().filter_map(named).collect());
                }
            });
            true
        });
    }
}

fn uses_a_project(version: &FlowVersion) -> bool {
    let is_set = |it: &PieceSettings| it.piece_name == BASECAMP && project(it).is_some();
    let trigger = match &version.trigger.kind {
        TriggerKind::Piece(it) => is_set(it),
        TriggerKind::Empty(_) => false,
    };
    trigger
        || tree::steps(&version.trigger).iter().any(|it| match &it.kind {
            ActionKind::Piece(it) => is_set(it),
            _ => false,
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn a_step_in_basecamp_says_where() {
        let of = |input: Value| PieceSettings {
            piece_name: BASECAMP.to_owned(),
            action_name: Some("reports".to_owned()),
            input: input.as_object().cloned().unwrap_or_default(),
            ..PieceSettings::default()
        };
        let names = Names::from([("7".to_owned(), "Halden".to_owned())]);
        let overdue = of(json!({"operation": "overdue_todos", "project": 7}));
        assert_eq!(place(&overdue, &names).as_deref(), Some("Halden"));
        assert_eq!(when_empty(&overdue, "person"), "Anybody");
        let all = of(json!({"operation": "overdue_todos"}));
        assert_eq!(place(&all, &names).as_deref(), Some("every project"));
        let decided = of(json!({"operation": "overdue_todos", "project": "{{trigger.id}}"}));
        assert_eq!(place(&decided, &names), None);
    }
}
