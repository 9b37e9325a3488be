//! What somebody signed in with, in words that they know their own devices by.

/// The words of programs, each after those whose names it also contains.
const PROGRAMS: [(&str, &str); 9] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrome", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
    ("curl", "curl"),
];

/// The words of systems, each after those whose names it also contains.
const SYSTEMS: [(&str, &str); 7] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
];

/// "Firefox on Linux" from what a program calls itself; none when it says nothing known.
pub(crate) fn words(program: &str) -> Option<String> {
    let known = |all: &[(&str, &'static str)]| {
        all.iter().find(|(part, _)| program.contains(part)).map(|(_, words)| *words)
    };
    match (known(&PROGRAMS), known(&SYSTEMS)) {
        (Some(name), Some(system)) => Some(format!("{name} on {system}")),
        (Some(one), None) | (None, Some(one)) => Some(one.to_owned()),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn devices_are_named_as_people_know_them() {
        let cases = [
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
                "Firefox on Linux",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Safari/604.1",
                "Safari on iPhone",
            ),
            (
                "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Safari/537.36",
                "Chrome on Android",
            ),
            ("curl/8.9.1", "curl"),
        ];
        for (program, expected) in cases {
            assert_eq!(words(program).as_deref(), Some(expected), "{program}");
        }
        assert_eq!(words("something else"), None);
    }
}
