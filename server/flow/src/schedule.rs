//! When a flow that starts by the clock starts next. Days and hours are those of its time zone.

use crate::pieces::input::Input;
use chrono::DateTime;
use chrono_tz::Tz;
use croner::Cron;
use croner::parser::CronParser;
use domain::flow::{PieceSettings, Trigger, TriggerKind, catalog};
use domain::problem::Problem;
use serde_json::{Value, json};

/// A clock of a flow.
#[derive(Clone, Debug)]
pub(crate) struct Schedule {
    expression: String,
    cron: Cron,
    zone: Tz,
}

impl Schedule {
    /// The clock of a trigger; none when something else starts the flow.
    ///
    /// # Errors
    /// [`Problem::Invalid`] when it can never be read.
    pub(crate) fn of(trigger: &Trigger) -> Result<Option<Self>, Problem> {
        match &trigger.kind {
            TriggerKind::Piece(settings) if settings.piece_name == catalog::SCHEDULE => {
                Self::read(settings).map(Some)
            }
            _ => Ok(None),
        }
    }

    fn read(settings: &PieceSettings) -> Result<Self, Problem> {
        let input = Input::new(&settings.input);
        let name = settings.trigger_name.as_deref().unwrap_or_default();
        let expression = expression(name, &input);
        let zone = input.text("timezone").unwrap_or_else(|| "UTC".to_owned());
        let zone: Tz = zone.parse().map_err(|_| {
            wrong("timezone", format!("{zone} is not a time zone. Choose one from the list"))
        })?;
        let parser = CronParser::builder().sloppy_ranges(true).build();
        let cron = parser.parse(&expression).map_err(|_| {
            let message = format!(
                "{expression:?} is not a cron expression. Write minute, hour, day, month, weekday"
            );
            wrong("cronExpression", message)
        })?;
        Ok(Self { expression, cron, zone })
    }

    /// The first time after `after_ms`, epoch milliseconds; none when there is none.
    pub(crate) fn next(&self, after_ms: i64) -> Option<i64> {
        let after = DateTime::from_timestamp_millis(after_ms)?.with_timezone(&self.zone);
        let next = self.cron.find_next_occurrence(&after, false).ok()?;
        Some(next.timestamp_millis())
    }

    /// What the trigger gives to the steps.
    pub(crate) fn output(&self) -> Value {
        json!({ "cron_expression": self.expression, "timezone": self.zone.name() })
    }
}

fn wrong(field: &str, message: String) -> Problem {
    Problem::invalid(format!("steps.trigger.input.{field}"), message)
}

