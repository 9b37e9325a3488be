//! The sections of the settings: what they are called, who has them, and by which words they are found.

use domain::actor::{Permission, Role};

/// One section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Section {
    /// The last part of its address.
    pub(crate) key: &'static str,
    /// Its name.
    pub(crate) label: &'static str,
    /// Who has it.
    pub(crate) needs: Permission,
    /// What else people call it, for the search.
    pub(crate) words: &'static str,
}

impl Section {
    /// Its address.
    pub(crate) fn href(self) -> String {
        format!("/settings/{}", self.key)
    }
}

const fn section(
    key: &'static str,
    label: &'static str,
    needs: Permission,
    words: &'static str,
) -> Section {
    Section { key, label, needs, words }
}

/// A group of sections: its name and what is in it.
pub(crate) type Group = (&'static str, &'static [Section]);

/// All of them, in the order they are shown.
pub(crate) const GROUPS: &[Group] = &[
    (
        "You",
        &[
            section("profile", "Profile", Permission::Read, "theme light dark name what you used"),
            section("security", "Security", Permission::Read, "password sign-ins sessions devices"),
            section("notifications", "Notifications", Permission::Read, "tell me of"),
            section("keys", "API keys", Permission::Read, "mcp client token connect script"),
        ],
    ),
    (
        "Workspace",
        &[
            section(
                "members",
                "Members and roles",
                Permission::Manage,
                "people invite invitations",
            ),
            section("workspace", "Workspace", Permission::Manage, "name time zone working week"),
            section("policies", "Policies", Permission::Manage, "rules refuse allow tools"),
            section("limits", "Limits", Permission::Manage, "quota budget tokens most"),
            section("alerts", "Alerts", Permission::Manage, "e-mail failed runs"),
        ],
    ),
    (
        "Assistant",
        &[
            section("assistant", "Assistant", Permission::Read, "model provider key ai"),
            section("memory", "Memory", Permission::Read, "notes remembers"),
        ],
    ),
    (
        "Flows",
        &[
            section("engine", "Flow engine", Permission::Manage, "activepieces built-in"),
            section("runs", "Runs", Permission::Manage, "retention days delete storage"),
        ],
    ),
    (
        "This server",
        &[section(
            "server",
            "Server",
            Permission::Platform,
            "sign-up closed private addresses limits",
        )],
    ),
];

/// The section at `/settings/<key>`.
pub(crate) fn of_key(key: &str) -> Option<Section> {
    GROUPS.iter().flat_map(|it| it.1).copied().find(|it| it.key == key)
}

/// The sections that `role` has, in their groups.
pub(crate) fn of_role(role: Role) -> Vec<(&'static str, Vec<Section>)> {
    let own = |all: &[Section]| all.iter().copied().filter(|it| role.can(it.needs)).collect();
    let groups = GROUPS.iter().map(|(name, all)| (*name, own(all)));
    groups.filter(|it: &(&str, Vec<Section>)| !it.1.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn viewers_have_what_is_their_own() {
        let names = |role| -> Vec<_> { of_role(role).into_iter().map(|it| it.0).collect() };
        assert_eq!(names(Role::Viewer), ["You", "Assistant"]);
        assert_eq!(names(Role::SuperAdmin).len(), GROUPS.len());
        assert_eq!(of_key("members").map(|it| it.label), Some("Members and roles"));
        assert_eq!(of_key("nothing"), None);
    }
}
