//! Methods of dates, all in UTC. Setters give the new time and change nothing.

use super::super::date;
use super::super::eval::{Evaluated, Machine};
use super::super::limit::nonsense;
use super::super::value::Val;
use super::of_anything;
use chrono::{Datelike as _, NaiveDateTime, Timelike as _};

/// Calls a method of a date.
pub(super) fn call<'a>(
    machine: &mut Machine<'_, 'a>,
    millis: f64,
    name: &str,
    arguments: &[Val<'a>],
) -> Evaluated<'a> {
    let Some(moment) = date::moment(millis) else { return of_no_date(machine, name) };
    if let Some(text) = written(moment, millis, name) {
        return machine.text(text);
    }
    if let Some(part) = part(moment, millis, name) {
        return Ok(Val::Number(part));
    }
    if name.starts_with("set") {
        let mut values = Vec::with_capacity(arguments.len());
        for it in arguments {
            values.push(machine.number_of(it)?);
        }
        return set(moment, millis, name, &values).map_or_else(
            || nonsense(format!("{name} is not supported")),
            |it| Ok(Val::Number(it)),
        );
    }
    of_anything(machine, &Val::Date(millis), name, arguments)
}

fn of_no_date<'a>(machine: &mut Machine<'_, 'a>, name: &str) -> Evaluated<'a> {
    match name {
        "toISOString" => nonsense("it is no date"),
        "toJSON" => Ok(Val::Null),
        _ if name.starts_with("get") || name == "valueOf" => Ok(Val::Number(f64::NAN)),
        _ => machine.text("Invalid Date".to_owned()),
    }
}

fn written(moment: NaiveDateTime, millis: f64, name: &str) -> Option<String> {
    let (hour, half) = (moment.hour12().1, if moment.hour12().0 { "PM" } else { "AM" });
    let day = || format!("{}/{}/{}", moment.month(), moment.day(), moment.year());
    let time = || format!("{hour}:{:02}:{:02} {half}", moment.minute(), moment.second());
    Some(match name {
        "toISOString" | "toJSON" => date::iso_text(moment),
        "toString" => date::full_text(millis),
        "toDateString" => moment.format("%a %b %d %Y").to_string(),
        "toTimeString" => {
            moment.format("%H:%M:%S GMT+0000 (Coordinated Universal Time)").to_string()
        }
        "toUTCString" | "toGMTString" => moment.format("%a, %d %b %Y %H:%M:%S GMT").to_string(),
        "toLocaleDateString" => day(),
        "toLocaleTimeString" => time(),
        "toLocaleString" => format!("{}, {}", day(), time()),
        _ => return None,
    })
}

fn part(moment: NaiveDateTime, millis: f64, name: &str) -> Option<f64> {
    let name = name.strip_prefix("getUTC").or_else(|| name.strip_prefix("get"))?;
    Some(match name {
        "Time" => millis,
        "FullYear" => f64::from(moment.year()),
        "Month" => f64::from(moment.month0()),
        "Date" => f64::from(moment.day()),
        "Day" => f64::from(moment.weekday().num_days_from_sunday()),
        "Hours" => f64::from(moment.hour()),
        "Minutes" => f64::from(moment.minute()),
        "Seconds" => f64::from(moment.second()),
        "Milliseconds" => f64::from(moment.and_utc().timestamp_subsec_millis()),
        "TimezoneOffset" => 0.0,
        _ => return None,
    })
}

fn set(moment: NaiveDateTime, millis: f64, name: &str, values: &[f64]) -> Option<f64> {
    const PARTS: [&str; 7] =
        ["FullYear", "Month", "Date", "Hours", "Minutes", "Seconds", "Milliseconds"];
    let name = name.strip_prefix("setUTC").or_else(|| name.strip_prefix("set"))?;
    if name == "Time" {
        return values.first().copied();
    }
    let first = PARTS.iter().position(|it| *it == name)?;
    let mut parts = PARTS.map(|it| part(moment, millis, &format!("get{it}")).unwrap_or(0.0));
    for (part, value) in parts.iter_mut().skip(first).zip(values) {
        *part = *value;
    }
    Some(date::calendar(parts).unwrap_or(f64::NAN))
}
