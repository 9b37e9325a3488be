//! What the words of a reference ask for.

/// What kind of thing is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Project,
    Person,
    Todo,
    Card,
    Message,
    Comment,
    List,
    Board,
    Flow,
}

impl Kind {
    /// From an argument or a word of a sentence.
    pub(super) fn read(word: &str) -> Option<Self> {
        let word = word.strip_suffix('s').unwrap_or(word);
        Some(match word {
            "project" => Self::Project,
            "person" | "colleague" => Self::Person,
            "todo" | "to-do" | "task" => Self::Todo,
            "card" => Self::Card,
            "message" | "post" => Self::Message,
            "comment" => Self::Comment,
            "list" | "todolist" => Self::List,
            "board" => Self::Board,
            "flow" => Self::Flow,
            _ => return None,
        })
    }

    /// The word in answers.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Project => "project",
            Self::Person => "person",
            Self::Todo => "todo",
            Self::Card => "card",
            Self::Message => "message",
            Self::Comment => "comment",
            Self::List => "todolist",
            Self::Board => "board",
            Self::Flow => "flow",
        }
    }

    /// What a tool of this name changes.
    pub(super) fn of_tool(tool: &str) -> Option<Self> {
        let kinds = [
            ("todolist", Self::List),
            ("todo", Self::Todo),
            ("card", Self::Card),
            ("comment", Self::Comment),
            ("message", Self::Message),
            ("flow", Self::Flow),
        ];
        kinds.into_iter().find(|(word, _)| tool.contains(word)).map(|(_, kind)| kind)
    }
}

/// Whose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Whose {
    Mine,
    /// The person of the caller's last changes.
    LastPerson,
    Named(String),
}

/// Which of somebody's to-dos.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Which {
    Newest,
    DueFirst,
    Late,
    Only,
}

/// What a text asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Meant {
    /// What the caller changed last, of a kind where one is said.
    Last(Option<Kind>),
    /// A to-do of somebody.
    Theirs(Whose, Which),
    /// The one of the first of these names that fits, of a kind where one is said.
    Named(Vec<Name>),
}

/// A name as it may be meant, and what kind of thing has it.
pub(super) type Name = (String, Option<Kind>);

/// Reads a text; `kind` is what the caller says that it is.
pub(super) fn read(text: &str, kind: Option<Kind>) -> Meant {
    let lower = text.to_lowercase().replace('’', "'");
    let lower = lower.trim_matches(|it: char| it.is_whitespace() || ".?!,:;\"“”".contains(it));
    let mut words: Vec<&str> = lower.split_whitespace().collect();
    // "the task I just added"
    if let Some(at) = words.windows(2).position(|it| matches!(it, ["i" | "we", "just"])) {
        words.truncate(at);
    }
    if matches!(words.as_slice(), ["him" | "her" | "he" | "she"]) {
        return Meant::Last(Some(Kind::Person));
    }
    if let Some(theirs) = possessive(&words) {
        return theirs;
    }
    let is_pointing = |it: &&str| {
        matches!(
            *it,
            "it" | "that"
                | "this"
                | "them"
                | "those"
                | "these"
                | "the"
                | "same"
                | "last"
                | "previous"
        ) || matches!(*it, "latest" | "new" | "newest" | "one" | "ones")
    };
    let kinds: Vec<Kind> = words.iter().filter_map(|it| Kind::read(it)).collect();
    if !words.is_empty() && words.iter().all(|it| is_pointing(it) || Kind::read(it).is_some()) {
        return Meant::Last(kinds.last().copied().or(kind));
    }
    named(text.trim(), kind)
}

/// A name, as it is, and without "the" before it and the word for its kind around it.
fn named(text: &str, kind: Option<Kind>) -> Meant {
    let mut words: Vec<&str> = text.split_whitespace().collect();
    let pointing = ["the", "that", "this", "our"];
    if words.len() > 1
        && words.first().is_some_and(|it| pointing.contains(&it.to_lowercase().as_str()))
    {
        words.remove(0);
    }
    let mut names = vec![(words.join(" "), kind)];
    let said = |word: Option<&&str>| word.and_then(|it| Kind::read(&it.to_lowercase()));
    if let (Some(last), [rest @ .., _]) = (said(words.last()), words.as_slice())
        && !rest.is_empty()
    {
        names.push((rest.join(" "), kind.or(Some(last))));
    } else if let (Some(first), [_, rest @ ..]) = (said(words.first()), words.as_slice())
        && !rest.is_empty()
    {
        names.push((rest.join(" "), kind.or(Some(first))));
    }
    Meant::Named(names)
}

/// "her last to-do", "Priya's next task".
fn possessive(words: &[&str]) -> Option<Meant> {
    let (owner, rest) = match words {
        ["my", rest @ ..] => (Whose::Mine, rest),
        ["her" | "his" | "their", rest @ ..] => (Whose::LastPerson, rest),
        _ => {
            let at = words.iter().position(|it| it.ends_with("'s") || it.ends_with("s'"))?;
            let (name, rest) = words.split_at(at + 1);
            let name = name.join(" ");
            let name = name.strip_suffix("'s").or_else(|| name.strip_suffix('\''))?;
            (Whose::Named(name.to_owned()), rest)
        }
    };
    let (kind, which) = rest.split_last()?;
    if Kind::read(kind) != Some(Kind::Todo) {
        return None;
    }
    let which = match which {
        ["last" | "latest" | "newest"] | ["most", "recent"] => Which::Newest,
        ["next" | "first"] => Which::DueFirst,
        ["overdue" | "late"] => Which::Late,
        ["only"] | [] => Which::Only,
        _ => return None,
    };
    Some(Meant::Theirs(owner, which))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_point_back_are_told_from_names() {
        let last = Meant::Last;
        for (text, meant) in [
            ("it", last(None)),
            ("That one.", last(None)),
            ("the project", last(Some(Kind::Project))),
            ("the task I just added", last(Some(Kind::Todo))),
            ("him", last(Some(Kind::Person))),
            ("her last to-do", Meant::Theirs(Whose::LastPerson, Which::Newest)),
            ("my next task", Meant::Theirs(Whose::Mine, Which::DueFirst)),
            ("Jonas' only to-do", Meant::Theirs(Whose::Named("jonas".to_owned()), Which::Only)),
        ] {
            assert_eq!(read(text, None), meant, "{text}");
        }
        let name = |it: &str, kind| (it.to_owned(), kind);
        let halden = vec![name("Halden project", None), name("Halden", Some(Kind::Project))];
        assert_eq!(read("the Halden project", None), Meant::Named(halden));
        assert_eq!(read("it", Some(Kind::Card)), last(Some(Kind::Card)));
    }
}
