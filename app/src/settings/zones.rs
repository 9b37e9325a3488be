//! Time zones and working weeks to choose from.

/// Zones people ask for most, by name.
const ZONES: [&str; 34] = [
    "Africa/Cairo",
    "Africa/Johannesburg",
    "Africa/Lagos",
    "Africa/Nairobi",
    "America/Argentina/Buenos_Aires",
    "America/Bogota",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/Mexico_City",
    "America/New_York",
    "America/Sao_Paulo",
    "America/Toronto",
    "Asia/Bangkok",
    "Asia/Dubai",
    "Asia/Hong_Kong",
    "Asia/Jakarta",
    "Asia/Karachi",
    "Asia/Kolkata",
    "Asia/Manila",
    "Asia/Seoul",
    "Asia/Shanghai",
    "Asia/Singapore",
    "Asia/Tokyo",
    "Australia/Sydney",
    "Europe/Berlin",
    "Europe/Istanbul",
    "Europe/Kyiv",
    "Europe/London",
    "Europe/Madrid",
    "Europe/Paris",
    "Europe/Stockholm",
    "Pacific/Auckland",
    "UTC",
];

/// Working weeks: the days, and the words.
const WEEKS: [(&str, &str); 4] = [
    ("1,2,3,4,5", "Monday to Friday"),
    ("1,2,3,4", "Monday to Thursday"),
    ("1,2,3,4,7", "Sunday to Thursday"),
    ("1,2,3,4,5,6", "Monday to Saturday"),
];

/// Value and words of every zone, with `current` among them.
pub(crate) fn zones(current: &str) -> Vec<(String, String)> {
    let mut all: Vec<&str> = ZONES.to_vec();
    if !current.is_empty() && !all.contains(&current) {
        all.insert(0, current);
    }
    all.into_iter().map(|it| (it.to_owned(), it.replace('_', " "))).collect()
}

/// Value and words of every week, with `current` among them.
pub(crate) fn weeks(current: &[u8]) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> =
        WEEKS.map(|it| (it.0.to_owned(), it.1.to_owned())).to_vec();
    let value = week(current);
    if !all.iter().any(|it| it.0 == value) {
        all.insert(0, (value, format!("{} days of your own", current.len())));
    }
    all
}

/// The value of a week.
pub(crate) fn week(days: &[u8]) -> String {
    days.iter().map(u8::to_string).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_can_be_kept() {
        assert!(zones("Asia/Kathmandu").iter().any(|it| it.0 == "Asia/Kathmandu"));
        assert_eq!(weeks(&[1, 2, 3, 4, 5]).len(), WEEKS.len());
        assert_eq!(weeks(&[2, 4]).first().map(|it| it.0.clone()).as_deref(), Some("2,4"));
    }
}
