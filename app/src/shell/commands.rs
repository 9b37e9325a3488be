//! What the palette does: things to do and places to go, by role.

use crate::settings::sections;
use crate::shell::nav::{ADMIN, PLACES, Place};
use crate::shell::theme::Theme;
use crate::ui::badge::State;
use domain::actor::{Permission, Role};
use domain::search::{Found, Hit, Kind, holds};

/// What a row does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    /// Opens a page.
    Go(String),
    /// Makes a flow and opens it.
    NewFlow,
    /// Opens the form of a to-do.
    NewTodo,
    /// Opens the assistant.
    Assistant,
    /// Says what was typed to the assistant.
    Ask(String),
    /// Looks for more of it in Basecamp.
    Wide,
    /// Tests everything of the setup.
    Check,
    /// Light or dark.
    Look(Theme),
    /// Shows the list of keys.
    Keys,
}

impl Act {
    /// The keys that do the same.
    pub(crate) fn keys(&self) -> &'static [&'static str] {
        match self {
            Self::NewFlow => &["N", "F"],
            Self::NewTodo => &["N", "T"],
            Self::Assistant => &["⌘", "J"],
            Self::Keys => &["?"],
            _ => &[],
        }
    }
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) icon: &'static str,
    pub(crate) title: String,
    pub(crate) sub: String,
    /// When a run began, RFC 3339.
    pub(crate) at: Option<String>,
    pub(crate) act: Act,
}

/// Rows under a heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RowGroup {
    pub(crate) name: &'static str,
    pub(crate) rows: Vec<Row>,
    /// There are more than these.
    pub(crate) more: bool,
}

/// How many rows of a group are shown.
const MOST: usize = 6;

fn row(icon: &'static str, title: impl Into<String>, act: Act) -> Row {
    Row { icon, title: title.into(), sub: String::new(), at: None, act }
}

/// A thing to do: its icon, its words, what else people call it, who may, and what it does.
type Command = (&'static str, &'static str, &'static str, Permission, Act);

fn commands() -> Vec<Command> {
    let go = |path: &str| Act::Go(path.to_owned());
    vec![
        ("flow", "New flow", "make create build", Permission::Write, Act::NewFlow),
        ("circle-check", "New to-do", "make add create task", Permission::Write, Act::NewTodo),
        ("assistant", "Open the assistant", "ask chat", Permission::Read, Act::Assistant),
        (
            "user-plus",
            "Invite a person",
            "member add people",
            Permission::Manage,
            go("/settings/members"),
        ),
        (
            "plug",
            "Connect an app",
            "connection integration add",
            Permission::Write,
            go("/integrations"),
        ),
        ("layers", "Start from a template", "flow new", Permission::Write, go("/flows/templates")),
        ("key", "Make an API key", "mcp client token new", Permission::Read, go("/settings/keys")),
        ("refresh", "Run setup check", "test connectors", Permission::Manage, Act::Check),
        ("sun", "Light theme", "look colours", Permission::Read, Act::Look(Theme::Light)),
        ("moon", "Dark theme", "look colours night", Permission::Read, Act::Look(Theme::Dark)),
        ("monitor", "Theme of the device", "look auto", Permission::Read, Act::Look(Theme::Auto)),
        ("keyboard", "Keyboard shortcuts", "keys help", Permission::Read, Act::Keys),
    ]
}

/// What may be done and opened by `role` and fits `wanted`, which is in lower case.
pub(crate) fn own_groups(role: Role, wanted: &str) -> Vec<RowGroup> {
    let fits = |title: &str, words: &str| holds(&format!("{title} {words}").to_lowercase(), wanted);
    let commands = commands().into_iter().filter(|it| role.can(it.3) && fits(it.1, it.2));
    let actions = commands.map(|(icon, title, _, _, act)| row(icon, title, act));
    let places = PLACES.iter().chain(ADMIN).filter(|it| role.can(it.needs) && fits(it.label, ""));
    let places = places.map(|it: &Place| row(it.icon, it.label, Act::Go(it.href.to_owned())));
    let all = sections::of_role(role).into_iter().flat_map(|it| it.1);
    let sections = all.filter(|it| !wanted.is_empty() && fits(it.label, it.words));
    let sections = sections.map(|it| row("settings", it.label, Act::Go(it.href())));
    // Every page is listed until something is typed.
    let pages = if wanted.is_empty() { PLACES.len() + ADMIN.len() } else { MOST };
    let groups = [
        group("Actions", actions, MOST),
        group("Go to", places, pages),
        group("Settings", sections, MOST),
    ];
    groups.into_iter().flatten().collect()
}

fn group(name: &'static str, rows: impl Iterator<Item = Row>, most: usize) -> Option<RowGroup> {
    let mut rows: Vec<Row> = rows.take(most + 1).collect();
    let more = rows.len() > most;
    rows.truncate(most);
    (!rows.is_empty()).then_some(RowGroup { name, rows, more })
}

/// What the server found, as rows.
pub(crate) fn found_groups(found: Found) -> impl Iterator<Item = RowGroup> {
    found.groups.into_iter().map(|it| {
        let icon = icon_of(it.kind);
        let rows = it.hits.into_iter().map(|hit| found_row(icon, hit)).collect();
        RowGroup { name: it.kind.label(), rows, more: it.more }
    })
}

fn icon_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Project => "projects",
        Kind::Flow => "flow",
        Kind::Record => "text",
        Kind::Person => "user",
        Kind::Run => "runs",
        Kind::Template => "layers",
    }
}

