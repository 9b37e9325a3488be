//! What a step does, in a few words under its name: when a clock starts it, where in Basecamp it looks or writes.

use super::store::Studio;
use crate::flows::server_fns::load_choices;
use domain::flow::catalog::fields::CONNECTION;
use domain::flow::catalog::{self, BASECAMP, SCHEDULE};
use domain::flow::listing::OptionsRequest;
use domain::flow::{ActionKind, FlowVersion, PieceSettings, TriggerKind, tree};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Names of projects by their numbers.
pub type Names = BTreeMap<String, String>;

const DAYS: [&str; 7] =
    ["Sundays", "Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays"];

/// When a clock starts a flow; nothing for other triggers.
pub fn by_clock(settings: &PieceSettings) -> Option<String> {
    let name = settings.trigger_name.as_deref().filter(|_| settings.piece_name == SCHEDULE)?;
    let input = &settings.input;
    let number = |key: &str| input.get(key).and_then(whole);
    let at = || number("hour_of_the_day").map_or(String::new(), |it| format!(" at {it:02}:00"));
    let weekends = input.get("run_on_weekends").is_some_and(|it| *it == Value::Bool(true));
    Some(match name {
        "every_x_minutes" => match number("minutes")? {
            1 => "Every minute".to_owned(),
            minutes => format!("Every {minutes} minutes"),
        },
        "every_hour" if weekends => "Every hour".to_owned(),
        "every_hour" => "Every hour on weekdays".to_owned(),
        "every_day" if weekends => format!("Every day{}", at()),
        "every_day" => format!("Weekdays{}", at()),
        "every_week" => format!("{}{}", day(number("day_of_the_week")?)?, at()),
        "every_month" => format!("On day {} of the month{}", number("day_of_the_month")?, at()),
        _ => by_expression(input.get("cronExpression")?.as_str()?)?,
    })
}

/// The commonest cron expressions in words; nothing for others.
fn by_expression(expression: &str) -> Option<String> {
    let parts: Vec<_> = expression.split_whitespace().collect();
    let [minute, hour, "*", "*", days] = parts.as_slice() else { return None };
    let (minute, hour): (u8, u8) = (minute.parse().ok()?, hour.parse().ok()?);
    let days = match *days {
        "*" => "Every day",
        "1-5" => "Weekdays",
        one => day(one.parse().ok()?)?,
    };
    Some(format!("{days} at {hour:02}:{minute:02}"))
}

fn day(number: i64) -> Option<&'static str> {
    DAYS.get(usize::try_from(number).ok()?).copied()
}

fn whole(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())
}

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
    use serde_json::json;

    fn clock(name: &str, input: Value) -> Option<String> {
        by_clock(&PieceSettings {
            piece_name: SCHEDULE.to_owned(),
            trigger_name: Some(name.to_owned()),
            input: input.as_object().cloned().unwrap_or_default(),
            ..PieceSettings::default()
        })
    }

    #[test]
    fn a_clock_says_when_it_starts() {
        let nine = json!({"hour_of_the_day": 9, "day_of_the_week": 1, "day_of_the_month": 3});
        assert_eq!(clock("every_day", nine.clone()).as_deref(), Some("Weekdays at 09:00"));
        assert_eq!(clock("every_week", nine.clone()).as_deref(), Some("Mondays at 09:00"));
        assert_eq!(clock("every_month", nine).as_deref(), Some("On day 3 of the month at 09:00"));
        assert_eq!(
            clock("every_x_minutes", json!({"minutes": 1})).as_deref(),
            Some("Every minute")
        );
        let cron = |it: &str| clock("cron_expression", json!({ "cronExpression": it }));
        assert_eq!(cron("30 10 * * 1-5").as_deref(), Some("Weekdays at 10:30"));
        assert_eq!(cron("0/5 * * * *"), None);
    }

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
