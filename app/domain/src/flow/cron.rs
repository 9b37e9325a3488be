//! What a cron expression says, in words.

const DAYS: [&str; 7] =
    ["Sundays", "Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays"];

/// "Mondays" for 1; Sunday is 0.
pub(super) fn day(number: i64) -> Option<&'static str> {
    DAYS.get(usize::try_from(number).ok()?).copied()
}

/// "Weekdays at 10:00" for `0 10 * * 1-5`; none for what no short sentence says.
pub fn words(expression: &str) -> Option<String> {
    let parts: Vec<&str> = expression.split_whitespace().collect();
    let [minute, hour, of_month, "*", of_week] = parts.as_slice() else { return None };
    let days = days(of_month, of_week)?;
    if let Some(every) = minute.strip_prefix("*/").or_else(|| minute.strip_prefix("0/")) {
        let every: u8 = every.parse().ok()?;
        return match every {
            _ if *hour != "*" || days != "Every day" => None,
            1 => Some("Every minute".to_owned()),
            many => Some(format!("Every {many} minutes")),
        };
    }
    let minute: u8 = minute.parse().ok().filter(|it| *it < 60)?;
    if *hour == "*" {
        let past = if minute == 0 {
            "Every hour".to_owned()
        } else {
            format!("Every hour at :{minute:02}")
        };
        return Some(if days == "Every day" {
            past
        } else {
            format!("{past}, {}", lower_first(&days))
        });
    }
    let hour: u8 = hour.parse().ok().filter(|it| *it < 24)?;
    Some(format!("{days} at {hour:02}:{minute:02}"))
}

fn days(of_month: &str, of_week: &str) -> Option<String> {
    match (of_month, of_week) {
        ("*", "*" | "?") | ("?", "*") => Some("Every day".to_owned()),
        ("*" | "?", "1-5") => Some("Weekdays".to_owned()),
        ("*" | "?", "0,6" | "6,0" | "6-7") => Some("Weekends".to_owned()),
        ("*" | "?", some) => {
            let name = |it: &str| it.parse::<usize>().ok().and_then(|it| DAYS.get(it % 7)).copied();
            let names: Vec<&str> = some.split(',').map(name).collect::<Option<_>>()?;
            Some(listed(&names))
        }
        (day, "*" | "?") => {
            let day: u8 = day.parse().ok().filter(|it| (1..=31).contains(it))?;
            Some(format!("Every month on day {day}"))
        }
        _ => None,
    }
}

fn listed(names: &[&str]) -> String {
    match names.split_last() {
        Some((last, before)) if !before.is_empty() => format!("{} and {last}", before.join(", ")),
        _ => names.join(""),
    }
}

fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |it| it.to_lowercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn common_times_are_said_and_odd_ones_left_to_the_expression() {
        let said = |it| words(it).unwrap_or_default();
        assert_eq!(said("0 10 * * 1-5"), "Weekdays at 10:00");
        assert_eq!(said("30 9 * * *"), "Every day at 09:30");
        assert_eq!(said("0 9 * * 1"), "Mondays at 09:00");
        assert_eq!(said("0 9 * * 1,3,7"), "Mondays, Wednesdays and Sundays at 09:00");
        assert_eq!(said("0 8 1 * *"), "Every month on day 1 at 08:00");
        assert_eq!(said("*/5 * * * *"), "Every 5 minutes");
        assert_eq!(said("*/1 * * * *"), "Every minute");
        assert_eq!(said("0 * * * 1-5"), "Every hour, weekdays");
        assert_eq!(words("0 9 1 * 1"), None);
        assert_eq!(words("0 9-17 * * *"), None);
        assert_eq!(words("nonsense"), None);
    }
}