fn found_row(icon: &'static str, hit: Hit) -> Row {
    let sub = match hit.status {
        Some(status) => State::from(status).word().to_owned(),
        None => hit.sub,
    };
    Row { icon, title: hit.title, sub, at: hit.at, act: Act::Go(hit.href) }
}

/// What there is to do with any words.
pub(crate) fn with_words(words: &str, is_wide: bool) -> Option<RowGroup> {
    let words = words.trim();
    if words.is_empty() {
        return None;
    }
    let ask = row("assistant", format!("Ask the assistant “{words}”"), Act::Ask(words.to_owned()));
    let wide = row("search", format!("Search Basecamp for “{words}”"), Act::Wide);
    let rows = if is_wide { vec![ask] } else { vec![ask, wide] };
    Some(RowGroup { name: "With these words", rows, more: false })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn titles(role: Role, wanted: &str) -> Vec<String> {
        let groups = own_groups(role, wanted).into_iter();
        groups.flat_map(|it| it.rows).map(|it| it.title).collect()
    }

    #[test]
    fn things_to_do_are_found_by_what_people_call_them() {
        assert_eq!(
            titles(Role::WorkspaceAdmin, "invite"),
            ["Invite a person", "Members and roles"]
        );
        assert_eq!(titles(Role::Member, "new flow"), ["New flow", "Start from a template"]);
        assert_eq!(titles(Role::Member, "dark"), ["Dark theme", "Profile"]);
        assert_eq!(titles(Role::Member, "home"), ["Home"]);
    }

    #[test]
    fn nobody_finds_a_door_they_cannot_open() {
        let viewer = titles(Role::Viewer, "");
        for hidden in ["New flow", "Invite a person", "Run setup check", "Shell", "Integrations"] {
            assert!(!viewer.iter().any(|it| it == hidden), "{hidden}: {viewer:?}");
        }
        assert!(titles(Role::WorkspaceAdmin, "shell").is_empty());
        assert!(titles(Role::Member, "invite").is_empty());
    }

    #[test]
    fn a_list_that_was_cut_says_so() {
        let all = own_groups(Role::SuperAdmin, "");
        let more: Vec<_> = all.iter().map(|it| (it.name, it.more)).collect();
        assert_eq!(more, [("Actions", true), ("Go to", false)]);
    }
}
