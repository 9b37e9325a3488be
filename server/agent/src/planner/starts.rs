//! What starts a flow, as a trigger of the catalogue and in words.

use super::recipe::Start;
use super::schedule::{Clock, Every};
use super::watch_words;
use chrono::Weekday;
use domain::flow::catalog::{BASECAMP, MANUAL, SCHEDULE, WEBHOOK, step};
use domain::flow::{Trigger, TriggerKind};
use serde_json::{Map, Value, json};

/// The trigger; none for what we cannot watch.
pub(crate) fn trigger(start: &Start, timezone: &str) -> Option<Trigger> {
    match start {
        Start::Webhook => step::piece_trigger(WEBHOOK, "catch_webhook"),
        Start::Hand => step::piece_trigger(MANUAL, "manual_trigger"),
        Start::Every(every) => {
            let (name, input) = clockwork(*every, timezone);
            let mut trigger = told(step::piece_trigger(SCHEDULE, name)?, input.as_object()?)?;
            // Without the weekends "Every day" says too much.
            if matches!(every, Every::Weekday(_)) {
                "Every weekday".clone_into(&mut trigger.display_name);
            }
            Some(trigger)
        }
        Start::Watch(watch) => told(step::piece_trigger(BASECAMP, watch.trigger)?, &watch.input),
        Start::Unknown(_) => None,
    }
}

fn told(mut trigger: Trigger, input: &Map<String, Value>) -> Option<Trigger> {
    if let TriggerKind::Piece(settings) = &mut trigger.kind {
        settings.input.extend(input.clone());
    }
    Some(trigger)
}

fn clockwork(every: Every, timezone: &str) -> (&'static str, Value) {
    let cron =
        |text: String| ("cron_expression", json!({ "cronExpression": text, "timezone": timezone }));
    match every {
        Every::Minutes(minutes) => ("every_x_minutes", json!({ "minutes": minutes })),
        Every::Hours(1) => ("every_hour", json!({ "run_on_weekends": true })),
        Every::Hours(hours) => cron(format!("0 */{hours} * * *")),
        Every::Day(Clock { hour, minute: 0 }) => (
            "every_day",
            json!({ "hour_of_the_day": hour, "timezone": timezone, "run_on_weekends": true }),
        ),
        Every::Day(Clock { hour, minute }) => cron(format!("{minute} {hour} * * *")),
        Every::Weekday(Clock { hour, minute: 0 }) => (
            "every_day",
            json!({ "hour_of_the_day": hour, "timezone": timezone, "run_on_weekends": false }),
        ),
        Every::Weekday(Clock { hour, minute }) => cron(format!("{minute} {hour} * * 1-5")),
        Every::Week(day, Clock { hour, minute: 0 }) => (
            "every_week",
            json!({ "day_of_the_week": sunday_first(day), "hour_of_the_day": hour, "timezone": timezone }),
        ),
        Every::Week(day, Clock { hour, minute }) => {
            cron(format!("{minute} {hour} * * {}", sunday_first(day)))
        }
        Every::Month(day, Clock { hour, minute: 0 }) => (
            "every_month",
            json!({ "day_of_the_month": day, "hour_of_the_day": hour, "timezone": timezone }),
        ),
        Every::Month(day, Clock { hour, minute }) => cron(format!("{minute} {hour} {day} * *")),
    }
}

fn sunday_first(day: Weekday) -> u32 {
    day.num_days_from_sunday()
}

/// "when a webhook arrives", "every weekday at 09:00".
pub(crate) fn words(start: &Start) -> String {
    match start {
        Start::Webhook => "when a webhook arrives".to_owned(),
        Start::Hand => "when someone starts it by hand".to_owned(),
        Start::Every(every) => every_words(*every),
        Start::Watch(watch) => watch_words::words(watch),
        Start::Unknown(words) => words.clone(),
    }
}

fn every_words(every: Every) -> String {
    let at = |it: Clock| format!("at {:02}:{:02}", it.hour, it.minute);
    match every {
        Every::Minutes(1) => "every minute".to_owned(),
        Every::Minutes(minutes) => format!("every {minutes} minutes"),
        Every::Hours(1) => "every hour".to_owned(),
        Every::Hours(hours) => format!("every {hours} hours"),
        Every::Day(clock) => format!("every day {}", at(clock)),
        Every::Weekday(clock) => format!("every weekday {}", at(clock)),
        Every::Week(day, clock) => format!("every {} {}", day_name(day), at(clock)),
        Every::Month(day, clock) => format!("on day {day} of every month {}", at(clock)),
    }
}

fn day_name(day: Weekday) -> &'static str {
    match day {
        Weekday::Mon => "Monday",
        Weekday::Tue => "Tuesday",
        Weekday::Wed => "Wednesday",
        Weekday::Thu => "Thursday",
        Weekday::Fri => "Friday",
        Weekday::Sat => "Saturday",
        Weekday::Sun => "Sunday",
    }
}

/// What starts a flow that is there, as far as its steps need to know.
pub(crate) fn of(trigger: &Trigger) -> Start {
    match &trigger.kind {
        TriggerKind::Piece(it) if it.piece_name == MANUAL => Start::Hand,
        TriggerKind::Piece(it) if it.piece_name == SCHEDULE => {
            Start::Unknown(trigger.display_name.clone())
        }
        TriggerKind::Piece(it) if it.piece_name == BASECAMP => {
            let watch = it.trigger_name.as_deref().and_then(watch_words::of);
            watch.map_or_else(|| Start::Unknown(trigger.display_name.clone()), Start::Watch)
        }
        _ => Start::Webhook,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_start_makes_a_complete_trigger() {
        let at = |hour, minute| Clock { hour, minute };
        for (every, name) in [
            (Every::Minutes(15), "every_x_minutes"),
            (Every::Hours(1), "every_hour"),
            (Every::Hours(4), "cron_expression"),
            (Every::Day(at(9, 0)), "every_day"),
            (Every::Day(at(8, 30)), "cron_expression"),
            (Every::Weekday(at(9, 0)), "every_day"),
            (Every::Week(Weekday::Mon, at(9, 0)), "every_week"),
            (Every::Month(1, at(9, 0)), "every_month"),
        ] {
            let trigger = trigger(&Start::Every(every), "Europe/Lisbon").unwrap();
            let TriggerKind::Piece(settings) = &trigger.kind else { panic!("a piece") };
            assert_eq!(settings.trigger_name.as_deref(), Some(name), "{every:?}");
            assert!(domain::flow::catalog::fields::missing(settings).is_empty(), "{every:?}");
        }
        assert!(trigger(&Start::Webhook, "UTC").unwrap().valid);
    }

    #[test]
    fn a_clock_without_weekends_is_called_so() {
        for (every, name) in [
            (Every::Weekday(Clock { hour: 9, minute: 0 }), "Every weekday"),
            (Every::Weekday(Clock { hour: 9, minute: 30 }), "Every weekday"),
            (Every::Day(Clock { hour: 9, minute: 0 }), "Every day"),
        ] {
            let trigger = trigger(&Start::Every(every), "UTC").unwrap();
            assert_eq!(trigger.display_name, name, "{every:?}");
        }
    }
}
