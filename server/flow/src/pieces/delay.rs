//! The delay piece. Every wait parks the run, however short: nothing is held meanwhile and a restart does not matter.

use crate::pieces::input::Input;
use crate::pieces::{Done, Failed};
use chrono::{DateTime, NaiveDate, NaiveDateTime};
use serde_json::json;

/// The longest wait, days.
const LONGEST_DAYS: i64 = 30;
const DAY_MS: i64 = 86_400_000;

/// Waits a number of units.
pub(crate) fn delay_for(input: &Input<'_>, now_ms: i64) -> Result<Done, Failed> {
    let unit_ms = match input.text("unit").as_deref() {
        None | Some("seconds") => 1_000.0,
        Some("minutes") => 60_000.0,
        Some("hours") => 3_600_000.0,
        Some("days") => 86_400_000.0,
        Some(other) => {
            let message = format!("{other} is not a unit. Choose seconds, minutes, hours or days");
            return Err(Failed::new(message));
        }
    };
    let amount = input.number("delayFor").filter(|it| it.is_finite() && *it >= 0.0);
    let amount = amount.ok_or_else(|| Failed::new("The amount to wait must be a number"))?;
    let wait = amount * unit_ms;
    #[expect(clippy::cast_precision_loss, reason = "30 days of milliseconds fit exactly")]
    if wait > (LONGEST_DAYS * DAY_MS) as f64 {
        return Err(too_long());
    }
    #[expect(clippy::cast_possible_truncation, reason = "bounded above, fractions do not matter")]
    let wait_ms = wait as i64;
    let output = json!({ "delayForInMs": wait_ms, "success": true });
    Ok(Done::Wait { until_ms: now_ms + wait_ms, output })
}

/// Waits until a time; one that has passed does not wait.
pub(crate) fn delay_until(input: &Input<'_>, now_ms: i64) -> Result<Done, Failed> {
    let text = input.required_text("delayUntilTimestamp", "The date and time")?;
    let until_ms = moment(text.trim()).ok_or_else(|| {
        Failed::new(format!("{text} is not a date and time. Write it like 2026-03-31T09:00:00Z"))
    })?;
    if until_ms > now_ms + LONGEST_DAYS * DAY_MS {
        return Err(too_long());
    }
    let output = json!({ "delayUntilTimestamp": text, "success": true });
    Ok(Done::Wait { until_ms: until_ms.max(now_ms), output })
}

fn moment(text: &str) -> Option<i64> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(at.timestamp_millis());
    }
    let formats = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"];
    let at = formats.iter().find_map(|it| NaiveDateTime::parse_from_str(text, it).ok());
    let at = at.or_else(|| text.parse::<NaiveDate>().ok()?.and_hms_opt(0, 0, 0))?;
    Some(at.and_utc().timestamp_millis())
}

fn too_long() -> Failed {
    Failed::new(format!("A step can wait {LONGEST_DAYS} days at most. Use a schedule for longer"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Map, Value};

    fn fields(value: Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap_or_default()
    }

    #[test]
    fn twelve_seconds_end_twelve_seconds_later() {
        let input = fields(json!({ "unit": "seconds", "delayFor": "12" }));
        let output = json!({ "delayForInMs": 12_000, "success": true });
        let done = delay_for(&Input::new(&input), 1_000);
        assert_eq!(done, Ok(Done::Wait { until_ms: 13_000, output }));
    }

    #[test]
    fn a_wait_of_more_than_thirty_days_is_refused() {
        let input = fields(json!({ "unit": "days", "delayFor": 31 }));
        assert!(delay_for(&Input::new(&input), 0).is_err());
    }

    #[test]
    fn a_time_that_has_passed_does_not_wait() {
        let input = fields(json!({ "delayUntilTimestamp": "1970-01-01T00:00:01Z" }));
        let done = delay_until(&Input::new(&input), 5_000);
        assert!(matches!(done, Ok(Done::Wait { until_ms: 5_000, .. })));
    }
}
