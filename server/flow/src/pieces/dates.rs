//! The piece for dates. Days and hours are those of the chosen time zone.

use crate::pieces::input::Input;
use crate::pieces::{Done, Failed, math};
use chrono::{
    DateTime, Datelike, Days, Duration, Months, NaiveDateTime, SecondsFormat, TimeZone, Timelike,
    Utc, Weekday,
};
use chrono_tz::Tz;
use domain::expr::date;
use serde_json::{Value, json};

const FURTHEST_YEARS: i64 = 1_000;

type Moment = DateTime<Tz>;

/// Does what `action` says.
pub(crate) fn run(action: &str, input: &Input<'_>, now_ms: i64) -> Result<Done, Failed> {
    let output = match action {
        "get_current_date" => {
            let now = DateTime::from_timestamp_millis(now_ms).unwrap_or_default();
            written(now.with_timezone(&zone(input)?), input)?
        }
        "format_date" => written(moment(input, "inputDate", "The date")?, input)?,
        "add_subtract_date" => {
            let from = moment(input, "inputDate", "The date")?;
            let amount = input.required_integer("amount", "The amount")?;
            written(moved(&from, amount, &unit(input, "unit"))?, input)?
        }
        "date_difference" => {
            let start = moment(input, "startDate", "The first date")?;
            let end = moment(input, "endDate", "The second date")?;
            between(&start, &end, &unit(input, "unitDifference"))?
        }
        "extract_date_parts" => parts(&moment(input, "inputDate", "The date")?),
        other => return Err(Failed::unknown("Dates", other)),
    };
    Ok(Done::Output(output))
}

fn unit(input: &Input<'_>, name: &str) -> String {
    input.text(name).unwrap_or_else(|| "days".to_owned())
}

fn zone(input: &Input<'_>) -> Result<Tz, Failed> {
    let name = input.text("timeZone").unwrap_or_else(|| "UTC".to_owned());
    name.parse()
        .map_err(|_| Failed::new(format!("{name} is not a time zone. Choose one from the list")))
}

/// A date without a zone is one of the chosen zone.
fn moment(input: &Input<'_>, name: &str, label: &str) -> Result<Moment, Failed> {
    let (text, zone) = (input.required_text(name, label)?, zone(input)?);
    if let Ok(at) = DateTime::parse_from_rfc3339(text.trim()) {
        return Ok(at.with_timezone(&zone));
    }
    let unreadable =
        || Failed::new(format!("{label} {text:?} is not a date. Write it like 2026-03-31 09:00"));
    let number = input.number(name).filter(|it| it.is_finite());
    let at = match number.filter(|it| it.abs() >= 1e9) {
        // Seconds or milliseconds since 1970, by their size.
        Some(number) if number.abs() < 1e11 => date::moment(number * 1000.0).map(Ok),
        Some(number) => date::moment(number).map(Ok),
        None => date::parse_loose(&text).and_then(date::moment).map(Err),
    };
    match at.ok_or_else(unreadable)? {
        Ok(exact) => Ok(zone.from_utc_datetime(&exact)),
        Err(local) => on_clock(zone, local).ok_or_else(unreadable),
    }
}

/// A time that the clocks skip is the first one after it; of one that comes twice, the first.
fn on_clock(zone: Tz, local: NaiveDateTime) -> Option<Moment> {
    let hour = Duration::hours(1);
    let found = zone.from_local_datetime(&local).earliest();
    found.or_else(|| zone.from_local_datetime(&(local + hour)).earliest())
}

fn written(at: Moment, input: &Input<'_>) -> Result<Value, Failed> {
    let format = input.text("outputFormat").unwrap_or_else(|| "iso".to_owned());
    let pattern = match format.as_str() {
        "iso" => {
            return Ok(at.with_timezone(&Utc).to_rfc3339_opts(SecondsFormat::Millis, true).into());
        }
        "unix" => return Ok(at.timestamp().into()),
        "day" => "%Y-%m-%d",
        "day_month" => "%-d %b %Y",
        "slashes" => "%d/%m/%Y",
        "slashes_us" => "%m/%d/%Y",
        "minute" => "%Y-%m-%d %H:%M",
        "clock" => "%H:%M",
        "weekday" => "%A",
        other => {
            let message = format!("{other} is not a way to write dates. Choose one from the list");
            return Err(Failed::new(message));
        }
    };
    Ok(at.format(pattern).to_string().into())
}

