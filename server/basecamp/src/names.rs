//! Which project, list or person is meant: names resolve in fixed steps, and a guess never writes.

use unicode_normalization::UnicodeNormalization;

/// What the name is needed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Looking: a close spelling will do.
    Read,
    /// Changing: only an exact name, or one that a single candidate contains.
    Write,
}

/// A thing that can be meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Basecamp's id.
    pub id: i64,
    /// What people call it.
    pub name: String,
}

impl Candidate {
    /// A candidate called `name`.
    pub fn new(id: i64, name: impl Into<String>) -> Self {
        Self { id, name: name.into() }
    }
}

/// What a name led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Match {
    /// Exactly one.
    One(Candidate),
    /// Several at the same step: the person must say which.
    Ambiguous(Vec<Candidate>),
    /// Nothing near enough.
    None,
}

/// A name as it is compared: without its case and its accents, since "Lucia" and "Lucía" are the same name.
pub fn folded(name: &str) -> String {
    // Most names carry no accent, and those are folded in one step.
    if name.is_ascii() {
        return name.trim().to_ascii_lowercase();
    }
    // Only the marks that Latin, Greek and Cyrillic letters carry: in other scripts a mark makes another letter.
    let is_accent = |it: &char| ('\u{300}'..='\u{36F}').contains(it);
    name.trim().to_lowercase().nfd().filter(|it| !is_accent(it)).nfc().collect()
}

/// Resolves `query` among `candidates`: an id, else the exact name, else the same without accents, else a name that
/// contains it, else the closest spelling. The last step is for reads only.
pub fn resolve(query: &str, candidates: &[Candidate], purpose: Purpose) -> Match {
    let wanted = query.trim().to_lowercase();
    if wanted.is_empty() {
        return Match::None;
    }
    if wanted.bytes().all(|it| it.is_ascii_digit()) {
        let by_id = candidates.iter().filter(|it| wanted.parse() == Ok(it.id));
        return outcome(by_id.cloned().collect());
    }
    let name_is = |fits: &dyn Fn(&str) -> bool| -> Vec<Candidate> {
        candidates.iter().filter(|it| fits(&it.name)).cloned().collect()
    };
    let exact = name_is(&|name| name.to_lowercase() == wanted);
    if !exact.is_empty() {
        return outcome(exact);
    }
    let wanted = folded(&wanted);
    let same = name_is(&|name| folded(name) == wanted);
    if !same.is_empty() {
        return outcome(same);
    }
    // A mark alone folds to nothing, and nothing is part of every name.
    if wanted.is_empty() {
        return Match::None;
    }
    let containing = name_is(&|name| folded(name).contains(&wanted));
    if !containing.is_empty() || purpose == Purpose::Write {
        return outcome(containing);
    }
    outcome(closest(&wanted, candidates))
}

fn outcome(mut found: Vec<Candidate>) -> Match {
    match found.len() {
        0 => Match::None,
        1 => Match::One(found.remove(0)),
        _ => Match::Ambiguous(found),
    }
}

/// Those at the smallest edit distance, when that is at most the larger of 3 and half the length.
fn closest(wanted: &str, candidates: &[Candidate]) -> Vec<Candidate> {
    let limit = (wanted.chars().count() / 2).max(3);
    let near = candidates.iter().map(|it| (distance(wanted, &folded(&it.name)), it));
    let near: Vec<(usize, &Candidate)> = near.filter(|(distance, _)| *distance <= limit).collect();
    let best = near.iter().map(|(distance, _)| *distance).min();
    near.into_iter()
        .filter(|(distance, _)| Some(*distance) == best)
        .map(|(_, it)| it.clone())
        .collect()
}

/// Insertions, deletions and replacements between two texts.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.chars().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, b) in other.iter().enumerate() {
            let replaced = corner + usize::from(a != *b);
            corner = row[j + 1];
            row[j + 1] = replaced.min(corner + 1).min(row[j] + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn projects() -> Vec<Candidate> {
        [
            (1, "Website relaunch"),
            (2, "Halden Coffee rebrand"),
            (3, "Marlowe & Sons packaging"),
            (4, "Website"),
        ]
        .map(|(id, name)| Candidate::new(id, name))
        .into()
    }

    fn id_of(query: &str, purpose: Purpose) -> Option<i64> {
        match resolve(query, &projects(), purpose) {
            Match::One(it) => Some(it.id),
            _ => None,
        }
    }

    #[test]
    fn ids_and_exact_names_come_first() {
        assert_eq!(id_of("2", Purpose::Write), Some(2));
        assert_eq!(id_of(" website ", Purpose::Write), Some(4));
        assert_eq!(id_of("WEBSITE RELAUNCH", Purpose::Write), Some(1));
        assert_eq!(resolve("99", &projects(), Purpose::Read), Match::None);
    }

    #[test]
    fn part_of_one_name_is_enough_even_to_write() {
        assert_eq!(id_of("halden", Purpose::Write), Some(2));
    }

    #[test]
    fn part_of_several_names_asks_which() {
        let Match::Ambiguous(options) = resolve("re", &projects(), Purpose::Read) else {
            panic!("one was picked")
        };
        assert_eq!(options.iter().map(|it| it.id).collect::<Vec<_>>(), [1, 2]);
    }

    #[test]
    fn misspelt_name_is_found_to_read_but_never_to_write() {
        assert_eq!(id_of("Websit relanch", Purpose::Read), Some(1));
        assert_eq!(resolve("Websit relanch", &projects(), Purpose::Write), Match::None);
        assert_eq!(resolve("invoices of last year", &projects(), Purpose::Read), Match::None);
    }

    #[test]
    fn an_accent_more_or_less_is_the_same_name_even_to_write() {
        let people =
            [(1, "Lucía Ferrer"), (2, "Sofia Duarte"), (3, "Zoë"), (4, "Zoe"), (5, "がく")]
                .map(|(id, name)| Candidate::new(id, name));
        let id_of = |query| match resolve(query, &people, Purpose::Write) {
            Match::One(it) => Some(it.id),
            _ => None,
        };
        for (said, expected) in [
            ("Lucia", Some(1)),
            ("lucia ferrer", Some(1)),
            ("LUCÍA", Some(1)),
            ("Luci\u{301}a", Some(1)),
            ("Sofía", Some(2)),
            ("Zoë", Some(3)),
            ("Zoe", Some(4)),
            ("かく", None),
            ("\u{301}", None),
        ] {
            assert_eq!(id_of(said), expected, "{said}");
        }
        assert!(matches!(resolve("Zo", &people, Purpose::Write), Match::Ambiguous(_)));
    }
}
