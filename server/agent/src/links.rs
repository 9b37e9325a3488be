//! Links of an answer that lead to Basecamp: a record opens over the page of its project here, with Basecamp beside it.

use domain::record::Kind;

/// Where a link to Basecamp leads in PM OS: the page of a project, or a record opened over it. None for everything else.
pub(crate) fn here(url: &str) -> Option<String> {
    let (host, path) = url.strip_prefix("https://")?.split_once('/')?;
    // Only Basecamp's own addresses: another site must not look as if it were a record.
    let is_plain = host.chars().all(|it| it.is_ascii_alphanumeric() || ".-".contains(it));
    let is_basecamp =
        is_plain && [".basecamp.com", ".basecamp.test"].iter().any(|it| host.ends_with(it));
    let path = path.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    let parts: Vec<&str> = path.split('/').collect();
    if !is_basecamp {
        return None;
    }
    let number = |it: &str| it.parse::<i64>().ok();
    match parts.as_slice() {
        [_, "projects" | "buckets", project] => Some(format!("/projects/{}", number(project)?)),
        [_, "buckets", project, kind @ .., id] if opens(kind) => {
            Some(format!("/projects/{}?item={}", number(project)?, number(id)?))
        }
        _ => None,
    }
}

/// Whether records of this part of an address open over the page of their project.
fn opens(kind: &[&str]) -> bool {
    Kind::ALL.into_iter().any(|it| place_of(it) == kind)
}

/// The part of an address in which Basecamp keeps a kind of record.
fn place_of(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Todo => &["todos"],
        Kind::Card => &["card_tables", "cards"],
        Kind::Message => &["messages"],
        Kind::Document => &["documents"],
        Kind::Upload => &["uploads"],
        Kind::Folder => &["vaults"],
        Kind::Entry => &["schedule_entries"],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_opens_over_its_project() {
        for (path, kind) in [
            ("todos", "to-do"),
            ("card_tables/cards", "card"),
            ("messages", "message"),
            ("documents", "document"),
            ("uploads", "file"),
            ("vaults", "folder"),
            ("schedule_entries", "date"),
        ] {
            let url = format!("https://3.basecamp.com/195539477/buckets/208/{path}/107");
            assert_eq!(here(&url).as_deref(), Some("/projects/208?item=107"), "{kind}");
        }
        let comment = "https://app.basecamp.com/1/buckets/2/todos/3#__recording_4";
        assert_eq!(here(comment).as_deref(), Some("/projects/2?item=3"));
        let project = "https://3.basecamp.com/1/projects/2";
        assert_eq!(here(project).as_deref(), Some("/projects/2"));
    }

    #[test]
    fn what_is_no_record_of_basecamp_stays_as_it_is() {
        for url in [
            "https://evil.example/1/buckets/2/todos/3",
            "https://basecamp.com.evil.example/1/buckets/2/todos/3",
            "https://evil.example\\@3.basecamp.com/1/buckets/2/todos/3",
            "http://3.basecamp.com/1/buckets/2/todos/3",
            "https://3.basecamp.com/1/buckets/2/chats/3",
            "https://3.basecamp.com/1/buckets/2/todos/new",
            "https://3.basecamp.com/1/buckets/x/todos/3",
            "/approvals",
            "",
        ] {
            assert_eq!(here(url), None, "{url}");
        }
    }
}