fn expression(trigger: &str, input: &Input<'_>) -> String {
    let number = |name, absent: i64| input.integer(name).unwrap_or(absent);
    let days = if input.flag("run_on_weekends") { "*" } else { "1-5" };
    let hour = number("hour_of_the_day", 0);
    match trigger {
        "every_x_minutes" => format!("*/{} * * * *", number("minutes", 5)),
        "every_hour" => format!("0 * * * {days}"),
        "every_day" => format!("0 {hour} * * {days}"),
        "every_week" => format!("0 {hour} * * {}", number("day_of_the_week", 1)),
        "every_month" => format!("0 {hour} {} * *", number("day_of_the_month", 1)),
        _ => input.text("cronExpression").unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Map;

    fn schedule(trigger: &str, input: Value) -> Result<Schedule, Problem> {
        Schedule::read(&PieceSettings {
            piece_name: catalog::SCHEDULE.to_owned(),
            trigger_name: Some(trigger.to_owned()),
            input: input.as_object().cloned().unwrap_or_else(Map::new),
            ..PieceSettings::default()
        })
    }

    fn next(trigger: &str, input: Value, after: &str) -> String {
        let after = DateTime::parse_from_rfc3339(after).unwrap().timestamp_millis();
        let next = schedule(trigger, input).unwrap().next(after).unwrap();
        DateTime::from_timestamp_millis(next).unwrap().to_rfc3339()
    }

    #[test]
    fn each_kind_of_clock_gives_its_next_time() {
        let at = "2026-11-21T03:12:11Z"; // a Saturday
        assert_eq!(
            next("every_x_minutes", json!({ "minutes": 5 }), at),
            "2026-11-21T03:15:00+00:00"
        );
        assert_eq!(
            next("every_hour", json!({ "run_on_weekends": true }), at),
            "2026-11-21T04:00:00+00:00"
        );
        assert_eq!(next("every_hour", json!({}), at), "2026-11-23T00:00:00+00:00");
        let day =
            json!({ "hour_of_the_day": 9, "timezone": "Europe/Berlin", "run_on_weekends": true });
        assert_eq!(next("every_day", day, at), "2026-11-21T08:00:00+00:00");
        let week = json!({ "day_of_the_week": 1, "hour_of_the_day": 0, "timezone": "UTC" });
        assert_eq!(next("every_week", week, at), "2026-11-23T00:00:00+00:00");
        let month = json!({ "day_of_the_month": 31, "hour_of_the_day": 7 });
        assert_eq!(next("every_month", month, at), "2026-12-31T07:00:00+00:00");
        assert_eq!(
            next("cron_expression", json!({ "cronExpression": "0/5 * * * *" }), at),
            "2026-11-21T03:15:00+00:00"
        );
    }

    #[test]
    fn the_hour_stays_when_the_clocks_change() {
        let day =
            json!({ "hour_of_the_day": 9, "timezone": "Europe/Berlin", "run_on_weekends": true });
        assert_eq!(
            next("every_day", day.clone(), "2026-03-28T12:00:00Z"),
            "2026-03-29T07:00:00+00:00"
        );
        assert_eq!(next("every_day", day, "2026-10-24T12:00:00Z"), "2026-10-25T08:00:00+00:00");
    }

    #[test]
    fn an_hour_that_the_clocks_skip_or_repeat_starts_once() {
        let at = |hour: i64| json!({ "hour_of_the_day": hour, "timezone": "Europe/Berlin", "run_on_weekends": true });
        // 02:00 does not exist on that night; the first moment after it does.
        let skipped = next("every_day", at(2), "2026-03-28T12:00:00Z");
        assert_eq!(skipped, "2026-03-29T01:00:00+00:00");
        assert_eq!(next("every_day", at(2), &skipped), "2026-03-30T00:00:00+00:00");
        // 02:00 comes twice on that night.
        let repeated = next("every_day", at(2), "2026-10-24T12:00:00Z");
        assert_eq!(repeated, "2026-10-25T00:00:00+00:00");
        assert_eq!(next("every_day", at(2), &repeated), "2026-10-26T01:00:00+00:00");
    }

    #[test]
    fn weeks_and_months_keep_the_hour_of_their_zone() {
        let week =
            json!({ "day_of_the_week": 0, "hour_of_the_day": 9, "timezone": "America/New_York" });
        assert_eq!(
            next("every_week", week.clone(), "2026-03-07T12:00:00Z"),
            "2026-03-08T13:00:00+00:00"
        );
        assert_eq!(next("every_week", week, "2026-02-28T12:00:00Z"), "2026-03-01T14:00:00+00:00");
        let month =
            json!({ "day_of_the_month": 1, "hour_of_the_day": 9, "timezone": "Australia/Sydney" });
        assert_eq!(
            next("every_month", month.clone(), "2026-09-15T00:00:00Z"),
            "2026-09-30T23:00:00+00:00"
        );
        assert_eq!(next("every_month", month, "2026-10-15T00:00:00Z"), "2026-10-31T22:00:00+00:00");
        let cron = json!({ "cronExpression": "30 8 * * 1-5", "timezone": "Asia/Kolkata" });
        assert_eq!(
            next("cron_expression", cron, "2026-11-21T03:12:11Z"),
            "2026-11-23T03:00:00+00:00"
        );
    }

    #[test]
    fn what_cannot_be_read_names_the_field() {
        let Err(Problem::Invalid { issues }) = schedule("every_day", json!({ "timezone": "Mars" }))
        else {
            panic!()
        };
        assert_eq!(issues[0].field, "steps.trigger.input.timezone");
        let Err(Problem::Invalid { issues }) =
            schedule("cron_expression", json!({ "cronExpression": "soon" }))
        else {
            panic!()
        };
        assert_eq!(issues[0].field, "steps.trigger.input.cronExpression");
    }
}