fn moved(from: &Moment, amount: i64, unit: &str) -> Result<Moment, Failed> {
    let too_far = || Failed::new(format!("{amount} {unit} is too far. Use a smaller amount"));
    let on_days = |days: i64| {
        let local = from.naive_local();
        let days = if days >= 0 {
            local.checked_add_days(Days::new(days.unsigned_abs()))
        } else {
            local.checked_sub_days(Days::new(days.unsigned_abs()))
        };
        on_clock(from.timezone(), days?)
    };
    let on_months = |months: i64| {
        let count = Months::new(u32::try_from(months.unsigned_abs()).ok()?);
        let local = from.naive_local();
        let local = if months >= 0 {
            local.checked_add_months(count)
        } else {
            local.checked_sub_months(count)
        };
        on_clock(from.timezone(), local?)
    };
    if amount.abs() > FURTHEST_YEARS * 366 * 24 * 60 {
        return Err(too_far());
    }
    let there = match unit {
        "minutes" => from.checked_add_signed(Duration::minutes(amount)),
        "hours" => from.checked_add_signed(Duration::hours(amount)),
        "days" => on_days(amount),
        "weeks" => amount.checked_mul(7).and_then(on_days),
        "months" => on_months(amount),
        "years" => amount.checked_mul(12).and_then(on_months),
        "working_days" => on_days(days_for(from.weekday(), amount)),
        other => return Err(wrong_unit(other)),
    };
    let furthest = i32::try_from(FURTHEST_YEARS).unwrap_or(i32::MAX);
    there.filter(|it| (from.year() - it.year()).abs() <= furthest).ok_or_else(too_far)
}

/// Calendar days that `working` days from a weekday take.
fn days_for(weekday: Weekday, working: i64) -> i64 {
    let step = working.signum();
    let (weeks, mut left) = (working / 5, (working % 5).abs());
    let (mut days, mut day) = (weeks * 7, i64::from(weekday.num_days_from_monday()));
    while left > 0 {
        days += step;
        day = (day + step).rem_euclid(7);
        if day < 5 {
            left -= 1;
        }
    }
    // Whole weeks from a Saturday or Sunday end on one: the working day before, or after, is meant.
    while working != 0 && day >= 5 {
        days -= step;
        day = (day - step).rem_euclid(7);
    }
    days
}

fn between(start: &Moment, end: &Moment, unit: &str) -> Result<Value, Failed> {
    let span = *end - *start;
    let days = || (end.date_naive() - start.date_naive()).num_days();
    let months = || {
        let whole = (i64::from(end.year()) * 12 + i64::from(end.month0()))
            - (i64::from(start.year()) * 12 + i64::from(start.month0()));
        let (from, to) = ((start.day(), start.time()), (end.day(), end.time()));
        match () {
            () if whole > 0 && to < from => whole - 1,
            () if whole < 0 && to > from => whole + 1,
            () => whole,
        }
    };
    let count = match unit {
        "minutes" => span.num_minutes(),
        "hours" => span.num_hours(),
        "days" => days(),
        "weeks" => days() / 7,
        "months" => months(),
        "years" => months() / 12,
        "working_days" => working_between(start, days())?,
        other => return Err(wrong_unit(other)),
    };
    #[expect(clippy::cast_precision_loss, reason = "seconds of a thousand years are exact")]
    let hours = math::number(span.num_seconds() as f64 / 3_600.0).unwrap_or_default();
    Ok(json!({ "difference": count, "unit": unit, "hours": hours }))
}

/// Working days after the first day up to the last one.
fn working_between(start: &Moment, days: i64) -> Result<i64, Failed> {
    if days.abs() > FURTHEST_YEARS * 366 {
        return Err(Failed::new("The dates are too far apart to count working days"));
    }
    let (step, first) = (days.signum(), i64::from(start.weekday().num_days_from_monday()));
    let (weeks, left) = (days.abs() / 7, days.abs() % 7);
    let rest = (1..=left).filter(|it| (first + it * step).rem_euclid(7) < 5).count();
    Ok(step * (weeks * 5 + i64::try_from(rest).unwrap_or_default()))
}

