//! Names of other servers' tools: they cannot be mistaken for ours or for one another's.

use std::collections::BTreeSet;
use store::secrets::digest;

/// Between the server and its tool; none of our own names holds it.
const BETWEEN: &str = "__";
/// Models take names up to this long.
const LONGEST: usize = 64;
/// The longest beginning.
const LONGEST_SLUG: usize = 20;
/// Letters of a hash that tell two names apart.
const MARK: usize = 8;

/// Whether a tool of another server is meant by `name`.
pub fn is_foreign(name: &str) -> bool {
    name.contains(BETWEEN)
}

/// How the names of a server's tools begin; unlike every one of `taken`.
pub(crate) fn slug(name: &str, taken: &[&str]) -> String {
    let mut slug = String::new();
    for letter in name.to_lowercase().chars() {
        match letter {
            'a'..='z' | '0'..='9' => slug.push(letter),
            _ if slug.ends_with('_') || slug.is_empty() => {}
            _ => slug.push('_'),
        }
    }
    let slug: String = slug.chars().take(LONGEST_SLUG).collect();
    let slug = slug.trim_matches('_');
    let slug = if slug.is_empty() { "server" } else { slug };
    let numbered = (2..).map(|number| format!("{slug}{number}"));
    let mut free = std::iter::once(slug.to_owned()).chain(numbered);
    free.find(|it| !taken.contains(&it.as_str())).unwrap_or_else(|| slug.to_owned())
}

/// The name here of the tool called `name` there; added to `taken`.
pub(crate) fn called(slug: &str, name: &str, taken: &mut BTreeSet<String>) -> String {
    let is_plain = |it: char| it.is_ascii_alphanumeric() || matches!(it, '_' | '-');
    let plain: String = name.chars().map(|it| if is_plain(it) { it } else { '_' }).collect();
    let whole = format!("{slug}{BETWEEN}{plain}");
    let is_same = plain == name && whole.len() <= LONGEST && !taken.contains(&whole);
    let called = if is_same {
        whole
    } else {
        let mark: String = digest(name).chars().take(MARK).collect();
        let kept: String = whole.chars().take(LONGEST - MARK - 1).collect();
        format!("{kept}_{mark}")
    };
    taken.insert(called.clone());
    called
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_known_by_a_short_plain_word_of_its_own() {
        assert_eq!(slug("CRM", &[]), "crm");
        assert_eq!(slug("  Our — Files!! (new)", &[]), "our_files_new");
        assert_eq!(slug("CRM", &["crm", "crm2"]), "crm3");
        assert_eq!(slug("客户", &[]), "server");
        assert!(!is_foreign(&slug("a__b  c", &[])));
    }

    #[test]
    fn names_that_would_clash_or_break_are_told_apart() {
        let mut taken = BTreeSet::new();
        let plain = called("crm", "find_contact", &mut taken);
        assert_eq!(plain, "crm__find_contact");
        let dotted = called("crm", "find.contact", &mut taken);
        let spaced = called("crm", "find contact", &mut taken);
        assert_ne!(dotted, spaced);
        let long = called("crm", &"x".repeat(100), &mut taken);
        assert!(long.len() <= LONGEST, "{long}");
        assert_eq!(taken.len(), 4);
        assert!(taken.iter().all(|it| is_foreign(it) && it.starts_with("crm__")));
        assert!(taken.iter().all(|it| {
            it.chars().all(|it| it.is_ascii_alphanumeric() || matches!(it, '_' | '-'))
        }));
    }
}
