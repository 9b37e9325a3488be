//! Time zones and working weeks to choose from.

/// Zones to choose from, by name: at least one of every time anybody lives by.
const ZONES: [&str; 142] = [
    "Africa/Abidjan",
    "Africa/Accra",
    "Africa/Addis_Ababa",
    "Africa/Algiers",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Africa/Dar_es_Salaam",
    "Africa/Harare",
    "Africa/Johannesburg",
    "Africa/Kampala",
    "Africa/Kinshasa",
    "Africa/Lagos",
    "Africa/Luanda",
    "Africa/Lusaka",
    "Africa/Nairobi",
    "Africa/Tunis",
    "Africa/Windhoek",
    "America/Anchorage",
    "America/Argentina/Buenos_Aires",
    "America/Asuncion",
    "America/Bogota",
    "America/Caracas",
    "America/Chicago",
    "America/Costa_Rica",
    "America/Denver",
    "America/Edmonton",
    "America/Guatemala",
    "America/Guayaquil",
    "America/Halifax",
    "America/Havana",
    "America/Jamaica",
    "America/La_Paz",
    "America/Lima",
    "America/Los_Angeles",
    "America/Managua",
    "America/Manaus",
    "America/Mexico_City",
    "America/Monterrey",
    "America/Montevideo",
    "America/New_York",
    "America/Panama",
    "America/Phoenix",
    "America/Puerto_Rico",
    "America/Regina",
    "America/Santiago",
    "America/Santo_Domingo",
    "America/Sao_Paulo",
    "America/St_Johns",
    "America/Tijuana",
    "America/Toronto",
    "America/Vancouver",
    "America/Winnipeg",
    "Asia/Almaty",
    "Asia/Amman",
    "Asia/Baghdad",
    "Asia/Baku",
    "Asia/Bangkok",
    "Asia/Beirut",
    "Asia/Colombo",
    "Asia/Dhaka",
    "Asia/Dubai",
    "Asia/Ho_Chi_Minh",
    "Asia/Hong_Kong",
    "Asia/Jakarta",
    "Asia/Jerusalem",
    "Asia/Kabul",
    "Asia/Karachi",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Asia/Kuala_Lumpur",
    "Asia/Kuwait",
    "Asia/Manila",
    "Asia/Qatar",
    "Asia/Riyadh",
    "Asia/Seoul",
    "Asia/Shanghai",
    "Asia/Singapore",
    "Asia/Taipei",
    "Asia/Tashkent",
    "Asia/Tbilisi",
    "Asia/Tehran",
    "Asia/Tokyo",
    "Asia/Ulaanbaatar",
    "Asia/Yangon",
    "Asia/Yerevan",
    "Atlantic/Azores",
    "Atlantic/Canary",
    "Atlantic/Cape_Verde",
    "Atlantic/Reykjavik",
    "Australia/Adelaide",
    "Australia/Brisbane",
    "Australia/Darwin",
    "Australia/Hobart",
    "Australia/Melbourne",
    "Australia/Perth",
    "Australia/Sydney",
    "Europe/Amsterdam",
    "Europe/Athens",
    "Europe/Belgrade",
    "Europe/Berlin",
    "Europe/Bratislava",
    "Europe/Brussels",
    "Europe/Bucharest",
    "Europe/Budapest",
    "Europe/Chisinau",
    "Europe/Copenhagen",
    "Europe/Dublin",
    "Europe/Helsinki",
    "Europe/Istanbul",
    "Europe/Kyiv",
    "Europe/Lisbon",
    "Europe/Ljubljana",
    "Europe/London",
    "Europe/Luxembourg",
    "Europe/Madrid",
    "Europe/Malta",
    "Europe/Minsk",
    "Europe/Moscow",
    "Europe/Oslo",
    "Europe/Paris",
    "Europe/Prague",
    "Europe/Riga",
    "Europe/Rome",
    "Europe/Sarajevo",
    "Europe/Skopje",
    "Europe/Sofia",
    "Europe/Stockholm",
    "Europe/Tallinn",
    "Europe/Tirane",
    "Europe/Vienna",
    "Europe/Vilnius",
    "Europe/Warsaw",
    "Europe/Zagreb",
    "Europe/Zurich",
    "Indian/Maldives",
    "Indian/Mauritius",
    "Pacific/Auckland",
    "Pacific/Fiji",
    "Pacific/Guam",
    "Pacific/Honolulu",
    "Pacific/Port_Moresby",
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
    let words = |it: &str| it.replace('_', " ").replace('/', ", ");
    all.into_iter().map(|it| (it.to_owned(), words(it))).collect()
}

/// Whether `zone` is one of those to choose from.
pub(crate) fn is_offered(zone: &str) -> bool {
    ZONES.contains(&zone)
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