fn parts(at: &Moment) -> Value {
    json!({
        "year": at.year(), "month": at.month(), "day": at.day(), "hour": at.hour(), "minute": at.minute(),
        "second": at.second(), "weekday": at.format("%A").to_string(), "week": at.iso_week().week(),
        "unixSeconds": at.timestamp(), "isWeekend": at.weekday().num_days_from_monday() >= 5,
    })
}

fn wrong_unit(unit: &str) -> Failed {
    Failed::new(format!("{unit} is not a unit of time. Choose one from the list"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pieces::testing::{output, refused};

    /// Saturday 2026-11-21, 03:12:11 UTC.
    const NOW: i64 = 1_795_230_731_000;

    fn gave(action: &str, input: Value) -> Value {
        output(&input, |input| run(action, input, NOW))
    }

    #[test]
    fn now_is_written_in_every_way() {
        for (format, expected) in [
            ("iso", json!("2026-11-21T03:12:11.000Z")),
            ("day", json!("2026-11-20")),
            ("clock", json!("19:12")),
            ("weekday", json!("Friday")),
            ("unix", json!(NOW / 1000)),
        ] {
            let input = json!({ "outputFormat": format, "timeZone": "America/Los_Angeles" });
            assert_eq!(gave("get_current_date", input), expected, "{format}");
        }
        for (format, _) in domain::flow::catalog::data::DATE_FORMATS {
            assert!(!gave("get_current_date", json!({ "outputFormat": format })).is_null());
        }
    }

    #[test]
    fn a_day_later_is_the_same_hour_when_the_clocks_change() {
        let moved = |amount: i64, unit: &str| {
            let input = json!({
                "inputDate": "2026-03-28 09:00", "amount": amount, "unit": unit,
                "timeZone": "Europe/Berlin", "outputFormat": "iso",
            });
            gave("add_subtract_date", input)
        };
        assert_eq!(moved(1, "days"), "2026-03-29T07:00:00.000Z");
        assert_eq!(moved(24, "hours"), "2026-03-29T08:00:00.000Z");
        assert_eq!(moved(-1, "months"), "2026-02-28T08:00:00.000Z");
        // 02:30 does not exist on that night.
        let input = json!({
            "inputDate": "2026-03-28 02:30", "amount": 1, "unit": "days", "timeZone": "Europe/Berlin",
            "outputFormat": "clock",
        });
        assert_eq!(gave("add_subtract_date", input), "03:30");
    }

    #[test]
    fn working_days_leave_weekends_out() {
        let from = |day: &str, amount: i64| {
            let input = json!({
                "inputDate": day, "amount": amount, "unit": "working_days", "outputFormat": "day",
            });
            gave("add_subtract_date", input)
        };
        assert_eq!(from("2026-11-20", 1), "2026-11-23");
        assert_eq!(from("2026-11-20", 6), "2026-11-30");
        assert_eq!(from("2026-11-23", -1), "2026-11-20");
        assert_eq!(from("2026-11-21", 5), "2026-11-27");
        let input = json!({
            "startDate": "2026-11-20", "endDate": "2026-11-30", "unitDifference": "working_days",
        });
        assert_eq!(gave("date_difference", input)["difference"], 6);
    }

    #[test]
    fn dates_are_compared_and_taken_apart() {
        let input = json!({ "startDate": "2026-01-31", "endDate": "2026-03-01T12:00:00Z" });
        assert_eq!(gave("date_difference", input)["difference"], 29);
        let input = json!({ "startDate": "2026-01-31", "endDate": "2026-03-01", "unitDifference": "months" });
        assert_eq!(gave("date_difference", input)["difference"], 1);
        let parts = gave("extract_date_parts", json!({ "inputDate": "1795230731" }));
        assert_eq!((&parts["weekday"], &parts["isWeekend"]), (&json!("Saturday"), &json!(true)));
        let wrong = refused(&json!({ "inputDate": "soon" }), |it| run("format_date", it, NOW));
        assert!(wrong.contains("not a date"), "{wrong}");
    }
}
