//! The schedule piece.

use super::{
    Category, Group, PieceMeta, PropKind, PropMeta, PropOption, SCHEDULE, Tile, TriggerMeta,
    TriggerStrategy, prop,
};
use serde_json::Value;

/// One IANA name per line.
const TIMEZONES: &str = include_str!("timezones.txt");

pub(super) fn schedule() -> PieceMeta {
    PieceMeta {
        name: SCHEDULE,
        display_name: "Schedule",
        description: "Start a flow at fixed times",
        version: "~0.1.15",
        hue: 70,
        tile: Tile::Icon("calendar"),
        category: Category::Start,
        actions: Vec::new(),
        triggers: vec![
            on_clock(
                "every_x_minutes",
                "Every few minutes",
                "Starts every so many minutes",
                vec![minutes()],
            ),
            on_clock("every_hour", "Every hour", "Starts at the full hour", vec![weekends()]),
            on_clock(
                "every_day",
                "Every day",
                "Starts once a day",
                vec![hour(), timezone("timezone"), weekends()],
            ),
            on_clock(
                "every_week",
                "Every week",
                "Starts once a week",
                vec![weekday(), hour(), timezone("timezone")],
            ),
            on_clock(
                "every_month",
                "Every month",
                "Starts once a month",
                vec![day(), hour(), timezone("timezone")],
            ),
            on_clock(
                "cron_expression",
                "On a schedule of your own",
                "Starts at the minutes, hours and days that you write down",
                vec![cron(), timezone("timezone")],
            ),
        ],
    }
}

fn on_clock(
    name: &'static str,
    display_name: &'static str,
    description: &'static str,
    props: Vec<PropMeta>,
) -> TriggerMeta {
    TriggerMeta {
        name,
        display_name,
        description,
        props,
        strategy: TriggerStrategy::Polling,
        group: Group::Schedule,
    }
}

fn numbered(values: impl IntoIterator<Item = u8>, label: impl Fn(u8) -> String) -> PropKind {
    let options = values.into_iter().map(|it| PropOption { label: label(it), value: it.into() });
    PropKind::StaticDropdown { options: options.collect() }
}

fn minutes() -> PropMeta {
    let label = |it| if it == 1 { "1 minute".to_owned() } else { format!("{it} minutes") };
    prop("minutes", "Every", numbered(1..=59, label)).required().default(5)
}

fn hour() -> PropMeta {
    prop("hour_of_the_day", "At", numbered(0..=23, |it| format!("{it:02}:00")))
        .required()
        .default(9)
}

fn weekday() -> PropMeta {
    const DAYS: [&str; 7] =
        ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
    let label = |it: u8| DAYS.get(usize::from(it)).copied().unwrap_or_default().to_owned();
    prop("day_of_the_week", "On", numbered(0..=6, label)).required().default(1)
}

fn day() -> PropMeta {
    prop("day_of_the_month", "On day", numbered(1..=31, |it| it.to_string())).required().default(1)
}

fn weekends() -> PropMeta {
    prop("run_on_weekends", "Also on Saturday and Sunday", PropKind::Checkbox)
        .required()
        .default(false)
}

fn cron() -> PropMeta {
    prop("cronExpression", "When", PropKind::ShortText)
        .required()
        .default("0/5 * * * *")
        .note(
            "As cron writes it: minute, hour, day of the month, month, day of the week. 0 10 * * 1-5 is 10:00 from Monday to Friday",
        )
}

pub(super) fn timezone(name: &'static str) -> PropMeta {
    let options = TIMEZONES
        .lines()
        .map(|it| PropOption { label: it.replace('_', " "), value: Value::from(it) })
        .collect();
    prop(name, "Time zone", PropKind::StaticDropdown { options }).required().default("UTC")
}
