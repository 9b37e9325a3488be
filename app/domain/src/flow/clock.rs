//! When a clock starts a flow, in words.

use super::catalog::{self, SCHEDULE};
use super::cron;
use super::{PieceSettings, Trigger, TriggerKind};
use serde_json::Value;

/// "Weekdays at 09:00"; none for triggers that are no clock, and for a clock that is not set or that no short sentence
/// tells.
pub fn words(settings: &PieceSettings) -> Option<String> {
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
        "every_week" => format!("{}{}", cron::day(number("day_of_the_week")?)?, at()),
        "every_month" => format!("On day {} of the month{}", number("day_of_the_month")?, at()),
        _ => cron::words(input.get("cronExpression")?.as_str()?)?,
    })
}

/// What starts a flow, in words: the name that a person gave the trigger, else when its clock starts it, else the usual
/// name.
pub fn starts(trigger: &Trigger) -> String {
    let TriggerKind::Piece(settings) = &trigger.kind else { return trigger.display_name.clone() };
    let name = settings.trigger_name.as_deref().unwrap_or_default();
    let usual = catalog::trigger(&settings.piece_name, name).map(|it| it.display_name);
    let told = words(settings).filter(|_| usual == Some(trigger.display_name.as_str()));
    told.unwrap_or_else(|| trigger.display_name.clone())
}

/// A whole number, also where it is written as a text.
pub fn whole(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn settings(name: &str, input: Value) -> PieceSettings {
        PieceSettings {
            piece_name: SCHEDULE.to_owned(),
            trigger_name: Some(name.to_owned()),
            input: input.as_object().cloned().unwrap_or_default(),
            ..PieceSettings::default()
        }
    }

    #[test]
    fn a_clock_says_when_it_starts() {
        let clock = |name: &str, input: Value| words(&settings(name, input));
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
        assert_eq!(cron("0 9 1 1 *"), None);
    }

    #[test]
    fn a_name_that_a_person_gave_is_what_starts_it() {
        let mut trigger = Trigger {
            name: "trigger".to_owned(),
            display_name: "Every day".to_owned(),
            valid: true,
            kind: TriggerKind::Piece(Box::new(settings(
                "every_day",
                json!({"hour_of_the_day": 9}),
            ))),
            next_action: None,
        };
        assert_eq!(starts(&trigger), "Weekdays at 09:00");
        trigger.display_name = "Good morning".to_owned();
        assert_eq!(starts(&trigger), "Good morning");
    }
}
